// Package browser drives Chromium for tests of the shop's pages and of the chat in them.
package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Chat is the chat's shadow root, and Field its text field, as JavaScript.
const (
	Chat  = `document.querySelector("agentdesk-chat").shadowRoot`
	Field = Chat + `.querySelector(".field-t textarea")`
)

// Patience bounds every wait: not how fast things should be, but when a test gives up. It is for a machine that does much else.
const Patience = 90 * time.Second

// Page is the customer's browser with one tab.
type Page struct {
	t     testing.TB
	ctx   context.Context
	touch bool // it is a telephone, and pressed with a finger
}

// Start starts a browser with nothing in it. flags are chromium's, on top of those of the tests.
func Start(t testing.TB, w, h int, flags ...chromedp.ExecAllocatorOption) *Page {
	t.Helper()
	bin, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is missing: tools/setup installs it")
	}
	// What the browser puts beside its profile goes with the test, too. The path is short: it holds a socket.
	tmp, err := os.MkdirTemp("", "browser")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(tmp); err != nil {
			t.Error(err)
		}
	})
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.Env("TMPDIR="+tmp), chromedp.ExecPath(bin), chromedp.NoSandbox, chromedp.WindowSize(w, h),
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true),
		chromedp.Flag("blink-settings", "primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4")) // a mouse
	alloc, cancelAlloc := chromedp.NewExecAllocator(context.Background(), append(opts, flags...)...)
	ctx, cancel := chromedp.NewContext(alloc, chromedp.WithErrorf(func(string, ...any) {})) // events of a newer browser than it knows
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
	p := &Page{t: t, ctx: ctx}
	p.Wide(int64(w), int64(h))
	return p
}

// Wide makes the page a window with a mouse; w and h are what the page has, without the browser's own bars.
func (p *Page) Wide(w, h int64) {
	p.t.Helper()
	p.touch = false
	p.Run("be a window", emulation.SetDeviceMetricsOverride(w, h, 1, false), emulation.SetTouchEmulationEnabled(false))
}

// Open opens a page of the shop with the chat in it.
func Open(t testing.TB, url string) *Page {
	t.Helper()
	p := Start(t, 1000, 720)
	p.Run("open the page", chromedp.Navigate(url), chromedp.WaitVisible(Field, chromedp.ByJSPath))
	return p
}

// Run performs actions; what says what for, when they fail.
func (p *Page) Run(what string, actions ...chromedp.Action) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		p.t.Fatalf("browser, %s: %v", what, err)
	}
}

// Reload loads the page anew and waits for the chat.
func (p *Page) Reload() {
	p.t.Helper()
	p.Run("reload", chromedp.Reload(), chromedp.WaitVisible(Field, chromedp.ByJSPath))
}

// Say types a message and sends it.
func (p *Page) Say(text string) {
	p.t.Helper()
	p.Run("say "+text, chromedp.SendKeys(Field, text+"\r", chromedp.ByJSPath))
}

// Until waits for a JavaScript condition. A page that goes away meanwhile is no answer.
func (p *Page) Until(what, condition string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var ok bool
		err := chromedp.Run(ctx, chromedp.Evaluate("!!("+condition+")", &ok))
		if err == nil && ok {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			p.t.Fatalf("browser, %s: waited in vain (%v); %s", what, err, p.seen())
		}
	}
}

// seen is what the page and the chat say, for whoever looks for the reason of a failure.
func (p *Page) seen() string {
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	var out string
	if err := chromedp.Run(ctx, chromedp.Evaluate(`(() => { const h = document.querySelector("agentdesk-chat"), r = h && h.shadowRoot; return location.href + " " + document.visibilityState + "\n" + (r ? r.querySelector(".panel").innerText + "\n[" + r.querySelector(".field-t textarea").value + "]" : document.body.innerText).slice(-1500); })()`, &out)); err != nil {
		return err.Error()
	}
	return out
}

