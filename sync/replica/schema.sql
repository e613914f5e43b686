CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS event(
  conv TEXT NOT NULL, seq INTEGER NOT NULL, idx INTEGER NOT NULL, json TEXT NOT NULL,
  PRIMARY KEY(conv, seq, idx)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS conversation(id TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS draft(conv TEXT NOT NULL, mode TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY(conv, mode)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox(id TEXT PRIMARY KEY, conv TEXT NOT NULL, frame TEXT NOT NULL, state TEXT NOT NULL, at INTEGER NOT NULL, seen TEXT NOT NULL) WITHOUT ROWID;

-- Where each message is. id is the record's sequence × 65536 + the event's index in it, so that it sorts as the log does.
CREATE TABLE IF NOT EXISTS message(id INTEGER PRIMARY KEY, msg TEXT NOT NULL UNIQUE, conv TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS message_conv ON message(conv, id);
-- Messages that were taken back: one that comes after its recall is redacted at once.
CREATE TABLE IF NOT EXISTS recalled(msg TEXT PRIMARY KEY, conv TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS recalled_conv ON recalled(conv);
-- The bigrams of package cjk. Contentless: the words are those of the event; rowid is message.id.
CREATE VIRTUAL TABLE IF NOT EXISTS message_fts USING fts5(body, content = '', tokenize = 'ascii');
-- What was taken back leaves the index at once, not at some later merge.
INSERT INTO message_fts(message_fts, rank) VALUES('secure-delete', 1);

-- Pictures and files that this desk sends: in the composer (cmd is ''), or with a command of the outbox. The content is a
-- file of its own beside this one.
CREATE TABLE IF NOT EXISTS attachment(
  id TEXT PRIMARY KEY, conv TEXT NOT NULL, cmd TEXT NOT NULL, name TEXT NOT NULL, mime TEXT NOT NULL, w INTEGER NOT NULL, h INTEGER NOT NULL,
  size INTEGER NOT NULL, uploaded TEXT NOT NULL, at INTEGER NOT NULL
) WITHOUT ROWID;
