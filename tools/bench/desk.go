package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"agentdesk/app"
	"agentdesk/app/view"
	"agentdesk/server/identity"
	"agentdesk/sync/event"
)

const deskWithin = 20 * time.Second // until a desk is signed in and up to date

// desk is a real desk without its face: its own replica, a real socket. It notes when each snapshot was published.
type desk struct {
	*app.App
	user  string
	opens bool // looks at a chat as soon as it lists one
	takes bool // accepts what it is offered
	end   context.CancelFunc
	wg    sync.WaitGroup
	shots chan shot

	mu    sync.Mutex
	newer chan struct{} // closed when another snapshot was taken in
	count int
	lost  int                   // snapshots that came faster than they could be looked at
	marks map[string][]mark     // by conversation: when its row came to show which moment
	items map[string]time.Time  // message → when the open chat showed it
	skew  int64                 // floor time minus the desk's row times, ms; known with the first item
	knows bool                  // skew is known
	log   *view.Log             // last looked at
	queue *view.Queue           // last looked at
	asked map[string]struct{}   // chats it tried to take
	done  map[string]*firstTime // chats whose first suggestion is waited for
}

type shot struct {
	at   time.Time
	desk *view.Desk
}

// mark says that from at on a row showed the talk up to ms.
type mark struct {
	ms int64
	at time.Time
}

// firstTime is when a chat's first finished suggestion was on the screen, and when the chat had been escalated.
type firstTime struct{ escalated, suggested time.Time }

// openDesk signs a user in and waits until the desk is up to date.
func (b *bench) openDesk(ctx context.Context, url, user string) (*desk, error) {
	dir := filepath.Join(b.dir, "desk-"+user+"-"+time.Now().Format("150405.000"))
	a, err := app.New(ctx, app.Params{Dir: dir, Server: url, User: user, Password: identity.DemoPassword, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	run, end := context.WithCancel(ctx)
	d := &desk{App: a, user: user, end: end, shots: make(chan shot, 4096), newer: make(chan struct{}), marks: map[string][]mark{},
		items: map[string]time.Time{}, asked: map[string]struct{}{}, done: map[string]*firstTime{}}
	cancel := a.Subscribe(func() {
		select {
		case d.shots <- shot{time.Now(), a.Snapshot()}:
		default:
			d.mu.Lock()
			d.lost++
			d.mu.Unlock()
		}
	})
	d.wg.Go(func() {
		defer cancel()
		if err := a.Run(run); err != nil {
			slog.Error("desk", "err", err)
		}
	})
	d.wg.Go(func() {
		for {
			select {
			case <-run.Done():
				return
			case s := <-d.shots:
				d.look(s)
			}
		}
	})
	err = d.until(ctx, deskWithin, "the desk to be up to date", func(s *view.Desk) bool {
		return s.Screen == view.ScreenDesk && s.Link != nil && s.Link.State == view.Online && s.Queue != nil && !s.Queue.Loading
	})
	if err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

func (d *desk) close() {
	d.end()
	d.wg.Wait()
}

// until waits for a snapshot that is as wanted.
func (d *desk) until(ctx context.Context, within time.Duration, what string, ok func(*view.Desk) bool) error {
	late := time.NewTimer(within)
	defer late.Stop()
	for {
		d.mu.Lock()
		newer := d.newer
		d.mu.Unlock()
		if ok(d.Snapshot()) {
			return nil
		}
		select {
		case <-newer:
		case <-late.C:
			return fmt.Errorf("the desk of %s waited in vain for %s", d.user, what)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// look takes in one snapshot.
func (d *desk) look(s shot) {
	var open string
	var take []string
	d.mu.Lock()
	d.count++
	if q := s.desk.Queue; q != nil && q != d.queue {
		d.queue = q
		for _, rows := range [][]view.Row{q.Waiting, q.Rows} {
			for i := range rows {
				r := &rows[i]
				ms := r.At.UnixMilli()
				if m := d.marks[r.ID]; len(m) == 0 || m[len(m)-1].ms < ms {
					d.marks[r.ID] = append(m, mark{ms, s.at})
				}
				if _, tried := d.asked[r.ID]; d.takes && r.Offered && !tried {
					d.asked[r.ID] = struct{}{}
					take = append(take, r.ID)
				}
			}
		}
	}
	if c := s.desk.Chat; c != nil && c.Log != nil && c.Log != d.log {
		d.log = c.Log
		for i := len(c.Log.Items) - 1; i >= 0; i-- {
			it := &c.Log.Items[i]
			if _, known := d.items[it.ID]; known {
				break
			}
			d.items[it.ID] = s.at
			if ms, ok := floorTime(it.ID); ok && it.By == view.ByCustomer && !d.knows {
				d.skew, d.knows = ms-it.At.UnixMilli(), true
			}
		}
	}
	d.first(s)
	if d.opens && s.desk.Chat == nil && s.desk.Queue != nil {
		if rows := slices.Concat(s.desk.Queue.Waiting, s.desk.Queue.Rows); len(rows) > 0 {
			open, d.opens = rows[0].ID, false
		}
	}
	close(d.newer)
	d.newer = make(chan struct{})
	d.mu.Unlock()
	if open != "" {
		d.Select(open)
	}
	for _, conv := range take {
		d.TakeOver(conv)
	}
}

// first notes the first finished suggestion of a chat that is waited for; d.mu is held.
func (d *desk) first(s shot) {
	c := s.desk.Chat
	if c == nil || c.Head == nil {
		return
	}
	f := d.done[c.Head.ID]
	if f == nil || !f.suggested.IsZero() || s.desk.Copilot == nil || c.Log == nil {
		return
	}
	for i := range c.Log.Items {
		if h := c.Log.Items[i].Handoff; h != nil {
			f.escalated = h.EscalatedAt
		}
	}
	for i := range s.desk.Copilot.Suggestions {
		if g := &s.desk.Copilot.Suggestions[i]; !g.Streaming && g.Text != "" && !f.escalated.IsZero() {
			f.suggested = s.at
			return
		}
	}
}

// floorTime is the time inside an ID of the floor.
func floorTime(id event.ID) (ms int64, ok bool) {
	u, err := ulid.ParseStrict(id)
	return int64(u.Time()), err == nil //nolint:gosec // 48 bits
}

// shown is when a snapshot first held a message, as an item of the open chat or in its conversation's row.
func (d *desk) shown(conv string, message event.ID) (time.Time, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	at, ok := d.items[message]
	ms, valid := floorTime(message)
	if !valid || !d.knows {
		return at, ok
	}
	for _, m := range d.marks[conv] {
		if m.ms+d.skew >= ms {
			if !ok || m.at.Before(at) {
				return m.at, true
			}
			break
		}
	}
	return at, ok
}

// listed is when the desk first listed a conversation.
func (d *desk) listed(conv string) (time.Time, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if m := d.marks[conv]; len(m) > 0 {
		return m[0].at, true
	}
	return time.Time{}, false
}
