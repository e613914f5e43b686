//go:build torture

package torture

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"agentdesk/server/identity"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
	"agentdesk/tools/harness"
)

// answer is one agent at a bare desk: takes what is offered, answers each customer message once, and sends a reply that
// got no answer again under the same ID and the same epoch.
func answer(ctx context.Context, srv *harness.Server, sum *tally, user string, at *atomic.Pointer[harness.Client], drain <-chan struct{}) {
	d := &desk{user: user, states: map[string]*conversation.State{}, replies: map[string]reply{}, sum: sum}
	for !ended(drain) && ctx.Err() == nil {
		base := srv.URL()
		if base == "" {
			pause(ctx, 10*time.Millisecond)
			continue
		}
		var s wire.Session
		if harness.Post(ctx, base+wire.PathLogin, wire.LoginRequest{User: user, Password: identity.DemoPassword}, &s) != nil {
			pause(ctx, 30*time.Millisecond)
			continue
		}
		c, err := harness.Dial(ctx, base, wire.PathDesk, s.Token)
		if err != nil {
			pause(ctx, 30*time.Millisecond)
			continue
		}
		at.Store(c)
		d.serve(ctx, c, drain)
		at.Store(nil)
		c.Cut()
	}
}

type reply struct {
	conv  string
	epoch uint64
	text  string
}

type desk struct {
	user    string
	states  map[string]*conversation.State
	replies map[string]reply // by client ID, not yet answered
	again   []string         // of those, refused for now
	sum     *tally
	n       int
}

func (d *desk) serve(ctx context.Context, c *harness.Client, drain <-chan struct{}) {
	d.again = nil
	for id, r := range d.replies {
		if c.Send(d.post(id, r)) != nil {
			return
		}
	}
	beat := time.NewTicker(time.Second)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.Dead:
			return
		case <-drain:
			if len(d.replies) == 0 {
				return
			}
			drain = nil
		case <-beat.C:
			if c.Send(wire.In{T: wire.TBeat, Sent: time.Now().UnixMilli()}) != nil {
				return
			}
			for _, id := range d.again {
				if r, open := d.replies[id]; open && c.Send(d.post(id, r)) != nil {
					return
				}
			}
			d.again = nil
		case f := <-c.In:
			if !d.hear(c, f) {
				return
			}
			if drain == nil && len(d.replies) == 0 {
				return
			}
		}
	}
}

func (d *desk) post(id string, r reply) wire.In {
	d.sum.tries.Add(1)
	return harness.Command(id, conversation.Post, r.conv, r.epoch, map[string]string{"kind": "text", "text": r.text})
}

// hear takes one frame; false ends the connection.
func (d *desk) hear(c *harness.Client, f harness.Frame) bool {
	switch f.T {
	case wire.TWelcome:
		if f.Resume == "reset" {
			clear(d.states)
		}
	case wire.TAck:
		r, mine := d.replies[f.ID]
		switch {
		case !mine:
		case f.OK:
			delete(d.replies, f.ID)
			d.sum.add(acked{event.Actor{Kind: event.Agent, ID: d.user}, f.ID, r.text, f.First()})
		case f.Err != nil && (f.Err.Code == conversation.Retry || f.Err.Code == conversation.Busy || f.Err.Code == conversation.ShuttingDown):
			d.again = append(d.again, f.ID) // with the next beat: at once would only make it busier
		default:
			delete(d.replies, f.ID) // the seat moved on: refused, and so it must not be in the log
		}
	case wire.TRec:
		for _, e := range f.Enter {
			if e.Part == 0 {
				d.states[e.ID] = &conversation.State{}
			}
			for i := range e.Events {
				d.fold(e.Events[i])
			}
			if !d.act(c, e.ID, nil) {
				return false
			}
		}
		for i := range f.Ev {
			d.fold(f.Ev[i])
			if !d.act(c, f.Ev[i].Conv, &f.Ev[i]) {
				return false
			}
		}
		for _, id := range f.Leave {
			delete(d.states, id)
		}
	}
	return true
}

func (d *desk) fold(p event.Placed) {
	if s := d.states[p.Conv]; s != nil {
		if err := conversation.Fold(s, &p); err != nil {
			panic(err)
		}
	}
}

func (d *desk) act(c *harness.Client, conv string, p *event.Placed) bool {
	s := d.states[conv]
	if s == nil {
		return true
	}
	if w := s.Wait; w != nil {
		for _, o := range w.Offers {
			if o.Agent == d.user {
				return c.Send(harness.Command(d.sum.ids.Next(), conversation.Accept, conv, s.Epoch, struct{}{})) == nil
			}
		}
	}
	if s.Hold != nil && s.Agent == d.user && !s.Hold.Seen {
		if c.Send(harness.Command(d.sum.ids.Next(), conversation.See, conv, s.Epoch, struct{}{})) != nil {
			return false
		}
	}
	if s.Agent != d.user || p == nil || p.Type != event.Posted || p.Actor.Kind != event.Customer || len(d.replies) > 64 {
		return true
	}
	d.n++
	r := reply{conv: conv, epoch: s.Epoch, text: fmt.Sprintf("%s 的第 %d 句答复", d.user, d.n)}
	id := d.sum.ids.Next()
	d.replies[id] = r
	return c.Send(d.post(id, r)) == nil
}
