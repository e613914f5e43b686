package desk

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// aside is the copilot's column, or its strip, dock and drawer in a narrow window.
func (d *Desk) aside(old, v *view.Desk, all bool) {
	w := d.form.copilot
	if d.narrow() || w == 0 {
		w = drawerW
	}
	if v.Copilot != nil && (all || old.Copilot != v.Copilot) {
		d.copilot.set(v.Copilot, w)
	}
	if all || old.Customer != v.Customer {
		d.customer.set(v.Customer, w)
	}
	dock := len(d.dock.Objects) == 0
	if d.narrow() && v.Copilot != nil {
		dock = dock || old.Copilot == nil || len(old.Copilot.Suggestions) != len(v.Copilot.Suggestions)
		put(d.dock, d.copilot.docks(v.Copilot))
	} else {
		put(d.dock, look.Space(0, 0))
	}
	if all || d.root == nil || old.Customer != v.Customer || (old.Copilot == nil) != (v.Copilot == nil) {
		d.build()
	} else if dock {
		d.relayout()
	}
}

func (d *Desk) column() fyne.CanvasObject {
	if p := d.beside.panel; p != nil {
		return p
	}
	if d.snap == nil || d.snap.Copilot == nil {
		return look.Layers(look.NewBox(look.Bg, "", 0, look.Edge{}, nil), look.Col(0, look.Spacer(), d.customer.body))
	}
	return look.Layers(look.NewBox(look.Bg, "", 0, look.Edge{}, nil), look.Col(0, look.Grow(d.copilot.body), d.customer.body))
}

// strip is the narrow copilot: five icons that open the drawer.
func (d *Desk) strip() fyne.CanvasObject {
	col := look.Col(6)
	for _, s := range []struct{ icon, key string }{{"spark", "facts.suggestions"}, {"book", "facts.cards"}, {"user", "facts"}, {"bag", "orders"}, {"truck", "parcels"}} {
		word := d.env.W.In("strip", s.key)
		ink, fill := look.Fg2, look.Ink("")
		if s.icon == "spark" {
			ink, fill = look.BotText, look.BotTint
		}
		t := look.NewText(word, look.Micro.In(ink))
		if s.icon == "spark" {
			t.Style = t.Style.B()
		}
		t.Align, t.Cut = look.Centre, true
		item := look.Layers(look.NewBox(fill, "", 8, look.Edge{}, nil), look.Inset(look.Edge{Top: 6}, look.ColA(2, look.Centre, look.NewIcon(s.icon, ink, 17), look.Fix(44, 0, t))))
		col.Add(look.Row(0, look.Spacer(), look.Fix(42, 46, look.NewTap(item, look.Hover, 8, func() { d.drawer(s.key) })), look.Spacer()))
	}
	col.Add(look.Spacer())
	col.Add(look.Row(0, look.Spacer(), look.Key(d.env.Mod(), `\`), look.Spacer()))
	return look.Layers(look.NewBox(look.Bg, "", 0, look.Edge{}, nil), look.Inset(look.Sides(12, 0, 12, 0), col))
}

// drawer opens the copilot over the chat in a narrow window; the same key again, or "", closes it.
func (d *Desk) drawer(key string) {
	if d.open == key {
		key = ""
	}
	was := d.open
	d.open = key
	switch key {
	case "facts", "orders", "parcels":
		if d.customer.tab != key {
			d.customer.choose(key)
		}
	}
	if key == "" && was != "" && len(d.drawerSlot.Objects) == 1 {
		d.closeDrawer()
		return
	}
	if was == "" {
		d.showDrawer()
		look.Glide(d.drawerSlot.Objects[0], fyne.NewDelta(drawerW, 0), look.DrawerTime, nil)
	}
	canvas.Refresh(d.drawerSlot)
}

// showDrawer puts the copilot over the chat, with a border on its left.
func (d *Desk) showDrawer() {
	panel := look.NewTap(look.Layers(d.column(), look.RowA(0, look.Stretch, look.VRule(look.LineStrong, 0), look.Spacer())), "", 0, nil)
	put(d.drawerSlot, panel)
}

func (d *Desk) closeDrawer() {
	o := d.drawerSlot.Objects[0]
	home := o.Position()
	gone := func() {
		if d.open == "" {
			put(d.drawerSlot, look.Space(0, 0))
		}
	}
	if look.Still() {
		gone()
		return
	}
	a := fyne.NewAnimation(look.DrawerTime, func(part float32) {
		if d.open != "" {
			return
		}
		o.Move(home.AddXY(drawerW*part, 0))
		if part >= 1 {
			gone()
		}
	})
	a.Curve = fyne.AnimationEaseOut
	a.Start()
}

// drawerPlace keeps the drawer at the right, beside the strip, below the window's bars.
type drawerPlace struct{ d *Desk }

func (drawerPlace) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (p drawerPlace) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	for _, o := range objs {
		o.Move(fyne.NewPos(s.Width-p.d.form.copilot-drawerW, 0))
		o.Resize(fyne.NewSize(drawerW, s.Height))
	}
}
