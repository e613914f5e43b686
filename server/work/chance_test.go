package work_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	assets "agentdesk/assets/demo"
	"agentdesk/copilot"
	"agentdesk/server/bot"
	"agentdesk/server/demo/shopdata"
	"agentdesk/server/demo/store"
	"agentdesk/server/eventlog"
	"agentdesk/server/floor"
	"agentdesk/server/folds"
	"agentdesk/server/identity/keyring"
	"agentdesk/server/knowledge"
	"agentdesk/server/proactive"
	"agentdesk/server/shop"
	"agentdesk/server/understand"
	"agentdesk/server/work"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// house is a shop whose server can be started again: log, keys, folds and what customers did stay.
type house struct {
	t     *testing.T
	shop  *store.Store
	log   *eventlog.Memory
	keys  *keyring.Ring
	bot   *bot.Engine
	lex   understand.Understander
	folds *folds.Folds
	p     work.Proactive
	*floor.Floor
	stop func()
	n    int
}

func newHouse(t *testing.T, change ...func(*work.Proactive)) *house {
	t.Helper()
	ctx := t.Context()
	base, err := shopdata.New(shopdata.Params{Files: assets.Shop(), Now: time.Now(), Seed: 1})
	must(t, err)
	h := &house{t: t, log: eventlog.NewMemory(), p: work.Proactive{Rules: proactive.DefaultRules(), Times: proactive.Default(), Agreed: func(who string) bool { return !shop.IsGuest(who) }}}
	h.p.Rules.Holdout = 0
	for _, c := range change {
		c(&h.p)
	}
	h.shop, err = store.Open(ctx, store.Params{Base: base, Path: filepath.Join(t.TempDir(), "shop.db")})
	must(t, err)
	know, err := knowledge.New(ctx, knowledge.Params{Shop: h.shop})
	must(t, err)
	lex, err := understand.New(understand.Params{})
	must(t, err)
	h.lex = lex
	h.bot, err = bot.New(bot.Params{Shop: h.shop, Till: h.shop, Knowledge: bot.Store{Store: know}, Understand: h.lex})
	must(t, err)
	h.keys, err = keyring.Open(ctx, keyring.Params{Dir: t.TempDir()})
	must(t, err)
	h.folds, err = folds.Open(ctx, folds.Params{Path: filepath.Join(t.TempDir(), "folds.db")})
	must(t, err)
	h.p.Past = h.folds
	t.Cleanup(func() {
		for _, c := range []interface{ Close() error }{know, h.keys, h.folds, h.shop} {
			must(t, c.Close())
		}
	})
	h.start()
	t.Cleanup(func() { h.stop() })
	return h
}

// start opens the floor and lets the workers work.
func (h *house) start() {
	h.t.Helper()
	fl, err := floor.Open(h.t.Context(), floor.Params{Shop: "test", Node: "test", Log: h.log, Keys: h.keys, Fold: h.folds, Policy: conversation.Default()})
	must(h.t, err)
	h.Floor = fl
	run, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { must(h.t, fl.Run(run)) })
	follower := folds.NewFollower(folds.FollowerParams{Folds: h.folds, Log: h.log, Keys: h.keys})
	wg.Go(func() { _ = follower.Run(run) }) // ends with run
	w := work.New(work.Params{Floor: fl, History: h.folds, Understand: h.lex, Bot: h.bot, Copilot: copilot.New(copilot.Params{}), Shop: h.shop, Store: h.shop, Audience: &room{}, Proactive: &h.p})
	wg.Go(func() { must(h.t, w.Run(run)) })
	h.stop = func() { cancel(); wg.Wait(); h.stop = func() {} }
	synctest.Wait()
}

func (h *house) restart() { h.stop(); h.start() }

func (h *house) say(who, text string) floor.Result {
	h.t.Helper()
	h.n++
	res, err := h.Do(h.t.Context(), conversation.Command{Kind: conversation.Post, ClientID: "m" + time.Now().Format("150405.000"), Customer: who, Actor: event.Actor{Kind: event.Customer, ID: who},
		Payload: conversation.PostArgs{Text: text}, Opening: &conversation.Opening{Body: event.OpenedBody{Channel: "web", Group: "pre"}}})
	if err != nil {
		h.t.Fatal(err)
	}
	h.pass(5 * time.Second)
	return res
}

// pass lets the bubble's time pass.
func (h *house) pass(d time.Duration) {
	time.Sleep(d) // of the bubble
	synctest.Wait()
}

