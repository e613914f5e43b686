package work_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"agentdesk/server/bot"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// traced is the trace of a message of the bot.
func (b *bench) traced(t *testing.T, e *event.Event) wire.Trace {
	t.Helper()
	synctest.Wait() // it is kept right after the answer was stored
	tr, ok := b.told.Of(e.Conv, e.ID)
	if !ok {
		t.Fatalf("no trace of %s", e.ID)
	}
	return tr
}

func TestTraces_TellHowAnAnswerCameAbout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t)
		begun := time.Now()
		said := b.say(t, "c-linxiaolu", "m1", "神经酰胺面霜多少钱，我叫林小鹿，13900001111")
		tr := b.traced(t, b.until(t, "an answer", byBot))
		if tr.For != said.Message || tr.Action != "answer" || len(tr.Sources) == 0 || len(tr.Steps) == 0 || !strings.HasPrefix(tr.Steps[0].Code, "product.") || tr.ByModel || tr.Model != nil {
			t.Errorf("%+v", tr)
		}
		if r := tr.Read; r == nil || r.Intent != "price_promo" || r.By != "lexicon" || len(r.Why) == 0 || r.Confidence <= 0 {
			t.Errorf("understood %+v", tr.Read)
		}
		if took := time.Since(begun).Milliseconds(); tr.Pause < 800 || tr.MS < tr.Pause || tr.MS > took {
			t.Errorf("%d ms, of which %d waiting, after %d", tr.MS, tr.Pause, took)
		}
		raw, err := json.Marshal(tr)
		must(t, err)
		for _, secret := range []string{"13900001111", "林小鹿"} {
			if strings.Contains(string(raw), secret) {
				t.Errorf("%q in %s", secret, raw)
			}
		}
	})
}

func TestTraces_OfCardsToolsFormsAndSilences(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t)
		b.say(t, "c-linxiaolu", "m1", "推荐一款适合敏感肌的面霜")
		first := b.traced(t, b.until(t, "an answer", byBot))
		card := b.until(t, "a card", byBot)
		if tr := b.traced(t, card); tr.For != first.For || tr.Message != card.ID || !slices.ContainsFunc(tr.Tools, func(u wire.TraceTool) bool { return u.Tool == "recommend_products" }) {
			t.Errorf("of the card: %+v", tr)
		}
		b.say(t, "c-linxiaolu", "m2", "帮我把神经酰胺面霜50g加到购物车")
		offer := b.until(t, "an offer", func(e *event.Event) bool { return byBot(e) && strings.Contains(string(e.Body), "add_to_cart") })
		tr := b.traced(t, offer)
		if len(tr.Tools) == 0 || tr.Tools[0].Tool != "add_to_cart" || tr.Tools[0].Result != "offered" || tr.Tools[0].Args["quantity"] == "" {
			t.Errorf("offered: %+v", tr.Tools)
		}
		// The customer falls silent, and the bot asks once.
		time.Sleep(bot.NudgeAfter)
		if tr := b.traced(t, b.until(t, "a question into the silence", byBot)); tr.For != "" || tr.Read != nil || len(tr.Steps) != 1 || !strings.HasPrefix(tr.Steps[0].Code, "nudge") {
			t.Errorf("the silence: %+v", tr)
		}
		b.say(t, "c-linxiaolu", "m3", "确认加入")
		if tr := b.traced(t, b.until(t, "what was done", byBot)); len(tr.Tools) == 0 || tr.Tools[0].Result != "done" {
			t.Errorf("done: %+v", tr)
		}
	})
}

func TestTraces_AreGoneWithWhatWasTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t)
		b.say(t, "c-linxiaolu", "m1", "积分怎么换礼品")
		first := b.until(t, "an answer", byBot)
		second := b.say(t, "c-linxiaolu", "m2", "神经酰胺面霜多少钱")
		e := b.until(t, "an answer", byBot)
		b.traced(t, e)
		_, err := b.Do(t.Context(), conversation.Command{Kind: conversation.Recall, ClientID: "r", Conv: second.Conv, Actor: event.Actor{Kind: event.Customer, ID: "c-linxiaolu"},
			Payload: conversation.RecallArgs{Message: second.Message}})
		must(t, err)
		synctest.Wait()
		if _, ok := b.told.Of(e.Conv, e.ID); ok {
			t.Error("the trace of the answer to what was taken back is kept")
		}
		b.traced(t, first) // it was said before
	})
}
