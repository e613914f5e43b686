package replica

import (
	"context"
	"encoding/json"
	"fmt"

	"agentdesk/sync/event"
)

// upgrade makes a new file, or one of an older program, what this program expects: all of it or nothing.
func (r *Replica) upgrade(ctx context.Context, from int) error {
	tx, err := r.w.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if _, err := tx.ExecContext(ctx, schema); err != nil {
		return err
	}
	if from == 1 {
		rows, err := tx.QueryContext(ctx, r.sql["every_event"])
		if err != nil {
			return err
		}
		all, err := placed(rows)
		if err != nil {
			return err
		}
		gone := map[event.ID]string{}
		for i := range all {
			var b event.RecalledBody
			if all[i].Type == event.Recalled && all[i].Decode(&b, nil) == nil {
				gone[b.Message] = all[i].Conv
			}
		}
		for msg, conv := range gone {
			if _, err := tx.ExecContext(ctx, r.sql["add_recalled"], msg, conv); err != nil {
				return fmt.Errorf("add_recalled: %w", err)
			}
		}
		for i := range all {
			p := &all[i]
			if p.Type != event.Posted {
				continue
			}
			if _, recalled := gone[p.ID]; recalled {
				if p.Event, err = event.Redact(p.Event); err != nil {
					return err
				}
				data, err := json.Marshal(p)
				if err != nil {
					return err
				}
				if _, err := tx.ExecContext(ctx, r.sql["set_event"], data, p.Conv, p.Seq, p.Idx); err != nil {
					return fmt.Errorf("set_event: %w", err)
				}
				r.scrub = true
			}
			if _, err := tx.ExecContext(ctx, r.sql["add_message"], rowid(p), p.ID, p.Conv); err != nil {
				return fmt.Errorf("add_message: %w", err)
			}
			if b := body(p); b != "" {
				if _, err := tx.ExecContext(ctx, r.sql["index"], rowid(p), b); err != nil {
					return fmt.Errorf("index: %w", err)
				}
			}
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version)); err != nil {
		return err
	}
	return tx.Commit()
}
