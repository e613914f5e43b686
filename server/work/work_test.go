package work_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	assets "agentdesk/assets/demo"
	"agentdesk/copilot"
	"agentdesk/server/bot"
	"agentdesk/server/demo/shopdata"
	"agentdesk/server/demo/store"
	"agentdesk/server/eventlog"
	"agentdesk/server/floor"
	"agentdesk/server/identity/keyring"
	"agentdesk/server/knowledge"
	"agentdesk/server/trace"
	"agentdesk/server/understand"
	"agentdesk/server/work"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// room hears what the workers tell.
type room struct {
	mu   sync.Mutex
	live []wire.Live
}

func (r *room) Typing(string, event.Actor, bool)  {}
func (r *room) Words(string, event.Actor, string) {}

func (r *room) Live(_ string, l wire.Live) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.live = append(r.live, l)
}

type bench struct {
	*floor.Floor
	sub  *floor.Subscription
	room *room
	shop *store.Store
	told *trace.Memory
	seen []event.Event
}

// start must be called in a bubble of synctest: the bot waits for the rest of a burst, and whether it does so in vain is not to
// depend on how busy the machine is.
func start(t *testing.T, models ...copilot.Summariser) *bench {
	t.Helper()
	ctx := t.Context()
	base, err := shopdata.New(shopdata.Params{Files: assets.Shop(), Now: time.Now(), Seed: 1})
	must(t, err)
	sh, err := store.Open(ctx, store.Params{Base: base, Path: filepath.Join(t.TempDir(), "shop.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { must(t, sh.Close()) })
	know, err := knowledge.New(ctx, knowledge.Params{Shop: sh})
	must(t, err)
	t.Cleanup(func() { must(t, know.Close()) })
	lex, err := understand.New(understand.Params{})
	must(t, err)
	engine, err := bot.New(bot.Params{Shop: sh, Till: sh, Knowledge: bot.Store{Store: know}, Understand: lex})
	must(t, err)
	keys, err := keyring.Open(ctx, keyring.Params{Dir: t.TempDir()})
	must(t, err)
	t.Cleanup(func() { must(t, keys.Close()) })
	fl, err := floor.Open(ctx, floor.Params{Shop: "test", Node: "test", Log: eventlog.NewMemory(), Keys: keys, Policy: conversation.Default()})
	must(t, err)
	b := &bench{Floor: fl, room: &room{}, shop: sh, told: trace.New(trace.Keep{}), sub: fl.Subscribe(0, 0)}
	run, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { must(t, fl.Run(run)) })
	past, err := fl.View(ctx)
	must(t, err)
	cp := copilot.Params{}
	for _, m := range models {
		cp.Summariser = m
	}
	w := work.New(work.Params{Floor: fl, History: after{past.Cursor}, Understand: lex, Bot: engine, Copilot: copilot.New(cp), Shop: sh, Store: sh, Audience: b.room, Traces: b.told})
	wg.Go(func() { must(t, w.Run(run)) })
	t.Cleanup(func() { cancel(); wg.Wait(); b.sub.Close() })
	synctest.Wait() // until the workers have subscribed
	return b
}

// after is a shop without a past, as of the record that took ownership.
type after struct{ at event.Cursor }

func (a after) EachOpen(context.Context, func(conversation.State, []event.Placed) error) (event.Cursor, error) {
	return a.at, nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

func (b *bench) say(t *testing.T, customer, id, text string) floor.Result {
	t.Helper()
	res, err := b.Do(t.Context(), conversation.Command{Kind: conversation.Post, ClientID: id, Customer: customer, Actor: event.Actor{Kind: event.Customer, ID: customer},
		Payload: conversation.PostArgs{Text: text}, Opening: &conversation.Opening{Body: event.OpenedBody{Channel: "web", Group: "pre", Tier: "gold"}}})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// until reads commits until one event satisfies ok.
func (b *bench) until(t *testing.T, what string, ok func(*event.Event) bool) *event.Event {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for {
		c, err := b.sub.Next(ctx)
		if err != nil {
			t.Fatalf("waiting for %s: %v; seen %d events", what, err, len(b.seen))
		}
		for i := range c.Events {
			b.seen = append(b.seen, c.Events[i])
			if ok(&c.Events[i]) {
				return &c.Events[i]
			}
		}
	}
}

func byBot(e *event.Event) bool { return e.Type == event.Posted && e.Actor.Kind == event.Bot }

func TestWorkers_BotAnswersFromCitedFacts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t)
		b.say(t, "c-linxiaolu", "m1", "神经酰胺面霜多少钱")
		e := b.until(t, "an answer", byBot)
		var body event.PostedBody
		var text event.PostedPrivate
		must(t, e.Decode(&body, &text))
		if len(body.Sources) == 0 || text.Text == "" {
			t.Errorf("answered %q from %v: a price without a source", text.Text, body.Sources)
		}
	})
}

