package desk

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/go-text/typesetting/font"

	"agentdesk/app/view"
	"agentdesk/assets"
	"agentdesk/ui/fixture"
	"agentdesk/ui/look"
	"agentdesk/ui/screen"
)

// draft changes the composer.
func (s *seat) draftIs(f func(*view.Composer)) {
	s.chatIs(func(c *view.Chat) {
		n := *c.Composer
		f(&n)
		c.Composer = &n
	})
}

func TestComposer_PicksAProduct(t *testing.T) {
	d := fixture.WithTools()
	s := sit(t, d, 1440, 900)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(s.composer.picks.at[view.ToolProduct])
	test.TapCanvas(s.win.Canvas(), at.AddXY(14, 14))
	s.asked(t, "Pick product ")
	s.draftIs(func(c *view.Composer) { c.Picker = &view.Picker{Kind: "product", Busy: true} })
	s.draftIs(func(c *view.Composer) { c.Picker = fixture.Choosing("product").Chat.Composer.Picker })
	if !s.shows("积雪草舒缓面膜") {
		t.Fatal("the list does not show")
	}
	s.type_("面膜")
	s.asked(t, "Pick product 面膜")
	s.key(fyne.KeyDown)
	s.key(fyne.KeyDown)
	s.key(fyne.KeyDown) // there are three
	s.key(fyne.KeyUp)
	s.key(fyne.KeyReturn)
	if got := s.act.Calls(); len(got) > 0 {
		t.Errorf("asked %q while the list was still that of the words before", got)
	}
	s.draftIs(func(c *view.Composer) {
		p := *c.Picker
		p.Query = "面膜"
		c.Picker = &p
	})
	s.key(fyne.KeyReturn)
	s.asked(t, "SendPicked product P1030")
	if s.win.Canvas().Overlays().Top() != nil {
		t.Error("the list stays after a choice")
	}
	s.draftIs(func(*view.Composer) {}) // the snapshot still has it open
	if s.win.Canvas().Overlays().Top() != nil {
		t.Error("the list came back by itself")
	}
	s.draftIs(func(c *view.Composer) { c.Picker = nil })
	s.draftIs(func(c *view.Composer) { c.Picker = fixture.Choosing("coupon").Chat.Composer.Picker })
	s.tapLast(t, "订单")
	s.asked(t, "Pick order ")
	s.key(fyne.KeyEscape)
	s.asked(t, "Pick  ")
	s.draftIs(func(c *view.Composer) { c.Picker = nil })
	s.draftIs(func(c *view.Composer) { c.Picker = fixture.Choosing("order").Chat.Composer.Picker })
	s.draftIs(func(c *view.Composer) { c.Picker = nil })
	if s.win.Canvas().Overlays().Top() != nil {
		t.Error("the list stays though the snapshot closed it")
	}
	if got := s.act.Calls(); slices.Contains(got, "Pick  ") {
		t.Error("closing by the snapshot was told back")
	}
}

func TestComposer_WhatFitsBestShows(t *testing.T) {
	s := sit(t, fixture.WithTools(), 1440, 900)
	list := func(first ...string) func(*view.Composer) {
		return func(c *view.Composer) {
			p := &view.Picker{Kind: "product"}
			for i := range 20 {
				first = append(first, fmt.Sprintf("面霜 %d", i))
			}
			for _, title := range first {
				p.Items = append(p.Items, view.ShopCard{ID: title, Title: title, Stock: 1})
			}
			c.Picker = p
		}
	}
	s.draftIs(list())
	s.draftIs(list("积雪草舒缓面霜"))
	if !s.inView("积雪草舒缓面霜") {
		t.Error("the first of the new list is out of view")
	}
	s.key(fyne.KeyReturn)
	s.asked(t, "SendPicked product 积雪草舒缓面霜")
}

// inView reports whether a line that reads so lies in the window and is not scrolled away.
func (s *seat) inView(text string) (found bool) {
	var top, bottom float32
	s.all(func(o fyne.CanvasObject, p fyne.Position) {
		switch x := o.(type) {
		case *container.Scroll:
			top, bottom = p.Y, p.Y+x.Size().Height
		case *look.Text:
			found = found || x.S == text && p.Y >= top && p.Y < bottom
		}
	})
	return found
}