// events are those of a conversation, of one type.
func (h *house) events(conv string, of event.Type) []event.Placed {
	h.t.Helper()
	list, err := h.folds.Events(h.t.Context(), conv, 0)
	must(h.t, err)
	var out []event.Placed
	for _, e := range list {
		if e.Type == of {
			out = append(out, e)
		}
	}
	return out
}

// chances are what became of a conversation's chance, in order.
func (h *house) chances(conv string) []event.ChanceBody {
	h.t.Helper()
	var out []event.ChanceBody
	for _, e := range h.events(conv, event.Chanced) {
		var b event.ChanceBody
		must(h.t, e.Decode(&b, nil))
		out = append(out, b)
	}
	return out
}

// last is what the bot said last.
func (h *house) last(conv string) (event.PostedBody, string) {
	h.t.Helper()
	var b event.PostedBody
	var p event.PostedPrivate
	list := h.events(conv, event.Posted)
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Actor.Kind == event.Bot {
			b, p = event.PostedBody{}, event.PostedPrivate{}
			must(h.t, list[i].Decode(&b, &p))
			return b, p.Text
		}
	}
	return b, ""
}

const calm = "c-0050" // a customer of the demo without a matter that is open

func (h *house) put(who, variant string) {
	h.t.Helper()
	_, err := h.shop.AddToCart(h.t.Context(), who, variant, 1)
	must(h.t, err)
}

// Who puts something aside and stays silent is spoken to once, whatever restarts in between, and can pay from there.
func TestChance_AHesitationIsToldOnceOverTwoRestarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		conv := h.say(calm, "你好").Conv
		h.put(calm, "p-sun-milk-50ml")
		h.restart()
		h.pass(4 * time.Minute)
		if got := h.chances(conv); len(got) != 0 {
			t.Fatalf("too soon: %+v", got)
		}
		h.pass(time.Minute + 10*time.Second)
		got := h.chances(conv)
		if len(got) != 1 || got[0].Kind != event.ChanceHesitation || got[0].What != event.ChanceShown {
			t.Fatalf("%+v", got)
		}
		b, text := h.last(conv)
		if len(b.Sources) == 0 || !strings.Contains(text, "清透防晒乳") || len(b.Quick) != 2 {
			t.Errorf("%q %+v", text, b)
		}
		for range 2 {
			h.restart()
			h.pass(2 * time.Minute)
		}
		if got := h.chances(conv); len(got) != 1 {
			t.Fatalf("after two restarts: %+v", got)
		}
		h.say(calm, "付款链接")
		if b, text := h.last(conv); b.Link != "/checkout" {
			t.Errorf("%q %+v", text, b)
		}
		o, err := h.shop.PlaceOrder(t.Context(), calm, shop.Want{Key: "k"})
		must(t, err)
		_, err = h.shop.PayOrder(t.Context(), calm, o.ID)
		must(t, err)
		h.pass(time.Second)
		got = h.chances(conv)
		if len(got) != 3 || got[1].What != event.ChanceAccepted || got[2].What != event.ChanceOrdered || got[2].Arm != event.ChanceShown || got[2].Fen != o.TotalFen {
			t.Errorf("%+v", got)
		}
		// The fold made anew says the same.
		before, _, err := h.folds.State(t.Context(), conv)
		must(t, err)
		h.stop()
		must(t, h.folds.Reset(t.Context()))
		h.start()
		h.pass(time.Second)
		after, _, err := h.folds.State(t.Context(), conv)
		must(t, err)
		if after.Chance == nil || after.Chance.Answer != before.Chance.Answer || after.Chance.Ordered != before.Chance.Ordered {
			t.Errorf("folded again: %+v, was %+v", after.Chance, before.Chance)
		}
	})
}

func TestChance_WhoIsHeldBackHearsNothingAndCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, func(p *work.Proactive) { p.Rules.Holdout = 1000 })
		conv := h.say(calm, "你好").Conv
		h.put(calm, "p-sun-milk-50ml")
		h.pass(6 * time.Minute)
		if got := h.chances(conv); len(got) != 1 || got[0].What != event.ChanceHeld {
			t.Fatalf("%+v", got)
		}
		if _, text := h.last(conv); strings.Contains(text, "防晒") {
			t.Errorf("told: %q", text)
		}
		o, err := h.shop.PlaceOrder(t.Context(), calm, shop.Want{Key: "k"})
		must(t, err)
		h.pass(24 * time.Hour) // the chat has long ended; the order, too
		if o, err = h.shop.OrderOf(t.Context(), calm, o.ID); err != nil || o.State != shop.Cancelled {
			t.Fatalf("%s, %v", o.State, err)
		}
		o, err = h.shop.PlaceOrder(t.Context(), calm, shop.Want{Key: "k2", Items: []shop.Item{{Variant: "p-sun-milk-50ml", Quantity: 1}}})
		must(t, err)
		_, err = h.shop.PayOrder(t.Context(), calm, o.ID)
		must(t, err)
		h.pass(time.Second)
		if got := h.chances(conv); len(got) != 2 || got[1].What != event.ChanceOrdered || got[1].Arm != event.ChanceHeld {
			t.Errorf("%+v", got)
		}
	})
}

