package app

import (
	"context"
	"slices"
	"time"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/label"
	"agentdesk/sync/replica"
	"agentdesk/sync/wire"
)

const (
	pastAgain  = time.Minute // a customer's list of earlier chats is asked for again after so long
	pastEvents = 5000        // of an earlier conversation
)

// history is what the server said of a customer's earlier conversations.
type history struct {
	rows []wire.PastRow
	at   time.Time // asked
	busy bool
}

// pastChat is an earlier conversation, open beside the chat.
type pastChat struct {
	row  view.Past
	busy bool
	err  *view.Problem
	talk *talk
}

// lookBack asks for the earlier conversations of the open chat's customer; a.mu is held.
func (a *App) lookBack(s *conversation.State) {
	m := &a.m
	if m.web == nil || !m.online() || s.Customer == "" {
		return
	}
	h := m.history[s.Customer]
	if h == nil {
		if len(m.history) > 256 {
			clear(m.history)
		}
		h = &history{}
		m.history[s.Customer] = h
	}
	if h.busy || m.now().Sub(h.at) < pastAgain {
		return
	}
	web, conv := m.web, s.ID
	h.at = m.now()
	h.busy = a.pool.add("past "+s.Customer, func(ctx context.Context) {
		rows, err := web.Past(ctx, conv)
		a.mu.Lock()
		defer a.mu.Unlock()
		h.busy = false
		if err == nil {
			h.rows = rows
		} // else the copy's own have to do
		a.touch()
	})
}

// pastOf lists the earlier conversations of a chat's customer, newest first: what the server knows, and what the copy has.
func (m *model) pastOf(s *conversation.State) (out []view.Past) {
	have := map[string]bool{s.ID: true}
	if h := m.history[s.Customer]; h != nil {
		for i := range h.rows {
			if r := &h.rows[i]; !have[r.Conv] {
				have[r.Conv] = true
				out = append(out, m.pastRow(r))
			}
		}
	}
	for _, o := range m.customers[s.Customer] {
		if st := m.rep.State(o); st != nil && !have[o] && st.OpenedAt < s.OpenedAt {
			have[o] = true
			out = append(out, m.pastState(st))
		}
	}
	slices.SortStableFunc(out, func(x, y view.Past) int { return y.Opened.Compare(x.Opened) })
	return out
}

func (m *model) pastRow(r *wire.PastRow) view.Past {
	return view.Past{Conversation: r.Conv, Opened: m.at(r.Opened), Closed: m.at(r.Closed), Channel: r.Channel, Agent: r.Agent, Messages: r.Messages,
		Snippet: r.Snippet, Mood: label.Emotion(r.Emotion), Reason: r.Reason, Outcome: r.Outcome, Stars: r.Stars}
}

func (m *model) pastState(s *conversation.State) view.Past {
	p := view.Past{Conversation: s.ID, Opened: m.at(s.OpenedAt), Closed: m.at(s.ClosedAt), Channel: s.Channel, Messages: s.Messages, Snippet: s.Snippet,
		Mood: label.Emotion(s.Emotion), Reason: s.Reason, Outcome: s.Disposition, Stars: s.Stars}
	if n := len(s.Holders); n > 0 {
		p.Agent = m.agentName(s.Holders[n-1])
	}
	return p
}

// agentName is a colleague's name, or the ID where it is not known.
func (m *model) agentName(id string) string {
	if id == m.session.User.ID {
		return m.session.User.Name
	}
	if m.floor != nil {
		for _, r := range m.floor.Agents {
			if r.ID == id {
				return r.Name
			}
		}
	}
	return id
}

// OpenPast implements view.Actions.
func (a *App) OpenPast(conv string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	defer a.touch()
	m := &a.m
	s := a.state(m.selected)
	if conv == "" || s == nil || m.rep == nil {
		m.past = nil
		return
	}
	rows := m.pastOf(s)
	i := slices.IndexFunc(rows, func(p view.Past) bool { return p.Conversation == conv })
	if i < 0 {
		return
	}
	p := &pastChat{row: rows[i]}
	m.past, m.trace = p, nil
	rep, web, online := m.rep, m.web, m.online()
	local := rep.State(conv) != nil
	if !local && (web == nil || !online) {
		p.err = &view.Problem{Code: "unreachable"}
		return
	}
	p.busy = a.pool.add("open past", func(ctx context.Context) {
		evs, st, err := pastEventsOf(ctx, rep, conv, local, func() (wire.Conversation, error) { return web.Conversation(ctx, conv) })
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.m.past != p {
			return
		}
		p.busy = false
		if err != nil {
			p.err = &view.Problem{Code: errCode(err), Detail: err.Error()}
		} else {
			p.talk = newTalk(&a.m, st, evs, false)
		}
		a.touch()
	})
}

// pastEventsOf reads a conversation from the copy, else from the server, and folds it.
func pastEventsOf(ctx context.Context, rep *replica.Replica, conv string, local bool, ask func() (wire.Conversation, error)) ([]event.Placed, *conversation.State, error) {
	if local {
		evs, _, err := rep.Timeline(ctx, conv, pastEvents)
		if s := rep.State(conv); err != nil || s != nil {
			return evs, s, err
		}
	}
	c, err := ask()
	if err != nil {
		return nil, nil, err
	}
	s := &conversation.State{}
	for i := range c.Events {
		_ = conversation.Fold(s, &c.Events[i]) // what this program can't fold it leaves out, as every fold does
	}
	s.ID = conv
	return c.Events, s, nil
}

// pastView is the earlier conversation for a snapshot; a.mu is held.
func (m *model) pastView() *view.PastChat {
	p := m.past
	if p == nil {
		return nil
	}
	v := &view.PastChat{Past: p.row, Busy: p.busy, Err: p.err}
	if p.talk != nil {
		v.Log = p.talk.log(typing{}, m.session.User.ID, nil)
	}
	return v
}
