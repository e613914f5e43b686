package web_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"agentdesk/sync/event"
	"agentdesk/tools/e2e/browser"
)

// photo is a picture that nobody took.
func photo(t testing.TB, w, h int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.RGBA{uint8(200 + 40*x/w), uint8(150 + 60*y/h), uint8(140 + 20*x/w), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sound is a second of silence as the chat records it.
func sound(secs int) []byte {
	n := 16000 * 2 * secs
	head := []byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\x3e\x00\x00\x00\x7d\x00\x00\x02\x00\x10\x00data\x00\x00\x00\x00")
	for i := range 4 {
		head[4+i], head[40+i] = byte((36+n)>>(8*i)), byte(n>>(8*i))
	}
	return append(head, make([]byte, n)...)
}

// designed is the conversation that the chat was drawn with.
func designed(d *door) {
	d.bot("抱歉让您不舒服了。请先停用精华，我同时为您请真人顾问。")
	d.taken("晓宁", "xiaoning", 9)
	face, err := os.ReadFile("../../../ui/fixture/photo.png") // the sample desk's, drawn for it
	if err != nil {
		d.t.Fatal(err)
	}
	d.set(func(d *door) {
		d.add(event.Posted, event.Actor{Kind: event.Customer}, event.PostedBody{Kind: event.Image, Attachments: []event.Attachment{{Hash: d.store(face), Mime: "image/png", W: 112, H: 66}}}, nil, "01A")
	})
	d.agent("小鹿您好，照片我仔细看了。先别着急，目前没有看到水疱，及时停用通常一两天会缓下来。")
	d.agent("过敏无忧退\n签收 30 天内，凭肤况照片可退，运费由我们承担\n申请无忧退", func(b *event.PostedBody) {
		b.Kind, b.Form, b.Quick = event.FormAsked, event.FormReturn, []string{"查看退货进度", "敏感期护理步骤", "预约回访"}
	})
}

func TestChat_LooksAsDesigned(t *testing.T) {
	d := openDoor(t)
	designed(d)
	p := browser.Open(t, d.URL+"/p/p-ceramide-cream?as=c-linxiaolu")
	p.Sees("申请无忧退")
	d.set(func(d *door) {
		d.add(event.Posted, event.Actor{Kind: event.Customer}, event.PostedBody{Kind: event.Text}, event.PostedPrivate{Text: "好的，那这几天用什么比较稳妥？"}, "01F")
	})
	d.typing(event.Agent, true)
	p.Sees("晓宁正在输入")
	p.Shot("designed", false)
}

// rich is a conversation with one of everything.
func rich(d *door) {
	d.bot("您好，神经酰胺面霜现在券后 ¥289。", func(b *event.PostedBody) {
		b.Sources = []event.Source{{ID: "p-ceramide-cream", Kind: "product", Title: "神经酰胺屏障修护面霜", Section: "价格"}, {ID: "policy-price", Kind: "policy", Title: "价格保护", Section: "1.1"}}
	})
	d.set(func(d *door) {
		d.add(event.Posted, event.Actor{Kind: event.Customer}, event.PostedBody{Kind: event.Text}, event.PostedPrivate{Text: "帮我看看这个订单"}, "01B")
		d.add(event.Posted, event.Actor{Kind: event.Customer}, event.PostedBody{Kind: event.OrderCard, Ref: "CY8800008842"}, event.PostedPrivate{Card: &event.Card{ID: "CY8800008842", Title: "神经酰胺屏障修护面霜 等 2 件", Price: 58700, State: "已签收", Lines: []string{"神经酰胺屏障修护面霜 50g × 1", "修护精华 30ml × 1"}, At: d.at, Picture: "/pictures/jar.svg"}}, "01C")
	})
	d.taken("晓宁", "xiaoning", 9)
	q := d.agent("小鹿您好，订单我看到了。")
	card := func(kind event.MessageKind, ref string, c event.Card) {
		d.tell(event.Posted, event.Agent, event.PostedBody{Kind: kind, Ref: ref}, event.PostedPrivate{Card: &c})
	}
	card(event.ProductCard, "p-soothe-cream-50g", event.Card{ID: "p-soothe-cream", Title: "积雪草舒缓面霜", Variant: "50g", Price: 21900, List: 23900, Stock: 9, Picture: "/pictures/jar-green.svg"})
	card(event.CouponCard, "voucher-x", event.Card{ID: "voucher-x", Title: "顾问专享券", Price: 3000, Min: 20000, Until: d.now() + 86400000*6})
	d.tell(event.Posted, event.Agent, event.PostedBody{Kind: event.Voice, Attachments: []event.Attachment{{Hash: d.store(sound(2)), Mime: "audio/wav", Secs: 7, Wave: []byte{20, 90, 140, 200, 60, 30, 120, 180, 90, 40, 150, 210, 80, 30, 20, 60}}}}, nil)
	d.agent("先停用三天，再从隔天一次开始。", func(b *event.PostedBody) { b.ReplyTo = q })
	d.tell(event.Posted, event.Agent, event.PostedBody{Kind: event.FormAsked, Form: event.FormAddress, Ref: "CY8800008842"}, nil)
	gone := d.agent("这一条会撤回")
	d.tell(event.Recalled, event.Agent, event.RecalledBody{Message: gone}, nil)
	d.set(func(d *door) {
		d.add(event.Posted, event.Actor{Kind: event.Customer}, event.PostedBody{Kind: event.Voice, Attachments: []event.Attachment{{Hash: d.store(sound(3)), Mime: "audio/wav", Secs: 3, Wave: []byte{20, 190, 140, 20}}}}, nil, "01D")
		d.add(event.Posted, event.Actor{Kind: event.Customer}, event.PostedBody{Kind: event.FormFilled, Form: event.FormAddress}, event.PostedPrivate{Fields: map[string]string{"order": "CY8800008842", "name": "林小鹿", "phone": "15400001234", "region": "北京海淀", "street": "示例路 86 号"}}, "01E")
	})
}

// TestChat_States draws every state of the chat and lets axe look at it, in both languages, wide and narrow.
func TestChat_States(t *testing.T) {
	d := openDoor(t)
	p := browser.Start(t, 1000, 720, chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-fake-device-for-media-stream", true))
	wrong := p.Errors()
	look := func(name string) {
		t.Helper()
		p.Shot("chat-"+name, false)
		p.Axe("chat " + name)
	}
	for _, lang := range []string{"zh", "en"} {
		for _, wide := range []bool{true, false} {
			if wide != (lang == "zh") && !browser.Shots() {
				continue // each language at one width will do, unless somebody wants to look
			}
			tail := "-" + lang
			if !wide {
				tail += "-390"
				p.Narrow(390, 780)
			} else {
				p.Wide(1000, 720)
			}
			d.set(func(d *door) { d.events, d.conv, d.seq, d.blank = nil, "", 0, true })
			p.Run("open", chromedp.Navigate(d.URL+"/p/p-ceramide-cream?as=c-linxiaolu&lang="+lang))
			if !wide {
				p.Holds("the button", "$('.opener')")
				look("closed" + tail)
				p.Click(".opener")
			}
			p.Holds("the greeting", "$('.privacy') && $('.row')")
			look("first" + tail)
			rich(d)
			p.Holds("all of it", "$$('.card').length >= 4 && $$('.voice').length === 2 && $('.filled')")
			d.typing(event.Agent, true)
			p.Holds("typing", "$('.typing')")
			look("rich-end" + tail)
			p.JS("go up", "$('.log').scrollTop = 0", nil)
			look("rich-top" + tail)
			p.JS("go down", "$('.log').scrollTop = 1e6", nil)
			p.Click(".plus")
			look("drawer" + tail)
			p.JS("emoji", "[...$$('.act-b')].find((b) => /表情|Emoji/.test(b.textContent)).click()", nil)
			look("emoji" + tail)
			p.Click(".plus")
			p.JS("the form", "[...$$('.card button.act')].find((b) => /填写|Fill/.test(b.textContent)).click()", nil)
			p.Holds("the form", "$('.sheet .form')")
			p.Click(".sheet .go")
			look("form" + tail)
			p.Click(".sheet .x")
			p.Click(".plus")
			p.Click(".act-b")
			p.Holds("orders", "$('.pick')")
			look("orders" + tail)
			p.Click(".sheet .x")
			p.JS("choose a picture", `(() => { const dt = new DataTransfer(); dt.items.add(new File([Uint8Array.from(atob("`+base64.StdEncoding.EncodeToString(photo(t, 300, 200))+`"), (c) => c.charCodeAt(0))], "a.jpg", {type: "image/jpeg"})); $('.panel').dispatchEvent(new DragEvent('drop', {dataTransfer: dt, bubbles: true, cancelable: true})); })()`, nil)
			p.Holds("the preview", "$('.shot img')")
			look("preview" + tail)
			p.Click(".sheet .x")
			p.Click(".tool[aria-label^='发送语音'], .tool[aria-label^='Record']")
			p.Holds("recording", "!$('.rec').hidden")
			look("recording" + tail)
			p.Click(".rec-x")
			p.Holds("the composer again", "!$('.row').hidden")
			p.JS("the menu", "$$('.dots').pop().click()", nil)
			p.Holds("the menu", "$('.menu')")
			look("menu" + tail)
			p.Type("\x1b")
			d.notice("hours", map[string]string{"opens": "09:00", "closes": "23:00"})
			p.Holds("out of hours", "$('.stack .card')")
			look("hours" + tail)
			d.set(func(d *door) { d.refuse = "invalid" })
			p.Say("这一条会被拒绝")
			p.Holds("the refusal", "$('.failed')")
			look("failed" + tail)
			d.set(func(d *door) { d.refuse = "" })
			p.JS("remove it", "$$('.failed .link').pop().click()", nil)
			d.set(func(d *door) { d.closed = true })
			d.cut()
			p.Holds("the bar", "!$('.bar').hidden")
			p.Say("断网时写的")
			p.Holds("waiting", "$('.pending')")
			look("lost" + tail)
			d.set(func(d *door) { d.closed = false })
			p.JS("at once", "$('.bar button') && $('.bar button').click()", nil)
			p.Holds("sent", "$('.bar').hidden && !$('.pending')")
			d.notice("closed", nil)
			d.set(func(d *door) {
				d.add(event.Closed, event.Actor{Kind: event.Agent}, map[string]string{"by": "agent"}, nil, "")
				d.conv = ""
			})
			p.Holds("the question", "$('.rate .star')")
			look("rate" + tail)
			p.JS("two stars", "$$('.rate .star')[1].click()", nil)
			look("rate-why" + tail)
			p.JS("a reason", "$('.rate .chip').click()", nil)
			p.JS("send", "$('.rate .go').click()", nil)
			p.Holds("thanks", "$('.rate .stars[role=img]')")
			look("rated" + tail)
		}
	}
	if rates := d.commands("rate"); len(rates) < 2 {
		t.Errorf("%d ratings came", len(rates))
	} else {
		var r event.RatedBody
		if err := json.Unmarshal(rates[0].Payload, &r); err != nil || r.Stars != 2 || len(r.Reasons) != 1 {
			t.Errorf("rated %+v, %v", r, err)
		}
	}
	for _, e := range wrong() {
		if !strings.Contains(e, "WebSocket") { // the lost network is part of it
			t.Errorf("browser: %s", e)
		}
	}
}
