-- +goose Up
-- Where this fold is. One row.
CREATE TABLE checkpoint (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    stream TEXT    NOT NULL,
    seq    INTEGER NOT NULL,
    hash   TEXT    NOT NULL,
    term   INTEGER NOT NULL,
    time   INTEGER NOT NULL
);
INSERT INTO checkpoint VALUES (1, '', 0, '', 0, 0);

CREATE TABLE record (
    seq  INTEGER PRIMARY KEY,
    id   TEXT    NOT NULL,
    hash TEXT    NOT NULL,
    term INTEGER NOT NULL,
    time INTEGER NOT NULL
);

-- id is the record's sequence × 65536 + the event's index in it, so that it sorts as the log does.
CREATE TABLE event (
    id   INTEGER PRIMARY KEY,
    conv TEXT    NOT NULL,
    type TEXT    NOT NULL,
    time INTEGER NOT NULL,
    data TEXT    NOT NULL
);
CREATE INDEX event_conv ON event (conv) WHERE conv <> '';

CREATE TABLE conversation (
    id         TEXT PRIMARY KEY,
    customer   TEXT    NOT NULL,
    team       TEXT    NOT NULL,
    agent      TEXT    NOT NULL,
    opened_at  INTEGER NOT NULL,
    closed_at  INTEGER NOT NULL, -- 0 while it goes on
    opened_seq INTEGER NOT NULL,
    last_seq   INTEGER NOT NULL,
    state      TEXT    NOT NULL
);
CREATE INDEX conversation_open ON conversation (customer) WHERE closed_at = 0;
CREATE INDEX conversation_customer ON conversation (customer, opened_seq);
CREATE INDEX conversation_closed ON conversation (team, closed_at) WHERE closed_at > 0;
CREATE INDEX conversation_changed ON conversation (last_seq);

-- Who ever held a conversation's seat; at is when it was taken last.
CREATE TABLE holder (
    agent TEXT    NOT NULL,
    conv  TEXT    NOT NULL,
    at    INTEGER NOT NULL,
    PRIMARY KEY (agent, conv)
) WITHOUT ROWID;
CREATE INDEX holder_at ON holder (agent, at);

-- event is the one that carries the client ID, message the one that it posted (0: none).
CREATE TABLE client_id (
    actor     TEXT    NOT NULL,
    client_id TEXT    NOT NULL,
    sum       TEXT    NOT NULL,
    conv      TEXT    NOT NULL,
    event     TEXT    NOT NULL,
    message   TEXT    NOT NULL,
    epoch     INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    PRIMARY KEY (actor, client_id)
) WITHOUT ROWID;

CREATE TABLE agent_status (
    agent  TEXT PRIMARY KEY,
    gone   INTEGER NOT NULL,
    status TEXT    NOT NULL
) WITHOUT ROWID;

-- Event types that an older program kept without folding: a program that can must fold again from the start.
CREATE TABLE unread (
    type       TEXT    NOT NULL,
    min_reader INTEGER NOT NULL,
    first_seq  INTEGER NOT NULL,
    PRIMARY KEY (type, min_reader)
) WITHOUT ROWID;

-- The bigrams of package cjk. Contentless: the text itself is in event; rowid is event.id.
CREATE VIRTUAL TABLE message_fts USING fts5 (body, content = '', tokenize = 'ascii');
-- Erased words leave the index at once, not at some later merge. (A contentless_delete table would ignore this.)
INSERT INTO message_fts (message_fts, rank) VALUES ('secure-delete', 1);
