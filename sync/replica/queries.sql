-- name: set_meta
INSERT OR REPLACE INTO meta(key, value) VALUES(?, ?);

-- name: meta
SELECT value FROM meta WHERE key = ?;

-- name: states
SELECT state FROM conversation;

-- name: put_state
INSERT OR REPLACE INTO conversation(id, state) VALUES(?, ?);

-- name: drop_state
DELETE FROM conversation WHERE id = ?;

-- name: add_event
INSERT OR IGNORE INTO event(conv, seq, idx, json) VALUES(?, ?, ?, ?);

-- name: set_event
UPDATE event SET json = ? WHERE conv = ? AND seq = ? AND idx = ?;

-- name: event
SELECT json FROM event WHERE conv = ? AND seq = ? AND idx = ?;

-- name: unquote
-- What was understood in a message quotes it.
UPDATE event SET json = json_remove(json, '$.p') WHERE conv = ? AND json_extract(json, '$.t') = 'message.understood'
AND json_extract(json, '$.b.msg') = ?;

-- name: drop_events
DELETE FROM event WHERE conv = ?;

-- name: newest
SELECT json FROM event WHERE conv = ? ORDER BY seq DESC, idx DESC LIMIT ?;

-- name: depth
SELECT count(*) FROM event WHERE conv = ? AND (seq, idx) >= (?, ?);

-- name: add_message
INSERT OR IGNORE INTO message(id, msg, conv) VALUES(?, ?, ?);

-- name: place
SELECT id, conv FROM message WHERE msg = ?;

-- name: drop_messages
DELETE FROM message WHERE conv = ?;

-- name: indexed
-- Only what is in full text may be taken out of it.
SELECT e.json FROM message m JOIN message_fts_docsize d ON d.id = m.id JOIN event e ON e.conv = m.conv AND e.seq = m.id >> 16 AND e.idx = m.id & 65535
WHERE m.conv = ?;

-- name: is_indexed
SELECT count(*) FROM message_fts_docsize WHERE id = ?;

-- name: index
INSERT INTO message_fts(rowid, body) VALUES(?, ?);

-- name: unindex
INSERT INTO message_fts(message_fts, rowid, body) VALUES('delete', ?, ?);

-- name: add_recalled
INSERT OR IGNORE INTO recalled(msg, conv) VALUES(?, ?);

-- name: recalled
SELECT count(*) FROM recalled WHERE msg = ?;

-- name: drop_recalled
DELETE FROM recalled WHERE conv = ?;

-- name: search
SELECT e.json FROM message_fts f JOIN message m ON m.id = f.rowid JOIN event e ON e.conv = m.conv AND e.seq = m.id >> 16 AND e.idx = m.id & 65535
WHERE message_fts MATCH ? ORDER BY f.rowid DESC LIMIT ?;

-- name: find
SELECT m.msg FROM message_fts f JOIN message m ON m.id = f.rowid WHERE message_fts MATCH ? AND m.conv = ? ORDER BY f.rowid DESC LIMIT ?;

-- name: every_event
SELECT json FROM event ORDER BY conv, seq, idx;

-- name: scrub
PRAGMA wal_checkpoint(TRUNCATE);

-- name: reset
DELETE FROM event;
DELETE FROM conversation;
DELETE FROM message;
DELETE FROM recalled;
INSERT INTO message_fts(message_fts) VALUES('delete-all');
DELETE FROM meta WHERE key IN ('cursor', 'view');

-- name: draft
SELECT text FROM draft WHERE conv = ? AND mode = ?;

-- name: set_draft
INSERT OR REPLACE INTO draft(conv, mode, text) VALUES(?, ?, ?);

-- name: drop_draft
DELETE FROM draft WHERE conv = ? AND mode = ?;

-- name: outbox
SELECT frame, state, at, seen FROM outbox ORDER BY at, id;

-- name: put_command
INSERT OR REPLACE INTO outbox(id, conv, frame, state, at, seen) VALUES(?, ?, ?, ?, ?, ?);

-- name: drop_command
DELETE FROM outbox WHERE id = ?;

-- name: attachments
SELECT id, conv, cmd, name, mime, w, h, uploaded, at, size FROM attachment ORDER BY at, id;

-- name: put_attachment
INSERT INTO attachment(id, conv, cmd, name, mime, w, h, size, uploaded, at) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: set_attachment
UPDATE attachment SET cmd = ?, uploaded = ? WHERE id = ?;

-- name: give_attachment
UPDATE attachment SET cmd = ? WHERE id = ?;

-- name: drop_attachment
DELETE FROM attachment WHERE id = ?;