func TestComposer_Emoji(t *testing.T) {
	s := sit(t, fixture.WithTools(), 1440, 900)
	test.TapCanvas(s.win.Canvas(), s.icon(t, "smile", 0))
	s.tapLast(t, "😊")
	if got := s.composer.draft.Text(); got != "可以先这样处理，😊" {
		t.Errorf("the draft is %q", got)
	}
	s.type_("发货")
	s.key(fyne.KeyReturn)
	s.key(fyne.KeyEscape)
	if got := s.composer.draft.Text(); got != "可以先这样处理，😊🚚" {
		t.Errorf("after a search the draft is %q", got)
	}
	if s.win.Canvas().Focused() != s.composer.draft.Focusable() {
		t.Error("the keyboard did not go back to the draft")
	}
	test.TapCanvas(s.win.Canvas(), s.icon(t, "smile", 0))
	s.tapLast(t, "最近")
	if !s.shows("🚚") {
		t.Error("what was used last is not in front")
	}
}

// TestEmoji_AllHaveAGlyph looks them up in the fonts that the desk draws with.
func TestEmoji_AllHaveAGlyph(t *testing.T) {
	var faces []*font.Face
	for _, b := range [][]byte{assets.Font(false), theme.DefaultEmojiFont().Content()} {
		f, err := font.ParseTTF(strings.NewReader(string(b)))
		if err != nil {
			t.Fatal(err)
		}
		faces = append(faces, f)
	}
	seen := map[string]bool{}
	for _, g := range emojiGroups() {
		for _, e := range g.signs {
			if seen[e.sign] {
				t.Errorf("%s is there twice", e.sign)
			}
			seen[e.sign] = true
			if look.Clean(e.sign) != e.sign || utf8.RuneCountInString(e.sign) != 1 {
				t.Errorf("%s is more than one sign", e.sign)
			}
			if len(strings.Fields(e.words)) < 2 {
				t.Errorf("%s lacks words in both languages", e.sign)
			}
			for _, r := range e.sign {
				if !slices.ContainsFunc(faces, func(f *font.Face) bool { _, ok := f.NominalGlyph(r); return ok }) {
					t.Errorf("%s (%U) has no glyph", e.sign, r)
				}
			}
		}
	}
}

func (s *seat) paste(text string) {
	fyne.CurrentApp().Clipboard().SetContent(text)
	s.composer.draft.Focusable().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutPaste{Clipboard: fyne.CurrentApp().Clipboard()})
}

func TestComposer_PastesTextAndPictures(t *testing.T) {
	came := make(chan struct{})
	s := sit(t, fixture.WithTools(), 1440, 900, func(e *screen.Env) {
		e.ClipboardPicture = func(context.Context) []byte { return []byte("png") }
	})
	s.act.On = func(call string) {
		if strings.HasPrefix(call, "Attach 截图") {
			close(came)
		}
	}
	s.paste("三步。")
	if got := s.composer.draft.Text(); got != "可以先这样处理，三步。" {
		t.Errorf("the draft is %q", got)
	}
	long := strings.Repeat("长", 600)
	s.paste(long)
	if got := s.composer.draft.Text(); got != "可以先这样处理，三步。" {
		t.Errorf("a long text went into the draft: %d runes", utf8.RuneCountInString(got))
	}
	s.act.Calls()
	s.tap(t, "作为文件发送")
	s.asked(t, "Attach 粘贴的文字.txt 1800 bytes")
	s.paste(long)
	s.tap(t, "只取放得下的")
	if got := utf8.RuneCountInString(s.composer.draft.Text()); got != 500 {
		t.Errorf("what fits are %d runes", got)
	}
	if s.shows("作为文件发送") {
		t.Error("the offer stays")
	}
	s.paste("")
	<-came
}

func TestComposer_TakesDroppedFiles(t *testing.T) {
	s := sit(t, fixture.WithTools(), 1440, 900)
	dir := t.TempDir()
	var files []fyne.URI
	for _, n := range []string{"照片.jpg", "说明.pdf"} {
		p := filepath.Join(dir, n)
		if err := os.WriteFile(p, []byte("12345"), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, storage.NewFileURI(p))
	}
	files = append(files, storage.NewFileURI(filepath.Join(dir, "gone.png")))
	if s.Drop(fyne.NewPos(100, 500), files) {
		t.Error("files dropped on the queue were taken")
	}
	if !s.Drop(fyne.NewPos(700, 500), files) {
		t.Error("files dropped on the chat were not taken")
	}
	s.asked(t, "Attach 照片.jpg 5 bytes", "Attach 说明.pdf 5 bytes")
	s.draftIs(func(c *view.Composer) { c.Denied = "other" })
	if s.Drop(fyne.NewPos(700, 500), files) {
		t.Error("files were taken where nothing can be sent")
	}
}

