-- Holds tokens of sync/cjk, not text: what is shown stays in memory, by rowid.
CREATE VIRTUAL TABLE doc_tokens USING fts5(title, heading, body, content='', tokenize='ascii');
