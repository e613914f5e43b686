package ui_test

import (
	"fmt"
	"image"
	"image/color"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"agentdesk/app/view"
	"agentdesk/ui/fixture"
	"agentdesk/ui/look"
	"agentdesk/ui/shot"
)

func TestDesk_TakeOverButton(t *testing.T) {
	b := open(t, fixture.Desk(), 1440, 900)
	b.tap(t, "接管", 0)
	b.want(t, "TakeOver w1")
	b.tap(t, "顾明月", 0)
	b.want(t, "Select w2")
	b.tap(t, "王梓涵", 0)
	b.want(t, "Select c1")
}

func TestDesk_Shortcuts(t *testing.T) {
	const ctrl, alt, shift = fyne.KeyModifierControl, fyne.KeyModifierAlt, fyne.KeyModifierShift
	cases := []struct {
		key  fyne.KeyName
		mod  fyne.KeyModifier
		want string
	}{
		{fyne.KeyJ, ctrl, "TakeMostUrgent"},
		{fyne.Key1, alt, "AdoptSuggestion 0 false"},
		{fyne.Key2, alt | shift, "AdoptSuggestion 1 true"},
		{fyne.KeyN, ctrl | shift, "SetMode note"},
		{fyne.KeyE, ctrl, "RunNext"},
		{fyne.KeyTab, ctrl, "SelectStep 1"},
		{fyne.KeyTab, ctrl | shift, "SelectStep -1"},
		{fyne.Key2, ctrl, "Goto bots"},
		{fyne.KeyK, ctrl, "Search "},
	}
	for _, focused := range []bool{false, true} {
		for _, c := range cases {
			t.Run(fmt.Sprintf("%s, composer focused %v", c.want, focused), func(t *testing.T) {
				b := open(t, fixture.Desk(), 1440, 900)
				if focused {
					b.Desk().FocusComposer()
				}
				b.press(c.key, c.mod)
				b.want(t, c.want)
			})
		}
	}
	t.Run("a suggestion that still streams is not adopted", func(t *testing.T) {
		b := open(t, fixture.Desk(), 1440, 900)
		b.press(fyne.Key3, alt)
		b.wantNone(t)
	})
}

func composer(f func(*view.Composer)) *view.Desk {
	return fixture.WithChat(func(c *view.Chat) {
		n := view.Composer{Mode: view.ModeReply, DraftRev: 7, Limit: 20}
		f(&n)
		c.Composer = &n
	})
}

func (b *bench) type_(s string) {
	for _, r := range s {
		b.Window().Canvas().Focused().TypedRune(r)
	}
}

func TestComposer_TypesAndSends(t *testing.T) {
	b := open(t, composer(func(*view.Composer) {}), 1440, 900)
	b.Desk().FocusComposer()
	b.type_("您好")
	b.want(t, "SetDraft 您", "SetDraft 您好")
	b.Window().Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.type_("在的")
	b.want(t, "SetDraft 您好\n在的")
	b.press(fyne.KeyReturn, fyne.KeyModifierControl)
	b.want(t, "Send 您好\n在的")
	b.press(fyne.KeyReturn, fyne.KeyModifierControl)
	b.wantNone(t) // not twice, while the answer is on its way
	b.type_(strings.Repeat("长", 40))
	got := b.act.Calls()
	if last := got[len(got)-1]; len([]rune(strings.TrimPrefix(last, "SetDraft "))) != 20 {
		t.Errorf("with a limit of 20 the draft became %q", last)
	}
}

func TestComposer_ASnapshotDoesNotDisturbTyping(t *testing.T) {
	b := open(t, composer(func(*view.Composer) {}), 1440, 900)
	b.Desk().FocusComposer()
	b.type_("我正在写")
	focus := b.Window().Canvas().Focused()
	b.src.Set(composer(func(c *view.Composer) { c.Draft = "我正" })) // an older draft, same revision
	b.Refresh()
	if b.Window().Canvas().Focused() != focus {
		t.Fatal("a snapshot took the keyboard away")
	}
	b.act.Calls()
	b.type_("字")
	b.want(t, "SetDraft 我正在写字")
	b.src.Set(composer(func(c *view.Composer) { c.Draft, c.DraftRev = "采用的建议", 8 }))
	b.Refresh()
	b.act.Calls()
	b.type_("。")
	b.want(t, "SetDraft 采用的建议。")
}

