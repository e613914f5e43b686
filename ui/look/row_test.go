package look

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
)

func TestQueueRow_TickChangesOnlyTheRing(t *testing.T) {
	useTheme(t)
	d := RowData{Name: "苏晚晚", Tier: "gold", Mood: "calm", Badge: "bag", BadgeInk: "#D9620B", Face: Asset("faces/face-1.svg"),
		Waiting: true, Left: 9, Take: "接管"}
	q := NewQueueRow(d)
	q.Resize(fyne.NewSize(304, 79))
	body, ring := q.body, q.ring
	d.Left = 8
	q.Set(d)
	if q.body != body || ring.left != 8 {
		t.Errorf("a tick rebuilt the row or left the ring at %d", ring.left)
	}
	for _, left := range []int{5, -1, 26, 15} {
		d.Left = left
		q.Set(d)
		fresh := NewQueueRow(d)
		fresh.Resize(q.Size())
		got := []any{q.body.Objects[0].(*Box).Fill, q.mood.Fill, q.rule.Visible()}
		want := []any{fresh.body.Objects[0].(*Box).Fill, fresh.mood.Fill, fresh.rule.Visible()}
		if q.body != body || !slices.Equal(got, want) {
			t.Errorf("with %d seconds left the row has %v, want %v, on the parts that it had", left, got, want)
		}
	}
}

func TestQueueRow_ANewSnippetTouchesNothingElse(t *testing.T) {
	useTheme(t)
	q := NewQueueRow(RowData{Name: "苏晚晚", Snippet: "在吗", Unread: 1})
	q.Resize(fyne.NewSize(304, 79))
	body := q.body
	d := q.Data()
	d.Snippet = "还没有发货吗"
	q.Set(d)
	if q.body != body || q.said.S != d.Snippet {
		t.Errorf("the row shows %q; made anew: %v", q.said.S, q.body != body)
	}
	d.Unread = 2
	q.Set(d)
	if q.body == body {
		t.Error("a new count shows nowhere")
	}
}
