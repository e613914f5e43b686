-- What customers did in the demo shop. Bodies are JSON of package shop's types; the catalogue itself isn't here.
CREATE TABLE IF NOT EXISTS guests (
  who  TEXT PRIMARY KEY,
  body TEXT NOT NULL                -- shop.Customer
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS carts (
  who  TEXT PRIMARY KEY,
  body TEXT NOT NULL                -- items and when they were last changed
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS orders (
  id   TEXT PRIMARY KEY,
  body TEXT NOT NULL                -- the order, and under which key it was placed; made here or changed here
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS coupons (
  who  TEXT NOT NULL,
  id   TEXT NOT NULL,
  body TEXT NOT NULL,               -- shop.OrderCoupon, held
  PRIMARY KEY (who, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS sold (
  variant TEXT PRIMARY KEY,
  n       INTEGER NOT NULL CHECK (n >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS stocked (
  variant TEXT PRIMARY KEY,
  n       INTEGER NOT NULL CHECK (n >= 0)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 2;
