-- What customers did in the demo shop. Bodies are JSON of package shop's types; the catalogue itself isn't here.
CREATE TABLE guests (
  who  TEXT PRIMARY KEY,
  body TEXT NOT NULL                -- shop.Customer
) STRICT, WITHOUT ROWID;

CREATE TABLE carts (
  who  TEXT PRIMARY KEY,
  body TEXT NOT NULL                -- items and when they were last changed
) STRICT, WITHOUT ROWID;

CREATE TABLE orders (
  id   TEXT PRIMARY KEY,
  body TEXT NOT NULL                -- the order, and under which key it was placed; made here or changed here
) STRICT, WITHOUT ROWID;

CREATE TABLE coupons (
  who  TEXT NOT NULL,
  id   TEXT NOT NULL,
  body TEXT NOT NULL,               -- shop.OrderCoupon, held
  PRIMARY KEY (who, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sold (
  variant TEXT PRIMARY KEY,
  n       INTEGER NOT NULL CHECK (n >= 0)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 1;