func TestChance_NoMoreAtAWordAndNeverForGuestsUnasked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		guest := "guest-abc"
		first := h.say(calm, "别再推荐了").Conv
		if _, text := h.last(first); !strings.Contains(text, "不再主动") {
			t.Errorf("answered %q", text)
		}
		silent := h.say(guest, "你好").Conv
		for _, who := range []string{calm, guest} {
			h.put(who, "p-sun-milk-50ml")
		}
		h.pass(7 * time.Minute)
		if a, b := h.chances(first), h.chances(silent); len(a)+len(b) != 0 {
			t.Errorf("said no: %+v, never said yes: %+v", a, b)
		}
		// It holds in later conversations, and ends at a word.
		h.pass(time.Hour)
		later := h.say(calm, "你好").Conv
		if later == first {
			t.Fatal("the same conversation")
		}
		h.put(calm, "p-sun-milk-50ml")
		h.pass(7 * time.Minute)
		if got := h.chances(later); len(got) != 0 {
			t.Errorf("a conversation later: %+v", got)
		}
		h.say(calm, "开启提醒")
		h.say(guest, "以后有优惠提醒我")
		h.put(guest, "p-sun-milk-50ml")
		h.put(calm, "p-sun-milk-50ml")
		h.pass(7 * time.Minute)
		if got := h.chances(later); len(got) != 1 {
			t.Errorf("after a yes: %+v", got)
		}
	})
}

// A stock notice goes out once, without consent to anything else, in the chat that is open or in the next.
func TestChance_AStockNoticeIsSentOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		const gone = "p-sun-stick-15g"
		h.say(calm, "别再推荐了")
		p, err := h.shop.Product(t.Context(), gone)
		must(t, err)
		h.say(calm, p.Title+"到货通知我")
		conv := h.say(calm, "确认登记").Conv
		if list, err := h.shop.Awaited(t.Context(), calm); err != nil || len(list) != 1 {
			t.Fatalf("%v, %v", list, err)
		}
		h.pass(2 * time.Minute)
		if got := h.chances(conv); len(got) != 0 {
			t.Fatalf("nothing came in: %+v", got)
		}
		must(t, h.shop.Restock(t.Context(), gone, 30))
		h.pass(2 * time.Minute)
		got := h.chances(conv)
		if len(got) != 1 || got[0].Kind != event.ChanceStock || got[0].What != event.ChanceShown || got[0].Variants[0] != gone {
			t.Fatalf("%+v", got)
		}
		if b, text := h.last(conv); !strings.Contains(text, p.Title) || !strings.Contains(text, "30") || len(b.Sources) == 0 {
			t.Errorf("%q %+v", text, b)
		}
		if list, err := h.shop.Awaited(t.Context(), calm); err != nil || len(list) != 0 {
			t.Errorf("still awaited: %v, %v", list, err)
		}
		h.restart()
		h.pass(3 * time.Minute)
		h.say(calm, "加入购物车")
		h.say(calm, "确认加入")
		if cart, err := h.shop.Cart(t.Context(), calm); err != nil || len(cart.Lines) == 0 || cart.Lines[len(cart.Lines)-1].VariantID != gone {
			t.Errorf("%+v, %v", cart.Lines, err)
		}
		if got := h.chances(conv); len(got) != 2 || got[1].What != event.ChanceAccepted {
			t.Errorf("%+v", got)
		}
		// Somebody who is not there hears at the next visit.
		const away = "c-0051"
		must(t, h.shop.NotifyStock(t.Context(), away, "p-sun-milk-50ml"))
		next := h.say(away, "你好").Conv
		h.pass(2 * time.Minute)
		if got := h.chances(next); len(got) != 1 || got[0].Kind != event.ChanceStock {
			t.Errorf("at the next visit: %+v", got)
		}
	})
}
