package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"agentdesk/sync/event"
	"agentdesk/tools/e2e/browser"
)

const (
	key    = "/p/p-ceramide-cream?as=c-linxiaolu"
	device = "use-fake-device-for-media-stream"
)

// once checks that every post came under one ID, and once.
func once(t *testing.T, d *door, texts ...string) {
	t.Helper()
	said := map[string]int{}
	ids := map[string]bool{}
	for _, c := range d.commands("post") {
		var p struct{ Text string }
		if err := json.Unmarshal(c.Payload, &p); err != nil {
			t.Fatal(err)
		}
		if !ids[c.ID] {
			said[p.Text]++
		}
		ids[c.ID] = true
	}
	for _, x := range texts {
		if said[x] != 1 {
			t.Errorf("%q was sent as %d messages", x, said[x])
		}
	}
}

func TestChat_NothingIsLostOrDoubledOverLostNetworkAndReload(t *testing.T) {
	d := openDoor(t)
	p := browser.Open(t, d.URL+key)
	p.Say("第一句")
	p.Holds("delivered", "$('.out') && !$('.pending')")

	// Sent, but the answer never comes.
	d.set(func(d *door) { d.mute = true })
	p.Say("没有回执的一句")
	until(t, "the message at the door", func() bool { return len(d.commands("post")) == 2 })
	d.set(func(d *door) { d.closed, d.mute = true, false })
	d.cut()
	p.Holds("the bar", "!$('.bar').hidden")
	p.Say("断网时写的一")
	p.Say("断网时写的二")
	p.Holds("both wait", "$$('.pending').length === 3")
	p.Reload()
	p.Holds("still there after a reload", "$$('.pending').length === 3")
	d.bot("断网时的回答")
	d.set(func(d *door) { d.closed = false })
	p.Sees("断网时的回答")
	p.Holds("all sent", "!$('.pending')")
	texts := []string{"第一句", "没有回执的一句", "断网时写的一", "断网时写的二"}
	once(t, d, texts...)
	for _, x := range append(texts, "断网时的回答") {
		if n := p.Count(x); n != 1 {
			t.Errorf("%q is shown %d times", x, n)
		}
	}
	var order []string
	p.JS("order", "$$('.out .txt').map((n) => n.textContent)", &order)
	if !slices.Equal(order, texts) {
		t.Errorf("shown as %q", order)
	}
}

func TestChat_ManyWaitingMessagesGoOutInOrderAndNotTooFast(t *testing.T) {
	d := openDoor(t)
	d.set(func(d *door) { d.closed = true })
	p := browser.Open(t, d.URL+key)
	var texts []string
	for i := range 30 {
		texts = append(texts, fmt.Sprintf("攒下的第 %d 句", i))
	}
	var all strings.Builder
	for _, x := range texts {
		fmt.Fprintf(&all, "($('.field-t textarea').value = %q, $('.field-t textarea').dispatchEvent(new Event('input')), $('.row .send').click()),", x)
	}
	p.JS("write them", "("+all.String()+" 0)", nil)
	p.Holds("they wait", "$$('.pending').length === 30")
	d.set(func(d *door) { d.closed = false })
	p.Holds("sent", "$$('.out').length === 30 && !$('.pending')")
	var got []string
	for _, c := range d.commands("post") {
		var b struct{ Text string }
		if err := json.Unmarshal(c.Payload, &b); err != nil {
			t.Fatal(err)
		}
		got = append(got, b.Text)
	}
	if !slices.Equal(got, texts) {
		t.Errorf("came as %q", got)
	}
}

func TestChat_WaitingTypingAndMarks(t *testing.T) {
	d := openDoor(t)
	p := browser.Open(t, d.URL+key)
	p.Say("我要找真人")
	p.Holds("delivered", "$('.mark-s').textContent === '已送达'")
	p.Type("还有")
	until(t, "the sign of typing", func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return len(d.typed) == 1 && d.typed[0]
	})
	p.Type("\r")
	until(t, "the end of it", func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return len(d.typed) == 2 && !d.typed[1]
	})
	d.tell(event.Escalated, event.System, map[string]int64{"since": d.now() - 61_000}, nil)
	d.notice("queue.place", map[string]string{"place": "3"})
	p.Sees("您前面还有 2 位")
	p.Sees("顾问都在接待")
	p.Holds("says so above", "$('.who b').textContent === '正在为您请顾问'")
	d.taken("晓宁", "xiaoning", 4)
	p.Sees("晓宁 4 秒接入")
	p.Holds("a person", "$('.who b').textContent.startsWith('晓宁') && !$('.stack')")
	posts := d.commands("post")
	var upto string
	d.set(func(d *door) {
		for _, e := range d.events {
			if e.ClientID == posts[len(posts)-1].ID && e.Type == event.Posted {
				upto = e.ID
			}
		}
	})
	d.tell(event.ReadMarked, event.Agent, event.ReadBody{UpTo: upto}, nil)
	p.Holds("read", "$('.mark-s').textContent === '已读'")
	d.agent("我在")
	until(t, "the customer's own mark", func() bool {
		for _, c := range d.commands("read") {
			var b event.ReadBody
			if json.Unmarshal(c.Payload, &b) == nil {
				d.mu.Lock()
				last := d.events[len(d.events)-1].ID
				d.mu.Unlock()
				if b.UpTo == last {
					return true
				}
			}
		}
		return false
	})
}

