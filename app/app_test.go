package app

import (
	"context"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start runs a desk until the test, or stop, ends it.
func start(t *testing.T, p Params) (a *App, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	a, err := New(ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		a.p.HTTP.CloseIdleConnections()
	}
	t.Cleanup(stop)
	return a, stop
}

// until waits for a snapshot for which ok holds.
func until(t *testing.T, a *App, what string, ok func(*view.Desk) bool) *view.Desk {
	t.Helper()
	changed := make(chan struct{}, 1)
	cancel := a.Subscribe(func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	defer cancel()
	limit := time.After(60 * time.Second)
	look := time.NewTicker(20 * time.Millisecond) // some conditions are the fake's
	defer look.Stop()
	for {
		if d := a.Snapshot(); ok(d) {
			return d
		}
		select {
		case <-changed:
		case <-look.C:
		case <-limit:
			d := a.Snapshot()
			t.Fatalf("waited for %s; link %+v queue %+v chat %+v toasts %+v", what, d.Link, d.Queue, d.Chat, d.Toasts)
		}
	}
}

func hasText(d *view.Desk, text string, send view.SendState) bool {
	if d.Chat == nil || d.Chat.Log == nil {
		return false
	}
	n := 0
	for _, it := range d.Chat.Log.Items {
		if it.Text == text && it.Send == send {
			n++
		}
	}
	return n == 1
}

// held is a desk that took over the only customer.
func held(t *testing.T, f *fake, dir string) (*App, func()) {
	t.Helper()
	f.customerSays("你好，要人工")
	f.escalate()
	a, stop := start(t, Params{Dir: dir, Server: f.http.URL, User: "xiaoning", Password: "right"})
	d := until(t, a, "a waiting row", func(d *view.Desk) bool {
		return d.Queue != nil && len(d.Queue.Waiting) == 1 && d.Link.State == view.Online
	})
	if r := d.Queue.Waiting[0]; r.Name != "林小满" || r.Denied != "" || r.Deadline.IsZero() {
		t.Fatalf("waiting row %+v", r)
	}
	a.TakeOver(d.Queue.Waiting[0].ID)
	until(t, a, "own seat", func(d *view.Desk) bool {
		return d.Chat != nil && d.Chat.Seat != nil && d.Chat.Seat.State == view.SeatMine
	})
	return a, stop
}

func TestLogin_WrongPassword(t *testing.T) {
	f := newFake(t)
	a, _ := start(t, Params{Dir: t.TempDir()})
	a.Login(f.http.URL, "xiaoning", "wrong")
	until(t, a, "a refusal", func(d *view.Desk) bool { return d.Login.Err != nil && d.Login.Err.Code == "wrong_password" })
}

func TestTalk_CustomerAndReply(t *testing.T) {
	f := newFake(t)
	a, _ := held(t, f, t.TempDir())
	f.customerSays("什么时候发货")
	d := until(t, a, "the bubble", func(d *view.Desk) bool { return hasText(d, "什么时候发货", "") })
	queue := d.Customer
	a.SetDraft("今晚发出")
	a.Send("今晚发出")
	d = until(t, a, "delivered", func(d *view.Desk) bool {
		return hasText(d, "今晚发出", view.Delivered) && d.Chat.Composer.Draft == ""
	})
	if d.Customer != queue {
		t.Error("an unchanged part is another pointer")
	}
	f.must(conversation.Command{Kind: conversation.MarkRead, Actor: event.Actor{Kind: event.Customer, ID: "c1"},
		Payload: conversation.ReadArgs{UpTo: f.state.LastMsg}})
	until(t, a, "read", func(d *view.Desk) bool { return hasText(d, "今晚发出", view.Read) })
}

func TestTakeOver_LostRace(t *testing.T) {
	f := newFake(t)
	f.customerSays("要人工")
	f.escalate()
	f.refuse[conversation.Claim] = &conversation.Refusal{Code: conversation.TakenByOther, Holder: "lisiqi", HolderName: "李思齐", Waited: 6000}
	a, _ := start(t, Params{Dir: t.TempDir(), Server: f.http.URL, User: "xiaoning", Password: "right"})
	until(t, a, "a waiting row", func(d *view.Desk) bool {
		return d.Queue != nil && len(d.Queue.Waiting) == 1 && d.Link.State == view.Online
	})
	a.TakeMostUrgent()
	d := until(t, a, "lost", func(d *view.Desk) bool { return d.Chat != nil && d.Chat.Lost != nil })
	if l := d.Chat.Lost; l.Winner != "李思齐" || l.Seconds != 6 {
		t.Errorf("lost %+v", l)
	}
}

func TestSuggestion_StreamedThenAdopted(t *testing.T) {
	f := newFake(t)
	a, _ := held(t, f, t.TempDir())
	conv, msg := f.state.ID, f.state.LastCustomerMsg
	f.live(wire.Live{Kind: wire.LiveDelta, Conv: conv, Delta: &wire.Delta{Set: msg, Rank: 1, Strategy: "安抚", Add: "您好，"}})
	until(t, a, "the stream", func(d *view.Desk) bool {
		return d.Copilot != nil && d.Copilot.State == view.CopilotWriting && d.Copilot.Suggestions[0].Text == "您好，"
	})
	s := conversation.SuggestArgs{Text: "您好，我来处理[1]"}
	s.Message, s.Rank, s.Strategy, s.Fit = msg, 1, "安抚", 90
	f.must(conversation.Command{Kind: conversation.Suggest, Actor: event.Actor{Kind: event.Bot, ID: "copilot"}, Payload: s})
	until(t, a, "the suggestion", func(d *view.Desk) bool {
		return d.Copilot.State == view.CopilotReady && d.Copilot.Suggestions[0].Fit == 90
	})
	a.AdoptSuggestion(0, true)
	until(t, a, "sent and adopted", func(d *view.Desk) bool {
		return hasText(d, "您好，我来处理", view.Delivered) && d.Copilot.Suggestions[0].Used == event.Adopted
	})
	f.customerSays("还有一个问题")
	until(t, a, "superseded", func(d *view.Desk) bool { return d.Copilot.State == view.CopilotIdle })
}

func TestOffline_SentOnceOrBackAsDraft(t *testing.T) {
	for _, moved := range []bool{false, true} {
		f := newFake(t)
		a, _ := held(t, f, t.TempDir())
		f.drop(true)
		until(t, a, "offline", func(d *view.Desk) bool { return d.Link.State != view.Online })
		a.Send("离线写的")
		until(t, a, "queued", func(d *view.Desk) bool { return hasText(d, "离线写的", view.Queued) && d.Link.Outbox == 1 })
		if moved {
			f.must(conversation.Command{Kind: conversation.Transfer, Epoch: f.state.Epoch, Actor: event.Actor{Kind: event.Agent, ID: "xiaoning"},
				Payload: conversation.TransferArgs{Group: "pre"}})
			f.must(conversation.Command{Kind: conversation.Claim, Actor: event.Actor{Kind: event.Agent, ID: "lisiqi"}})
		}
		f.drop(false)
		a.RetryLink()
		if moved {
			d := until(t, a, "the draft", func(d *view.Desk) bool { return d.Chat != nil && d.Chat.Composer.Draft == "离线写的" })
			if b := d.Chat.Composer.Back; b == nil || b.Code != "taken" && b.Code != "stale" {
				t.Errorf("back %+v", b)
			}
			continue
		}
		until(t, a, "delivered", func(d *view.Desk) bool { return hasText(d, "离线写的", view.Delivered) && d.Link.Outbox == 0 })
	}
}

func TestRestart_WithoutNetworkShowsYesterday(t *testing.T) {
	f, dir := newFake(t), t.TempDir()
	a, stop := held(t, f, dir)
	a.SetDraft("写到一半")
	a.SetTheme("dark")
	stop()
	f.drop(true)
	a, _ = start(t, Params{Dir: dir})
	d := a.Snapshot()
	if d.Screen != view.ScreenDesk || d.Prefs.Theme != "dark" || d.Queue == nil || len(d.Queue.Rows) != 1 {
		t.Fatalf("yesterday: %+v %+v", d.Screen, d.Queue)
	}
	a.Select(d.Queue.Rows[0].ID)
	until(t, a, "chat and draft", func(d *view.Desk) bool {
		return hasText(d, "你好，要人工", "") && d.Chat.Composer.Draft == "写到一半" && d.Link.State != view.Online &&
			time.Since(d.Link.SyncedAt) < time.Minute
	})
}

func TestReconnect_TellsWhatCaughtUpAndWhatWentBack(t *testing.T) {
	f := newFake(t)
	a, _ := held(t, f, t.TempDir())
	f.drop(true)
	until(t, a, "offline", func(d *view.Desk) bool { return d.Link.State != view.Online })
	f.customerSays("一")
	f.customerSays("二")
	f.drop(false)
	a.RetryLink()
	d := until(t, a, "the news", func(d *view.Desk) bool { return toasted(d, "restored") })
	if got := d.Toasts[len(d.Toasts)-1].Args["n"]; got != "2" {
		t.Errorf("%s messages caught up", got)
	}
	f.must(conversation.Command{Kind: conversation.Return, Actor: event.Actor{Kind: event.System, ID: "floor"}, Payload: conversation.ReturnArgs{Why: event.WhyDeskGone}})
	until(t, a, "the chat gone back", func(d *view.Desk) bool { return toasted(d, "returned") && len(d.Queue.Waiting) == 1 })
}

func TestSend_AnswerLostIsSentOnce(t *testing.T) {
	f := newFake(t)
	a, _ := held(t, f, t.TempDir())
	f.mu.Lock()
	f.mute = true
	before := f.state.Messages
	f.mu.Unlock()
	a.Send("只发一次")
	until(t, a, "delivered", func(d *view.Desk) bool { return hasText(d, "只发一次", view.Delivered) })
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.state.Messages != before+1 {
		t.Errorf("%d messages more, want 1", f.state.Messages-before)
	}
}

func TestOffline_CustomerWroteSinceWaitsForConfirmation(t *testing.T) {
	f := newFake(t)
	a, _ := held(t, f, t.TempDir())
	f.drop(true)
	until(t, a, "offline", func(d *view.Desk) bool { return d.Link.State != view.Online })
	a.Send("离线写的")
	f.customerSays("不用了")
	f.drop(false)
	a.RetryLink()
	until(t, a, "caught up, still queued", func(d *view.Desk) bool {
		return hasText(d, "不用了", "") && hasText(d, "离线写的", view.Queued) && d.Link.State == view.Online
	})
	a.ConfirmOutbox()
	until(t, a, "delivered", func(d *view.Desk) bool { return hasText(d, "离线写的", view.Delivered) })
}

func TestSend_ForbiddenWordingStays(t *testing.T) {
	f := newFake(t)
	a, _ := held(t, f, t.TempDir())
	a.SetDraft("这款能治疗湿疹")
	d := until(t, a, "the finding", func(d *view.Desk) bool { return len(d.Chat.Composer.Findings) > 0 })
	if d.Chat.Composer.Findings[0].Level != view.Blocked {
		t.Fatalf("findings %+v", d.Chat.Composer.Findings)
	}
	rev := d.Chat.Composer.DraftRev
	a.Send("这款能治疗湿疹")
	d = until(t, a, "the draft back", func(d *view.Desk) bool { return d.Chat.Composer.DraftRev > rev })
	if d.Chat.Composer.Draft != "这款能治疗湿疹" || hasText(d, "这款能治疗湿疹", view.Sending) {
		t.Error("forbidden wording left the desk")
	}
}

func TestAssigned_DeskAnswersByItself(t *testing.T) {
	f := newFake(t)
	f.customerSays("要人工")
	f.escalate()
	a, _ := start(t, Params{Dir: t.TempDir(), Server: f.http.URL, User: "xiaoning", Password: "right"})
	until(t, a, "a waiting row", func(d *view.Desk) bool {
		return d.Queue != nil && len(d.Queue.Waiting) == 1 && d.Link.State == view.Online
	})
	f.must(conversation.Command{Kind: conversation.Assign, Actor: event.Actor{Kind: event.System, ID: "floor"}, Payload: conversation.AssignArgs{Agent: "xiaoning"}})
	until(t, a, "the toast", func(d *view.Desk) bool { return len(d.Toasts) == 1 && d.Toasts[0].Code == "assigned" })
	a.Select(f.conv())
	until(t, a, "the takeover notice, which follows the desk's answer", func(d *view.Desk) bool {
		return d.Chat != nil && d.Chat.Log.Items[len(d.Chat.Log.Items)-1].Code == "takeover"
	})
}

// A chat that the floor calls out is answered by the desk itself, and shown once the desk knows that it was first.
func TestCalledOut_DeskAnswersByItself(t *testing.T) {
	f := newFake(t)
	f.customerSays("要人工")
	f.escalate()
	a, _ := start(t, Params{Dir: t.TempDir(), Server: f.http.URL, User: "xiaoning", Password: "right"})
	until(t, a, "a waiting row", func(d *view.Desk) bool {
		return d.Queue != nil && len(d.Queue.Waiting) == 1 && d.Link.State == view.Online
	})
	f.must(conversation.Command{Kind: conversation.MakeOffer, Actor: event.Actor{Kind: event.System, ID: "floor"},
		Payload: event.OfferBody{Agent: "xiaoning", Round: conversation.RoundCall, Until: time.Now().Add(time.Minute).UnixMilli()}})
	until(t, a, "the chat, and the toast", func(d *view.Desk) bool {
		return d.Chat != nil && d.Chat.Seat.State == view.SeatMine && len(d.Toasts) == 1 && d.Toasts[0].Code == "assigned"
	})
}

func TestReplacedElsewhere_SignsOut(t *testing.T) {
	f := newFake(t)
	a, _ := held(t, f, t.TempDir())
	f.mu.Lock()
	_ = f.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(wire.CloseReplaced, "elsewhere"), time.Now().Add(time.Second))
	f.mu.Unlock()
	until(t, a, "the log-in screen", func(d *view.Desk) bool { return d.Screen == view.ScreenLogin && d.Login.User == "xiaoning" })
}
