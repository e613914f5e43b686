package app

import (
	"context"
	"slices"
	"strconv"
	"time"

	"agentdesk/app/view"
	"agentdesk/sync/client"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/replica"
	"agentdesk/sync/wire"
)

// handler is the desk's ear at the connection.
type handler struct {
	*App
	ctx context.Context
}

func (h handler) OnStatus(s client.Status) {
	a := h.App
	a.mu.Lock()
	if a.m.cl == nil { // on its way out
		a.mu.Unlock()
		return
	}
	if s.Phase == client.Online && s.LatencyMS == 0 {
		s.LatencyMS = a.m.status.LatencyMS
	}
	if ms := s.LatencyMS; ms > 0 && (a.m.latency == 0 || max(ms, a.m.latency) > min(ms, a.m.latency)*5/4+4) {
		a.m.latency = ms // small changes are not worth a redraw
	}
	fresh := s.Phase == client.Online && a.m.status.Phase != client.Online
	a.m.status = s
	if s.Phase != client.Online {
		a.m.caught = false
	} else if a.m.caught {
		a.m.syncedAt = a.p.Now()
	}
	if fresh {
		a.tellWindow()
		a.watch()
		for key, code := range a.m.media.failed {
			if passing(code) {
				delete(a.m.media.failed, key)
			}
		}
		a.caughtUp(h.ctx)
	}
	a.mu.Unlock()
	a.touch()
}

func (h handler) OnWelcome(w *wire.Welcome) error {
	a := h.App
	a.mu.Lock()
	defer a.mu.Unlock()
	if w.Resume == "reset" {
		if err := a.m.rep.Reset(h.ctx); err != nil {
			return err
		}
	}
	a.m.forget()
	a.m.tail, a.m.missed = w.Resume == "tail" && !a.m.syncedAt.IsZero(), 0
	a.m.offset, a.m.clock, a.m.view, a.m.goal = w.Now-time.Now().UnixMilli(), w.Clock, w.View, w.Cursor.Seq
	if w.User != nil {
		a.m.session.User = *w.User
		a.keepSession(h.ctx)
	}
	a.m.restate()
	if c, _ := a.m.rep.Cursor(); c != nil && c.Seq >= a.m.goal {
		a.m.caught = true
	}
	return nil
}

func (h handler) OnRec(r *wire.Rec) error {
	a := h.App
	a.mu.Lock()
	defer a.mu.Unlock()
	changed, err := a.m.rep.Apply(h.ctx, r, a.m.view)
	if err != nil {
		return err
	}
	a.m.changed(changed)
	a.m.syncedAt = a.p.Now()
	if t := a.m.talk; t != nil && (slices.Contains(r.Leave, t.conv) || slices.ContainsFunc(r.Enter, func(c wire.Conversation) bool { return c.ID == t.conv })) {
		a.m.talk = nil
	}
	for i := range r.Events {
		e := &r.Events[i]
		a.m.heard(e)
		switch e.Type {
		case event.Posted:
			delete(a.m.typing, e.Conv)
			if !a.m.caught && e.Actor.Kind == event.Customer {
				a.m.missed++
			}
		case event.Returned:
			a.returned(e)
		case event.Recalled:
			var b event.RecalledBody
			if e.Decode(&b, nil) == nil {
				delete(a.m.clear, b.Message)
			}
		}
		if e.Type == event.Taken && a.m.caught {
			var t event.TakenBody
			switch {
			case e.Decode(&t, nil) != nil || t.Agent != a.m.session.User.ID || t.How == event.HowUnasked:
			case t.How != event.HowAssigned:
				a.say("ok", "taken", map[string]string{"n": strconv.FormatInt(t.Waited/1000, 10)})
			default: // one that was called out, and this desk was first, is shown at once
				if s := a.m.rep.State(e.Conv); s != nil && s.Hold != nil && s.Hold.Seen {
					a.showAssigned(s)
				}
			}
		}
		if e.ClientID != "" && e.Actor.ID == a.m.session.User.ID {
			a.unbox(h.ctx, e.ClientID) // the log has it: the acknowledgement may have been lost
		}
	}
	a.m.hide()
	if !r.More && !a.m.caught && r.Cursor.Seq >= a.m.goal {
		a.m.caught = true
		if a.m.missed > 0 && a.m.tail {
			a.say("ok", "restored", map[string]string{"n": strconv.Itoa(a.m.missed)})
		}
		a.m.missed = 0
		a.caughtUp(h.ctx)
		a.prune(h.ctx)
	}
	if a.m.caught {
		a.answerAssignments()
	}
	a.touch()
	return nil
}