// until waits for something outside of the browser.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	late := time.NewTimer(browser.Patience)
	defer late.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-late.C:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func TestChat_TabsShareOneOutbox(t *testing.T) {
	d := openDoor(t)
	a := browser.Open(t, d.URL+key)
	b := a.Tab(1000, 720)
	b.Go(d.URL + key)
	a.Say("标签一")
	b.Sees("标签一")
	a.Holds("delivered", "$('.out') && !$('.pending')")
	d.set(func(d *door) { d.closed = true })
	d.cut()
	a.Holds("a lost it", "!$('.bar').hidden")
	b.Holds("b lost it", "!$('.bar').hidden")
	var texts []string
	for i := range 4 {
		for _, p := range []*browser.Page{a, b} {
			x := fmt.Sprintf("离线第%d句", len(texts))
			texts = append(texts, x)
			p.Say(x)
		}
		_ = i
	}
	a.Holds("a shows all", "$$('.pending').length === 8")
	b.Holds("b shows all", "$$('.pending').length === 8")
	d.set(func(d *door) { d.closed = false })
	for _, p := range []*browser.Page{a, b} {
		p.Holds("all sent", "$('.bar').hidden && !$('.pending')")
		for _, x := range texts {
			if n := p.Count(x); n != 1 {
				t.Errorf("%q is shown %d times", x, n)
			}
		}
	}
	once(t, d, texts...)
}

// TestChat_WhatAnotherTabStoredLateIsNotSaidTwice lets the browser tell a tab of a message in another tab's outbox after the server
// has told of the message itself, and then that it left the outbox: the order of the two is nobody's promise.
func TestChat_WhatAnotherTabStoredLateIsNotSaidTwice(t *testing.T) {
	d := openDoor(t)
	a := browser.Open(t, d.URL+key)
	b := a.Tab(1000, 720)
	b.Go(d.URL + key)
	const text = "说过的一句"
	a.Say(text)
	a.Holds("delivered", "$('.out') && !$('.pending')")
	b.Sees(text)
	id := d.commands("post")[0].ID
	const prefix = "Object.keys(localStorage).find((k) => k.endsWith('.copy')).slice(0, -4)"
	a.Holds("the copy is kept", "Object.keys(localStorage).some((k) => k.endsWith('.copy'))")
	a.JS("store it late", fmt.Sprintf(`localStorage.setItem(%s + 'out.%s', JSON.stringify({id: %q, n: 1, kind: 'post', conv: '', payload: {kind: 'text', text: %q}, at: Date.now()}))`, prefix, id, id, text), nil)
	// Storage keeps its order: what is written after it is told after it.
	told := func(n int) {
		t.Helper()
		a.JS("mark", fmt.Sprintf("localStorage.setItem('mark', '%d')", n), nil)
		b.Until("the mark", fmt.Sprintf("localStorage.getItem('mark') === '%d'", n))
	}
	told(1)
	a.JS("and drop it", fmt.Sprintf("localStorage.removeItem(%s + 'out.%s')", prefix, id), nil)
	told(2)
	d.bot("后来的一句") // the page has been drawn since
	b.Sees("后来的一句")
	b.Holds("nothing waits", "!$('.pending')")
	if n := b.Count(text); n != 1 {
		t.Errorf("the other tab shows it %d times", n)
	}
	once(t, d, text)
}

func TestChat_WorksWithoutStorage(t *testing.T) {
	d := openDoor(t)
	p := browser.Start(t, 1000, 720)
	wrong := p.Errors()
	p.Before(`for (const k of ["localStorage", "sessionStorage", "indexedDB"]) Object.defineProperty(window, k, {get() { throw new DOMException("no", "SecurityError"); }});
		Object.defineProperty(navigator, "locks", {get() { return undefined; }});`)
	p.Go(d.URL + key)
	p.Say("没有存储也能说话")
	p.Holds("sent", "$('.out') && !$('.pending')")
	d.bot("收到")
	p.Sees("收到")
	drop(p, photo(t, 40, 30))
	p.Click(".sheet .go")
	p.Holds("the picture", "$$('.pic img').length === 1 && !$('.pending')")
	for _, e := range wrong() {
		t.Errorf("browser: %s", e)
	}
}

