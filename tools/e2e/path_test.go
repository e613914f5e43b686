package e2e_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"github.com/chromedp/chromedp"

	"agentdesk/app/view"
	"agentdesk/tools/e2e/browser"
	"agentdesk/tools/harness"
	"agentdesk/ui/look"
)

// TestOnePath goes the whole way of a customer, from the shop's home to the rating, in a real browser against the real server, at
// the width of a window and of a telephone. An agent at the real desk sees each step: what is asserted there is what the screen
// shows. After each step axe looks at the customer's page.
func TestOnePath(t *testing.T) {
	bin := harness.Build(t, t.TempDir())
	for _, c := range []customer{
		{width: "desktop", id: "c-linxiaolu", name: "林小鹿", w: 1280, h: 800},
		{width: "mobile", id: "c-wangzihan", name: "王梓涵", w: 390, h: 844, narrow: true},
	} {
		t.Run(c.width, func(t *testing.T) {
			url := serve(t, bin)
			walk := &way{t: t, c: c, url: url, d: openDesk(t, url, "xiaoning")}
			walk.p = browser.Start(t, 1280, 800, chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-fake-device-for-media-stream", true))
			if c.narrow {
				walk.p.Narrow(c.w, c.h)
			}
			wrong := walk.p.Errors()
			walk.browse()
			walk.ask()
			walk.sendPicture()
			walk.sendVoice()
			walk.takeOver()
			walk.hearVoice()
			walk.sendCard()
			walk.buy()
			walk.close()
			walk.rate()
			for _, e := range wrong() {
				t.Errorf("browser: %s", e)
			}
		})
	}
}

// customer is who goes the way, and in how wide a window.
type customer struct {
	width, id, name string
	w, h            int64
	narrow          bool
}

// way is a customer's page and the agent's desk.
type way struct {
	t   *testing.T
	c   customer
	url string
	p   *browser.Page
	d   *desk
}

const (
	cream = "神经酰胺屏障修护面霜"
	price = "屏障修护面霜现在多少钱"
	worry = "脸上又红又烫，我很害怕会留疤，我要找真人"
	calm  = "您好，我是晓宁，照片和语音都收到了。"
	soft  = "积雪草舒缓面霜"
)

// open brings the chat onto the page where a telephone has put it away.
func (w *way) open() {
	w.t.Helper()
	if w.c.narrow {
		w.p.Click(".opener")
		w.p.Holds("the chat", "!$('.panel').hidden")
	}
}

// look lets axe look at the page.
func (w *way) look(step string) {
	w.t.Helper()
	w.p.Shot("path-"+w.c.width+"-"+step, false)
	w.p.Axe(w.c.width + ", " + step)
}

// here waits for an element of the page that holds a text.
func (w *way) here(what, selector, text string) {
	w.t.Helper()
	w.p.Until(what, fmt.Sprintf(`(() => { const n = document.querySelector(%q); return !!n && n.innerText.includes(%q); })()`, selector, text))
}

// browse goes from the home page over a category to a product.
func (w *way) browse() {
	w.p.Go(w.url + "/?as=" + w.c.id)
	w.here("the home page", ".kinds", "面霜")
	w.look("home")
	w.p.Press(".kinds a[href*='" + "cat=" + "']")
	w.here("a category", ".pills a.on", "")
	w.look("category")
	w.p.Press(".grid a.tile[href='/p/p-ceramide-cream']")
	w.here("the product", "h1", "屏障修护面霜")
	w.look("product")
}

// ask lets the customer ask for a price: the bot answers from a source that it cites, and the agent, who looks over its shoulder,
// reads both.
func (w *way) ask() {
	w.open()
	w.p.Say(price)
	w.p.Sees("289")
	w.p.Holds("the source", fmt.Sprintf("$$('.src li').some((s) => s.textContent.includes(%q))", cream))
	w.look("asked")

	w.d.tap(w.d.w.T("segment.bot"))
	w.d.tap(w.c.name)
	w.d.sees(w.d.w.T("seat.bot"))
	w.d.sees(price)
	w.d.sees("289")
	w.d.sees(cream)
}

// quarters are the colours of the picture that is sent, from left to right and top to bottom.
var quarters = [4]color.NRGBA{{220, 40, 40, 255}, {40, 160, 60, 255}, {40, 80, 200, 255}, {240, 200, 40, 255}}

// photo writes a picture of four quarters.
func photo(t *testing.T) string {
	m := image.NewNRGBA(image.Rect(0, 0, 640, 480))
	for y := range 480 {
		for x := range 640 {
			m.SetNRGBA(x, y, quarters[y/240*2+x/320])
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "face.png")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// sendPicture chooses a file for the chat. The desk draws it in a bubble.
func (w *way) sendPicture() {
	w.p.Choose(".tool[aria-label='发送图片']", photo(w.t))
	w.p.Holds("the preview", "$('.shot img') && $('.shot img').complete")
	w.p.Click(".sheet .go")
	w.p.Holds("the picture is there", "$$('.out .pic img').length === 1 && !$('.pending') && !$('.failed')")
	w.look("picture")

	at := w.d.finds("the picture in its bubble", func(s screen) *area {
		_, at := pick(s, func(i *canvas.Image) bool {
			return i.Resource != nil && strings.HasPrefix(i.Resource.Name(), "chat-") && len(i.Resource.Content()) > 0
		})
		return at
	})
	shot := w.d.pixels()
	for i, want := range quarters {
		x := at.x0 + (at.x1-at.x0)*(0.25+0.5*float32(i%2))
		y := at.y0 + (at.y1-at.y0)*(0.25+0.5*float32(i/2))
		if got := shot.at(x, y); !near(got, want) {
			w.t.Errorf("quarter %d of the picture is drawn in %v, not %v", i, got, want)
		}
	}
}

// sendVoice records two seconds of what the browser's pretended microphone hears.
func (w *way) sendVoice() {
	w.p.Click(".tool[aria-label='发送语音']")
	w.p.Holds("two seconds", "$('.rec-time').textContent >= '0:02'")
	w.p.Click(".rec .send")
	w.p.Holds("the voice note is there", "$$('.out .voice').length === 1 && !$('.pending') && !$('.failed')")
	w.look("voice")
}

// takeOver brings a person: the customer is worried, and the agent takes the most urgent chat by the keyboard within the clock.
func (w *way) takeOver() {
	w.p.Say(worry)
	w.d.sees(w.d.w.T("waiting.head"))
	w.d.press(fyne.KeyJ, fyne.KeyModifierControl)
	w.d.finds("the seat, within 30 s", func(s screen) *area {
		for n := range 31 {
			if l := s.holding(w.d.w.T("seat.taken", "n", n)); l != nil {
				return &l.seen
			}
		}
		return nil
	})
	w.d.sees(worry)
	w.d.answer(calm)
	w.p.Sees(calm)
	w.p.Holds("who it is", "$('.who b').textContent.startsWith('晓宁')")
	w.look("taken")
}

// hearVoice looks at the wave of the voice note and listens to it.
func (w *way) hearVoice() {
	wave := w.d.finds("the wave", func(s screen) *area {
		_, at := pick(s, func(*look.VoiceWave) bool { return true })
		return at
	})
	shot := w.d.pixels()
	high := map[int]bool{}
	back := shot.at(wave.x0, wave.y0)
	for x := wave.x0; x < wave.x1; x++ {
		n := 0
		for y := wave.y0; y < wave.y1; y++ {
			if shot.at(x, y) != back {
				n++
			}
		}
		high[n] = true
	}
	if len(high) < 4 {
		w.t.Errorf("the wave of a beep now and then is drawn with bars of %d heights", len(high))
	}
	play := w.d.finds("the button that plays", func(s screen) *area { return s.icon("play") })
	w.d.tapAt(play)
	w.d.until("the sound", func(s *view.Desk) bool {
		for _, it := range s.Chat.Log.Items {
			if it.Kind == view.KindVoice && it.Sound != nil {
				return true
			}
		}
		return false
	})
	if w.d.look().icon("pause") == nil {
		w.t.Error("the voice note does not play")
	}
	if n := w.d.listen(); n < 1000 {
		w.t.Errorf("%d samples of the voice note can be heard", n)
	}
	w.d.finds("the end of the voice note", func(s screen) *area {
		if s.icon("pause") != nil {
			return nil
		}
		return s.icon("play")
	})
}

// sendCard lets the agent look for a product and send it; the customer puts it into the cart from the chat.
func (w *way) sendCard() {
	w.d.tapAt(w.d.finds("the products' button", func(s screen) *area { return s.button("bag") }))
	w.d.sees(w.d.w.T("pick.keys"))
	w.d.type_(soft)
	w.d.finds("what was looked for, first of all", func(s screen) *area {
		for i, l := range s.lines[s.over:] {
			if strings.Contains(l.text, "¥") && i > 1 { // the price is right of title and variant
				if first := &s.lines[s.over+i-2]; first.text == soft {
					return &first.seen
				}
				return nil
			}
		}
		return nil
	})
	w.d.key(fyne.KeyReturn)

	w.p.Holds("the card", fmt.Sprintf("$$('.goods').some((c) => c.textContent.includes(%q))", soft))
	w.d.finds("the card in its bubble", func(s screen) *area {
		if s.shows(w.d.w.T("pick.keys")) {
			return nil
		}
		if l := s.reading(soft); l != nil {
			return &l.seen
		}
		return nil
	})
	w.look("card")
	w.p.Click(".goods button.act")
	w.p.Holds("in the cart", "$('.goods a.act[href$=\"/cart\"]')")
	w.d.sees(strings.SplitN(w.d.w.T("act.cart_added", "title", soft, "qty", "1"), soft, 2)[0] + soft)
	var things string
	w.p.JS("count the cart", "document.querySelector('[data-cart]').textContent", &things)
	w.d.tap(w.d.w.T("customer.cart") + " " + things)
	w.d.sees(w.d.w.T("order.total"))
	w.look("carted")
}

// buy goes from the card to the cart, to the checkout, and pays.
func (w *way) buy() {
	w.p.Click(".goods a.act[href$='/cart']")
	w.here("the cart", ".lines", soft)
	w.look("cart")
	w.p.Press("a[href='/checkout']")
	w.here("the checkout", "main", "收货")
	w.look("checkout")
	w.p.Press("main form button.wide")
	w.here("what to pay", ".amount", "¥")
	w.look("pay")
	var sum string
	w.p.JS("read the sum", "document.querySelector('.amount').innerText.trim()", &sum)
	w.p.Press("main form button.wide")
	w.here("that it is paid", "main .said", "支付成功")
	w.look("paid")
	for _, step := range []string{"act.ordered", "act.paid"} {
		w.d.finds(step, func(s screen) *area {
			before, _, _ := strings.Cut(w.d.w.T(step), "{")
			for _, l := range s.lines {
				if strings.HasPrefix(l.text, before) && strings.HasSuffix(l.text, sum) {
					return &l.seen
				}
			}
			return nil
		})
	}
	w.d.sees(w.d.w.T("customer.none")) // the cart's tab is open still, and what was in it is bought
}

// close ends the chat from the desk, with how it ended.
func (w *way) close() {
	w.d.tap(w.d.w.T("seat.close"))
	w.d.tap(w.d.w.In("disposition", "order_placed"))
	w.d.sees(w.d.w.T("seat.closed.as", "how", w.d.w.In("disposition", "order_placed")))
	w.open()
	w.p.Sees("本次对话已结束")
	w.p.Holds("the question how it was", "$('.rate .star')")
	w.look("closed")
}

// rate gives five stars and a reason, which the desk shows.
func (w *way) rate() {
	w.p.Click(".rate .star:nth-child(5)")
	w.p.ClickWord(".rate .chip", "很专业")
	w.p.Holds("the reason is chosen", "$('.rate .chip[aria-pressed=true]')")
	w.look("rating")
	w.p.Click(".rate .go")
	w.p.Holds("thanks", "$('.rate .stars[role=img]')")
	w.look("rated")
	w.d.sees(w.d.w.T("rated", "stars", "★★★★★"))
	star := w.d.finds("the rating in the header", func(s screen) *area {
		l := s.holding(w.d.w.T("rated", "stars", "★★★★★"))
		if at := s.firstIcon("star"); at != nil && l != nil && at.y1 < l.seen.y0 {
			return at
		}
		return nil
	})
	test.MoveMouse(w.d.Window().Canvas(), star.middle())
	w.d.sees(w.d.w.In("rate", "expert"))
}
