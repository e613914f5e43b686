package desk

import (
	"fmt"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// composerTop is what lies above the draft in its box: why it came back, what it quotes, the pictures and files that go with
// it, and what to do with a text that was too long to paste.
type composerTop struct {
	c      *composer
	pasted string // too long for a message
	shown  string // what it was made for
	chips  map[string]*chip
}

// chip is one attached file; it stays the same object while it is uploaded.
type chip struct {
	obj   fyne.CanvasObject
	meter *look.Meter
	state *look.Text
}

func newComposerTop(c *composer) *composerTop { return &composerTop{c: c, chips: map[string]*chip{}} }

// set shows what goes with the draft.
func (t *composerTop) set(v *view.Composer) {
	key := fmt.Sprint(v.Back, v.Quote, t.pasted != "", v.Limit, t.c.d.convW())
	for _, a := range v.Attached {
		key += "\x00" + a.ID + a.Err
	}
	if key != t.shown {
		t.shown = key
		put(t.c.above, t.build(v))
		t.c.d.relayout()
	}
	for _, a := range v.Attached {
		if k := t.chips[a.ID]; k != nil {
			t.progress(k, a)
		}
	}
}

func (t *composerTop) build(v *view.Composer) fyne.CanvasObject {
	w, d := t.c.d.env.W, t.c.d
	col := look.Col(6)
	if v.Back != nil {
		col.Add(look.NewBox(look.AccentTint, look.AccentLine, 6, look.Pad(5, 11),
			look.NewPara(look.Caption.In(look.AccentText), d.convW()-60, look.T(w.Fill("back", v.Back.Code, v.Back.Args)))))
	}
	if t.pasted != "" {
		col.Add(t.offer(v))
	}
	if v.Quote != nil {
		col.Add(look.NewBox(look.Hover, "", 6, look.Sides(3, 4, 3, 10), look.Row(8, look.Fix(2, 14, look.NewBox(look.Fg3, "", 1, look.Edge{}, nil)),
			look.Grow(look.NewElided(d.quoted(v.Quote), look.Caption.In(look.Fg2))), look.IconButton("x", 11, func() { d.env.Act.Quote("") }))))
	}
	old := t.chips
	t.chips = map[string]*chip{}
	if len(v.Attached) > 0 {
		var row []fyne.CanvasObject
		for _, a := range v.Attached {
			k := old[a.ID]
			if k == nil || a.Err != "" {
				k = t.chip(a)
			}
			t.chips[a.ID] = k
			row = append(row, k.obj)
		}
		col.Add(look.Wrap(6, d.convW()-60, row...))
	}
	if len(col.Objects) == 0 {
		return look.Space(0, 0)
	}
	return look.Inset(look.Sides(6, 6, 0, 6), col)
}

// chip is a picture or file that goes with the next message.
func (t *composerTop) chip(a view.Attached) *chip {
	w, act := t.c.d.env.W, t.c.d.env.Act
	k := &chip{meter: look.NewMeter(3, a.Part, look.Accent), state: look.NewText("", look.Micro.In(look.Fg3))}
	face := look.Disc("doc", look.Hover, look.Fg2, 32, 18)
	if len(a.Preview) > 0 {
		face = look.Picture(fyne.NewStaticResource("attached-"+a.ID, a.Preview), 32, 32, 5)
	}
	name := look.OneLine(a.Name)
	if name == "" {
		name = w.T("kind.file")
	}
	stroke := look.Line
	if a.Err != "" {
		stroke = look.BadLine
	}
	k.obj = look.NewBox(look.Panel, stroke, 6, look.Sides(5, 3, 5, 6), look.Row(8, face,
		look.Fix(look.Scaled(104), 0, look.Col(1, look.NewText(middleCut(name, look.Caption, look.Scaled(104)), look.Caption), k.state, look.Fix(0, 3, k.meter))),
		look.IconButton("x", 11, func() { act.Detach(a.ID) })))
	t.progress(k, a)
	return k
}

// progress shows how far an upload is.
func (t *composerTop) progress(k *chip, a view.Attached) {
	w := t.c.d.env.W
	text, ink, part := fileSize(a.Size), look.Fg3, a.Part
	switch {
	case a.Err != "":
		text, ink, part = t.c.d.attachErr(a.Err), look.BadText, 0
	case a.Part < 1:
		text = w.T("attach.up", "n", int(a.Part*100))
	default:
		part = 0
	}
	k.meter.Hidden = part == 0
	k.state.Style.Ink, k.state.Cut = ink, true
	k.state.Set(text)
	if k.meter.Part != part {
		k.meter.Part = part
		k.meter.Refresh()
	}
}

// attachErr is why a file can't go.
func (d *Desk) attachErr(code string) string {
	if w := d.env.W; w.Has("error." + code) {
		return w.In("error", code)
	}
	return d.env.W.T("attach.failed")
}

// offer is what to do with a pasted text that is too long for a message.
func (t *composerTop) offer(v *view.Composer) fyne.CanvasObject {
	w, d := t.c.d.env.W, t.c.d
	text := t.pasted
	done := func() {
		t.pasted = ""
		t.set(t.c.v)
		d.FocusComposer()
	}
	small := func(kind look.ButtonKind, word string, f func()) fyne.CanvasObject {
		return look.NewButton(look.ButtonSpec{Kind: kind, Label: word, H: 24, Style: look.Caption, PadX: 9}, f)
	}
	row := look.Row(6, look.NewIcon("warn", look.WarnText, 15),
		look.Grow(look.NewElided(w.T("paste.long", "n", len([]rune(text)), "max", v.Limit), look.Caption.In(look.WarnText))))
	if t.c.has(view.ToolFile) && v.Mode == view.ModeReply {
		row.Add(small(look.Plain, w.T("paste.file"), func() {
			d.env.Act.Attach(w.T("paste.name")+".txt", []byte(text))
			done()
		}))
	}
	row.Add(small(look.Plain, w.T("paste.cut"), func() {
		rs := []rune(text)
		room := max(0, v.Limit-len([]rune(t.c.draft.Text())))
		t.c.draft.Insert(string(rs[:min(len(rs), room)]))
		done()
	}))
	row.Add(look.IconButton("x", 11, done))
	return look.NewBox(look.WarnTint, look.WarnLine, 6, look.Pad(4, 8), row)
}

// has reports whether the composer offers a tool.
func (c *composer) has(t view.Tool) bool {
	if c.v == nil {
		return false
	}
	for _, x := range c.v.Tools {
		if x == t {
			return true
		}
	}
	return false
}
