package folds

import (
	"context"
	"encoding/json"
	"fmt"

	"agentdesk/sync/cjk"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// erase takes what a customer said out of rows and full text, and folds the conversations again without it. It does
// nothing to what comes later.
func (f *Folds) erase(ctx context.Context, customer string) error {
	if customer == "" {
		return nil
	}
	f.w.scrub = true
	if err := f.w.flush(ctx); err != nil { // the customer's conversations of this very transaction as well
		return err
	}
	ids, err := column(f.w.stmt["ids_of_customer"].QueryContext(ctx, customer))
	if err != nil {
		return fmt.Errorf("erase %s: %w", customer, err)
	}
	for _, id := range ids {
		if err := f.unindex(ctx, id); err != nil {
			return err
		}
		if err := f.w.exec(ctx, "erase_events", id); err != nil {
			return err
		}
		events, err := placed(f.w.stmt["events"].QueryContext(ctx, id, 0))
		if err != nil {
			return fmt.Errorf("erase %s: %w", customer, err)
		}
		s := &conversation.State{}
		for i := range events {
			if err := conversation.Fold(s, &events[i]); err != nil {
				f.p.Logger.Warn("event not folded", "seq", events[i].Seq, "event", events[i].ID, "err", err)
			}
		}
		f.w.dirty[id] = s
	}
	return nil
}

// unindex takes a conversation out of full text. A contentless index needs to be told the words again.
func (f *Folds) unindex(ctx context.Context, conv string) error {
	found, err := placed(f.w.stmt["indexed"].QueryContext(ctx, conv))
	if err != nil {
		return fmt.Errorf("erase %s from full text: %w", conv, err)
	}
	for i := range found {
		p := &found[i]
		var b event.PostedPrivate
		if err := p.Decode(nil, &b); err != nil {
			return err
		}
		if b.Text == "" {
			continue // erased before
		}
		if err := f.w.exec(ctx, "erase_message", eventID(p.Seq, p.Idx), cjk.Index(b.Text)); err != nil {
			return err
		}
	}
	return nil
}

// recall takes what a message said out of rows and full text. The message keeps its place.
func (f *Folds) recall(ctx context.Context, e *event.Event) error {
	var b event.RecalledBody
	if err := e.Decode(&b, nil); err != nil {
		return err
	}
	found, err := placed(f.w.stmt["said"].QueryContext(ctx, e.Conv, b.Message))
	if err != nil {
		return fmt.Errorf("recall %s: %w", b.Message, err)
	}
	for i := range found {
		p := &found[i]
		if event.SaidIn(&p.Event) != b.Message {
			continue
		}
		f.w.scrub = true
		id := eventID(p.Seq, p.Idx)
		var indexed int
		if err := f.w.stmt["is_indexed"].QueryRowContext(ctx, id).Scan(&indexed); err != nil {
			return fmt.Errorf("recall %s: %w", b.Message, err)
		}
		if indexed > 0 {
			var said event.PostedPrivate
			if err := p.Decode(nil, &said); err != nil {
				return err
			}
			if err := f.w.exec(ctx, "erase_message", id, cjk.Index(said.Text)); err != nil {
				return err
			}
		}
		gone, err := event.Redact(p.Event)
		if err != nil {
			return err
		}
		data, err := json.Marshal(gone)
		if err != nil {
			return fmt.Errorf("recall %s: %w", b.Message, err)
		}
		if err := f.w.exec(ctx, "redact", string(data), id); err != nil {
			return err
		}
	}
	return nil
}

// scrub empties the write-ahead log, where erased and recalled text lives on. While a long read holds it, the next Apply tries again.
func (f *Folds) scrub(ctx context.Context) {
	var busy, frames, moved int
	err := f.w.conn.QueryRowContext(ctx, f.sql["truncate_wal"]).Scan(&busy, &frames, &moved)
	if f.w.scrub = err != nil || busy != 0; f.w.scrub {
		f.p.Logger.Warn("erased text is not out of the write-ahead log yet", "err", err)
	}
}