func TestChat_KeyboardAlone(t *testing.T) {
	d := openDoor(t)
	p := browser.Start(t, 1000, 720)
	p.Go(d.URL + "/?as=c-linxiaolu")
	p.JS("to the button", "$('.opener').focus()", nil)
	p.Type("\r")
	p.Holds("open, and one can write", "!$('.panel').hidden && R.activeElement === $('.field-t textarea')")
	p.Type("第一行")
	p.Run("a new line", chromedp.ActionFunc(func(ctx context.Context) error {
		return chromedp.KeyEvent("\r", chromedp.KeyModifiers(8)).Do(ctx) // Shift
	}))
	p.Type("第二行\r")
	p.Holds("sent in two lines", "$('.out .txt') && $('.out .txt').textContent === '第一行\\n第二行'")
	// The Enter that takes a word from an input method does not send.
	p.Type("ni")
	p.JS("compose", "$('.field-t textarea').dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))", nil)
	p.JS("compose as Safari does", "$('.field-t textarea').dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', keyCode: 229, bubbles: true, cancelable: true}))", nil)
	p.Until("nothing was sent", browser.Field+".value === 'ni'")
	p.Type("\x1b")
	p.Holds("put away, the button has the focus", "$('.panel').hidden && R.activeElement === $('.opener')")
	d.bot("您好")
	d.agent("在的")
	p.Holds("unread", "$('.badge').textContent === '2' && $('.opener').getAttribute('aria-label').includes('2 条未读')")
	p.Type("\r")
	p.Holds("open", "!$('.panel').hidden")
	p.Type("\x1b")
	p.Holds("nothing unread", "$('.panel').hidden && $('.badge').hidden")

	// On a telephone the chat covers the page and keeps the focus.
	p.Narrow(390, 780)
	p.JS("open", "$('.opener').click()", nil)
	p.Holds("covers the page", "(() => { const r = $('.panel').getBoundingClientRect(); return r.left === 0 && r.top === 0 && r.width === 390 && Math.abs(r.height - 780) < 2 && $('.panel').getAttribute('aria-modal') === 'true'; })()")
	p.JS("write", "$('.field-t textarea').focus()", nil)
	for range 30 {
		p.Type("\t")
		var inside bool
		p.JS("focus", "document.activeElement === document.querySelector('agentdesk-chat')", &inside)
		if !inside {
			t.Fatal("Tab left the chat while it covers the page")
		}
	}
}

func TestChat_WrongClockAndSleep(t *testing.T) {
	d := openDoor(t)
	p := browser.Start(t, 1000, 720)
	p.Before("{ const real = Date.now; Date.now = () => real() + 86400000; }")
	p.Go(d.URL + key)
	d.set(func(d *door) { d.at = d.now() })
	p.Say("时钟快了一天")
	p.Holds("sent", "$('.out .dots') && !$('.pending')")
	p.JS("menu", "$('.out .dots').click()", nil)
	p.Holds("can be taken back", "[...$$('.menu button')].some((b) => b.textContent === '撤回')")
	p.Type("\x1b")
	var day int
	p.JS("no date between", "$$('.time').length", &day)
	if day != 0 {
		t.Error("a message of now is shown as one of another day")
	}

	// Asleep: nothing runs, the socket dies, messages come, and an hour later it wakes.
	state := func(s page.SetWebLifecycleStateState) {
		p.Run("sleep or wake", chromedp.ActionFunc(func(ctx context.Context) error { return page.SetWebLifecycleState(s).Do(ctx) }))
	}
	state(page.SetWebLifecycleStateStateFrozen)
	d.cut()
	for i := range 5 {
		d.agent(fmt.Sprintf("睡着时的第%d句", i))
	}
	state(page.SetWebLifecycleStateStateActive)
	p.JS("an hour later", "(() => { const real = Date.now; Date.now = () => real() + 3600000; window.dispatchEvent(new Event('pageshow')); })()", nil)
	for i := range 5 {
		p.Sees(fmt.Sprintf("睡着时的第%d句", i))
		if n := p.Count(fmt.Sprintf("睡着时的第%d句", i)); n != 1 {
			t.Errorf("shown %d times", n)
		}
	}
}
