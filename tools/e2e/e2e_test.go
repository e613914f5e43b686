// Package e2e_test plays one customer in a real browser against one agent at the real desk, over real sockets and the real
// server binary.
package e2e_test

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/tools/e2e/browser"
	"agentdesk/tools/harness"
)

// TestSeat_SuggestionsLostNetworkAndBackToTheBot goes over the seat between bot and person, with the copilot's help.
func TestSeat_SuggestionsLostNetworkAndBackToTheBot(t *testing.T) {
	url := serve(t, harness.Build(t, t.TempDir()))
	d := openDesk(t, url, "xiaoning")
	p := browser.Open(t, url+"/p/p-ceramide-cream?as=c-wangzihan")

	// A price, answered by the bot from a source that it cites.
	const price = "屏障修护面霜现在多少钱"
	p.Say(price)
	p.Sees("289")
	p.Holds("the source", "$$('.src li').some((s) => s.textContent.includes('神经酰胺屏障修护面霜'))")
	if n := p.Count(price); n != 1 {
		t.Errorf("the page shows the first message %d times", n)
	}

	// Anger brings a person. The clock runs from the message.
	const anger = "第三次问了，退款一直不到账，你们就是骗子，再拖我就打12315"
	p.Say(anger)
	d.until("the waiting customer", func(s *view.Desk) bool { return s.Queue != nil && len(s.Queue.Waiting) == 1 })
	escalated := time.Now()
	d.press(fyne.KeyJ, fyne.KeyModifierControl)
	d.until("the seat", func(s *view.Desk) bool {
		return s.Chat != nil && s.Chat.Seat != nil && s.Chat.Seat.State == view.SeatMine
	})
	d.until("suggestions", func(s *view.Desk) bool {
		return s.Copilot != nil && len(s.Copilot.Suggestions) > 0 && !s.Copilot.Suggestions[0].Streaming
	})

	// A suggestion, adopted and edited.
	d.press(fyne.Key1, fyne.KeyModifierAlt)
	got := d.until("the adopted draft", func(s *view.Desk) bool {
		return s.Chat != nil && s.Chat.Composer != nil && s.Chat.Composer.Draft != ""
	})
	draft := got.Chat.Composer.Draft
	d.Desk().FocusComposer()
	const mine = "我是晓宁，这就去查您的退款。"
	d.press(fyne.KeyEnd, fyne.KeyModifierControl)
	d.type_(mine)
	d.press(fyne.KeyReturn, fyne.KeyModifierControl)
	p.Sees(mine)
	fmt.Printf("e2e: %.2f s from the waiting row on the desk to the agent's first words in the browser\n", time.Since(escalated).Seconds())
	p.Sees("晓宁")
	p.Sees(string([]rune(draft)[:8])) // the suggestion's own words, before the agent's

	// Lost network and reload: nothing lost, nothing doubled.
	p.Reload()
	p.Sees(mine)
	for _, text := range []string{mine, anger} {
		if n := p.Count(text); n != 1 {
			t.Errorf("after a reload the page shows %q %d times", text, n)
		}
	}

	// Back to the bot, which answers again.
	conv := got.Chat.Head.ID
	d.app.HandBack("", "退款已登记，请跟进")
	p.Sees("接下来由智能助手继续为您服务")
	p.Say("神经酰胺屏障修护面霜怎么用")
	d.until("the bot's answer", func(s *view.Desk) bool {
		if s.Queue == nil {
			return false
		}
		d.app.Select(conv)
		return s.Chat != nil && s.Chat.Head.ID == conv && s.Chat.Seat.State == view.SeatBot && len(s.Chat.Log.Items) > 0 &&
			s.Chat.Log.Items[len(s.Chat.Log.Items)-1].By == view.ByBot
	})

	// The agent takes it unasked, and closes it with how it ended.
	d.app.TakeOver(conv)
	d.until("the seat again", func(s *view.Desk) bool { return s.Chat != nil && s.Chat.Seat.State == view.SeatMine })
	d.app.Close("solved", true, "")
	p.Sees("本次对话已结束")
}
