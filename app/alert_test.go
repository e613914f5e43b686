package app

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"agentdesk/app/view"
	"agentdesk/sync/client"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// clock is a desk's clock that a test can push.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time       { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) push(d time.Duration) { c.ahead.Add(int64(d)) }

func alertOf(d *view.Desk, kind string) *view.Alert {
	for i := range d.Alerts {
		if d.Alerts[i].Kind == kind {
			return &d.Alerts[i]
		}
	}
	return nil
}

func TestAlert_MessageOnceUntilHandled(t *testing.T) {
	f := newFake(t)
	a, _ := held(t, f, t.TempDir())
	a.Select("")
	f.customerSays("第一句")
	d := until(t, a, "an alert", func(d *view.Desk) bool { v := alertOf(d, "message"); return v != nil && v.Text == "第一句" })
	id := alertOf(d, "message").ID
	f.customerSays("第二句")
	d = until(t, a, "the same alert with other words", func(d *view.Desk) bool { v := alertOf(d, "message"); return v != nil && v.Text == "第二句" })
	if v := alertOf(d, "message"); v.ID != id || len(d.Alerts) != 1 || v.Name != "林小满" || v.Conversation != f.conv() {
		t.Errorf("alerts %+v", d.Alerts)
	}
	a.HandledAlert(id)
	until(t, a, "handled", func(d *view.Desk) bool { return len(d.Alerts) == 0 })
	f.customerSays("第三句")
	d = until(t, a, "a new one", func(d *view.Desk) bool { return alertOf(d, "message") != nil })
	if alertOf(d, "message").ID == id {
		t.Error("a handled alert came again")
	}
	a.Select(f.conv())
	until(t, a, "read", func(d *view.Desk) bool { return len(d.Alerts) == 0 && d.Places[0].Count == 0 })
}

func TestAlert_OpenChatOnlyWhenNobodyLooks(t *testing.T) {
	f := newFake(t)
	var c clock
	f.customerSays("要人工")
	f.escalate()
	a, _ := start(t, Params{Dir: t.TempDir(), Server: f.http.URL, User: "xiaoning", Password: "right", Now: c.now})
	until(t, a, "a waiting row", func(d *view.Desk) bool {
		return d.Queue != nil && len(d.Queue.Waiting) == 1 && d.Link.State == view.Online
	})
	a.TakeMostUrgent()
	until(t, a, "own seat", func(d *view.Desk) bool { return d.Chat != nil && d.Chat.Seat.State == view.SeatMine })
	f.customerSays("看得见的")
	d := until(t, a, "the bubble", func(d *view.Desk) bool { return hasText(d, "看得见的", "") })
	if alertOf(d, "message") != nil {
		t.Error("an alert before anybody could look")
	}
	a.Looked(d.Chat.Log.Items[len(d.Chat.Log.Items)-1].ID)
	until(t, a, "read", func(d *view.Desk) bool { return d.Chat.Log.Unread == 0 })
	c.push(time.Minute)
	f.customerSays("没人看的")
	until(t, a, "an alert", func(d *view.Desk) bool { v := alertOf(d, "message"); return v != nil && v.Text == "没人看的" })
}

func TestAlert_OfferCriticalAssigned(t *testing.T) {
	f := newFake(t)
	var c clock
	f.customerSays("要人工")
	f.escalate()
	a, _ := start(t, Params{Dir: t.TempDir(), Server: f.http.URL, User: "xiaoning", Password: "right", Now: c.now})
	d := until(t, a, "a waiting row", func(d *view.Desk) bool {
		return d.Queue != nil && len(d.Queue.Waiting) == 1 && d.Link.State == view.Online
	})
	if len(d.Alerts) != 0 {
		t.Errorf("alerts %+v", d.Alerts)
	}
	f.must(conversation.Command{Kind: conversation.MakeOffer, Actor: event.Actor{Kind: event.System, ID: "floor"},
		Payload: event.OfferBody{Agent: "xiaoning", Round: 1, Until: time.Now().Add(time.Hour).UnixMilli()}})
	until(t, a, "the offer", func(d *view.Desk) bool { return alertOf(d, "offer") != nil && alertOf(d, "critical") == nil })
	c.push(24900 * time.Millisecond) // the rest is waited for: the desk wakes by itself
	d = until(t, a, "critical", func(d *view.Desk) bool { return alertOf(d, "critical") != nil })
	if left := d.Queue.Waiting[0].Deadline.Sub(c.now()); left > 5*time.Second || left < 2*time.Second {
		t.Errorf("told with %v left", left)
	}
	f.must(conversation.Command{Kind: conversation.Assign, Actor: event.Actor{Kind: event.System, ID: "floor"}, Payload: conversation.AssignArgs{Agent: "xiaoning"}})
	d = until(t, a, "assigned, the rest over", func(d *view.Desk) bool {
		return alertOf(d, "assigned") != nil && alertOf(d, "offer") == nil && alertOf(d, "critical") == nil
	})
	a.HandledAlert(alertOf(d, "assigned").ID)
	until(t, a, "handled", func(d *view.Desk) bool { return alertOf(d, "assigned") == nil })
}

