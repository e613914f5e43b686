package look

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// lines makes a roll of n numbered rows of 20 units and counts the cells that are made.
type lineRoll struct {
	*Roll
	keys []string
	made int
}

func newLineRoll(n int) *lineRoll {
	l := &lineRoll{}
	l.Roll = NewRoll(func(int, float32) float32 { return 20 }, func(i int, old fyne.CanvasObject) fyne.CanvasObject {
		t, ok := old.(*Text)
		if !ok {
			l.made++
			t = NewText("", Body)
		}
		t.Set(l.keys[i])
		return t
	})
	l.set(0, n)
	return l
}

func (l *lineRoll) set(from, to int) {
	l.keys = nil
	var es []Entry
	for i := from; i < to; i++ {
		k := fmt.Sprintf("row %d", i)
		l.keys = append(l.keys, k)
		es = append(es, Entry{Key: k, Kind: "line"})
	}
	l.SetRows(es)
}

func (l *lineRoll) first() string { k, _ := l.anchor(); return k }

func TestRoll_MakesOnlyWhatIsSeen(t *testing.T) {
	useTheme(t)
	l := newLineRoll(5000)
	w := test.NewWindow(l)
	defer w.Close()
	w.SetPadded(false)
	w.Resize(fyne.NewSize(300, 200))
	for y := float32(0); y < 90000; y += 137 {
		l.scroll.Offset.Y = y
		l.scroll.OnScrolled(l.scroll.Offset)
	}
	if l.made > 40 {
		t.Errorf("%d cells were made for 10 visible rows", l.made)
	}
	if got, want := l.first(), "row 4493"; got != want {
		t.Errorf("first row is %q, want %q", got, want)
	}
}

func TestRoll_KeepsItsPlaceWhenOlderRowsCome(t *testing.T) {
	useTheme(t)
	l := newLineRoll(100)
	l.Stick = true
	w := test.NewWindow(l)
	defer w.Close()
	w.SetPadded(false)
	w.Resize(fyne.NewSize(300, 200))
	l.ToRow(50)
	l.set(-40, 100)
	if got := l.first(); got != "row 50" {
		t.Errorf("after 40 rows were put in front the first row is %q", got)
	}
	l.set(-40, 120)
	if got := l.first(); got != "row 50" {
		t.Errorf("new rows below moved the view to %q", got)
	}
	l.ToBottom()
	l.set(-40, 130)
	if !l.AtBottom() {
		t.Error("at the bottom, a new row did not come into view")
	}
	w.Resize(fyne.NewSize(300, 120))
	if !l.AtBottom() {
		t.Error("a lower window left the bottom")
	}
}

func TestRow_SoftGivesWayToTheRest(t *testing.T) {
	useTheme(t)
	long, short := NewSoft("很长很长很长很长很长很长的名字", Body), NewSoft("短名", Body)
	tail := NewText("12:04", Body)
	r := Row(6, short, long, tail)
	r.Resize(fyne.NewSize(140, 20))
	if got := tail.Position().X + tail.Size().Width; got > 140.5 {
		t.Errorf("the end of the row is at %v of 140", got)
	}
	if got, want := short.Size().Width, short.MinSize().Width; got < want-1 {
		t.Errorf("the short text got %v of %v", got, want)
	}
}

func TestFit_LeavesOutWhatHasNoRoom(t *testing.T) {
	useTheme(t)
	a, b, c := NewText("一二三", Body), NewText("四五六", Body), NewText("七", Body)
	f := Fit(4, a, b, c)
	f.Resize(fyne.NewSize(60, 20))
	if !a.Visible() || b.Visible() || c.Visible() {
		t.Errorf("visible: %v %v %v, want only the first", a.Visible(), b.Visible(), c.Visible())
	}
	f.Resize(fyne.NewSize(200, 20))
	if !b.Visible() || !c.Visible() {
		t.Error("with room again, texts stay hidden")
	}
}

func TestCited_PutsChipsOnlyForSources(t *testing.T) {
	useTheme(t)
	spans := Cited("价格 [1] 是 289，见 [3] 和 a[0]。[2]", 2, BotTint)
	chips, text := 0, ""
	for _, s := range spans {
		if s.Obj != nil {
			chips++
			text += "#"
		}
		text += s.Text
	}
	if chips != 2 || text != "价格 # 是 289，见 [3] 和 a[0]。#" {
		t.Errorf("%d chips in %q", chips, text)
	}
}

func FuzzCited(f *testing.F) {
	f.Add("a[1]b[22][x]", 3)
	f.Add("[", 1)
	f.Fuzz(func(t *testing.T, s string, n int) {
		back := ""
		for _, sp := range citedText(s, n) {
			back += sp
		}
		if back != s {
			t.Errorf("text changed: %q became %q", s, back)
		}
	})
}

// TestRoll_GuessedHeightsNeverMoveWhatIsSeen scrolls through rows whose guessed heights are wrong: each step moves what is in
// view by exactly the step.
func TestRoll_GuessedHeightsNeverMoveWhatIsSeen(t *testing.T) {
	useTheme(t)
	l := newLineRoll(0)
	asked := 0
	l.Height = func(i int, _ float32) float32 { asked++; return 20 + float32(i%7) }
	l.Guess = func(i int, _ float32) (float32, bool) { return 40, false }
	l.Stick = true
	w := test.NewWindow(l)
	defer w.Close()
	w.SetPadded(false)
	w.Resize(fyne.NewSize(300, 200))
	l.set(0, 5000)
	if !l.AtBottom() || l.shown["row 4999"].obj == nil {
		t.Fatal("the last row is not in view")
	}
	if asked > 200 {
		t.Errorf("%d rows were measured to show ten", asked)
	}
	place := func(key string) float32 { return l.shown[key].obj.Position().Y - l.Top() }
	for range 300 {
		key, _ := l.anchor()
		before := place(key)
		l.scroll.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 13)})
		if got := place(key) - before; got < 12.9 || got > 13.1 {
			t.Fatalf("a step of 13 moved %s by %v", key, got)
		}
	}
	l.Seek(100)
	if l.shown["row 100"].obj == nil {
		t.Error("the row that was sought is not in view")
	}
	if y := place("row 100"); y < 40 || y > 90 {
		t.Errorf("the row that was sought is at %v of 200", y)
	}
}
