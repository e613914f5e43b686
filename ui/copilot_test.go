package ui_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/fixture"
	"agentdesk/ui/look"
)

// stream writes the third suggestion on.
func stream(b *bench, text string, done bool) {
	b.src.Change(func(d *view.Desk) {
		c := *d.Copilot
		c.Suggestions = append([]view.Suggestion(nil), c.Suggestions...)
		c.Suggestions[2].Text, c.Suggestions[2].Streaming = text, !done
		d.Copilot = &c
	})
	b.Refresh()
}

func (b *bench) buttons() (out []*look.Button) {
	b.all(func(o fyne.CanvasObject, p fyne.Position) {
		if x, ok := o.(*look.Button); ok && p.X > 1092 {
			out = append(out, x)
		}
	})
	return out
}

func TestCopilot_StreamsWithoutTakingButtonsAway(t *testing.T) {
	b := open(t, fixture.Desk(), 1440, 900)
	edit := b.find(t, "编辑", 0)
	before := b.buttons()
	cards := b.find(t, "知识卡", 0).Y
	text := strings.Repeat("慢慢写出来的建议，", 12)
	for i := range 12 {
		stream(b, string([]rune(text)[:9*(i+1)]), false)
	}
	after := map[*look.Button]bool{}
	for _, x := range b.buttons() {
		after[x] = true
	}
	kept := 0
	for _, x := range before {
		if after[x] {
			kept++
		}
	}
	if kept < 4 { // two suggestions with two buttons each
		t.Errorf("only %d buttons are still the same objects", kept)
	}
	if b.find(t, "编辑", 0) != edit {
		t.Error("a card above the streaming one moved")
	}
	if got := b.find(t, "知识卡", 0).Y; got <= cards {
		t.Errorf("the card did not grow: what is below stayed at %v", got)
	}
	stream(b, text, true)
	b.tap(t, "编辑", 2)
	b.want(t, "EditSuggestion 2")
	if b.Window().Canvas().Focused() == nil {
		t.Error("editing a suggestion did not give the keyboard to the composer")
	}
}

func TestCopilot_NoSuggestionsNoColumn(t *testing.T) {
	d := fixture.Desk()
	d.Copilot, d.Customer = nil, nil
	b := open(t, d, 1440, 900)
	if b.shows("副驾") || b.shows("累计消费") {
		t.Error("a column shows without copilot and customer")
	}
	b.src.Change(func(d *view.Desk) { d.Copilot = fixture.Desk().Copilot })
	b.Refresh()
	if !b.shows("副驾") {
		t.Error("the copilot did not appear")
	}
}