func TestComposer_AttachedFilesGoAndComeOff(t *testing.T) {
	s := sit(t, fixture.WithTools(), 1440, 900)
	if !s.shows("上传中 42%") || !s.shows("太大了") {
		t.Fatal("the state of the files does not show")
	}
	s.shortcut(&desktop.CustomShortcut{KeyName: fyne.KeyReturn, Modifier: fyne.KeyModifierControl})
	if got := s.act.Calls(); len(got) > 0 {
		t.Errorf("with a file that can't go it asked %q", got)
	}
	chip := s.find(t, "上传中 42%", 0)
	s.draftIs(func(c *view.Composer) {
		c.Attached = slices.Clone(c.Attached[:2])
		c.Attached[1].Part = 0.9
		c.Draft, c.DraftRev = "", c.DraftRev+1
	})
	if got := s.find(t, "上传中 90%", 0); got.Y != chip.Y {
		t.Error("the file moved while it went up")
	}
	test.TapCanvas(s.win.Canvas(), s.icon(t, "x", 1)) // the first is the quote's
	s.asked(t, "Detach a1")
	s.shortcut(&desktop.CustomShortcut{KeyName: fyne.KeyReturn, Modifier: fyne.KeyModifierControl})
	s.asked(t, "Send ")
	s.shortcut(&desktop.CustomShortcut{KeyName: fyne.KeyReturn, Modifier: fyne.KeyModifierControl})
	if got := s.act.Calls(); slices.Contains(got, "Send ") {
		t.Error("the same files went twice")
	}
}

func TestComposer_EnterSendsWhereThePersonWantsIt(t *testing.T) {
	for _, enter := range []bool{false, true} {
		d := fixture.WithTools()
		d.Prefs.EnterSend = enter
		c, n := *d.Chat, *d.Chat.Composer
		n.Attached = nil
		c.Composer, d.Chat = &n, &c
		s := sit(t, d, 1440, 900)
		s.FocusComposer()
		s.key(fyne.KeyReturn)
		sent := slices.ContainsFunc(s.act.Calls(), func(c string) bool { return strings.HasPrefix(c, "Send") })
		if sent != enter {
			t.Errorf("with Enter to send %v, Enter sent: %v", enter, sent)
		}
		s.draftIs(func(c *view.Composer) { c.Draft, c.DraftRev = "再来", c.DraftRev+1 })
		s.shortcut(&desktop.CustomShortcut{KeyName: fyne.KeyReturn, Modifier: fyne.KeyModifierControl})
		sent = slices.Contains(s.act.Calls(), "Send 再来")
		if sent == enter || enter != strings.HasSuffix(s.composer.draft.Text(), "\n") {
			t.Errorf("with Enter to send %v, Mod+Enter sent: %v, the draft is %q", enter, sent, s.composer.draft.Text())
		}
	}
}

func TestComposer_AsksForForms(t *testing.T) {
	d := fixture.WithTools()
	d.Customer = fixture.Kept()
	s := sit(t, d, 1440, 900)
	test.TapCanvas(s.win.Canvas(), s.icon(t, "form", 0))
	s.tapLast(t, "退换货申请")
	s.tapLast(t, "焕亮双抗精华 30ml")
	s.asked(t, "AskForm return CY8800008842")
	s.change(func(v *view.Desk) { v.Customer = nil })
	test.TapCanvas(s.win.Canvas(), s.icon(t, "form", 0))
	s.tapLast(t, "修改收货地址")
	s.asked(t, "AskForm address ")
}

func TestComposer_ButtonsStayWhileOneTypes(t *testing.T) {
	s := sit(t, fixture.Desk(), 1440, 900)
	tool, send := s.composer.picks.at[view.ToolEmoji], s.composer.button
	s.draftIs(func(c *view.Composer) { c.Findings = slices.Clone(c.Findings) })
	if s.composer.picks.at[view.ToolEmoji] != tool || s.composer.button != send {
		t.Error("buttons were made anew though nothing about them changed")
	}
}
