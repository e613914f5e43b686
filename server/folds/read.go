package folds

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"agentdesk/server/floor"
	"agentdesk/sync/cjk"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

var _ floor.Fold = (*Folds)(nil)

// MaxSearch bounds the hits of one search.
const MaxSearch = 500

// Hit is a message that a search found.
type Hit struct {
	event.Placed
	Text string
}

func (f *Folds) deadline(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, f.p.ReadTimeout)
}

// inRead runs fn in one read transaction: everything it sees is of one moment.
func (f *Folds) inRead(ctx context.Context, fn func(ctx context.Context, tx *sql.Tx) error) error {
	ctx, cancel := f.deadline(ctx)
	defer cancel()
	tx, err := f.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	return fn(ctx, tx)
}

// Snapshot is the live part of the shop at the checkpoint, from one read transaction: what the floor starts from.
func (f *Folds) Snapshot(ctx context.Context) (*floor.Snapshot, error) {
	out := &floor.Snapshot{}
	err := f.inRead(ctx, func(ctx context.Context, tx *sql.Tx) error {
		cp, err := f.storedCheckpoint(ctx, tx)
		if err != nil {
			return err
		}
		out.Cursor, out.Term, out.Time = cp.Cursor, cp.Term, cp.Time
		if out.Convs, err = states(tx.QueryContext(ctx, f.sql["open_states"])); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, f.sql["agents"])
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var a floor.AgentState
			var data string
			if err := rows.Scan(&a.Gone, &data); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(data), &a.AgentStatusBody); err != nil {
				return err
			}
			out.Agents = append(out.Agents, a)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	return out, nil
}

// EachOpen calls fn with every open conversation and all its events, from one read transaction, and gives the place.
func (f *Folds) EachOpen(ctx context.Context, fn func(conversation.State, []event.Placed) error) (event.Cursor, error) {
	var cur event.Cursor
	err := f.inRead(ctx, func(ctx context.Context, tx *sql.Tx) error {
		cp, err := f.storedCheckpoint(ctx, tx)
		if err != nil {
			return err
		}
		cur = cp.Cursor
		open, err := states(tx.QueryContext(ctx, f.sql["open_states"]))
		if err != nil {
			return err
		}
		stmt, err := tx.PrepareContext(ctx, f.sql["events"])
		if err != nil {
			return err
		}
		defer func() { _ = stmt.Close() }()
		for _, s := range open {
			events, err := placed(stmt.QueryContext(ctx, s.ID, 0))
			if err != nil {
				return err
			}
			if err := fn(s, events); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return cur, fmt.Errorf("read open conversations: %w", err)
	}
	return cur, nil
}

// State is one conversation, open or closed.
func (f *Folds) State(ctx context.Context, conv string) (conversation.State, bool, error) {
	return f.oneState(ctx, "state", conv)
}

// OpenConversationOf is the conversation that a customer has going.
func (f *Folds) OpenConversationOf(ctx context.Context, customer string) (conversation.State, bool, error) {
	return f.oneState(ctx, "open_of_customer", customer)
}

func (f *Folds) oneState(ctx context.Context, query, arg string) (conversation.State, bool, error) {
	ctx, cancel := f.deadline(ctx)
	defer cancel()
	got, err := states(f.point[query].QueryContext(ctx, arg))
	if err != nil {
		return conversation.State{}, false, fmt.Errorf("read conversation: %w", err)
	}
	if len(got) == 0 {
		return conversation.State{}, false, nil
	}
	return got[0], true, nil
}

// LastConversation is the ID of a customer's newest conversation, open or closed.
func (f *Folds) LastConversation(ctx context.Context, customer string) (string, bool, error) {
	ctx, cancel := f.deadline(ctx)
	defer cancel()
	var id string
	return found(&id, f.point["last_of_customer"].QueryRowContext(ctx, customer).Scan(&id))
}

// RecordHash is the hash of a folded record: what a cursor is checked with.
func (f *Folds) RecordHash(ctx context.Context, seq uint64) (string, bool, error) {
	ctx, cancel := f.deadline(ctx)
	defer cancel()
	var hash string
	return found(&hash, f.point["record_hash"].QueryRowContext(ctx, seq).Scan(&hash))
}

func found(v *string, err error) (string, bool, error) {
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", false, nil
	case err != nil:
		return "", false, fmt.Errorf("read fold: %w", err)
	}
	return *v, true, nil
}

// LookupClientID finds the stored command that an actor's client ID belongs to.
func (f *Folds) LookupClientID(ctx context.Context, actor event.Actor, clientID string) (floor.Once, bool, error) {
	ctx, cancel := f.deadline(ctx)
	defer cancel()
	var o floor.Once
	err := f.point["client_id"].QueryRowContext(ctx, actor.String(), clientID).
		Scan(&o.Sum, &o.Conv, &o.Event, &o.Message, &o.Epoch, &o.Seq)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return floor.Once{}, false, nil
	case err != nil:
		return floor.Once{}, false, fmt.Errorf("look up client ID: %w", err)
	}
	return o, true, nil
}

