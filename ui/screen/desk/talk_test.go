package desk

import (
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
)

func TestMessages_MenuOffersWhatWorks(t *testing.T) {
	s := sit(t, fixture.Desk(), 1440, 900)
	s.itemIs("m5", func(it *view.Item) { it.Unsend = s.now.Add(time.Minute) })
	menu := func(id string) []string {
		c := s.cellOf(t, id)
		c.TappedSecondary(&fyne.PointEvent{AbsolutePosition: fyne.NewPos(600, 400)})
		words := s.menuWords()
		s.win.Canvas().Overlays().Remove(s.win.Canvas().Overlays().Top())
		return words
	}
	for id, want := range map[string][]string{
		"m1": {"引用", "复制", "在会话中查找"},
		"m3": {"引用", "查看大图", "在会话中查找"},
		"m5": {"引用", "复制", "在会话中查找", "撤回"},
		"m6": {"复制", "在会话中查找"}, // a note
	} {
		if got := menu(id); !slices.Equal(got, want) {
			t.Errorf("the menu of %s offers %q, want %q", id, got, want)
		}
	}
	s.cellOf(t, "m5").TappedSecondary(&fyne.PointEvent{AbsolutePosition: fyne.NewPos(600, 400)})
	s.tapLast(t, "撤回")
	s.asked(t, "Unsend m5")
	s.now = s.now.Add(2 * time.Minute)
	if got := menu("m5"); slices.Contains(got, "撤回") {
		t.Error("a message can be taken back after its time")
	}
	s.itemIs("m5", func(it *view.Item) { it.Recalled, it.Text = true, "" })
	if !s.shows("您撤回了一条消息") {
		t.Error("what was taken back does not say so")
	}
	if got := menu("m5"); !slices.Equal(got, []string{"在会话中查找"}) {
		t.Errorf("the menu of a recalled message offers %q", got)
	}
}

func TestMessages_FailedOnesAreSentAgainOrTakenBack(t *testing.T) {
	for _, sc := range fixture.Scenes() {
		if sc.Name != "send" {
			continue
		}
		s := sit(t, sc.Desk, 1440, 900)
		s.cellOf(t, "d").TappedSecondary(&fyne.PointEvent{AbsolutePosition: fyne.NewPos(600, 400)})
		s.tapLast(t, "取回修改")
		s.asked(t, "Recall d")
		s.tap(t, "重发")
		s.asked(t, "Resend d")
		return
	}
	t.Fatal("no such scene")
}

func TestMessages_PointerBringsToolsAndQuotes(t *testing.T) {
	s := sit(t, fixture.Desk(), 1440, 900)
	c := s.cellOf(t, "m1")
	before := s.find(t, "20:36", 0)
	c.MouseIn(&desktop.MouseEvent{})
	test.TapCanvas(s.win.Canvas(), s.icon(t, "reply", 0))
	s.asked(t, "Quote m1")
	if s.win.Canvas().Focused() != s.composer.draft.Focusable() {
		t.Error("quoting did not give the keyboard to the composer")
	}
	if s.find(t, "20:36", 0) != before {
		t.Error("the tools moved the time")
	}
	c.MouseOut()
	found := false
	walk(c, fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
		if x, ok := o.(*look.Icon); ok && x.Name == "reply" {
			found = true
		}
	})
	if found {
		t.Error("the tools stay after the pointer left")
	}
	s.chatIs(func(ch *view.Chat) {
		n := *ch.Composer
		n.Quote = &view.Quote{ID: "m1", Name: "林小鹿", Text: "焕亮双抗精华用了两晚", Kind: view.KindText}
		ch.Composer = &n
	})
	if !s.shows("林小鹿：焕亮双抗精华用了两晚") {
		t.Fatal("the composer does not show what is quoted")
	}
	test.TapCanvas(s.win.Canvas(), s.icon(t, "x", 0))
	s.asked(t, "Quote ")
}

func TestMessages_TapOnAQuoteGoesThereAndMarksIt(t *testing.T) {
	d := fixture.Long(800)
	c, l := *d.Chat, *d.Chat.Log
	first := l.Items[3].ID
	l.Items = append(slices.Clone(l.Items), view.Item{ID: "q", Rev: 1, Kind: view.KindText, By: view.ByCustomer, At: fixture.Now(), Text: "就是这个",
		Quote: &view.Quote{ID: first, Name: "晓宁", Text: "您好", Kind: view.KindText}})
	c.Log, d.Chat = &l, &c
	s := sit(t, d, 1440, 900)
	if s.log.roll.CellOf(first) != nil {
		t.Fatal("the quoted message is in view already")
	}
	s.tap(t, "晓宁：您好")
	cell := s.cellOf(t, first)
	outlined := func() bool {
		found := false
		walk(cell, fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
			if f, ok := o.(*look.Frame); ok && f.Ink == look.Accent && f.Size().Width > 100 {
				found = true
			}
		})
		return found
	}
	if !outlined() {
		t.Error("the quoted message is not outlined")
	}
	s.now = s.now.Add(3 * time.Second)
	s.Tick(s.now)
	if cell = s.cellOf(t, first); outlined() {
		t.Error("the outline stays")
	}
}

