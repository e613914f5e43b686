CREATE TABLE doc (
  rowid   INTEGER PRIMARY KEY,
  kind    TEXT NOT NULL, -- product, policy, promotion
  id      TEXT NOT NULL,
  title   TEXT NOT NULL,
  aliases TEXT NOT NULL, -- separated by newlines
  section TEXT NOT NULL, -- of a policy its number, of a product 价格, 成分, …
  heading TEXT NOT NULL,
  text    TEXT NOT NULL,
  known   INTEGER NOT NULL -- of a product, how many people rated it; 0 of others
);
-- Holds tokens of sync/cjk, not text: rowids are those of doc.
CREATE VIRTUAL TABLE doc_tokens USING fts5(title, heading, body, content='', tokenize='ascii');
