package web_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	_ "image/jpeg" // to look at what was sent
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
	if n := len(d.commands("post")); n != 9 {
		t.Errorf("%d posts for nine messages: two tabs sent the same", n)
	}
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

// drop drops a picture on the chat.
func drop(p *browser.Page, data []byte) {
	p.JS("drop a picture", `(() => { const dt = new DataTransfer(); dt.items.add(new File([Uint8Array.from(atob("`+base64.StdEncoding.EncodeToString(data)+`"), (c) => c.charCodeAt(0))], "a.jpg", {type: "image/jpeg"})); $('.panel').dispatchEvent(new DragEvent('drop', {dataTransfer: dt, bubbles: true, cancelable: true})); })()`, nil)
}

func TestChat_PicturesAreMadeSmallerAndLoseWhereTheyWereTaken(t *testing.T) {
	d := openDoor(t)
	p := browser.Open(t, d.URL+key)
	big := photo(t, 3200, 1600)
	where := []byte("Exif\x00\x00MM\x00\x2a GPS 39.9042N 116.4074E")
	big = slices.Concat(big[:2], []byte{0xff, 0xe1, byte((len(where) + 2) >> 8), byte(len(where) + 2)}, where, big[2:])
	gate := make(chan struct{})
	d.set(func(d *door) { d.slow = gate })
	drop(p, big)
	p.Click(".sheet .go")
	p.Holds("progress", "$('.pending progress')")
	close(gate)
	p.Holds("sent", "$('.out .pic img') && !$('.pending')")
	var body event.PostedBody
	if err := json.Unmarshal(d.commands("post")[0].Payload, &body); err != nil || len(body.Attachments) != 1 {
		t.Fatalf("%+v, %v", body, err)
	}
	data, _ := d.files.Load(body.Attachments[0].Hash)
	sent, ok := data.([]byte)
	if !ok || bytes.Contains(sent, []byte("GPS")) || bytes.Contains(sent, []byte("Exif")) {
		t.Error("the picture was sent with where it was taken, or not at all")
	}
	if conf, _, err := image.DecodeConfig(bytes.NewReader(sent)); err != nil || conf.Width != 2560 || conf.Height != 1280 {
		t.Errorf("sent as %+v, %v", conf, err)
	}
	p.Reload()
	p.Holds("fetched with the token", "$('.out .pic img')")
	p.Click(".out .pic")
	p.Holds("large", "$('.light img')")
	p.Press("\x1b")
	p.Holds("back", "!$('.light') && $('.panel') && !$('.panel').hidden")

	// What is no picture is told before it goes anywhere.
	p.JS("drop something else", `(() => { const dt = new DataTransfer(); dt.items.add(new File(["not a picture"], "a.png", {type: "image/png"})); $('.panel').dispatchEvent(new DragEvent('drop', {dataTransfer: dt, bubbles: true, cancelable: true})); })()`, nil)
	p.Holds("told", "$('.toast').textContent === '这个文件不是图片'")
}

func TestChat_VoiceIsRecordedSentAndPlayed(t *testing.T) {
	d := openDoor(t)
	p := browser.Start(t, 1000, 720, chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag(device, true), chromedp.Flag("autoplay-policy", "no-user-gesture-required"))
	wrong := p.Errors()
	p.Go(d.URL + key)
	p.Click(".tool[aria-label='发送语音']")
	p.Holds("two seconds", "$('.rec-time').textContent === '0:02'")
	p.Click(".rec .send")
	p.Holds("sent", "$('.out .voice') && !$('.pending')")
	var body event.PostedBody
	if err := json.Unmarshal(d.commands("post")[0].Payload, &body); err != nil || len(body.Attachments) != 1 {
		t.Fatalf("%+v, %v", body, err)
	}
	a := body.Attachments[0]
	data, _ := d.files.Load(a.Hash)
	w, _ := data.([]byte)
	if body.Kind != event.Voice || a.Secs < 2 || a.Secs > 4 || len(a.Wave) == 0 || len(a.Wave) > 64 {
		t.Errorf("posted %+v", body)
	}
	if len(w) < 44 || string(w[:4]) != "RIFF" || w[22] != 1 || int(w[24])|int(w[25])<<8 != 16000 || w[34] != 16 || (len(w)-44)/32000 < 1 {
		t.Errorf("not a WAV of 16 kHz, mono, 16 bit: %d bytes", len(w))
	}
	p.Click(".out .voice")
	p.Holds("playing", "$('.voice').getAttribute('aria-label') === '暂停'")
	p.Holds("played", "$('.voice').getAttribute('aria-label') !== '暂停'")
	p.Click(".tool[aria-label='发送语音']")
	p.Holds("recording again", "!$('.rec').hidden")
	p.Click(".rec-x")
	p.Holds("cancelled", "$('.rec').hidden && !$('.row').hidden")
	if n := len(d.commands("post")); n != 1 {
		t.Errorf("%d messages: the cancelled note was sent", n)
	}
	for _, e := range wrong() {
		t.Errorf("browser: %s", e)
	}
}

