-- name: checkpoint
SELECT stream, seq, hash, term, time FROM checkpoint;

-- name: set_checkpoint
UPDATE checkpoint SET stream = ?, seq = ?, hash = ?, term = ?, time = ?;

-- name: add_record
INSERT INTO record (seq, id, hash, term, time) VALUES (?, ?, ?, ?, ?);

-- name: add_event
INSERT INTO event (id, conv, type, time, data) VALUES (?, ?, ?, ?, ?);

-- name: add_client_id
INSERT INTO client_id (actor, client_id, sum, conv, event, message, epoch, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING;

-- name: add_message
INSERT INTO message_fts (rowid, body) VALUES (?, ?);

-- name: put_conversation
INSERT INTO conversation (id, customer, team, agent, opened_at, closed_at, opened_seq, last_seq, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET team = excluded.team, agent = excluded.agent, closed_at = excluded.closed_at,
    last_seq = excluded.last_seq, state = excluded.state;

-- name: put_holder
INSERT INTO holder (agent, conv, at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at;

-- name: put_agent
INSERT INTO agent_status (agent, gone, status) VALUES (?, 0, ?)
ON CONFLICT DO UPDATE SET gone = 0, status = excluded.status;

-- name: gone_agent
UPDATE agent_status SET gone = 1 WHERE agent = ?;

-- name: add_unread
INSERT INTO unread (type, min_reader, first_seq) VALUES (?, ?, ?) ON CONFLICT DO NOTHING;

-- name: unread
SELECT type, min_reader FROM unread;

-- name: state
SELECT state FROM conversation WHERE id = ?;

-- name: open_states
SELECT state FROM conversation WHERE closed_at = 0 ORDER BY id;

-- name: open_of_customer
SELECT state FROM conversation WHERE customer = ? AND closed_at = 0 ORDER BY opened_seq DESC LIMIT 1;

-- name: last_of_customer
SELECT id FROM conversation WHERE customer = ? ORDER BY opened_seq DESC LIMIT 1;

-- name: ids_of_customer
SELECT id FROM conversation WHERE customer = ? ORDER BY opened_seq;

-- name: states_of_customer
SELECT state FROM conversation WHERE customer = ? ORDER BY opened_seq DESC LIMIT ?;

-- name: remind_of_customer
SELECT json_extract(state, '$.remind') FROM conversation WHERE customer = ? AND json_extract(state, '$.remind') IS NOT NULL
ORDER BY opened_seq DESC LIMIT 1;

-- name: chances_of_customer
SELECT state FROM conversation WHERE customer = ? AND json_extract(state, '$.chance.at') >= ? ORDER BY opened_seq DESC LIMIT 50;

-- name: by_holder
SELECT c.state FROM holder h JOIN conversation c ON c.id = h.conv WHERE h.agent = ? AND h.at >= ? ORDER BY h.at, c.id;

-- name: closed_of_group
SELECT state FROM conversation WHERE team = ? AND closed_at > 0 AND closed_at >= ? ORDER BY closed_at DESC, id DESC LIMIT ?;

-- name: changed_since
SELECT id FROM conversation WHERE last_seq > ? ORDER BY last_seq, id;

-- name: events
SELECT id, time, data FROM event WHERE conv = ? AND id >= ? ORDER BY id;

-- name: agents
SELECT gone, status FROM agent_status ORDER BY agent;

-- name: client_id
SELECT sum, conv, event, message, epoch, seq FROM client_id WHERE actor = ? AND client_id = ?;

-- name: record_hash
SELECT hash FROM record WHERE seq = ?;

-- name: search
SELECT e.id, e.time, e.data FROM message_fts f JOIN event e ON e.id = f.rowid
WHERE message_fts MATCH ? ORDER BY f.rowid DESC LIMIT ?;

-- name: erase_events
UPDATE event SET data = json_remove(data, '$.p') WHERE conv = ? AND json_type(data, '$.p') IS NOT NULL;

-- name: said
-- The events of a conversation that hold what a message said.
SELECT id, time, data FROM event WHERE conv = ?1 AND type IN ('message.posted', 'message.understood')
AND (json_extract(data, '$.id') = ?2 OR json_extract(data, '$.b.msg') = ?2);

-- name: redact
UPDATE event SET data = ? WHERE id = ?;

-- name: is_indexed
SELECT count(*) FROM message_fts_docsize WHERE id = ?;

-- name: indexed
-- The messages of a conversation that are in full text: only those may be deleted there.
SELECT e.id, e.time, e.data FROM event e JOIN message_fts_docsize d ON d.id = e.id WHERE e.conv = ?;

-- name: erase_message
INSERT INTO message_fts (message_fts, rowid, body) VALUES ('delete', ?, ?);

-- name: truncate_wal
PRAGMA wal_checkpoint(TRUNCATE);

-- name: reset
DELETE FROM record;
DELETE FROM event;
DELETE FROM conversation;
DELETE FROM holder;
DELETE FROM client_id;
DELETE FROM agent_status;
DELETE FROM unread;
INSERT INTO message_fts (message_fts) VALUES ('delete-all');
UPDATE checkpoint SET stream = '', seq = 0, hash = '', term = 0, time = 0;