func TestComposer_BlockedWording(t *testing.T) {
	const text = "它能根治，100% 有效"
	risk := func(c *view.Composer) {
		c.Draft, c.Limit = text, 100
		c.Findings = []view.Risk{{From: 2, To: 4, Text: "根治", Fix: "帮助舒缓", Rule: "医疗用语", Level: view.Blocked}}
	}
	t.Run("is replaced, then sent", func(t *testing.T) {
		b := open(t, composer(risk), 1440, 900)
		b.press(fyne.KeyReturn, fyne.KeyModifierControl)
		b.want(t, "Send 它能帮助舒缓，100% 有效")
	})
	t.Run("Tab replaces", func(t *testing.T) {
		b := open(t, composer(risk), 1440, 900)
		b.Desk().FocusComposer()
		b.Window().Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyTab})
		b.want(t, "ApplyFixes")
	})
	t.Run("without replacement nothing leaves", func(t *testing.T) {
		b := open(t, composer(func(c *view.Composer) { risk(c); c.Findings[0].Fix = "" }), 1440, 900)
		b.press(fyne.KeyReturn, fyne.KeyModifierControl)
		b.tap(t, "替换并发送", 0)
		b.wantNone(t)
	})
	t.Run("findings of an older text send nothing", func(t *testing.T) {
		b := open(t, composer(func(c *view.Composer) { risk(c); c.Draft = "改过了，根治" }), 1440, 900)
		b.press(fyne.KeyReturn, fyne.KeyModifierControl)
		b.wantNone(t)
	})
}

func at(img image.Image, x, y int) color.NRGBA {
	return color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
}

func TestComposer_NoteModeIsAmber(t *testing.T) {
	b := open(t, fixture.Note(), 1440, 900)
	img := b.Window().Canvas().Capture()
	amber := color.NRGBA{0xFB, 0xF3, 0xDC, 0xFF}
	for _, p := range []image.Point{{372, 760}, {1080, 890}, {900, 800}} {
		if got := at(img, p.X, p.Y); got != amber {
			t.Errorf("at %v the composer is %v, want %v", p, got, amber)
		}
	}
	b.press(fyne.KeyReturn, fyne.KeyModifierControl)
	b.want(t, "AddNote 批次 A0917，先别再推这支")
}

func TestDesk_RingsStepByTheClock(t *testing.T) {
	b := open(t, fixture.Desk(), 1440, 900)
	ends := func(want string) bool {
		found := false
		b.all(func(o fyne.CanvasObject, _ fyne.Position) {
			if x, ok := o.(*look.Text); ok && strings.HasSuffix(x.S, want) {
				found = true
			}
		})
		return found
	}
	rings := func() (out []string) {
		b.all(func(o fyne.CanvasObject, _ fyne.Position) {
			if r, ok := o.(*look.Ring); ok {
				for _, o := range test.WidgetRenderer(r).Objects() {
					if x, ok := o.(*look.Text); ok {
						out = append(out, x.S)
					}
				}
			}
		})
		return out
	}
	for i, want := range [][]string{{"7", "18", "26"}, {"6", "18", "26"}, {"5", "16", "24"}, {"4", "15", "24"}} { // at 15 its colour turns
		if got := rings(); !slices.Equal(got, want) {
			t.Errorf("after %d seconds the rings show %q, want %q", i, got, want)
		}
		b.now = b.now.Add(time.Second)
		b.Tick()
	}
	for range 16 { // to 20:41:24, at which longer times step too
		b.now = b.now.Add(time.Second)
		b.Tick()
	}
	if got, want := rings(), []string{"+13", "+2", "6"}; !slices.Equal(got, want) {
		t.Errorf("after 20 seconds the rings show %q, want %q", got, want)
	}
	for _, want := range []string{"1:32", "6 分 24 秒"} {
		if !ends(want) {
			t.Errorf("after 20 seconds %q is not shown", want)
		}
	}
}

func TestDesk_LanguageAndThemeSwitchWhileItRuns(t *testing.T) {
	b := open(t, fixture.Desk(), 1440, 900)
	b.src.Change(func(d *view.Desk) { d.Prefs = view.Prefs{Lang: "en", Theme: "dark"} })
	b.Refresh()
	if !b.shows("Knowledge cards") || b.shows("知识卡") {
		t.Error("the words stayed Chinese")
	}
	if got := at(b.Window().Canvas().Capture(), 1086, 300); got != (color.NRGBA{0x17, 0x18, 0x1D, 0xFF}) {
		t.Errorf("the panel is %v", got)
	}
	b.press(fyne.KeyJ, fyne.KeyModifierControl)
	if got := b.act.Calls(); !slices.Equal(slices.DeleteFunc(got, func(s string) bool { return strings.HasPrefix(s, "Looked") }), []string{"TakeMostUrgent"}) {
		t.Errorf("after the switch Mod+J asked %q", got)
	}
}

func TestDesk_States(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "没有等待接管的顾客", "offline": "重试连接", "reconnecting": "第 2 次，4 秒后再试", "lost": "李思齐已先接管",
		"send": "未发出", "waiting": "还有 2 位在等", "login": "账号或密码不对", "note": "记下备注",
	} {
		t.Run(name, func(t *testing.T) {
			for _, s := range fixture.Scenes() {
				if s.Name == name {
					b := open(t, s.Desk, s.Width, s.Height)
					found := false
					b.all(func(o fyne.CanvasObject, _ fyne.Position) {
						if x, ok := o.(*look.Text); ok && strings.Contains(x.S, text) {
							found = true
						}
					})
					if !found {
						t.Errorf("%q is not shown", text)
					}
					return
				}
			}
			t.Fatal("no such scene")
		})
	}
}