func TestChat_RecallQuoteCardsAndForms(t *testing.T) {
	d := openDoor(t)
	p := browser.Open(t, d.URL+key)
	p.Say("说错了的话")
	p.Holds("sent", "$('.out .dots') && !$('.pending')")
	p.JS("menu", "$('.out .dots').click()", nil)
	p.JS("take back", "[...$$('.menu button')].find((b) => b.textContent === '撤回').click()", nil)
	p.Sees("您撤回了一条消息")
	if n := p.Count("说错了的话"); n != 0 {
		t.Errorf("what was taken back is shown %d times", n)
	}
	p.JS("again", "$('.sys .link').click()", nil)
	p.Until("the text to edit", browser.Field+".value === '说错了的话'")
	p.JS("clear", "$('.field-t textarea').value = ''", nil)

	id := d.agent("您看这款合适吗")
	p.Sees("您看这款合适吗")
	p.JS("menu", "$('.in .dots').click()", nil)
	p.JS("quote", "[...$$('.menu button')].find((b) => b.textContent === '引用').click()", nil)
	p.Say("就要它")
	p.Holds("quoted", "$('.out .quote') && !$('.pending')")
	last := d.commands("post")
	var body event.PostedBody
	if err := json.Unmarshal(last[len(last)-1].Payload, &body); err != nil || body.ReplyTo != id {
		t.Errorf("quotes %q, not %q (%v)", body.ReplyTo, id, err)
	}

	d.tell(event.Posted, event.Agent, event.PostedBody{Kind: event.ProductCard, Ref: "p-soothe-cream-50g"}, event.PostedPrivate{Card: &event.Card{ID: "p-soothe-cream-50g", Title: "积雪草舒缓面霜", Variant: "50g", Price: 23900, Stock: 5, Picture: "/pictures/jar-green.svg"}})
	p.JS("wait", "0", nil)
	p.Holds("the card", "$('.goods button.act')")
	before, err := d.shop.Cart(t.Context(), "c-linxiaolu")
	if err != nil {
		t.Fatal(err)
	}
	p.Click(".goods button.act")
	p.Holds("in the cart", "$('.toast').textContent === '已加入购物车' && $('.goods a.act[href$=\"/cart\"]')")
	after, err := d.shop.Cart(t.Context(), "c-linxiaolu")
	if err != nil || len(after.Lines) != len(before.Lines)+1 {
		t.Errorf("the cart has %d lines, had %d, %v", len(after.Lines), len(before.Lines), err)
	}
	things := 0
	for _, l := range after.Lines {
		things += l.Quantity
	}
	p.Until("the page knows", fmt.Sprintf("document.querySelector('[data-cart]').textContent === '%d'", things))

	note := d.notice("hours", map[string]string{"opens": "09:00", "closes": "23:00"})
	p.JS("wait", "0", nil)
	p.Holds("the form", "$('.stack button.act')")
	p.Click(".stack button.act")
	p.Click(".sheet .go")
	p.Holds("what is missing", "$$('.wrong').filter((w) => w.textContent).length === 2 && $('#f-contact').getAttribute('aria-invalid') === 'true'")
	p.Run("fill in", chromedp.SendKeys(browser.Chat+".querySelector('#f-contact')", "15400001234", chromedp.ByJSPath), chromedp.SendKeys(browser.Chat+".querySelector('#f-text')", "明天请回电话", chromedp.ByJSPath))
	p.Click(".sheet .go")
	p.Holds("left", "$('.filled') && $('.stack .done') && !$('.pending')")
	last = d.commands("post")
	var filled struct {
		Kind, Form, Re string
		Fields         map[string]string
	}
	if err := json.Unmarshal(last[len(last)-1].Payload, &filled); err != nil || filled.Kind != "filled" || filled.Form != "leave" || filled.Re != note || filled.Fields["text"] != "明天请回电话" {
		t.Errorf("filled %+v, %v", filled, err)
	}
}

