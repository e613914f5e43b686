package app

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

const (
	followUp     = "follow_up/" // prefix of the IDs of reminders
	maxAlerts    = 16
	maxHandled   = 512
	criticalLeft = 5 * time.Second
	lookWithin   = 1500 * time.Millisecond // a message of the open chat that nobody looked at by then is told of
)

// alerts is what is to be told even when the window isn't looked at. The model's lock guards it.
type alerts struct {
	list    []view.Alert // replaced, never changed in place
	handled map[string]bool
	order   []string            // of handled, oldest first
	told    map[string]event.ID // chat → newest customer message that was told of
}

func newAlerts() *alerts {
	return &alerts{handled: map[string]bool{}, told: map[string]event.ID{}}
}

func (l *alerts) done(id string) {
	if l.handled[id] {
		return
	}
	l.handled[id] = true
	if l.order = append(l.order, id); len(l.order) > maxHandled {
		delete(l.handled, l.order[0])
		l.order = l.order[1:]
	}
}

// raise tells something once; of one that is still open it renews the words.
func (l *alerts) raise(v view.Alert) {
	if l.handled[v.ID] {
		return
	}
	list := slices.Clone(l.list)
	if i := slices.IndexFunc(list, func(o view.Alert) bool { return o.ID == v.ID }); i >= 0 {
		if list[i] == v {
			return
		}
		list[i] = v
	} else if list = append(list, v); len(list) > maxAlerts {
		l.done(list[0].ID)
		list = list[1:]
	}
	l.list = list
}

func (l *alerts) drop(gone func(*view.Alert) bool) {
	if slices.ContainsFunc(l.list, func(v view.Alert) bool { return gone(&v) }) {
		l.list = slices.DeleteFunc(slices.Clone(l.list), func(v view.Alert) bool { return gone(&v) })
	}
}

// HandledAlert implements view.Actions.
func (a *App) HandledAlert(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.m.alerts.done(id)
	if fu, ok := strings.CutPrefix(id, followUp); ok {
		a.keepReminded(context.Background(), fu)
	}
	a.m.alerts.drop(func(v *view.Alert) bool { return v.ID == id })
	a.touch()
}

// alert brings the alerts up to date with what is true now, and notes when to look again.
func (m *model) alert(now time.Time) {
	l := m.alerts
	m.wakeAt = time.Time{}
	l.drop(func(v *view.Alert) bool { return m.over(v) })
	m.remind(now)
	if m.online() && m.caught {
		m.alertQueue(now)
		for _, s := range m.board.list(view.SegMine) {
			m.tellMessage(s, now)
		}
	}
}

// alertQueue tells of offers, and of customers who have waited nearly too long.
func (m *model) alertQueue(now time.Time) {
	l, critical := m.alerts, false
	for _, s := range m.board.list(view.SegWaiting) {
		if o := offered(s, m.session.User.ID); o != nil {
			l.raise(view.Alert{ID: "offer/" + s.ID + "/" + strconv.FormatInt(o.At, 10), Kind: "offer", Conversation: s.ID, Name: name(s), Text: s.Snippet, At: m.at(o.At)})
		}
		id := "critical/" + s.ID + "/" + strconv.FormatInt(s.Wait.Since, 10)
		if l.handled[id] || m.denied(s) != "" {
			continue
		}
		switch left := m.deadline(s).Sub(now); {
		case left > criticalLeft:
			m.wake(now.Add(left - criticalLeft))
		case critical && !slices.ContainsFunc(l.list, func(v view.Alert) bool { return v.ID == id }):
			l.done(id) // told by the one above: several at once are one sound
		default:
			critical = true
			l.raise(view.Alert{ID: id, Kind: "critical", Conversation: s.ID, Name: name(s), Text: s.Snippet, At: m.deadline(s)})
		}
	}
}