// Sees waits until the chat shows text.
func (p *Page) Sees(text string) {
	p.t.Helper()
	p.Until("see "+text, fmt.Sprintf("%s.querySelector('.panel').innerText.includes(%q)", Chat, text))
}

// Count is how often the chat's log shows text.
func (p *Page) Count(text string) int {
	p.t.Helper()
	var n int
	p.Run("count "+text, chromedp.Evaluate(fmt.Sprintf("%s.querySelector('.log').innerText.split(%q).length - 1", Chat, text), &n))
	return n
}

// JS evaluates an expression in which $ and $$ find in the chat.
func (p *Page) JS(what, expr string, out any) {
	p.t.Helper()
	p.Run(what, chromedp.Evaluate(fmt.Sprintf(`(() => { const R = %s, $ = (q) => R.querySelector(q), $$ = (q) => [...R.querySelectorAll(q)]; return (%s); })()`, Chat, expr), out))
}

// Holds waits for a condition in which $ and $$ find in the chat.
func (p *Page) Holds(what, condition string) {
	p.t.Helper()
	p.Until(what, fmt.Sprintf(`(() => { const R = (document.querySelector("agentdesk-chat") || {}).shadowRoot; if (!R) return false; const $ = (q) => R.querySelector(q), $$ = (q) => [...R.querySelectorAll(q)]; return !!(%s); })()`, condition))
}

// Type sends keys to whatever has the focus.
func (p *Page) Type(keys string) {
	p.t.Helper()
	p.Run("type", chromedp.KeyEvent(keys))
}

// Errors collects what goes wrong in the page: exceptions and refusals of its policy.
func (p *Page) Errors() func() []string {
	var mu sync.Mutex
	var all []string
	chromedp.ListenTarget(p.ctx, func(ev any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := ev.(type) {
		case *runtime.EventExceptionThrown:
			all = append(all, e.ExceptionDetails.Error())
		case *log.EventEntryAdded:
			if e.Entry.Source == log.SourceSecurity || e.Entry.Source == log.SourceJavascript {
				all = append(all, e.Entry.Text)
			}
		}
	})
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return append([]string(nil), all...)
	}
}

// Narrow makes the page a telephone.
func (p *Page) Narrow(w, h int64) {
	p.t.Helper()
	p.touch = true
	p.Run("be a telephone", emulation.SetDeviceMetricsOverride(w, h, 2, true), emulation.SetTouchEmulationEnabled(true))
}

// Shots reports whether somebody wants to look at pictures of all pages: see Shot.
func Shots() bool { return os.Getenv("E2E_SHOTS") != "" }

// Shot keeps a picture of the page in the folder that E2E_SHOTS names, for people to look at.
func (p *Page) Shot(name string, whole bool) {
	p.t.Helper()
	dir := os.Getenv("E2E_SHOTS")
	if dir == "" {
		return
	}
	var data []byte
	if whole {
		p.Run("picture", chromedp.FullScreenshot(&data, 100))
	} else {
		p.Run("picture", chromedp.CaptureScreenshot(&data))
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), data, 0o644); err != nil {
		p.t.Error(err)
	}
}

// Tab opens another tab of the same browser: it shares what the browser keeps.
func (p *Page) Tab(w, h int64) *Page {
	p.t.Helper()
	ctx, cancel := chromedp.NewContext(p.ctx)
	p.t.Cleanup(cancel)
	if err := chromedp.Run(ctx); err != nil {
		p.t.Fatal(err)
	}
	out := &Page{t: p.t, ctx: ctx}
	out.Wide(w, h)
	return out
}

// Before runs a script in every document before its own.
func (p *Page) Before(script string) {
	p.t.Helper()
	p.Run("prepare", chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(script).Do(ctx)
		return err
	}))
}

// Go opens an address and waits for the chat's window or its button.
func (p *Page) Go(url string) {
	p.t.Helper()
	p.Run("open "+url, chromedp.Navigate(url))
	p.Holds("the chat", "$('.opener')")
}