// returned tells that a chat of this person went back to waiting without their doing; a.mu is held.
func (a *App) returned(e *event.Placed) {
	var b event.ReturnedBody
	if !a.m.caught || e.Decode(&b, nil) != nil || b.From != a.m.session.User.ID || b.Why == event.WhyTransfer {
		return
	}
	if s := a.m.rep.State(e.Conv); s != nil {
		a.say("warn", "returned", map[string]string{"name": name(s)})
	}
}

// pruneEvery is how often one looks for chats that are too old to be kept.
const pruneEvery = time.Hour

// prune drops what is too old for this person to see; a.mu is held.
func (a *App) prune(ctx context.Context) {
	now := a.p.Now()
	if now.Sub(a.m.pruned) < pruneEvery {
		return
	}
	a.m.pruned = now
	u := a.m.session.User
	gone, err := a.m.rep.Prune(ctx, conversation.Viewer{ID: u.ID, Role: u.Role, Groups: u.Groups}, now.UnixMilli()+a.m.offset)
	a.warn("drop old chats", err)
	a.m.changed(gone)
}

// answerAssignments shows what the floor assigned: the desk must say so within two seconds. A chat that the floor calls
// out is the first desk's that answers. a.mu is held.
func (a *App) answerAssignments() {
	for _, s := range a.m.board.list(view.SegMine) {
		if !s.Hold.Seen && a.see(s, s.Hold.Since) {
			a.showAssigned(s)
		}
	}
	for _, s := range a.m.board.list(view.SegWaiting) {
		if o := offered(s, a.m.session.User.ID); o != nil && o.Round == conversation.RoundCall {
			a.see(s, o.At)
		}
	}
}

// see answers for a chat that was put to this desk at a time, once; a.mu is held.
func (a *App) see(s *conversation.State, at int64) bool {
	key := s.ID + "/" + strconv.FormatUint(s.Epoch, 10) + "/" + strconv.FormatInt(at, 10)
	if a.m.seen[key] || !a.quiet(wire.In{ID: newID(), Kind: conversation.See, Conv: s.ID, Epoch: s.Epoch}) {
		return false
	}
	a.m.seen[key] = true
	return true
}

// showAssigned tells of a chat that the floor gave to this desk; a.mu is held.
func (a *App) showAssigned(s *conversation.State) {
	a.say("info", "assigned", map[string]string{"name": name(s)})
	a.m.tellAssigned(s)
	if a.m.selected == "" {
		a.pick(s.ID) // nobody is reading anything else: to answer that one has seen it, show it
	}
}

// caughtUp lets out what was written offline and is not blind; a.mu is held.
func (a *App) caughtUp(ctx context.Context) {
	if a.m.cl == nil || !a.m.caught || a.m.status.Phase != client.Online {
		return
	}
	for _, w := range slices.Clone(a.m.outbox) {
		if w.State != replica.Held {
			if w.State == replica.Ready {
				a.pump(ctx, w.Frame.Conv)
			}
			continue
		}
		if s := a.m.rep.State(w.Frame.Conv); s == nil || s.LastCustomerMsg == w.Seen || s.Epoch != w.Frame.Epoch {
			a.release(ctx, w)
		}
	}
	a.answerAssignments()
}

func (h handler) OnLive(l *wire.Live) {
	a := h.App
	a.mu.Lock()
	defer a.mu.Unlock()
	m := &a.m
	switch l.Kind {
	case wire.LiveTyping:
		if l.On && l.Actor != nil {
			m.typing[l.Conv] = typing{l.Actor.Kind, a.p.Now()}
		} else {
			delete(m.typing, l.Conv)
		}
	case wire.LiveDelta:
		if l.Delta != nil {
			m.stream(l.Conv, l.Delta)
		}
	case wire.LivePanel:
		m.panels[l.Conv] = l.Panel
	case wire.LiveRows:
		for id := range m.bots {
			if m.rep.State(id) == nil {
				m.forgetRow(id)
			}
		}
		m.botOrder, m.botTotal, m.botOffset = nil, l.Total, l.Offset
		m.bots = map[string]*conversation.State{}
		for i := range l.Rows {
			m.bots[l.Rows[i].ID] = &l.Rows[i]
			m.botOrder = append(m.botOrder, l.Rows[i].ID)
		}
	case wire.LivePeek:
		if l.Peek != nil {
			if l.Peek.Part == 0 {
				m.peek, m.peekEv = &conversation.State{}, nil
				if m.talk != nil && m.talk.peeked {
					m.talk = nil
				}
			}
			a.peeked(l.Peek.Events)
		}
	case wire.LivePeekEv:
		a.peeked(l.Events)
	case wire.LiveFloor:
		m.floor = l.Floor
		for _, t := range m.talks() {
			t.b.learnNames()
		}
	case wire.LiveHealth:
		m.health = l.Health
	case wire.LiveClear:
		m.uncover(l)
	}
	a.touch()
}