// over reports whether an alert isn't true any more.
func (m *model) over(v *view.Alert) bool {
	if v.Kind == "follow_up" {
		return !slices.ContainsFunc(m.dueList(), func(f view.FollowUp) bool { return followUp+f.ID == v.ID })
	}
	s := m.rep.State(v.Conversation)
	if s == nil {
		return true
	}
	switch v.Kind {
	case "offer":
		return offered(s, m.session.User.ID) == nil
	case "critical":
		return s.Seat != conversation.SeatWaiting
	case "assigned":
		return !m.mine(s)
	}
	return !m.mine(s) || m.unread(s) == 0
}

// unread is how many of a chat's messages this person has not looked at, also before the server knows that they did.
func (m *model) unread(s *conversation.State) int {
	if m.read[s.ID] >= s.LastCustomerMsg {
		return 0
	}
	return s.UnreadByAgent
}

// tellMessage tells of what a customer of this agent said while the agent reads something else. Until it is handled, more
// of the same chat only renews the words.
func (m *model) tellMessage(s *conversation.State, now time.Time) {
	if m.unread(s) == 0 || m.alerts.told[s.ID] >= s.LastCustomerMsg {
		return
	}
	if s.ID == m.selected {
		if at := m.at(s.LastCustomerAt).Add(lookWithin); at.After(now) {
			m.wake(at)
			return
		}
	}
	m.alerts.told[s.ID] = s.LastCustomerMsg
	v := view.Alert{ID: "message/" + s.LastCustomerMsg, Kind: "message", Conversation: s.ID, Name: name(s), Text: s.Snippet, At: m.at(s.LastCustomerAt)}
	if i := slices.IndexFunc(m.alerts.list, func(o view.Alert) bool { return o.Kind == "message" && o.Conversation == s.ID }); i >= 0 {
		v.ID = m.alerts.list[i].ID
	}
	m.alerts.raise(v)
}

// assigned tells of a chat that the floor gave to this agent.
func (m *model) tellAssigned(s *conversation.State) {
	m.alerts.raise(view.Alert{ID: "assigned/" + s.ID + "/" + strconv.FormatUint(s.Epoch, 10), Kind: "assigned", Conversation: s.ID, Name: name(s),
		Text: s.Snippet, At: m.at(s.Hold.Since)})
}

// remind tells of promises that are due.
func (m *model) remind(now time.Time) {
	for _, f := range m.dueList() {
		switch {
		case m.reminded[f.ID]:
		case f.Due.After(now):
			m.wake(f.Due)
		default:
			m.alerts.raise(view.Alert{ID: followUp + f.ID, Kind: "follow_up", Conversation: f.Conversation, Name: f.Name, Text: f.Text, At: f.Due})
		}
	}
}

// keepReminded remembers that a promise was told of, also after a restart; a.mu is held.
func (a *App) keepReminded(ctx context.Context, id event.ID) {
	m := &a.m
	if m.rep == nil || m.reminded[id] {
		return
	}
	m.reminded[id] = true
	var ids []event.ID
	for id := range m.reminded {
		ids = append(ids, id)
	}
	slices.Sort(ids) // ULIDs: the newest last
	data, err := json.Marshal(ids[max(0, len(ids)-1000):])
	if err == nil {
		err = m.rep.SetMeta(ctx, "reminded", string(data))
	}
	a.warn("keep reminders", err)
}

// loadReminded reads the promises that were told of; a.mu is held.
func (a *App) loadReminded(ctx context.Context) error {
	a.m.reminded = map[event.ID]bool{}
	data, err := a.m.rep.Meta(ctx, "reminded")
	var ids []event.ID
	if err == nil && data != "" {
		err = json.Unmarshal([]byte(data), &ids)
	}
	for _, id := range ids {
		a.m.reminded[id] = true
	}
	return err
}

// wake asks for another look at a moment, unless there is an earlier one.
func (m *model) wake(at time.Time) {
	if m.wakeAt.IsZero() || at.Before(m.wakeAt) {
		m.wakeAt = at
	}
}
