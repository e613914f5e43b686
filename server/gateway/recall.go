package gateway

import (
	"context"
	"slices"

	"agentdesk/server/folds/live"
	"agentdesk/sync/event"
)

// maxGone bounds the files that wait to be removed.
const maxGone = 1024

// recall notes what the messages that a change takes back held, and takes their content out of the change itself where both
// came in one commit. Call it before the commit is applied.
func (ch *change) recall(store *live.Store) {
	for i := range ch.events {
		var b event.RecalledBody
		if ch.events[i].Type != event.Recalled || ch.events[i].Decode(&b, nil) != nil || b.Message == "" {
			continue
		}
		_, before, _ := store.Timeline(ch.conv)
		ch.gone = append(ch.gone, filesOf(b.Message, before, ch.events)...)
		for j := range ch.events[:i] {
			if p := &ch.events[j]; event.SaidIn(&p.Event) == b.Message {
				if e, err := event.Redact(p.Event); err == nil {
					p.Event = e
				}
			}
		}
	}
}

// filesOf are the files that a message holds and no other of its conversation.
func filesOf(msg event.ID, lists ...[]event.Placed) []string {
	var mine, others []string
	for _, list := range lists {
		for i := range list {
			var b event.PostedBody
			if list[i].Type != event.Posted || list[i].Decode(&b, nil) != nil {
				continue
			}
			for _, a := range b.Attachments {
				if list[i].ID == msg {
					mine = append(mine, a.Hash)
				} else {
					others = append(others, a.Hash)
				}
			}
		}
	}
	return slices.DeleteFunc(mine, func(h string) bool { return slices.Contains(others, h) })
}

// unsay has the files removed. It does not wait: mu is held.
func (h *hub) unsay(ch *change) {
	for _, hash := range ch.gone {
		h.discard(removal{hash: hash})
	}
}

// forget has all files of an erased customer removed.
func (h *hub) forget(customer string) {
	h.mask.forget()
	h.discard(removal{customer: customer})
}

func (h *hub) discard(r removal) {
	select {
	case h.gone <- r:
	default:
		h.g.p.Logger.Error("files are kept: too many wait to be removed", "file", r.hash, "customer", r.customer)
	}
}

// removal is a file that goes, or with customer all of one customer's.
type removal struct{ hash, customer string }

// remove takes files away that were recalled, and those of customers who were erased, until ctx ends.
func (h *hub) remove(ctx context.Context) error {
	for {
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case r := <-h.gone:
			if r.customer != "" {
				err = h.g.p.Files.Forget(ctx, r.customer)
			} else {
				err = h.g.p.Files.Remove(ctx, r.hash)
			}
		}
		if err != nil && ctx.Err() == nil {
			h.g.p.Logger.Error("file not removed", "err", err)
		}
	}
}
