package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"

	"agentdesk/sync/event"
	"agentdesk/tools/e2e/browser"
)

// hostile is what a page may do to everything in it.
const hostile = `html{font-size:60px!important;transform:rotate(3deg);filter:grayscale(1)}
body{transform:scale(.5);overflow:hidden;direction:rtl;line-height:4;letter-spacing:1em;text-transform:uppercase;color:red}
body *,html>*:not(head):not(body){display:none!important;visibility:hidden!important;opacity:0!important;position:static!important;width:3px!important;height:3px!important;
margin:99px!important;font:bold 60px serif!important;transform:scale(3)!important;z-index:-1!important;pointer-events:none!important;clip-path:inset(50%)!important}
button,input,textarea{all:unset!important;background:red!important}`

// host is somebody else's site, on another port, with a strict policy.
func host(t *testing.T, css, tag string, server *atomic.Value) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		url, _ := server.Load().(string)
		ws := strings.Replace(url, "http", "ws", 1)
		w.Header().Set("Content-Security-Policy", fmt.Sprintf("default-src 'none'; script-src %s; style-src 'self'; connect-src %s %s; img-src %s blob:; media-src blob:", url, url, ws, url))
		switch r.URL.Path {
		case "/":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = fmt.Fprintf(w, `<!doctype html><html lang="zh-CN"><head><title>a blog</title><link rel="stylesheet" href="/host.css"></head><body><h1>A page of somebody else</h1><p>text</p>`+tag+`</body></html>`, url)
		case "/host.css":
			w.Header().Set("Content-Type", "text/css")
			_, _ = w.Write([]byte(css))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func TestEmbed_AHostilePageOfAnotherSite(t *testing.T) {
	var url atomic.Value
	blog := host(t, hostile, `<script src="%s/widget.js" data-brand="澄屿" data-color="#7A3E9D" data-position="left" data-offset="32,24"></script>`, &url)
	d := openDoor(t, blog.URL)
	url.Store(d.URL)
	p := browser.Start(t, 1000, 720, chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag(device, true))
	wrong := p.Errors()
	p.Go(blog.URL)
	p.Shot("embed-closed", false)
	p.Click(".opener")
	p.Holds("in its place and size", `(() => { const r = $('.panel').getBoundingClientRect(); return Math.round(r.left) === 32 && Math.round(r.bottom) === 720 - 24 && Math.round(r.width) === 356 && Math.round(r.height) === 640; })()`)
	p.Holds("as it is drawn", `(() => { const s = getComputedStyle($('.fine')), b = getComputedStyle($('.send')); return s.fontSize === '11px' && s.letterSpacing === 'normal' && s.textTransform === 'none' && s.direction === 'ltr' && b.backgroundColor === 'rgb(122, 62, 157)'; })()`)
	p.Say("从别人的页面来")
	p.Holds("sent", "$('.out') && !$('.pending')")
	d.agent("欢迎")
	d.tell(event.Posted, event.Agent, event.PostedBody{Kind: event.Image, Attachments: []event.Attachment{{Hash: d.store(photo(t, 90, 60)), Mime: "image/jpeg", W: 90, H: 60}}}, nil)
	d.tell(event.Posted, event.Agent, event.PostedBody{Kind: event.ProductCard, Ref: "p-soothe-cream-50g"}, event.PostedPrivate{Card: &event.Card{ID: "p-soothe-cream-50g", Title: "积雪草舒缓面霜", Price: 23900, Stock: 5, Picture: "/pictures/jar-green.svg"}})
	p.Holds("picture and card", "$('.in .pic img') && $('.goods .art').complete && $('.goods .art').naturalWidth > 0")
	p.Click(".goods button.act")
	p.Holds("into the cart from elsewhere", "$('.goods a.act[href$=\"/cart\"]')")
	p.Click(".tool[aria-label='发送语音']")
	p.Holds("records under a strict policy", "$('.rec-time').textContent >= '0:01'")
	p.Click(".rec-x")
	p.Shot("embed-open", false)
	p.Axe("hostile page")
	p.Reload()
	p.Holds("the same visitor, the same talk", "$$('.out').length === 1 && $$('.goods').length === 1")
	for _, e := range wrong() {
		t.Errorf("browser: %s", e)
	}
}

func TestEmbed_ASiteThatIsNotListedGetsNothing(t *testing.T) {
	var url atomic.Value
	blog := host(t, "", `<script src="%s/widget.js"></script>`, &url)
	d := openDoor(t) // no other site may embed it
	url.Store(d.URL)
	p := browser.Start(t, 1000, 720)
	p.Go(blog.URL)
	p.Click(".opener")
	p.Holds("says that it is not connected", "!$('.bar').hidden")
	p.Say("没有人听见")
	p.Holds("waits", "$('.pending')")
	if n := len(d.commands("post")); n != 0 {
		t.Errorf("%d messages came from a site that may not embed the chat", n)
	}
}

// TestEmbed_AnyColourCanBeRead embeds the chat in light and dark colours; axe measures the contrasts.
func TestEmbed_AnyColourCanBeRead(t *testing.T) {
	for _, colour := range []string{"#FFD400", "#FFFFFF", "#101010", "#E6007E", "#8FD3C1"} {
		var url atomic.Value
		blog := host(t, "", `<main><h1>x</h1></main><script src="%s/widget.js" data-color="`+colour+`"></script>`, &url)
		d := openDoor(t, blog.URL)
		url.Store(d.URL)
		p := browser.Start(t, 1000, 720)
		p.Go(blog.URL)
		p.Click(".opener")
		p.Say("您好")
		p.Holds("sent", "$('.out') && !$('.pending')")
		d.agent("选一个", func(b *event.PostedBody) { b.Quick = []string{"这个", "那个"} })
		p.Holds("choices", "$$('.quick .chip').length === 2")
		p.Shot("embed-"+colour[1:], false)
		p.Axe("colour " + colour)
	}
}
