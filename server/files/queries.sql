-- name: add
INSERT INTO file (hash, customer, sender, mime, size, w, h, secs, wave, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: get
SELECT hash, customer, sender, mime, size, w, h, secs, wave, at FROM file WHERE hash = ?;

-- name: remove
DELETE FROM file WHERE hash = ?;

-- name: of_customer
SELECT hash FROM file WHERE customer = ?;

-- name: use
INSERT INTO used (sender, at, size) VALUES (?, ?, ?);

-- name: used
SELECT coalesce(sum(at > ?1), 0), coalesce(sum(size), 0) FROM used WHERE sender = ?2 AND at > ?3;

-- name: forget_use
DELETE FROM used WHERE at <= ?;
