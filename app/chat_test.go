package app

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// item is the newest item that is as wanted, nil for none.
func item(d *view.Desk, ok func(*view.Item) bool) *view.Item {
	if d.Chat == nil || d.Chat.Log == nil {
		return nil
	}
	for i := len(d.Chat.Log.Items) - 1; i >= 0; i-- {
		if it := &d.Chat.Log.Items[i]; ok(it) {
			return it
		}
	}
	return nil
}

func kind(k view.ItemKind) func(*view.Item) bool {
	return func(it *view.Item) bool { return it.Kind == k }
}

func texted(text string) func(*view.Item) bool {
	return func(it *view.Item) bool { return it.Text == text }
}

func TestPick_SearchesAndSends(t *testing.T) {
	f := newFake(t)
	f.with(func(r *restFake) {
		r.goods = []event.Card{{ID: "p1", Title: "修护面霜", Price: 28900, List: 32900, Picture: "/shop/p1"}, {ID: "p2", Title: "精华"}}
		r.orders = []event.Card{{ID: "CY1", Title: "订单", Lines: []string{"面霜 × 1"}, State: "paid", Price: 100}, {ID: "CY2", Title: "订单", Lines: []string{"精华"}}}
		r.coupons = []event.Card{{ID: "k1", Title: "满 300 减 40", Price: 4000, Min: 30000}}
		r.files["/shop/p1"] = picture(t, 60, 60)
	})
	a, _ := held(t, f, t.TempDir())
	d := until(t, a, "tools", func(d *view.Desk) bool { return len(d.Chat.Composer.Tools) > 0 })
	if got := fmt.Sprint(d.Chat.Composer.Tools, d.Chat.Composer.CanAsk); got != "[emoji image file product coupon order] [return address]" {
		t.Errorf("tools %s", got)
	}
	a.UseTool(view.ToolProduct)
	until(t, a, "all products, with a picture", func(d *view.Desk) bool {
		p := d.Chat.Composer.Picker
		return p != nil && !p.Busy && len(p.Items) == 2 && p.Items[0].Picture != nil && p.Items[0].ListFen == 32900
	})
	a.Pick("product", "精")
	until(t, a, "one product", func(d *view.Desk) bool {
		p := d.Chat.Composer.Picker
		return p != nil && !p.Busy && len(p.Items) == 1 && p.Items[0].ID == "p2"
	})
	a.Pick("order", "精华")
	until(t, a, "the order with it", func(d *view.Desk) bool {
		p := d.Chat.Composer.Picker
		return p != nil && p.Kind == "order" && !p.Busy && len(p.Items) == 1 && p.Items[0].ID == "CY2"
	})
	a.Pick("coupon", "")
	until(t, a, "coupons", func(d *view.Desk) bool {
		p := d.Chat.Composer.Picker
		return p != nil && p.Kind == "coupon" && len(p.Items) == 1 && p.Items[0].MinFen == 30000
	})
	a.SendPicked("coupon", "k1")
	until(t, a, "the coupon delivered", func(d *view.Desk) bool {
		it := item(d, kind(view.KindCoupon))
		return it != nil && it.Send == view.Delivered && it.Card.ID == "k1" && d.Chat.Composer.Picker == nil
	})
	if f.didAsk("GET /api/desk/orders") != 1 {
		t.Error("orders were asked for more than once")
	}
	a.Pick("product", "没有的")
	until(t, a, "nothing found", func(d *view.Desk) bool {
		p := d.Chat.Composer.Picker
		return p != nil && !p.Busy && len(p.Items) == 0 && p.Err == nil
	})
	a.Pick("", "")
	until(t, a, "closed", func(d *view.Desk) bool { return d.Chat.Composer.Picker == nil })
	f.drop(true)
	until(t, a, "offline", func(d *view.Desk) bool { return d.Link.State != view.Online })
	a.Pick("coupon", "")
	until(t, a, "the reason", func(d *view.Desk) bool {
		p := d.Chat.Composer.Picker
		return p != nil && p.Err != nil && p.Err.Code == "unreachable"
	})
}

