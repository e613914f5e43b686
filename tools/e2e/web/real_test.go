package web_test

import (
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"agentdesk/tools/e2e/browser"
	"agentdesk/tools/harness"
)

// TestReal_ConsultCartPay goes the whole way against the real server: a visitor who did not sign in looks around, asks, sends a picture
// and a voice note, buys, shows the order, takes a message back, ends the chat and rates it.
func TestReal_ConsultCartPay(t *testing.T) {
	dir := t.TempDir()
	srv := &harness.Server{Bin: harness.Build(t, dir), Data: filepath.Join(dir, "data"), Dir: dir}
	if err := srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Stop(); err != nil {
			t.Error(err)
		}
	})
	p := browser.Start(t, 1280, 800, chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag(device, true))
	wrong := p.Errors()
	here := func(what, selector, text string) {
		t.Helper()
		p.Until(what, `(() => { const n = document.querySelector("`+selector+`"); return !!n && n.innerText.includes("`+text+`"); })()`)
	}

	p.Go(srv.URL() + "/")
	p.Press(".hero .btn")
	here("the product", "h1", "屏障修护面霜")
	p.Holds("the chat is open there", "!$('.panel').hidden")
	p.Say("屏障修护面霜现在多少钱")
	p.Sees("289")
	p.Holds("cited", "$('.src')")

	drop(p, photo(t, 400, 300))
	p.Click(".sheet .go")
	p.Holds("the picture is there", "$$('.out .pic img').length === 1 && !$('.pending') && !$('.failed')")
	p.Click(".tool[aria-label='发送语音']")
	p.Holds("a second", "$('.rec-time').textContent >= '0:01'")
	p.Click(".rec .send")
	p.Holds("the voice note is there", "$$('.out .voice').length === 1 && !$('.pending') && !$('.failed')")

	p.Press("button[value=add]")
	p.Until("counted", `document.querySelector("[data-cart]").textContent === "1"`)
	p.Press("a[href='/cart']")
	here("the cart", "main", "神经酰胺屏障修护面霜")
	p.Holds("the chat comes along", "$$('.out .pic img').length === 1 && $$('.out .voice').length === 1")
	p.Press("a[href='/checkout']")
	p.Run("where to", chromedp.SendKeys("#name", "周小满", chromedp.ByQuery), chromedp.SendKeys("#phone", "15400002222", chromedp.ByQuery), chromedp.SendKeys("#address", "浙江杭州西湖区示例路 9 号", chromedp.ByQuery))
	p.Press("main form button.wide")
	here("to pay", ".amount", "¥")
	p.Press("main form button.wide")
	here("paid", "main", "支付成功")

	p.Press("button[data-order]")
	p.Holds("the order is shown with what the shop says of it", "[...$$('.out .card')].some((c) => c.textContent.includes('待发货')) && !$('.pending') && !$('.failed')")
	p.Say("写错了，撤回这句")
	p.Holds("sent", "[...$$('.out .txt')].some((n) => n.textContent.includes('撤回这句')) && !$('.pending')")
	p.Click(".out:last-child .dots")
	p.ClickWord(".menu button", "撤回")
	p.Sees("您撤回了一条消息")

	p.Reload()
	p.Holds("all of it after a reload", "$$('.out .pic img').length === 1 && $$('.out .voice').length === 1 && $$('.out .card').length === 1")
	if n := p.Count("撤回这句"); n != 0 {
		t.Errorf("what was taken back is shown %d times", n)
	}
	p.Click(".plus")
	p.ClickWord(".act-b", "结束对话")
	p.Holds("ended", "$('.rate .star')")
	p.Click(".rate .star:nth-child(5)")
	p.Click(".rate .chip")
	p.Click(".rate .go")
	p.Holds("thanks", "$('.rate .stars[role=img]')")
	for _, e := range wrong() {
		t.Errorf("browser: %s", e)
	}
}