func TestAlerts_SeveralCriticalAtOnceAreOne(t *testing.T) {
	m := lab()
	m.cl, m.status.Phase, m.caught = client.New(client.Params{}), client.Online, true
	m.board = newBoard("xiaoning", 0, nil)
	now := m.now()
	add := func(id string, left time.Duration) {
		m.board.set(id, &conversation.State{ID: id, Seat: conversation.SeatWaiting, Group: "pre", Wait: &conversation.Wait{Group: "pre", Class: 5,
			Since: now.Add(left - 30*time.Second).UnixMilli()}})
	}
	add("b", 4*time.Second)
	add("a", 2*time.Second)
	add("c", 20*time.Second)
	m.alertQueue(now)
	if got := ids(m.alerts.list); got != "critical/a" || !m.wakeAt.Equal(now.Add(15*time.Second)) {
		t.Errorf("alerts %s, wake %v", got, m.wakeAt.Sub(now))
	}
	m.alerts.list = nil
	m.alerts.done("critical/a/" + fmt.Sprint(now.Add(-28*time.Second).UnixMilli()))
	m.alertQueue(now.Add(16 * time.Second))
	if got := ids(m.alerts.list); got != "critical/c" {
		t.Errorf("later %s", got)
	}
}

func ids(l []view.Alert) string {
	var out []string
	for _, v := range l {
		id := v.ID
		if i := strings.LastIndexByte(id, '/'); i > 0 {
			id = id[:i]
		}
		out = append(out, id)
	}
	return strings.Join(out, " ")
}

func TestAlerts_AreBounded(t *testing.T) {
	l := newAlerts()
	for i := range 1000 {
		l.raise(view.Alert{ID: fmt.Sprint(i)})
	}
	if len(l.list) != maxAlerts || l.list[0].ID != "984" || len(l.handled) > maxHandled+1 {
		t.Errorf("%d alerts from %s, %d handled", len(l.list), l.list[0].ID, len(l.handled))
	}
	was := slices.Clone(l.list)
	kept := l.list
	l.raise(view.Alert{ID: "1000"})
	if !slices.Equal(kept, was) {
		t.Error("a list that was handed out changed")
	}
}

func TestFollowUp_RemindsAlsoAfterTheDeskWasClosed(t *testing.T) {
	f, dir := newFake(t), t.TempDir()
	var c clock
	a, stop := held(t, f, dir)
	a.SetFollowUp(time.Now().Add(-time.Minute), "来不及")
	until(t, a, "the reason", func(d *view.Desk) bool { return toasted(d, "follow_past") })
	due := time.Now().Add(time.Hour)
	a.SetFollowUp(due, "回访皮肤状态")
	d := until(t, a, "the promise", func(d *view.Desk) bool { return len(d.Due) == 1 && len(d.Chat.Head.FollowUps) == 1 })
	if p := d.Due[0]; p.Text != "回访皮肤状态" || !p.Mine || p.Name != "林小满" || p.Due.Sub(due).Abs() > 2*time.Second {
		t.Errorf("promise %+v", p)
	}
	if alertOf(d, "follow_up") != nil {
		t.Error("reminded an hour early")
	}
	stop()
	f.drop(true)
	c.push(2 * time.Hour)
	a, stop = start(t, Params{Dir: dir, Now: c.now})
	d = until(t, a, "the reminder, offline", func(d *view.Desk) bool { return alertOf(d, "follow_up") != nil })
	a.HandledAlert(alertOf(d, "follow_up").ID)
	until(t, a, "handled", func(d *view.Desk) bool { return len(d.Alerts) == 0 && len(d.Due) == 1 })
	stop()
	f.drop(false)
	a, _ = start(t, Params{Dir: dir, Now: c.now})
	d = until(t, a, "online again, not reminded twice", func(d *view.Desk) bool { return d.Link.State == view.Online && len(d.Due) == 1 })
	if alertOf(d, "follow_up") != nil {
		t.Error("reminded twice")
	}
	a.DoneFollowUp(d.Due[0].ID)
	until(t, a, "done", func(d *view.Desk) bool { return len(d.Due) == 0 && toasted(d, "follow_done") })
}

func TestPrefs_AreKeptAndBounded(t *testing.T) {
	dir := t.TempDir()
	a, stop := start(t, Params{Dir: dir})
	widths := map[string]float32{"queue": 333, "copilot": float32(math.NaN())}
	a.SetPrefs(view.Prefs{Lang: "en", TextScale: 9, Volume: -1, Widths: widths, Width: 1600, Height: float32(math.Inf(1)), EnterSend: true, Quiet: true})
	widths["queue"] = 1 // the face's own map
	a.SetTheme("dark")
	until(t, a, "taken", func(d *view.Desk) bool { return d.Prefs.Theme == "dark" })
	a.Goto("settings")
	until(t, a, "the settings", func(d *view.Desk) bool { return d.Place == "settings" && d.Places[1].Open && !d.Places[0].Open })
	a.Goto("nowhere")
	a.Goto("chats")
	until(t, a, "the chats", func(d *view.Desk) bool { return d.Place == "chats" && d.Places[0].Open })
	stop()
	a, _ = start(t, Params{Dir: dir, Prefs: view.Prefs{Theme: "light"}})
	p := a.Snapshot().Prefs
	if p.Lang != "en" || p.Theme != "light" || p.TextScale != 1.5 || p.Volume != 0 || p.Widths["queue"] != 333 || len(p.Widths) != 1 || p.Width != 1600 || !p.EnterSend || !p.Quiet {
		t.Errorf("kept %+v", p)
	}
}
