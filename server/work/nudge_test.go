package work_test

import (
	"testing"
	"testing/synctest"
	"time"

	"agentdesk/server/bot"
	"agentdesk/sync/event"
)

// Who falls silent over a question of the bot is asked once, and not again; who has answered is not asked.
func TestNudge_OnceIntoASilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t)
		b.say(t, deer, "m1", "多少钱")
		asked := b.until(t, "a question", func(e *event.Event) bool { return e.Type == event.Posted && e.Actor.Kind == event.Bot })
		var q event.PostedBody
		must(t, asked.Decode(&q, nil))
		if q.Did["ask"] == "" {
			t.Fatalf("%+v", q)
		}
		began := time.Now()
		time.Sleep(bot.NudgeAfter - time.Second) // of the bubble
		e := b.until(t, "the nudge", func(e *event.Event) bool { return e.Type == event.Posted && e.Actor.Kind == event.Bot })
		var n event.PostedBody
		must(t, e.Decode(&n, nil))
		if n.Did["nudge"] == "" || n.Did["ask"] != q.Did["ask"] || time.Since(began) < bot.NudgeAfter-time.Second {
			t.Errorf("%+v after %v", n, time.Since(began))
		}
		b.say(t, deer, "m2", "神经酰胺屏障修护面霜多少钱")
		e = b.until(t, "the answer", func(e *event.Event) bool { return e.Type == event.Posted && e.Actor.Kind == event.Bot })
		var a event.PostedBody
		must(t, e.Decode(&a, nil))
		if a.Did["nudge"] != "" || len(a.Sources) == 0 {
			t.Errorf("%+v", a)
		}
		time.Sleep(2 * bot.NudgeAfter) // of the bubble
		synctest.Wait()
		res := b.say(t, deer, "m3", "谢谢")
		e = b.until(t, "thanks", func(e *event.Event) bool { return e.Type == event.Posted })
		if e.ID != res.Message {
			t.Errorf("the bot spoke into a silence after an answer: %v", e)
		}
	})
}
