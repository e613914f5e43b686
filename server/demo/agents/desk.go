package agents

import (
	"log/slog"
	"sync"

	"agentdesk/sync/client"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// desk is what the agent's screen would show: open chats, colleagues, what stands beside a chat. It forgets chats that
// ended, as no hand will touch them again.
type desk struct {
	log *slog.Logger

	mu     sync.Mutex
	me     wire.User
	view   string
	cursor *event.Cursor
	chats  map[string]*chat
	floor  *wire.Floor
	online bool
	behind bool             // catching up
	asked  map[string]asked // commands without an answer yet
	tally  map[conversation.Code]int
}

type asked struct {
	kind conversation.Kind
	post event.MessageKind
}

type chat struct {
	s     conversation.State
	last  string // the customer's newest text
	panel *wire.Panel
}

func newDesk(log *slog.Logger) *desk {
	return &desk{log: log, chats: map[string]*chat{}, asked: map[string]asked{}, tally: map[conversation.Code]int{}}
}

func (d *desk) hello() (*event.Cursor, string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.cursor, d.view
}

// OnStatus implements client.Handler.
func (d *desk) OnStatus(s client.Status) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.online = s.Phase == client.Online
}

// OnWelcome implements client.Handler.
func (d *desk) OnWelcome(w *wire.Welcome) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if w.Resume == "reset" {
		clear(d.chats)
		d.cursor = nil
	}
	if w.User != nil {
		d.me = *w.User
	}
	d.view, d.behind = w.View, true
	for _, c := range d.chats {
		c.panel = nil
	}
	return nil
}

// OnRec implements client.Handler.
func (d *desk) OnRec(r *wire.Rec) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range r.Enter {
		if e.Part == 0 {
			d.chats[e.ID] = &chat{}
		}
		for i := range e.Events {
			if err := d.fold(&e.Events[i]); err != nil {
				return err
			}
		}
	}
	for i := range r.Events {
		if err := d.fold(&r.Events[i]); err != nil {
			return err
		}
	}
	for _, id := range r.Leave {
		delete(d.chats, id)
	}
	if !r.More {
		cur := r.Cursor
		d.cursor, d.behind = &cur, false
		for id, c := range d.chats {
			if !c.s.Open() {
				delete(d.chats, id)
			}
		}
	}
	return nil
}

func (d *desk) fold(e *event.Placed) error {
	c := d.chats[e.Conv]
	if c == nil {
		return nil // ended, and forgotten
	}
	if e.Type == event.Posted && e.Actor.Kind == event.Customer {
		var p event.PostedPrivate
		if e.Decode(nil, &p) == nil {
			c.last = p.Text
		}
	}
	return conversation.Fold(&c.s, e)
}

// OnLive implements client.Handler.
func (d *desk) OnLive(l *wire.Live) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch l.Kind {
	case wire.LiveFloor:
		d.floor = l.Floor
	case wire.LivePanel:
		if c := d.chats[l.Conv]; c != nil {
			c.panel = l.Panel
		}
	}
}

// OnAck implements client.Handler. To lose a race is a part of the work; to ask for what cannot be is a mistake here.
func (d *desk) OnAck(a *wire.Ack) {
	d.mu.Lock()
	defer d.mu.Unlock()
	q := d.asked[a.ID]
	delete(d.asked, a.ID)
	if a.Err == nil {
		return
	}
	d.tally[a.Err.Code]++
	switch a.Err.Code {
	case conversation.Invalid, conversation.Forbidden, conversation.TooLarge, conversation.IDReused:
		d.log.Warn("simulated agent was refused", "agent", d.me.ID, "kind", q.kind, "post", q.post, "code", a.Err.Code, "text", a.Err.Text)
	}
}

// ready reports whether the copy is up to date, so that one may act on it.
func (d *desk) ready() bool { return d.online && !d.behind && d.me.ID != "" }