func TestForm_AskedThenFilledIn(t *testing.T) {
	f := newFake(t)
	a, _ := held(t, f, t.TempDir())
	a.AskForm("nonsense", "")
	a.AskForm(event.FormReturn, "CY1")
	until(t, a, "the form", func(d *view.Desk) bool {
		it := item(d, kind(view.KindForm))
		return it != nil && it.Send == view.Delivered && it.Form.Kind == "return" && it.Form.Order == "CY1" && !it.Form.Filled
	})
	asked, _, _ := f.lastMessage(event.FormAsked)
	f.customerPosts("", "c1", "林小满", conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.FormFilled, Form: event.FormReturn, ReplyTo: asked.ID},
		Fields: map[string]string{"reason": "broken", "order": "CY1", "detail": "碎了"}})
	d := until(t, a, "the answer", func(d *view.Desk) bool {
		return item(d, kind(view.KindFilled)) != nil && item(d, kind(view.KindForm)).Form.Filled
	})
	got := fmt.Sprint(item(d, kind(view.KindFilled)).Form.Fields)
	if got != "[{order CY1} {reason broken} {detail 碎了}]" || f.posted(event.FormAsked) != 1 {
		t.Errorf("fields %s, %d forms", got, f.posted(event.FormAsked))
	}
}

func TestQuote_GoesWithTheNextMessageOnly(t *testing.T) {
	f := newFake(t)
	a, _ := held(t, f, t.TempDir())
	first, _, _ := f.lastMessage(event.Text)
	a.Quote(first.ID)
	until(t, a, "the quote", func(d *view.Desk) bool {
		q := d.Chat.Composer.Quote
		return q != nil && q.Text == "你好，要人工" && q.Name == "林小满" && q.Kind == view.KindText
	})
	a.Send("在的")
	a.Send("请说")
	d := until(t, a, "both delivered", func(d *view.Desk) bool {
		return hasText(d, "在的", view.Delivered) && hasText(d, "请说", view.Delivered)
	})
	if q := item(d, texted("在的")).Quote; q == nil || q.ID != first.ID || item(d, texted("请说")).Quote != nil || d.Chat.Composer.Quote != nil {
		t.Errorf("quotes %+v %+v", q, item(d, texted("请说")).Quote)
	}
	f.must(conversation.Command{Kind: conversation.Recall, Actor: event.Actor{Kind: event.Customer, ID: "c1"}, Payload: conversation.RecallArgs{Message: first.ID}})
	until(t, a, "the quoted one recalled", func(d *view.Desk) bool {
		q, it := item(d, texted("在的")).Quote, item(d, func(it *view.Item) bool { return it.ID == first.ID })
		return it.Recalled && it.Text == "" && it.Name == "林小满" && q.Recalled && q.Text == ""
	})
	a.Quote(first.ID)
	a.Send("不能引用撤回的")
	d = until(t, a, "delivered", func(d *view.Desk) bool { return hasText(d, "不能引用撤回的", view.Delivered) })
	if item(d, texted("不能引用撤回的")).Quote != nil {
		t.Error("a recalled message was quoted")
	}
	f.customerPosts("", "c1", "林小满", conversation.PostArgs{Text: "说过的", PostedBody: event.PostedBody{Kind: event.Text, ReplyTo: newID()}})
	d = until(t, a, "a quote of one from before", func(d *view.Desk) bool { return hasText(d, "说过的", "") })
	if q := item(d, texted("说过的")).Quote; q == nil || q.Kind != "" || q.Text != "" {
		t.Errorf("quote %+v", q)
	}
}

func TestUnsend_TakesAMessageBack(t *testing.T) {
	f, dir := newFake(t), t.TempDir()
	a, stop := held(t, f, dir)
	a.Send("说错了的话")
	d := until(t, a, "delivered", func(d *view.Desk) bool { return hasText(d, "说错了的话", view.Delivered) })
	it := item(d, texted("说错了的话"))
	if left := time.Until(it.Unsend); left < time.Minute || left > 2*time.Minute+time.Second {
		t.Errorf("may be taken back for %v", left)
	}
	if c := item(d, texted("你好，要人工")); !c.Unsend.IsZero() {
		t.Error("a customer's message is not this person's to take back")
	}
	a.Unsend(it.ID)
	until(t, a, "taken back", func(d *view.Desk) bool {
		got := item(d, func(x *view.Item) bool { return x.ID == it.ID })
		return got.Recalled && got.Text == "" && got.Mine && got.Unsend.IsZero() && toasted(d, "recalled")
	})
	a.Search("说错了")
	until(t, a, "not found any more", func(d *view.Desk) bool { return d.Search != nil && !d.Search.Busy && len(d.Search.Results) == 0 })
	f.refuse[conversation.Recall] = &conversation.Refusal{Code: conversation.TooLate, Text: "late"}
	a.Send("留着的")
	d = until(t, a, "delivered", func(d *view.Desk) bool { return hasText(d, "留着的", view.Delivered) })
	a.Unsend(item(d, texted("留着的")).ID)
	until(t, a, "the reason", func(d *view.Desk) bool {
		return toasted(d, "refused.too_late") && hasText(d, "留着的", view.Delivered)
	})
	stop()
	a, _ = start(t, Params{Dir: dir})
	a.Select(f.conv())
	until(t, a, "still taken back after a restart", func(d *view.Desk) bool {
		got := item(d, func(x *view.Item) bool { return x.ID == it.ID })
		return got != nil && got.Recalled
	})
}

