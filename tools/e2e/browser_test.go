package e2e_test

import (
	"context"
	"fmt"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// chat is the widget's shadow root, and typed its text field, as JavaScript.
const (
	chat  = `document.querySelector("agentdesk-chat").shadowRoot`
	typed = chat + `.querySelector(".field-t textarea")`
)

// page is the customer's browser.
type page struct {
	t   *testing.T
	ctx context.Context
}

// browse starts a browser with nothing in it. flags are chromium's, on top of those of the tests.
func browse(t *testing.T, w, h int, flags ...chromedp.ExecAllocatorOption) *page {
	t.Helper()
	bin, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is missing: tools/setup installs it")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(bin), chromedp.NoSandbox, chromedp.WindowSize(w, h),
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true))
	alloc, cancelAlloc := chromedp.NewExecAllocator(context.Background(), append(opts, flags...)...)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Logf("browser: %v", err)
		}
		cancel()
		cancelAlloc()
	})
	if err := chromedp.Run(ctx); err != nil { // starts the browser: the context of its first run is its life
		t.Fatal(err)
	}
	return &page{t: t, ctx: ctx}
}

// openPage opens a page of the shop with the chat in it.
func openPage(t *testing.T, url string) *page {
	t.Helper()
	p := browse(t, 1000, 720)
	p.run("open the page", chromedp.Navigate(url), chromedp.WaitVisible(typed, chromedp.ByJSPath))
	return p
}

func (p *page) run(what string, actions ...chromedp.Action) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		p.t.Fatalf("browser, %s: %v", what, err)
	}
}

func (p *page) reload() {
	p.t.Helper()
	p.run("reload", chromedp.Reload(), chromedp.WaitVisible(typed, chromedp.ByJSPath))
}

func (p *page) say(text string) {
	p.t.Helper()
	p.run("say "+text, chromedp.SendKeys(typed, text+"\r", chromedp.ByJSPath))
}

// until waits for a JavaScript condition.
func (p *page) until(what, condition string) {
	p.t.Helper()
	var ok bool
	p.run(what, chromedp.Poll(condition, &ok, chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(patience)))
}

// sees waits until the chat shows text.
func (p *page) sees(text string) {
	p.t.Helper()
	p.until("see "+text, fmt.Sprintf("%s.querySelector('.panel').innerText.includes(%q)", chat, text))
}

// count is how often the chat's log shows text.
func (p *page) count(text string) int {
	p.t.Helper()
	var n int
	p.run("count "+text, chromedp.Evaluate(fmt.Sprintf("%s.querySelector('.log').innerText.split(%q).length - 1", chat, text), &n))
	return n
}