func (a *App) peeked(evs []event.Placed) {
	for i := range evs {
		if a.m.peek == nil {
			return
		}
		if err := conversation.Fold(a.m.peek, &evs[i]); err != nil {
			a.log.Warn("peeked event", "err", err)
			continue
		}
		a.m.peekEv = append(a.m.peekEv, evs[i])
		if t := a.m.talk; t != nil && t.peeked && t.conv == evs[i].Conv {
			t.take(&evs[i])
			if a.m.reading != nil {
				a.m.reading.since = append(a.m.reading.since, evs[i])
			}
			t.b.read(a.m.peek.ReadByCustomer)
		}
	}
}

func (h handler) OnAck(k *wire.Ack) {
	a := h.App
	a.mu.Lock()
	defer a.mu.Unlock()
	defer a.touch()
	if k.OK {
		if w := a.boxed(k.ID); w != nil && w.Frame.Kind == conversation.Post {
			// Kept as delivered until the record shows it; answers may come before it.
			a.unbox(h.ctx, k.ID)
		}
		if q, ok := a.m.asked[k.ID]; ok {
			delete(a.m.asked, k.ID)
			a.done(q, k)
		}
		return
	}
	if w := a.boxed(k.ID); w != nil {
		a.refusedPost(h.ctx, w, k.Err)
		return
	}
	q, ok := a.m.asked[k.ID]
	if !ok || k.Err == nil {
		return
	}
	delete(a.m.asked, k.ID)
	switch {
	case k.Err.Code == conversation.TakenByOther && q.kind != conversation.Recall:
		name := k.Err.HolderName
		if name == "" {
			name = k.Err.Holder
		}
		a.m.lost = &view.Lost{Winner: name, Seconds: int(k.Err.Waited / 1000)}
		a.m.lostIn = q.conv
		a.say("warn", "lost", map[string]string{"name": name})
	case k.Err.Code == conversation.AtCapacity:
		a.say("warn", "full", nil)
	default:
		a.refused(k.Err)
	}
}

// refused tells why something was not done; a.mu is held.
func (a *App) refused(r *conversation.Refusal) {
	if r == nil {
		return
	}
	switch r.Code {
	case conversation.StaleEpoch, conversation.NotHolder, conversation.AlreadyClosed, conversation.NoOffer, conversation.NotWaiting, conversation.NotEligible,
		conversation.ReasonNeeded, conversation.Forbidden, conversation.UnknownConv, conversation.TooLarge, conversation.Busy, conversation.DiskFull,
		conversation.TooLate, conversation.Superseded, conversation.TakenByOther:
		a.say("bad", "refused."+string(r.Code), nil)
	default:
		a.say("bad", "refused", map[string]string{"text": r.Text})
	}
}

// done tells that what was asked for happened; a.mu is held.
func (a *App) done(q ask, _ *wire.Ack) {
	switch q.kind {
	case conversation.Accept, conversation.Claim, conversation.Barge:
		a.m.segment = view.SegMine
		if a.m.selected != q.conv {
			a.pick(q.conv)
		}
	case conversation.Close:
		a.say("ok", "closed", nil)
	case conversation.HandBack:
		a.say("ok", "handed_back", nil)
	case conversation.Transfer:
		a.say("ok", "transferred", nil)
	case conversation.Recall:
		a.say("ok", "recalled", nil)
	case conversation.SetFollowUp:
		a.say("ok", "follow_set", nil)
	case conversation.DoneFollowUp:
		a.say("ok", "follow_done", nil)
	}
}