func TestFetch_ThumbnailsByThemselvesTheRestWhenAsked(t *testing.T) {
	f := newFake(t)
	big := picture(t, 1500, 1000)
	wav := append([]byte("RIFF\x24\x00\x00\x00WAVEfmt "), make([]byte, 400)...)
	hashes := map[string]string{"pic": strings.Repeat("a", 64), "voice": strings.Repeat("b", 64), "lost": strings.Repeat("c", 64), "broken": strings.Repeat("d", 64)}
	f.with(func(r *restFake) {
		r.files[hashes["pic"]], r.files[hashes["voice"]], r.files[hashes["broken"]] = big, wav, bomb()
	})
	a, _ := held(t, f, t.TempDir())
	post := func(k event.MessageKind, hash, mime string) {
		f.customerPosts("", "c1", "林小满", conversation.PostArgs{PostedBody: event.PostedBody{Kind: k,
			Attachments: []event.Attachment{{Hash: hash, Mime: mime, Size: 9, W: 1500, H: 1000, Secs: 3, Wave: make([]byte, 64)}}}})
	}
	post(event.Image, hashes["pic"], "image/png")
	d := until(t, a, "a thumbnail", func(d *view.Desk) bool {
		it := item(d, kind(view.KindImage))
		return it != nil && it.Picture.Data != nil
	})
	it := item(d, kind(view.KindImage))
	if _, w, h, code := sniff(it.Picture.Data); code != "" || w != thumbWidth || h != 320 || it.Picture.Full != nil || it.Picture.W != 1500 {
		t.Errorf("thumbnail %d × %d %s of %d × %d", w, h, code, it.Picture.W, it.Picture.H)
	}
	if f.didAsk("GET /files/"+hashes["pic"]+"?w=480") != 1 {
		t.Error("the thumbnail was not asked for at its size")
	}
	a.Fetch(it.ID)
	until(t, a, "the whole picture", func(d *view.Desk) bool { return len(item(d, kind(view.KindImage)).Picture.Full) == len(big) })
	post(event.Voice, hashes["voice"], "audio/wav")
	d = until(t, a, "a voice note", func(d *view.Desk) bool { return item(d, kind(view.KindVoice)) != nil })
	it = item(d, kind(view.KindVoice))
	if it.Sound != nil || it.Seconds != 3 || len(it.Wave) != 40 || f.didAsk("GET /files/"+hashes["voice"]) != 0 {
		t.Errorf("voice %+v", it)
	}
	a.Fetch(it.ID)
	until(t, a, "its sound", func(d *view.Desk) bool { return len(item(d, kind(view.KindVoice)).Sound) == len(wav) })
	post(event.Voice, hashes["lost"], "audio/wav")
	d = until(t, a, "another", func(d *view.Desk) bool { it := item(d, kind(view.KindVoice)); return it != nil && it.Sound == nil })
	a.Fetch(item(d, kind(view.KindVoice)).ID)
	until(t, a, "what it lacks", func(d *view.Desk) bool { return item(d, kind(view.KindVoice)).Lacking == "gone" })
	post(event.Image, hashes["broken"], "image/png")
	d = until(t, a, "a picture that is none", func(d *view.Desk) bool { it := item(d, kind(view.KindImage)); return it.Picture.Full == nil })
	a.Fetch(item(d, kind(view.KindImage)).ID)
	until(t, a, "the reason", func(d *view.Desk) bool { return item(d, kind(view.KindImage)).Lacking == "bad_picture" })
}

func TestMedia_StaysWithinItsBound(t *testing.T) {
	c := newMedia()
	for i := range 100 {
		c.put(fmt.Sprint(i), make([]byte, 1<<20))
		c.data("0") // shown all the time
	}
	if c.used > mediaBound || c.used < mediaBound-1<<20 || c.data("0") == nil || c.data("99") == nil || c.data("50") != nil {
		t.Errorf("%d bytes, oldest %v", c.used, c.data("0") != nil)
	}
	if gone := c.put("huge", make([]byte, mediaBound+1)); len(gone) == 0 || c.data("huge") == nil || len(c.by) != 1 {
		t.Errorf("after a huge one %d are left", len(c.by))
	}
}

