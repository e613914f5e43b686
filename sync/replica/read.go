package replica

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"agentdesk/sync/cjk"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// Cursor is up to where the copy is complete, nil for an empty one, and the rights it was made under.
func (r *Replica) Cursor() (*event.Cursor, string) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.cursor.Stream == "" {
		return nil, r.view
	}
	c := r.cursor
	return &c, r.view
}

// State is a conversation, nil where the copy has none. It is not to be changed.
func (r *Replica) State(id string) *conversation.State {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.states[id]
}

// States are all conversations in no order; not to be changed.
func (r *Replica) States() []*conversation.State {
	r.mu.RLock()
	defer r.mu.RUnlock()
	out := make([]*conversation.State, 0, len(r.states))
	for _, s := range r.states {
		out = append(out, s)
	}
	return out
}

// placed reads events and closes rows.
func placed(rows *sql.Rows) (out []event.Placed, err error) {
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var data sql.RawBytes
		var p event.Placed
		if err := rows.Scan(&data); err != nil {
			return nil, fmt.Errorf("read events: %w", err)
		}
		if err := json.Unmarshal(data, &p); err != nil {
			return nil, fmt.Errorf("read events: %w", err)
		}
		out = append(out, p)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	return out, nil
}

// Timeline is the newest events of a conversation, at most limit, oldest first; older says whether there are more.
func (r *Replica) Timeline(ctx context.Context, conv string, limit int) (out []event.Placed, older bool, err error) {
	rows, err := r.r.QueryContext(ctx, r.sql["newest"], conv, limit+1)
	if err != nil {
		return nil, false, fmt.Errorf("read timeline: %w", err)
	}
	if out, err = placed(rows); err != nil {
		return nil, false, err
	}
	if len(out) > limit {
		out, older = out[:limit], true
	}
	slices.Reverse(out)
	return out, older, nil
}

// Message is a message by its ID, wherever it is; false where the copy has none.
func (r *Replica) Message(ctx context.Context, id event.ID) (p event.Placed, ok bool, err error) {
	var place int64
	var conv string
	var data []byte
	err = r.r.QueryRowContext(ctx, r.sql["place"], id).Scan(&place, &conv)
	if err == nil {
		err = r.r.QueryRowContext(ctx, r.sql["event"], conv, place>>16, place&(maxIdx-1)).Scan(&data)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return p, false, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &p)
	}
	if err != nil {
		return p, false, fmt.Errorf("read message: %w", err)
	}
	return p, true, nil
}

// Depth is how many of the newest events of its conversation one has to take for a message to be among them; 0 where the
// copy does not have it.
func (r *Replica) Depth(ctx context.Context, msg event.ID) (n int, err error) {
	var place int64
	var conv string
	err = r.r.QueryRowContext(ctx, r.sql["place"], msg).Scan(&place, &conv)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err == nil {
		err = r.r.QueryRowContext(ctx, r.sql["depth"], conv, place>>16, place&(maxIdx-1)).Scan(&n)
	}
	if err != nil {
		return 0, fmt.Errorf("find message: %w", err)
	}
	return n, nil
}

// match is the full-text question for what somebody types: the last word may be unfinished. "" asks for nothing.
func match(q string) string {
	m := cjk.Query(q)
	if m == "" || strings.HasSuffix(m, "*") {
		return m
	}
	if last, _ := utf8.DecodeLastRuneInString(q); !cjk.Han(cjk.Fold(last)) && (unicode.IsLetter(last) || unicode.IsNumber(last)) {
		m += "*"
	}
	return m
}

// Search finds messages by their words in all that the copy keeps, newest first, at most limit. A question without a
// letter or digit finds nothing.
func (r *Replica) Search(ctx context.Context, q string, limit int) ([]event.Placed, error) {
	m := match(q)
	if m == "" {
		return nil, nil
	}
	rows, err := r.r.QueryContext(ctx, r.sql["search"], m, limit)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return placed(rows)
}

// Find is Search in one conversation: the IDs of the newest messages that match, at most limit, oldest first.
func (r *Replica) Find(ctx context.Context, conv, q string, limit int) (out []event.ID, err error) {
	m := match(q)
	if m == "" {
		return nil, nil
	}
	rows, err := r.r.QueryContext(ctx, r.sql["find"], m, conv, limit)
	if err != nil {
		return nil, fmt.Errorf("find: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id event.ID
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("find: %w", err)
		}
		out = append(out, id)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("find: %w", err)
	}
	slices.Reverse(out)
	return out, nil
}
