package ui_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"agentdesk/app/view"
	"agentdesk/ui/fixture"
	"agentdesk/ui/look"
)

// row is the queue's row of a name, nil when it is not there.
func (b *bench) row(name string) (found *look.QueueRow) {
	b.all(func(o fyne.CanvasObject, _ fyne.Position) {
		if r, ok := o.(*look.QueueRow); ok && r.Data().Name == name {
			found = r
		}
	})
	return found
}

func (b *bench) rowNames() (out []string) {
	b.all(func(o fyne.CanvasObject, _ fyne.Position) {
		if r, ok := o.(*look.QueueRow); ok {
			out = append(out, r.Data().Name)
		}
	})
	return out
}

func (b *bench) queue(f func(*view.Queue)) {
	b.src.Change(func(d *view.Desk) {
		q := *d.Queue
		q.Rows, q.Waiting = slices.Clone(q.Rows), slices.Clone(q.Waiting)
		f(&q)
		d.Queue = &q
	})
	b.Refresh()
}

func TestQueue_NothingMovesUnderThePointer(t *testing.T) {
	b := open(t, fixture.Desk(), 1440, 900)
	b.row("赵一诺").MouseIn(&desktop.MouseEvent{})
	before := b.find(t, "陈语桐", 0)
	b.queue(func(q *view.Queue) {
		slices.Reverse(q.Rows)
		q.Rows = q.Rows[1:]                                           // 何知夏 is gone
		q.Waiting = append(q.Waiting[1:], q.Waiting[1], q.Waiting[2]) // 苏晚晚 was taken, others came
		q.Waiting[2].ID, q.Waiting[2].Name = "w9", "新来的"              // shown nowhere yet
		q.Waiting[3].ID, q.Waiting[3].Name, q.Waiting[3].Snippet = "w10", "又一位", "在吗"
	})
	if got := b.find(t, "陈语桐", 0); got != before {
		t.Errorf("the row moved from %v to %v under the pointer", before, got)
	}
	gone := b.row("苏晚晚")
	if gone == nil || !gone.Data().Gone {
		t.Fatal("a customer who left is not shown as gone")
	}
	gone.Tapped(nil)
	b.row("何知夏").Tapped(nil)
	b.wantNone(t)
	b.row("赵一诺").MouseOut()
	want := []string{"顾明月", "念念不忘", "新来的", "陈语桐", "赵一诺", "林小鹿", "王梓涵"}
	if got := b.rowNames(); !slices.Equal(got, want) {
		t.Errorf("after the pointer left the rows are %q, want %q", got, want)
	}
	if !b.shows("还有") {
		t.Error("the fourth who waits is not counted")
	}
}

func TestQueue_APointerAtRestHidesNobody(t *testing.T) {
	b := open(t, fixture.Desk(), 1440, 900)
	b.row("赵一诺").MouseIn(&desktop.MouseEvent{})
	b.queue(func(q *view.Queue) { slices.Reverse(q.Rows) })
	if b.rowNames()[3] != "王梓涵" {
		t.Fatal("the rows moved at once")
	}
	b.now = b.now.Add(4 * time.Second)
	b.Tick()
	if b.rowNames()[3] != "何知夏" {
		t.Fatal("a pointer that rests still holds the rows")
	}
	b.act.Calls()
	b.row("何知夏").Tapped(nil)
	b.wantNone(t) // the click was meant for the row before
	b.now = b.now.Add(time.Second)
	b.row("何知夏").Tapped(nil)
	b.want(t, "Select c5")
}

func TestQueue_FilterAndOrder(t *testing.T) {
	b := open(t, fixture.Desk(), 1440, 900)
	b.tap(t, "按等待时长", 0)
	b.tap(t, "未读", 0)
	if got := b.rowNames()[3:]; !slices.Equal(got, []string{"王梓涵", "赵一诺"}) {
		t.Errorf("unread are %q", got)
	}
	b.tap(t, "取消筛选", 0)
	b.tap(t, "按等待时长", 0)
	b.tap(t, "最近在前", 0)
	if got := b.rowNames()[3:]; !slices.Equal(got, []string{"林小鹿", "王梓涵", "赵一诺", "陈语桐", "何知夏"}) {
		t.Errorf("latest first are %q", got)
	}
	b.tap(t, "最近在前", 0)
	b.tap(t, "情绪不佳", 0)
	b.queue(func(q *view.Queue) { q.Rows = q.Rows[2:] })
	if !b.shows("没有符合筛选的会话") {
		t.Error("an empty filter says nothing")
	}
}

// TestQueue_BotWindow scrolls a list of 500 of which the snapshot holds forty.
func TestQueue_BotWindow(t *testing.T) {
	window := func(from int) *view.Queue {
		q := &view.Queue{Selected: view.SegBot, Counts: map[view.Segment]int{view.SegBot: 500}, Offset: from}
		for i := from; i < from+40; i++ {
			q.Rows = append(q.Rows, view.Row{ID: fmt.Sprint("b", i), Name: fmt.Sprint("顾客", i), At: fixture.Now()})
		}
		return q
	}
	d := fixture.Desk()
	d.Queue = window(0)
	b := open(t, d, 1440, 900)
	if b.row("顾客0") == nil {
		t.Fatal("the first row does not show")
	}
	b.wantNone(t)
	test.Scroll(b.Window().Canvas(), fyne.NewPos(200, 600), 0, -79*100)
	got := b.act.Calls()
	if len(got) == 0 || !strings.HasPrefix(got[len(got)-1], "SetWindow 100") {
		t.Fatalf("after scrolling 100 rows the desk asked %q", got)
	}
	b.src.Change(func(d *view.Desk) { d.Queue = window(85) })
	b.Refresh()
	if b.row("顾客100") == nil || b.row("顾客0") != nil {
		t.Errorf("in view are %q", b.rowNames())
	}
}

