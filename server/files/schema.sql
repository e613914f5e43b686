-- What is kept of each file. The file itself is sealed, under its hash.
CREATE TABLE file (
  hash     TEXT PRIMARY KEY,     -- hex SHA-256 of what is stored
  customer TEXT    NOT NULL,     -- whose key seals it
  sender   TEXT    NOT NULL,     -- who uploaded it, as kind:id
  mime     TEXT    NOT NULL,
  size     INTEGER NOT NULL,     -- bytes, unsealed
  w        INTEGER NOT NULL,
  h        INTEGER NOT NULL,
  secs     INTEGER NOT NULL,
  wave     BLOB    NOT NULL,
  at       INTEGER NOT NULL      -- Unix ms
) STRICT, WITHOUT ROWID;
CREATE INDEX file_customer ON file (customer);

-- What was uploaded in the last day, by sender: files may go, what they used up stays.
CREATE TABLE used (
  sender TEXT    NOT NULL,
  at     INTEGER NOT NULL,
  size   INTEGER NOT NULL
) STRICT;
CREATE INDEX used_sender ON used (sender, at);
CREATE INDEX used_at ON used (at);

PRAGMA user_version = 1;