func TestMessages_LongTextsFold(t *testing.T) {
	s := sit(t, fixture.WithChat(func(c *view.Chat) {
		l := *c.Log
		l.Items = []view.Item{
			{ID: "long", Rev: 1, Kind: view.KindText, By: view.ByCustomer, At: fixture.Now(), Text: strings.Repeat("一二三四五六七八九。", 100)},
			{ID: "huge", Rev: 1, Kind: view.KindText, By: view.ByCustomer, At: fixture.Now(), Name: "林小鹿", Text: strings.Repeat("一二三四五六七八九。", 2100) + "末尾"}}
		c.Log = &l
	}), 1440, 1600)
	high := s.cellOf(t, "long").Size().Height
	if high > 400 {
		t.Fatalf("a long text takes %v units", high)
	}
	s.tap(t, "展开")
	if got := s.cellOf(t, "long").Size().Height; got < 600 {
		t.Errorf("unfolded it takes %v units, folded %v", got, high)
	}
	s.tap(t, "收起")
	if got := s.cellOf(t, "long").Size().Height; got != high {
		t.Errorf("folded again it takes %v units, before %v", got, high)
	}
	test.TapCanvas(s.win.Canvas(), s.find(t, "展开", 1))
	if s.win.Canvas().Overlays().Top() == nil {
		t.Fatal("a very long text does not open on a sheet")
	}
	lines := 0
	s.top(func(o fyne.CanvasObject, _ fyne.Position) {
		if _, ok := o.(*canvas.Text); ok {
			lines++
		}
	})
	if lines > 150 {
		t.Errorf("the sheet draws %d lines of 64 KB at once", lines)
	}
	s.tapLast(t, "关闭")
	if s.win.Canvas().Overlays().Top() != nil {
		t.Error("the sheet stays")
	}
}

// TestMessages_NothingRunsOut looks at every line of text of every sample at its narrowest and widest: its painted pieces lie in
// the line, and the line in its column.
func TestMessages_NothingRunsOut(t *testing.T) {
	for _, name := range []string{"kinds", "kinds-2", "hostile", "tools", "promised", "past", "source", "trace", "trace-model", "trace-gone", "unwell"} {
		for _, c := range []struct {
			lang string
			w, h float32
		}{{"zh-Hans", 1024, 720}, {"en", 1280, 800}, {"zh-Hans", 1440, 900}} {
			d := scene(t, name)
			d.Prefs.Lang = c.lang
			s := sit(t, d, c.w, c.h)
			for step := range 6 { // through the whole of the log
				s.log.roll.ToRow(step * len(s.log.rows) / 6)
				if msg := s.runsOut(); msg != "" {
					t.Errorf("%s %s %v: %s", name, c.lang, c.w, msg)
					break
				}
			}
		}
	}
}

func scene(t *testing.T, name string) *view.Desk {
	t.Helper()
	for _, s := range fixture.Scenes() {
		if s.Name == name {
			d := *s.Desk
			return &d
		}
	}
	t.Fatalf("no scene %q", name)
	return nil
}

// runsOut names the first line of text that is painted outside of its place.
func (s *seat) runsOut() (msg string) {
	s.all(func(o fyne.CanvasObject, p fyne.Position) {
		if msg != "" {
			return
		}
		switch x := o.(type) {
		case *look.Text:
			if x.S == "" {
				return
			}
			for _, piece := range test.WidgetRenderer(x).Objects() {
				if c := piece.(*canvas.Text); c.Position().X+c.Size().Width > x.Size().Width+2 || c.Position().X < -2 {
					msg = cutRunes(x.S, 20) + " runs out of its line"
					return
				}
			}
			if p.X+x.Size().Width > s.Size().Width+1 || p.X < -1 {
				msg = cutRunes(x.S, 20) + " leaves the window"
			}
		case *look.BubbleCell:
			walk(x, p.Subtract(x.Position()), func(in fyne.CanvasObject, at fyne.Position) {
				if c, ok := in.(*canvas.Text); ok && (at.X < p.X-1 || at.X+c.Size().Width > p.X+x.Size().Width+1) {
					msg = cutRunes(c.Text, 20) + " leaves its column"
				}
			})
		}
	})
	return msg
}

func TestMessages_CitationOpensItsSource(t *testing.T) {
	s := sit(t, fixture.Desk(), 1440, 900)
	tapped := false
	walk(s.cellOf(t, "m2"), fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
		if x, ok := o.(*look.Tap); ok && !tapped {
			tapped = true
			x.Tapped(nil)
		}
	})
	s.asked(t, "OpenCard care")
	s.change(func(v *view.Desk) { v.Source = fixture.Policy() })
	if !s.shows("舒缓三步") || s.shows("知识卡") {
		t.Fatal("the source is not in the place of the copilot")
	}
	s.win.Canvas().Unfocus()
	s.key(fyne.KeyEscape)
	s.asked(t, "OpenCard ")
	s.change(func(v *view.Desk) { v.Source = nil })
	if !s.shows("知识卡") {
		t.Error("the copilot did not come back")
	}
}
