CREATE TABLE users (
  id   TEXT PRIMARY KEY,           -- lower case
  data TEXT NOT NULL,              -- wire.User as JSON
  hash TEXT NOT NULL DEFAULT ''    -- argon2id in PHC form; '' cannot log in
) STRICT;

CREATE TABLE refresh (
  hash    TEXT PRIMARY KEY,        -- hex SHA-256 of the token
  user    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  expires INTEGER NOT NULL         -- Unix ms
) STRICT, WITHOUT ROWID;

CREATE INDEX refresh_expires ON refresh (expires);

PRAGMA user_version = 1;