func TestWorkers_ABurstGetsOneAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t)
		b.say(t, "c-linxiaolu", "m1", "你好")
		b.say(t, "c-linxiaolu", "m2", "我想问下神经酰胺面霜")
		last := b.say(t, "c-linxiaolu", "m3", "多少钱")
		e := b.until(t, "an answer", byBot)
		var body event.PostedBody
		must(t, e.Decode(&body, nil))
		if body.ReplyTo != last.Message {
			t.Errorf("answered %s, not the last message of the burst %s", body.ReplyTo, last.Message)
		}
		for _, s := range b.seen[:len(b.seen)-1] {
			if byBot(&s) {
				t.Error("the bot spoke into the burst")
			}
		}
	})
}

func TestWorkers_AngerBringsSummaryAndSuggestions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t)
		b.say(t, "c-wangzihan", "m1", "你们就是骗子，退款拖了半个月，再不退我就打12315投诉")
		b.until(t, "the escalation", func(e *event.Event) bool { return e.Type == event.Escalated })
		b.until(t, "the summary", func(e *event.Event) bool { return e.Type == event.Summarised })
		b.until(t, "the first suggestion", func(e *event.Event) bool { return e.Type == event.Suggested })
		b.room.mu.Lock()
		defer b.room.mu.Unlock()
		panel, delta := false, false
		for _, l := range b.room.live {
			panel = panel || l.Kind == wire.LivePanel && l.Panel.Facts != nil
			delta = delta || l.Kind == wire.LiveDelta
		}
		if !panel || !delta {
			t.Errorf("customer facts sent: %v, suggestions streamed: %v", panel, delta)
		}
	})
}

// pen writes every summary's ask anew, a second after it was asked to.
type pen struct{}

func (pen) Summarise(ctx context.Context, _ copilot.Input, script copilot.Summary) (copilot.Summary, error) {
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return script, ctx.Err()
	}
	script.Ask = "要求马上退款"
	return script, nil
}

func TestWorkers_AModelsSummaryComesAfterTheScripts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, pen{})
		b.say(t, "c-wangzihan", "m1", "你们就是骗子，退款拖了半个月，再不退我就打12315投诉")
		var asks []string
		suggested := 0
		b.until(t, "the model's summary", func(e *event.Event) bool {
			if e.Type == event.Suggested {
				suggested++
			}
			var sum event.SummaryPrivate
			if e.Type != event.Summarised {
				return false
			}
			if err := e.Decode(nil, &sum); err != nil {
				t.Fatal(err)
			}
			asks = append(asks, sum.Ask)
			return sum.Ask == "要求马上退款"
		})
		if len(asks) != 2 || suggested == 0 {
			t.Errorf("summaries %q, %d suggestions before the last", asks, suggested)
		}
	})
}

func TestWorkers_TheProductAskedAboutStandsBesideWithItsPicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t)
		b.say(t, "c-linxiaolu", "m1", "焕亮双抗精华用了两晚，脸又红又刺痛，过敏了")
		b.until(t, "the first suggestion", func(e *event.Event) bool { return e.Type == event.Suggested })
		b.room.mu.Lock()
		defer b.room.mu.Unlock()
		var cards []wire.Card
		for _, l := range b.room.live {
			if l.Kind == wire.LivePanel {
				cards = l.Panel.Cards
			}
		}
		policy := false
		for _, c := range cards {
			policy = policy || c.Kind == "policy" && c.AsOf != 0
			switch {
			case c.Kind != "product":
			case c.ID != "p-vc-serum" || c.Picture == "" || c.Fits == "" || c.AsOf == 0:
				t.Errorf("%+v", c)
			}
		}
		if len(cards) == 0 || cards[0].Kind != "product" || !policy {
			t.Errorf("cards %+v", cards)
		}
	})
}