func TestQueue_SkeletonAfterAMoment(t *testing.T) {
	d := fixture.Desk()
	d.Queue = &view.Queue{Selected: view.SegMine, Loading: true}
	b := open(t, d, 1440, 900)
	bones := func() (n int) {
		b.all(func(o fyne.CanvasObject, p fyne.Position) {
			if x, ok := o.(*look.Box); ok && x.Size() == fyne.NewSquareSize(36) && p.Y > 150 && p.X < 368 {
				n++
			}
		})
		return n
	}
	if n := bones(); n != 0 {
		t.Errorf("at once there are %d skeleton rows", n)
	}
	due := b.Due()
	if want := b.now.Add(300 * time.Millisecond); !due.Equal(want) {
		t.Fatalf("the face wants to be drawn at %v, want %v", due, want)
	}
	b.now = due
	b.Tick()
	if n := bones(); n != 4 {
		t.Errorf("after 300 ms there are %d skeleton rows", n)
	}
	if !b.Due().IsZero() {
		t.Error("the skeleton asks to be drawn again")
	}
}

func TestQueue_Collapsed(t *testing.T) {
	d := fixture.Desk()
	d.Prefs.Widths = map[string]float32{"queue": 72}
	b := open(t, d, 1440, 900)
	if b.shows("第三次问了") || b.shows("今日接管") {
		t.Error("a collapsed queue shows texts")
	}
	if n := len(b.rowNames()); n != 8 {
		t.Errorf("a collapsed queue has %d rows, want 8", n)
	}
	r := b.row("王梓涵")
	r.MouseIn(&desktop.MouseEvent{})
	if !b.shows("王梓涵") {
		t.Error("the pointer gets no name")
	}
	r.MouseOut()
	b.press(fyne.KeyK, fyne.KeyModifierControl)
	if !b.shows("第三次问了") && !b.shows("输入要找的词") {
		t.Error("a search did not open the queue")
	}
}

func TestQueue_Keyboard(t *testing.T) {
	b := open(t, fixture.Desk(), 1440, 900)
	c := b.Window().Canvas()
	stops := 0
	b.all(func(o fyne.CanvasObject, _ fyne.Position) {
		if r, ok := o.(*look.QueueRow); ok && !r.Disabled() {
			stops++
		}
	})
	if stops != 1 {
		t.Fatalf("Tab stops at %d rows, want one", stops)
	}
	c.Focus(b.row("林小鹿")) // the selected one
	key := func(k fyne.KeyName) { c.Focused().TypedKey(&fyne.KeyEvent{Name: k}) }
	key(fyne.KeyDown)
	key(fyne.KeyReturn)
	b.want(t, "Select c3")
	key(fyne.KeyHome)
	key(fyne.KeyReturn)
	b.want(t, "Select w1")
	key(fyne.KeyEnd)
	key(fyne.KeyReturn)
	b.want(t, "Select c5")
}

func TestFrame_DraggedWidthsAreKept(t *testing.T) {
	b := open(t, fixture.Desk(), 1440, 900)
	var grips []*look.Grip
	b.all(func(o fyne.CanvasObject, _ fyne.Position) {
		if g, ok := o.(*look.Grip); ok {
			grips = append(grips, g)
		}
	})
	if len(grips) != 2 {
		t.Fatalf("%d borders can be dragged", len(grips))
	}
	drag := func(g *look.Grip, by ...float32) {
		for _, dx := range by {
			g.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(dx, 0)})
		}
		g.DragEnd()
	}
	last := func() string {
		calls := b.act.Calls()
		for _, c := range slices.Backward(calls) {
			if strings.HasPrefix(c, "SetPrefs") {
				return c
			}
		}
		return ""
	}
	drag(grips[0], 30, 16)
	if got := last(); !strings.Contains(got, "queue:350") {
		t.Errorf("asked %q, want a queue of 350", got)
	}
	drag(grips[0], -300)
	if got := last(); !strings.Contains(got, "queue:72") {
		t.Errorf("asked %q, want a collapsed queue", got)
	}
	drag(grips[1], 40)
	if got := last(); !strings.Contains(got, "copilot:308") {
		t.Errorf("asked %q, want a copilot of 308", got)
	}
	grips[1].DoubleTapped(nil)
	if got := last(); strings.Contains(got, "copilot") {
		t.Errorf("a double-click asked %q, want the copilot's own width", got)
	}
	b.press(fyne.KeyBackslash, fyne.KeyModifierControl)
	if got := last(); !strings.Contains(got, "copilot:48") || b.shows("知识卡") {
		t.Errorf("Mod+\\ asked %q, want the copilot collapsed", got)
	}
}