func TestDesk_FailedMessageIsSentAgain(t *testing.T) {
	for _, s := range fixture.Scenes() {
		if s.Name == "send" {
			b := open(t, s.Desk, 1440, 900)
			b.tap(t, "重发", 0)
			b.want(t, "Resend d")
			return
		}
	}
	t.Fatal("no such scene")
}

// TestDesk_NoTextRunsOut looks at every line of text: its painted pieces must lie within the line, or the line shortens
// itself, and rows of the queue must lie within the queue.
func TestDesk_NoTextRunsOut(t *testing.T) {
	for _, s := range fixture.Scenes() {
		if !slices.Contains([]string{"desk-light", "stress", "waiting", "send", "reconnecting", "empty"}, s.Name) {
			continue
		}
		for _, lang := range []string{"zh-Hans", "en"} {
			for _, w := range []float32{1024, 1280} {
				d := *s.Desk
				d.Prefs.Lang = lang
				b := open(t, &d, w, 768)
				walk(b.Window().Content(), fyne.Position{}, func(o fyne.CanvasObject, p fyne.Position) {
					x, ok := o.(*look.Text)
					if !ok || x.S == "" {
						return
					}
					for _, piece := range test.WidgetRenderer(x).Objects() {
						if c := piece.(*canvas.Text); c.Position().X+c.Size().Width > x.Size().Width+2 || c.Position().X < -2 {
							t.Errorf("%s %s %v: %q runs out of its %v units", s.Name, lang, w, x.S, x.Size().Width)
							return
						}
					}
					if p.X+x.Size().Width > w+1 {
						t.Errorf("%s %s %v: %q ends at %v", s.Name, lang, w, x.S, p.X+x.Size().Width)
					}
				})
			}
		}
	}
}

func TestDesk_RowsHoldStillUnderThePointer(t *testing.T) {
	b := open(t, fixture.Desk(), 1440, 900)
	var row *look.QueueRow
	b.all(func(o fyne.CanvasObject, p fyne.Position) {
		if r, ok := o.(*look.QueueRow); ok && p.Y > 450 && row == nil {
			row = r
		}
	})
	row.MouseIn(&desktop.MouseEvent{})
	b.src.Change(func(d *view.Desk) {
		q := *d.Queue
		q.Rows = append([]view.Row(nil), q.Rows...)
		slices.Reverse(q.Rows)
		d.Queue = &q
	})
	b.Refresh()
	if y := b.find(t, "王梓涵", 0).Y; y > 520 {
		t.Errorf("under the pointer the first row moved to %v", y)
	}
	row.MouseOut()
	if y := b.find(t, "王梓涵", 0).Y; y < 700 {
		t.Errorf("after the pointer left, the row is still at %v", y)
	}
}

func TestDesk_NarrowWindowOpensTheCopilotAsADrawer(t *testing.T) {
	b := open(t, fixture.Desk(), 1024, 768)
	if b.shows("知识卡") {
		t.Fatal("the column shows in a narrow window")
	}
	b.press(fyne.KeyBackslash, fyne.KeyModifierControl)
	if !b.shows("知识卡") {
		t.Fatal("Mod+\\ opened nothing")
	}
	b.press(fyne.KeyBackslash, fyne.KeyModifierControl)
	if b.shows("知识卡") {
		t.Fatal("Mod+\\ did not close the drawer")
	}
	b.tap(t, "订单", 0)
	if !b.shows("8851") {
		t.Error("the strip did not open the orders")
	}
	b.Window().Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if b.shows("8851") {
		t.Error("Esc did not close the drawer")
	}
	b.tap(t, "采用", 0)
	b.want(t, "AdoptSuggestion 0 false")
}

func TestDesk_LongChatMakesFewObjects(t *testing.T) {
	b := open(t, fixture.Long(5000), 1440, 900)
	bubbles := 0
	b.all(func(o fyne.CanvasObject, _ fyne.Position) {
		if _, ok := o.(*look.BubbleCell); ok {
			bubbles++
		}
	})
	if bubbles == 0 || bubbles > 40 {
		t.Errorf("%d bubbles were made for 5,000 messages", bubbles)
	}
	if !b.shows("4999") {
		t.Error("the last message is not in view")
	}
	b.want(t)
}

// TestLook_LikeTheTarget holds the desk to the target picture. The kit that the desk grew from reached 4.8 of 255.
func TestLook_LikeTheTarget(t *testing.T) {
	for name, most := range map[string]float64{"desk-light": 5.6, "desk-dark": 4.8, "desk-1024": 5.2} {
		target, err := shot.Load("../docs/design/" + name + ".png")
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range fixture.Scenes() {
			if s.Name != name {
				continue
			}
			img, u, err := shot.Take(shot.Params{App: test.NewTempApp(t), Desk: s.Desk, Lang: s.Lang, Theme: s.Theme, Width: s.Width, Height: s.Height, Focus: s.Focus})
			if err != nil {
				t.Fatal(err)
			}
			u.Window().Close()
			d, err := shot.Diff(img, target)
			if err != nil {
				t.Fatal(err)
			}
			if d > most {
				t.Errorf("%s differs by %.2f of 255", name, d)
			}
			t.Logf("%s differs by %.2f of 255", name, d)
		}
	}
}
