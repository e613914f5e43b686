package web_test

import (
	"testing"

	"agentdesk/sync/event"
	"agentdesk/sync/wire"
	"agentdesk/tools/e2e/browser"
)

// words sends a piece of what the bot is about to say.
func (d *door) words(add string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for ws := range d.socks {
		d.put(ws, wire.Live{T: wire.TLive, Kind: wire.LiveWords, Conv: d.conv, Actor: &event.Actor{Kind: event.Bot}, Add: add})
	}
}

// An answer is read while it is written, once, and the message takes its place; half an answer without a message goes away.
func TestChat_AnAnswerIsReadWhileItIsWritten(t *testing.T) {
	d := openDoor(t)
	p := browser.Open(t, d.URL+key)
	p.Say("敏感肌能用吗")
	p.Holds("sent", "$('.out') && !$('.pending')")
	d.typing(event.Bot, true)
	p.Holds("dots", "$('.typing .dots-b')")
	d.words("可以的，")
	p.Holds("the first words", "$('.typing .txt') && $('.typing .txt').textContent === '可以的，'")
	d.words("标注适合敏感肌。")
	p.Holds("more of them", "$('.typing .txt').textContent === '可以的，标注适合敏感肌。' && $$('.typing').length === 1")
	p.Shot("words", false)
	d.typing(event.Bot, false)
	d.bot("可以的，标注适合敏感肌。")
	p.Holds("the message alone", "!$('.typing') && $$('.in .b .txt').filter((n) => n.textContent === '可以的，标注适合敏感肌。').length === 1")
	d.words("本来想说")
	p.Holds("words again", "$('.typing .txt')")
	d.typing(event.Bot, false)
	p.Holds("gone, since no message came", "!$('.typing')")
}