func TestChat_KeyboardAlone(t *testing.T) {
	d := openDoor(t)
	p := browser.Start(t, 1000, 720)
	p.Go(d.URL + "/?as=c-linxiaolu")
	p.JS("to the button", "$('.opener').focus()", nil)
	p.Press("\r")
	p.Holds("open, and one can write", "!$('.panel').hidden && R.activeElement === $('.field-t textarea')")
	p.Press("第一行")
	p.Run("a new line", chromedp.ActionFunc(func(ctx context.Context) error {
		return chromedp.KeyEvent("\r", chromedp.KeyModifiers(8)).Do(ctx) // Shift
	}))
	p.Press("第二行\r")
	p.Holds("sent in two lines", "$('.out .txt') && $('.out .txt').textContent === '第一行\\n第二行'")
	// The Enter that takes a word from an input method does not send.
	p.Press("ni")
	p.JS("compose", "$('.field-t textarea').dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))", nil)
	p.JS("compose as Safari does", "$('.field-t textarea').dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', keyCode: 229, bubbles: true, cancelable: true}))", nil)
	p.Until("nothing was sent", browser.Field+".value === 'ni'")
	p.Press("\x1b")
	p.Holds("put away, the button has the focus", "$('.panel').hidden && R.activeElement === $('.opener')")
	d.bot("您好")
	d.agent("在的")
	p.Holds("unread", "$('.badge').textContent === '2' && $('.opener').getAttribute('aria-label').includes('2 条未读')")
	p.Press("\r")
	p.Holds("open", "!$('.panel').hidden")
	p.Press("\x1b")
	p.Holds("nothing unread", "$('.panel').hidden && $('.badge').hidden")

	// On a telephone the chat covers the page and keeps the focus.
	p.Narrow(390, 780)
	p.JS("open", "$('.opener').click()", nil)
	p.Holds("covers the page", "(() => { const r = $('.panel').getBoundingClientRect(); return r.left === 0 && r.top === 0 && r.width === 390 && Math.abs(r.height - 780) < 2 && $('.panel').getAttribute('aria-modal') === 'true'; })()")
	p.JS("write", "$('.field-t textarea').focus()", nil)
	for range 30 {
		p.Press("\t")
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
	p.Press("\x1b")
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

func TestChat_StandsWhateverIsWritten(t *testing.T) {
	d := openDoor(t)
	zalgo := "H" + strings.Repeat("\u0301\u0323\u035b", 40) + "e" + strings.Repeat("\u0340\u0356", 60) + "y"
	name := strings.Repeat("长名字", 20)
	p := browser.Open(t, d.URL+key)
	d.taken(name, "nobody", 3)
	for _, x := range []string{"שלום, איך אפשר לעזור? ABC 123", zalgo, strings.Repeat("😀", 2000), strings.Repeat("长文", 10923), strings.Repeat("W", 3000), "<img src=x onerror=alert(1)>"} {
		d.agent(x)
	}
	p.Run("write much", chromedp.SetValue(browser.Field, strings.Repeat("字", 21845), chromedp.ByJSPath))
	p.JS("send", "($('.field-t textarea').dispatchEvent(new Event('input')), $('.row .send').click())", nil)
	p.Holds("all of it", "$$('.in .b').length >= 6 && $$('.out .txt').length === 1 && !$('.pending')")
	p.Shot("chat-whatever", false)
	var wide []string
	p.JS("overflow", "[$('.log').scrollWidth > $('.log').clientWidth + 1 ? 'log' : '', ...$$('.b, .who').filter((n) => n.getBoundingClientRect().right > $('.panel').getBoundingClientRect().right).map((n) => n.className)].filter(Boolean)", &wide)
	if len(wide) > 0 {
		t.Errorf("wider than the chat: %q", wide)
	}
	var tall float64
	p.JS("height", "Math.max(...$$('.b').map((n) => n.getBoundingClientRect().height))", &tall)
	if tall > 400 {
		t.Errorf("a bubble is %.0f px tall", tall)
	}
	var images int
	p.JS("no markup", "$$('.txt img').length", &images)
	if images != 0 {
		t.Error("a message's markup became part of the page")
	}
	p.Run("write too much", chromedp.SetValue(browser.Field, strings.Repeat("字", 21846), chromedp.ByJSPath))
	p.JS("send", "($('.field-t textarea').dispatchEvent(new Event('input')), $('.row .send').click())", nil)
	p.Holds("told", "$('.toast').textContent.includes('太长')")
	p.Until("and kept", browser.Field+".value.length === 21846")
}