// TestWorkers_ABotAnswerInFlightLosesToATakeover takes the seat while the bot waits out the burst.
func TestWorkers_ABotAnswerInFlightLosesToATakeover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t)
		agent := event.Actor{Kind: event.Agent, ID: "ann"}
		b.DeskConnected("ann")
		_, err := b.Do(t.Context(), conversation.Command{Kind: conversation.SetStatus, ClientID: "s1", Actor: agent, Role: conversation.RoleAgent,
			Payload: event.AgentStatusBody{Agent: "ann", Name: "安", Status: event.Online, Capacity: 3, Groups: []string{"pre"}}})
		must(t, err)
		said := b.say(t, "c-linxiaolu", "m1", "神经酰胺面霜多少钱")
		b.until(t, "the understanding", func(e *event.Event) bool { return e.Type == event.Understood })
		_, err = b.Do(t.Context(), conversation.Command{Kind: conversation.Claim, ClientID: "t1", Conv: said.Conv, Actor: agent, Role: conversation.RoleAgent})
		must(t, err)
		b.until(t, "suggestions for the person instead", func(e *event.Event) bool {
			if byBot(e) {
				t.Error("the bot talked over a person")
			}
			return e.Type == event.Suggested
		})
		// What the bot would have sent is refused, and says who has the seat.
		_, err = b.Do(t.Context(), conversation.Command{Kind: conversation.Post, ClientID: "late", Conv: said.Conv, Actor: event.Actor{Kind: event.Bot, ID: "bot"}, Epoch: 1,
			Payload: conversation.PostArgs{Text: "这款 289 元"}})
		var r *conversation.Refusal
		if !errors.As(err, &r) || r.Code != conversation.StaleEpoch || r.Holder != "ann" {
			t.Errorf("a bot answer under the old epoch: %v", err)
		}
	})
}

// TestWorkers_WhatWasRecalledIsNotAnswered takes messages back while the bot waits for the rest of the burst.
func TestWorkers_WhatWasRecalledIsNotAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t)
		recall := func(said floor.Result) {
			t.Helper()
			_, err := b.Do(t.Context(), conversation.Command{Kind: conversation.Recall, ClientID: "r-" + said.Message, Conv: said.Conv,
				Actor: event.Actor{Kind: event.Customer, ID: "c-linxiaolu"}, Payload: conversation.RecallArgs{Message: said.Message}})
			must(t, err)
		}
		first := b.say(t, "c-linxiaolu", "m1", "神经酰胺面霜多少钱")
		second := b.say(t, "c-linxiaolu", "m2", "积分怎么换礼品")
		recall(second)
		e := b.until(t, "an answer", byBot)
		var body event.PostedBody
		var text event.PostedPrivate
		must(t, e.Decode(&body, &text))
		if body.ReplyTo != first.Message || strings.Contains(text.Text, "积分") || !strings.Contains(text.Text, "面霜") {
			t.Errorf("answered %s with %q", body.ReplyTo, text.Text)
		}
		// Nothing is owed to who took everything back; what is said next is answered by itself.
		recall(b.say(t, "c-linxiaolu", "m3", "发票怎么开"))
		st, _, err := b.State(t.Context(), first.Conv)
		must(t, err)
		if st.UnansweredSince != 0 {
			t.Errorf("unanswered since %d", st.UnansweredSince)
		}
		fourth := b.say(t, "c-linxiaolu", "m4", "你们支持七天无理由退货吗")
		e = b.until(t, "the next answer", byBot)
		must(t, e.Decode(&body, &text))
		if body.ReplyTo != fourth.Message || strings.Contains(text.Text, "发票") {
			t.Errorf("answered %s with %q", body.ReplyTo, text.Text)
		}
	})
}
