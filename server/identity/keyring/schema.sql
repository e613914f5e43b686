CREATE TABLE IF NOT EXISTS meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

-- One row a customer. gen counts the keys that the customer has had; wrapped is NULL once the key was destroyed.
CREATE TABLE IF NOT EXISTS customer_key (
    customer TEXT PRIMARY KEY,
    gen      INTEGER NOT NULL,
    wrapped  BLOB,
    made     INTEGER NOT NULL
) WITHOUT ROWID;
