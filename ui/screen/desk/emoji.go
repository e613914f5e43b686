package desk

import (
	"strings"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// The emoji picker's shape.
const (
	emojiCols          = 9
	emojiD     float32 = 34
	mostRecent         = 18
)

// emojiPicker is the popover of signs: groups as tabs, a search, and what was used last in front.
type emojiPicker struct {
	c      *composer
	group  string
	recent []string
	grid   *fyne.Container
	tabs   *fyne.Container
	name   *look.Text
	find   *look.Field
	pop    *look.Pop
	shut   func()
	shown  []emoji
}

// open shows the picker above its button.
func (e *emojiPicker) open() {
	d := e.c.d
	w := d.env.W
	if e.shut != nil {
		e.shut()
		return
	}
	if e.group == "" || len(e.recent) == 0 && e.group == "recent" {
		e.group = "face"
	}
	e.grid, e.tabs = look.Layers(), look.Layers()
	e.name = look.NewText("", look.Micro.In(look.Fg3))
	e.name.Cut = true
	e.find = look.NewField(w.T("emoji.find"), nil)
	e.find.OnChanged = func(string) { e.show() }
	e.find.OnSubmitted = func(string) {
		if len(e.shown) > 0 {
			e.take(e.shown[0].sign)
		}
	}
	width := emojiCols*emojiD + 16
	body := look.Fix(width, 0, look.Inset(look.Pad(8, 8), look.Col(6,
		box(e.find, 30), e.tabs, look.Fix(0, 5*emojiD, e.grid), look.Fix(0, 16, look.Inset(look.Pad(0, 4), e.name)))))
	c := d.env.Window().Canvas()
	e.pop, e.shut = look.ShowPop(c, body, func() fyne.Position {
		return fyne.CurrentApp().Driver().AbsolutePositionForObject(e.c.picks.at[view.ToolEmoji]).AddXY(-8, -6)
	}, true, func() {
		e.shut = nil
		d.FocusComposer()
	})
	e.find.OnEscape = e.shut
	e.show()
	c.Focus(e.find.Focusable())
}

// show fills tabs and grid.
func (e *emojiPicker) show() {
	w := e.c.d.env.W
	query := strings.ToLower(strings.TrimSpace(e.find.Text()))
	tabs := look.Row(2)
	for _, g := range emojiGroups() {
		if g.key == "recent" && len(e.recent) == 0 {
			continue
		}
		st, fill := look.Micro.In(look.Fg2), look.Ink("")
		if g.key == e.group && query == "" {
			st, fill = look.Micro.B().In(look.AccentText), look.AccentTint
		}
		tabs.Add(look.NewTap(look.NewBox(fill, "", 5, look.Pad(4, 8), look.NewText(w.In("emoji", g.key), st)), look.Hover, 5, func() {
			e.group = g.key
			e.find.SetText("")
			e.show()
			e.c.d.env.Window().Canvas().Focus(e.find.Focusable())
		}))
	}
	put(e.tabs, tabs)
	e.shown = nil
	for _, g := range emojiGroups() {
		signs := g.signs
		if g.key == "recent" {
			for _, s := range e.recent {
				signs = append(signs, emoji{s, ""})
			}
		}
		for _, s := range signs {
			if query == "" && g.key == e.group || query != "" && g.key != "recent" && strings.Contains(strings.ToLower(s.words), query) {
				e.shown = append(e.shown, s)
			}
		}
	}
	col := look.Col(0)
	for from := 0; from < len(e.shown) && from < 5*emojiCols; from += emojiCols {
		row := look.Row(0)
		for _, s := range e.shown[from:min(len(e.shown), from+emojiCols)] {
			t := look.NewText(s.sign, look.Style{Size: 20, Line: emojiD - 4, Ink: look.Fg})
			t.Align = look.Centre
			tap := look.NewTap(look.Fix(emojiD, emojiD, look.Inset(look.Pad(2, 0), t)), look.Hover, 6, func() { e.take(s.sign) })
			tap.Skip = true
			tap.OnHover = func(in bool) {
				if in {
					e.name.Set(s.words)
				}
			}
			row.Add(tap)
		}
		col.Add(row)
	}
	if len(e.shown) == 0 {
		col.Add(look.Inset(look.Pad(10, 6), look.NewText(w.T("search.none.short"), look.Caption.In(look.Fg3))))
	}
	put(e.grid, col)
	e.pop.Refresh()
}

// take puts a sign into the draft; the picker stays open for more.
func (e *emojiPicker) take(sign string) {
	e.c.draft.Insert(sign)
	for i, s := range e.recent {
		if s == sign {
			e.recent = append(e.recent[:i:i], e.recent[i+1:]...)
			break
		}
	}
	e.recent = append([]string{sign}, e.recent[:min(len(e.recent), mostRecent-1)]...)
	e.c.d.env.Window().Canvas().Focus(e.find.Focusable())
}