// Events are a conversation's events from the record fromSeq on, in order.
func (f *Folds) Events(ctx context.Context, conv string, fromSeq uint64) ([]event.Placed, error) {
	ctx, cancel := f.deadline(ctx)
	defer cancel()
	got, err := placed(f.read.QueryContext(ctx, f.sql["events"], conv, eventID(fromSeq, 0)))
	if err != nil {
		return nil, fmt.Errorf("read events of %s: %w", conv, err)
	}
	return got, nil
}

// Transcript is a conversation with all its events, of one moment.
func (f *Folds) Transcript(ctx context.Context, conv string) (s conversation.State, events []event.Placed, ok bool, err error) {
	err = f.inRead(ctx, func(ctx context.Context, tx *sql.Tx) error {
		got, err := states(tx.QueryContext(ctx, f.sql["state"], conv))
		if err != nil || len(got) == 0 {
			return err
		}
		s, ok = got[0], true
		events, err = placed(tx.QueryContext(ctx, f.sql["events"], conv, 0))
		return err
	})
	if err != nil {
		return s, nil, false, fmt.Errorf("read transcript of %s: %w", conv, err)
	}
	return s, events, ok, nil
}

// ChangedSince are the conversations that have events after the record seq, longest unchanged first.
func (f *Folds) ChangedSince(ctx context.Context, seq uint64) ([]string, error) {
	ctx, cancel := f.deadline(ctx)
	defer cancel()
	ids, err := column(f.read.QueryContext(ctx, f.sql["changed_since"], seq))
	if err != nil {
		return nil, fmt.Errorf("read changes: %w", err)
	}
	return ids, nil
}

// ConversationsByHolder are the conversations whose seat the agent took, last at since (Unix ms) or later.
func (f *Folds) ConversationsByHolder(ctx context.Context, agent string, since int64) ([]conversation.State, error) {
	return f.manyStates(ctx, "by_holder", agent, since)
}

// ConversationsOf are a customer's newest conversations, open and closed, newest first, at most limit.
func (f *Folds) ConversationsOf(ctx context.Context, customer string, limit int) ([]conversation.State, error) {
	return f.manyStates(ctx, "states_of_customer", customer, limit)
}

// Closed are the last conversations of a group that closed at since (Unix ms) or later, newest first, at most limit.
func (f *Folds) Closed(ctx context.Context, group string, since int64, limit int) ([]conversation.State, error) {
	return f.manyStates(ctx, "closed_of_group", group, since, limit)
}

// OpenConversations are all open conversations, by ID.
func (f *Folds) OpenConversations(ctx context.Context) ([]conversation.State, error) {
	return f.manyStates(ctx, "open_states")
}

func (f *Folds) manyStates(ctx context.Context, query string, args ...any) ([]conversation.State, error) {
	ctx, cancel := f.deadline(ctx)
	defer cancel()
	got, err := states(f.read.QueryContext(ctx, f.sql[query], args...))
	if err != nil {
		return nil, fmt.Errorf("read conversations: %w", err)
	}
	return got, nil
}

// Search finds messages that hold all words of query, newest first, at most limit (and MaxSearch). It is safe for any
// query; one without letters and digits finds nothing. The caller filters by who may see what.
func (f *Folds) Search(ctx context.Context, query string, limit int) ([]Hit, error) {
	match := cjk.Query(query)
	if match == "" || limit <= 0 {
		return nil, nil
	}
	ctx, cancel := f.deadline(ctx)
	defer cancel()
	got, err := placed(f.read.QueryContext(ctx, f.sql["search"], match, min(limit, MaxSearch)))
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	hits := make([]Hit, len(got))
	for i, p := range got {
		var b event.PostedPrivate
		if err := p.Decode(nil, &b); err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		hits[i] = Hit{Placed: p, Text: b.Text}
	}
	return hits, nil
}

func states(rows *sql.Rows, err error) ([]conversation.State, error) {
	ids, err := column(rows, err)
	if err != nil {
		return nil, err
	}
	out := make([]conversation.State, len(ids))
	for i, data := range ids {
		if err := json.Unmarshal([]byte(data), &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// column reads rows of one text each.
func column(rows *sql.Rows, err error) ([]string, error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// placed reads rows of (id, time, data) of events.
func placed(rows *sql.Rows, err error) ([]event.Placed, error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []event.Placed
	for rows.Next() {
		var p event.Placed
		var id int64
		var data sql.RawBytes
		if err := rows.Scan(&id, &p.Time, &data); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(data, &p.Event); err != nil {
			return nil, err
		}
		p.Seq, p.Idx = placeOf(id)
		out = append(out, p)
	}
	return out, rows.Err()
}
