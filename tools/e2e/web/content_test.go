package web_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	_ "image/jpeg" // to look at what was sent
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"agentdesk/server/shop"
	"agentdesk/sync/event"
	"agentdesk/tools/e2e/browser"
)

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
	p.Type("\x1b")
	p.Holds("back", "!$('.light') && $('.panel') && !$('.panel').hidden")

	// What is no picture is told before it goes anywhere.
	p.JS("drop something else", `(() => { const dt = new DataTransfer(); dt.items.add(new File(["not a picture"], "a.png", {type: "image/png"})); $('.panel').dispatchEvent(new DragEvent('drop', {dataTransfer: dt, bubbles: true, cancelable: true})); })()`, nil)
	p.Holds("told", "$('.toast').textContent === '这个文件不是图片'")
}

// drop drops a picture on the chat.
func drop(p *browser.Page, data []byte) {
	p.JS("drop a picture", `(() => { const dt = new DataTransfer(); dt.items.add(new File([Uint8Array.from(atob("`+base64.StdEncoding.EncodeToString(data)+`"), (c) => c.charCodeAt(0))], "a.jpg", {type: "image/jpeg"})); $('.panel').dispatchEvent(new DragEvent('drop', {dataTransfer: dt, bubbles: true, cancelable: true})); })()`, nil)
}

func TestChat_VoiceIsRecordedSentAndPlayed(t *testing.T) {
	d := openDoor(t)
	p := browser.Start(t, 1000, 720, chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag(device, true), chromedp.Flag("autoplay-policy", "no-user-gesture-required"))
	wrong := p.Errors()
	p.Go(d.URL + key)
	p.Click(".tool[aria-label='发送语音']")
	p.Holds("two seconds", "$('.rec-time').textContent >= '0:02'")
	p.Click(".rec .send")
	p.Holds("sent", "$('.out .voice') && !$('.pending')")
	var body event.PostedBody
	if err := json.Unmarshal(d.commands("post")[0].Payload, &body); err != nil || len(body.Attachments) != 1 {
		t.Fatalf("%+v, %v", body, err)
	}
	a := body.Attachments[0]
	data, _ := d.files.Load(a.Hash)
	w, _ := data.([]byte)
	if body.Kind != event.Voice || a.Secs < 2 || a.Secs != (len(w)-44+31999)/32000 || len(a.Wave) == 0 || len(a.Wave) > 64 {
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
	d.set(func(d *door) { d.at = d.now() }) // what is said can be taken back for two minutes from here
	p.Say("说错了的话")
	p.Holds("sent", "$('.out .dots') && !$('.pending')")
	p.Click(".out .dots")
	p.ClickWord(".menu button", "撤回")
	p.Sees("您撤回了一条消息")
	if n := p.Count("说错了的话"); n != 0 {
		t.Errorf("what was taken back is shown %d times", n)
	}
	p.Click(".sys .link")
	p.Until("the text to edit", browser.Field+".value === '说错了的话'")
	p.JS("clear", "$('.field-t textarea').value = ''", nil)

	id := d.agent("您看这款合适吗")
	p.Sees("您看这款合适吗")
	p.Click(".in .dots")
	p.ClickWord(".menu button", "引用")
	p.Say("就要它")
	p.Holds("quoted", "$('.out .quote') && !$('.pending')")
	last := d.commands("post")
	var body event.PostedBody
	if err := json.Unmarshal(last[len(last)-1].Payload, &body); err != nil || body.ReplyTo != id {
		t.Errorf("quotes %q, not %q (%v)", body.ReplyTo, id, err)
	}

	d.tell(event.Posted, event.Agent, event.PostedBody{Kind: event.ProductCard, Ref: "p-soothe-cream-50g"}, event.PostedPrivate{Card: &event.Card{ID: "p-soothe-cream-50g", Title: "积雪草舒缓面霜", Variant: "50g", Price: 23900, Stock: 5, Picture: "/pictures/jar-green.svg"}})
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

func TestChat_UploadsThatFailAreTriedAgain(t *testing.T) {
	d := openDoor(t)
	p := browser.Open(t, d.URL+key)
	d.set(func(d *door) { d.uploads = "too_large" })
	// Pasted, this time.
	p.JS("paste", `(() => { const dt = new DataTransfer(); dt.items.add(new File([Uint8Array.from(atob("`+base64.StdEncoding.EncodeToString(photo(t, 30, 20))+`"), (c) => c.charCodeAt(0))], "a.jpg", {type: "image/jpeg"})); $('.field-t textarea').dispatchEvent(new ClipboardEvent('paste', {clipboardData: dt, bubbles: true, cancelable: true})); })()`, nil)
	p.Click(".sheet .go")
	p.Holds("says why", "$('.failed .mark-s') && $('.failed .mark-s').textContent.includes('10 MB')")
	p.Reload()
	p.Holds("still there after a reload", "$('.failed')")
	d.set(func(d *door) { d.uploads = "" })
	p.ClickWord(".failed .link", "重发")
	p.Holds("sent, from what the browser kept", "$('.out .pic img') && !$('.failed') && !$('.pending')")
	if n := len(d.commands("post")); n != 1 {
		t.Errorf("%d messages", n)
	}
}

func TestChat_ChoicesCouponsAndTheOrderPicker(t *testing.T) {
	d := openDoor(t)
	p := browser.Open(t, d.URL+key)
	d.bot("想了解哪方面？", func(b *event.PostedBody) { b.Quick = []string{"退货进度", "护理步骤"} })
	p.Holds("choices", "$$('.quick .chip').length === 2")
	p.Click(".quick .chip")
	p.Holds("said, and gone", "$('.out .txt').textContent === '退货进度' && $('.quick').hidden && !$('.pending')")

	coupons, err := d.shop.CouponsOf(t.Context(), "c-linxiaolu")
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(coupons, func(c shop.OrderCoupon) bool { return c.ClaimedAt.IsZero() })
	if i < 0 {
		t.Fatal("no coupon to claim")
	}
	d.tell(event.Posted, event.Agent, event.PostedBody{Kind: event.CouponCard, Ref: coupons[i].ID}, event.PostedPrivate{Card: &event.Card{ID: coupons[i].ID, Title: coupons[i].Title, Price: coupons[i].OffFen, Min: coupons[i].MinFen, Until: d.now() + 86_400_000}})
	p.Click(".coupon button.act")
	p.Holds("claimed", "$('.coupon .act').textContent === '已领取'")
	coupons, err = d.shop.CouponsOf(t.Context(), "c-linxiaolu")
	if err != nil || coupons[0].ClaimedAt.IsZero() {
		t.Errorf("not claimed: %+v, %v", coupons, err)
	}

	p.Click(".plus")
	p.Click(".act-b")
	p.Click(".pick")
	p.Holds("an order is shown", "$('.sheet') === null && $$('.out').length === 2 && !$('.pending')")
	var body event.PostedBody
	last := d.commands("post")
	if err := json.Unmarshal(last[len(last)-1].Payload, &body); err != nil || body.Kind != event.OrderCard {
		t.Errorf("posted %+v, %v", body, err)
	}
	if o, err := d.shop.Order(t.Context(), body.Ref); err != nil || o.CustomerID != "c-linxiaolu" {
		t.Errorf("order %q of %q, %v", body.Ref, o.CustomerID, err)
	}
	if bytes.Contains(last[len(last)-1].Payload, []byte("show")) {
		t.Error("what the chat shows meanwhile was sent")
	}
}
