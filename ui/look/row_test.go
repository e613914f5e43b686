package look

import (
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
	d.Left = 5
	q.Set(d)
	if q.body == body || q.tint() != BadTint {
		t.Errorf("a new level did not rebuild the row; tint %s", q.tint())
	}
}