func TestFind_LoadsUntilTheHitIsInTheLog(t *testing.T) {
	f := newFake(t)
	f.customerSays("暗号在最前面")
	for i := range 2 * pageEvents {
		f.customerSays(fmt.Sprint("闲聊 ", i))
	}
	f.customerSays("暗号又说一次")
	f.escalate()
	a, _ := start(t, Params{Dir: t.TempDir(), Server: f.http.URL, User: "xiaoning", Password: "right"})
	until(t, a, "a waiting row", func(d *view.Desk) bool {
		return d.Queue != nil && len(d.Queue.Waiting) == 1 && d.Link.State == view.Online
	})
	a.Select(f.conv())
	until(t, a, "the end of the chat", func(d *view.Desk) bool {
		return hasText(d, "暗号又说一次", "") && d.Chat.Log.Older && !hasText(d, "暗号在最前面", "")
	})
	a.Find("暗号")
	d := until(t, a, "two hits, the newest shown", func(d *view.Desk) bool { return d.Chat.Find != nil && !d.Chat.Find.Busy && len(d.Chat.Find.Hits) == 2 })
	if d.Chat.Find.At != 1 {
		t.Errorf("at %d", d.Chat.Find.At)
	}
	a.FindStep(-1)
	d = until(t, a, "the first one loaded", func(d *view.Desk) bool { return d.Chat.Find.At == 0 && hasText(d, "暗号在最前面", "") })
	if item(d, texted("暗号在最前面")).ID != d.Chat.Find.Hits[0] {
		t.Error("the hit is another item")
	}
	a.FindStep(-1)
	until(t, a, "round to the newest", func(d *view.Desk) bool { return d.Chat.Find.At == 1 })
	a.Find("没有的词")
	until(t, a, "no hits", func(d *view.Desk) bool {
		return d.Chat.Find != nil && !d.Chat.Find.Busy && len(d.Chat.Find.Hits) == 0 && d.Chat.Find.At == -1
	})
	a.FindStep(1)
	a.Find("")
	until(t, a, "the end", func(d *view.Desk) bool { return d.Chat.Find == nil })
}

func TestLoadOlder_ByPages(t *testing.T) {
	f := newFake(t)
	for i := range pageEvents + 50 {
		f.customerSays(fmt.Sprint("句", i))
	}
	f.escalate()
	a, _ := start(t, Params{Dir: t.TempDir(), Server: f.http.URL, User: "xiaoning", Password: "right"})
	until(t, a, "a waiting row", func(d *view.Desk) bool { return d.Queue != nil && len(d.Queue.Waiting) == 1 })
	a.Select(f.conv())
	until(t, a, "a page", func(d *view.Desk) bool { return d.Chat != nil && d.Chat.Log.Older && !hasText(d, "句0", "") })
	a.LoadOlder()
	until(t, a, "all", func(d *view.Desk) bool { return !d.Chat.Log.Older && hasText(d, "句0", "") })
}

func TestSearch_FindsOfflineInAllThatIsKept(t *testing.T) {
	f, dir := newFake(t), t.TempDir()
	a, stop := held(t, f, dir)
	f.customerPosts(newID(), "c2", "顾明月", conversation.PostArgs{Text: "琥珀面霜还有吗", PostedBody: event.PostedBody{Kind: event.Text}})
	other, _, _ := f.lastMessage(event.Text)
	f.must(conversation.Command{Kind: conversation.Escalate, Conv: other.Conv, Actor: event.Actor{Kind: event.System, ID: "router"}, Payload: conversation.EscalateArgs{Reason: "human_request"}})
	until(t, a, "the other chat", func(d *view.Desk) bool { return len(d.Queue.Waiting) == 1 })
	stop()
	f.drop(true)
	a, _ = start(t, Params{Dir: dir})
	for q, conv := range map[string]string{"琥珀面霜": other.Conv, "明月": other.Conv, "人工": f.conv()} {
		a.Search(q)
		d := until(t, a, q, func(d *view.Desk) bool { return d.Search != nil && d.Search.Query == q && !d.Search.Busy })
		if len(d.Search.Results) != 1 || d.Search.Results[0].Conversation != conv {
			t.Errorf("%q found %+v", q, d.Search.Results)
		}
	}
	a.Search("")
	until(t, a, "the end", func(d *view.Desk) bool { return d.Search == nil })
}
