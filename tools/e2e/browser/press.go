package browser

import (
	"context"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Click presses what a selector finds in the chat.
func (p *Page) Click(selector string) {
	p.t.Helper()
	p.press(selector, fmt.Sprintf(`((document.querySelector("agentdesk-chat") || {}).shadowRoot || document.createElement("p")).querySelector(%q)`, selector))
}

// ClickWord presses what a selector finds in the chat and what says word.
func (p *Page) ClickWord(selector, word string) {
	p.t.Helper()
	p.press(word, fmt.Sprintf(`[...((document.querySelector("agentdesk-chat") || {}).shadowRoot || document.createElement("p")).querySelectorAll(%q)].find((n) => n.textContent.trim() === %q)`, selector, word))
}

// Press presses what a selector finds in the page around the chat.
func (p *Page) Press(selector string) {
	p.t.Helper()
	p.press(selector, fmt.Sprintf("document.querySelector(%q)", selector))
}

// spot is where to press: the middle of an element that is in view, at rest and not covered, or null. An element out of view is
// brought there first, as a person would.
const spot = `((n) => {
	if (!n || n.disabled || n.closest("[inert]")) return null;
	const at = () => { const r = n.getClientRects()[0]; return r && r.width && r.height ? [r.left + r.width / 2, r.top + r.height / 2] : null; };
	const open = (p) => { const over = p && n.getRootNode().elementFromPoint(p[0], p[1]); return !!over && (n === over || n.contains(over)); };
	if (!open(at())) n.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
	return open(at()) ? at() : null;
})(%s)`

// press waits until an element can be pressed and rests where it is, then presses it: with a finger where the page is a telephone's,
// else with the mouse.
func (p *Page) press(what, element string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var before []float64
	for {
		var at []float64
		err := chromedp.Run(ctx, chromedp.Evaluate(fmt.Sprintf(spot, element), &at))
		if err == nil && len(at) == 2 && len(before) == 2 && at[0] == before[0] && at[1] == before[1] {
			if err := chromedp.Run(ctx, p.hit(at[0], at[1])); err != nil {
				p.t.Fatalf("browser, press %s: %v", what, err)
			}
			return
		}
		before = at
		select {
		case <-tick.C:
		case <-ctx.Done():
			p.t.Fatalf("browser, press %s: it cannot be pressed (%v); %s", what, err, p.seen())
		}
	}
}

// hit is one press at a place of the window.
func (p *Page) hit(x, y float64) chromedp.Action {
	if !p.touch {
		return chromedp.MouseClickXY(x, y)
	}
	return chromedp.Tasks{
		input.DispatchTouchEvent(input.TouchStart, []*input.TouchPoint{{X: x, Y: y}}),
		input.DispatchTouchEvent(input.TouchEnd, []*input.TouchPoint{}),
	}
}

// Choose presses a button of the chat that asks for files, and chooses those in the browser's window for it.
func (p *Page) Choose(selector string, files ...string) {
	p.t.Helper()
	opened := make(chan *page.EventFileChooserOpened, 1)
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	chromedp.ListenTarget(ctx, func(ev any) {
		if e, ok := ev.(*page.EventFileChooserOpened); ok {
			select {
			case opened <- e:
			default:
			}
		}
	})
	p.Run("be asked for files", page.SetInterceptFileChooserDialog(true))
	p.Click(selector)
	select {
	case e := <-opened:
		p.Run("choose files", dom.SetFileInputFiles(files).WithBackendNodeID(e.BackendNodeID), page.SetInterceptFileChooserDialog(false))
	case <-ctx.Done():
		p.t.Fatalf("browser, %s: nobody asked for files; %s", selector, p.seen())
	}
}
