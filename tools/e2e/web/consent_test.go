package web_test

import (
	"encoding/json"
	"testing"

	"agentdesk/sync/conversation"
	"agentdesk/tools/e2e/browser"
)

// Whether one is told of offers is chosen behind the plus, both ways; the notice at the top says where.
func TestChat_OffersAreAgreedToAndRefusedInTheMenu(t *testing.T) {
	d := openDoor(t)
	p := browser.Open(t, d.URL+key)
	p.Holds("the notice says where", "$('.privacy').textContent.includes('更多')")
	p.Say("您好")
	p.Holds("sent", "$('.out') && !$('.pending')")
	for i, word := range []string{"优惠补货提醒", "关闭提醒"} {
		p.Click(".plus")
		p.ClickWord(".act-b", word)
		p.Holds("told", "$('.toast').textContent.length > 5")
		want := i == 0
		p.Click(".plus")
		p.Holds("turned round", `[...$$('.act-b')].some((n) => n.textContent === '`+[]string{"关闭提醒", "优惠补货提醒"}[i]+`')`)
		p.Click(".plus")
		cmds := d.commands("consent")
		var got conversation.ConsentArgs
		if len(cmds) != i+1 || json.Unmarshal(cmds[i].Payload, &got) != nil || got.On != want || cmds[i].Conv == "" {
			t.Errorf("%d commands, the last %+v", len(cmds), got)
		}
	}
	p.Click(".plus")
	p.Axe("behind the plus")
	p.Shot("offers", false)
}
