package desk

import (
	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// placeIcons maps the places of the rail to icons.
func placeIcon(key string) string {
	switch key {
	case "chats":
		return "chat"
	case "bots":
		return "bot"
	case "transcripts":
		return "doc"
	case "board":
		return "board"
	case "scripts":
		return "slash"
	case "knowledge":
		return "book"
	}
	return "gear"
}

// badge is a count that stays short.
func badge(n int) string {
	if n > 99 {
		return "99+"
	}
	return number(n)
}

// railFocus outlines what has the keyboard on the rail, which is dark in both themes.
const railFocus look.Ink = "#7FA2F5"

func (d *Desk) railItem(p view.Place, open bool) fyne.CanvasObject {
	icons := d.form.icons
	ink, fill := look.Ink("railText"), look.Ink("")
	if open {
		ink, fill = "railOn", "railSel"
	}
	w, h, top := float32(56), float32(52), float32(7)
	col := look.ColA(2, look.Centre, look.NewIcon(placeIcon(p.Key), ink, 20))
	if icons {
		w, h, top = 48, 44, 12
	} else {
		t := look.NewText(d.env.W.In("place", p.Key), look.Micro.In(ink))
		t.Align, t.Cut = look.Centre, true
		col.Add(look.Fix(w+4, 0, t))
	}
	layers := look.Layers(look.NewBox(fill, "", 8, look.Edge{}, nil), look.Inset(look.Edge{Top: top}, col))
	if p.Count > 0 {
		layers.Add(look.At(w/2+3, 3, look.Count(badge(p.Count), look.Panel, 14)))
	}
	hover := look.Ink("railSel")
	if open {
		hover = ""
	}
	tap := look.NewTap(layers, hover, 8, func() { d.env.Act.Goto(p.Key) })
	tap.Outline = railFocus
	if icons {
		tap.OnHover = func(in bool) { d.tip(in, d.env.W.In("place", p.Key), tap) }
	}
	return look.Row(0, look.Spacer(), look.Fix(w, h, tap), look.Spacer())
}

// statusInk is the dot at the own face.
func statusInk(p view.Presence) look.Ink {
	switch p {
	case view.Present:
		return "#49B88C"
	case view.Busy:
		return "#E0A93A"
	}
	return "#8C94A8"
}

func (d *Desk) rail(v *view.Desk) fyne.CanvasObject {
	gap := float32(10)
	if d.form.icons {
		gap = 4
	}
	col := look.Col(4, look.Inset(look.Edge{Bottom: gap}, look.Row(0, look.Spacer(),
		look.Picture(look.Asset("pictures/logo.svg"), 36, 36, 0), look.Spacer())))
	var last []fyne.CanvasObject
	for _, p := range v.Places {
		o := d.railItem(p, p.Key == v.Place || v.Place == "" && p.Open)
		if p.Key == "settings" {
			last = append(last, o)
		} else {
			col.Add(o)
		}
	}
	col.Add(look.Spacer())
	for _, o := range last {
		col.Add(o)
	}
	if v.Me != nil {
		col.Add(look.Inset(look.Edge{Top: 8}, d.meItem(v.Me, v.Prefs.Quiet)))
	}
	return look.NewBox("rail", "", 0, look.Pad(12, 0), col)
}

// meItem is the own face: how one stands, and whether one wants to be left alone.
func (d *Desk) meItem(me *view.Me, quiet bool) fyne.CanvasObject {
	w := d.env.W
	badge := &look.Badge{Fill: statusInk(me.Status), Ring: "rail", D: 12, Out: 2}
	key := w.In("presence", string(me.Status))
	if quiet {
		badge = &look.Badge{Icon: "moon", Fill: "#54607A", Ring: "rail", D: 18, Out: 4}
		key = w.T("me.quiet")
	}
	word := look.NewText(key, look.Micro.In("railText"))
	word.Align, word.Cut = look.Centre, true
	var tap *look.Tap
	tap = look.NewTap(look.ColA(4, look.Centre, look.Avatar(face(me.Face), 36, badge), look.Fix(d.form.rail-8, 0, word)), "", 8, func() { d.meMenu(tap) })
	tap.Outline = railFocus
	tap.OnHover = func(in bool) {
		d.tip(in, look.OneLine(me.Name)+" · "+w.T("status.load", "n", me.Load, "max", me.Capacity), tap)
	}
	return tap
}

// meMenu lets one change standing and quiet, and leads to what is else one's own.
func (d *Desk) meMenu(at fyne.CanvasObject) {
	w, act, snap := d.env.W, d.env.Act, d.snap
	var items []look.MenuItem
	for _, p := range []view.Presence{view.Present, view.Busy, view.Away} {
		items = append(items, look.MenuItem{Word: w.In("presence", string(p)), On: snap.Me != nil && snap.Me.Status == p, Run: func() { act.SetStatus(p) }})
	}
	items = append(items, look.MenuItem{}, look.MenuItem{Word: w.T("me.quiet"), On: snap.Prefs.Quiet, Run: func() {
		p := d.snap.Prefs
		p.Quiet = !p.Quiet
		act.SetPrefs(p)
	}})
	items = append(items, look.MenuItem{})
	for _, p := range snap.Places {
		if p.Key == "settings" {
			items = append(items, look.MenuItem{Word: w.In("place", p.Key), Run: func() { act.Goto(p.Key) }})
		}
	}
	items = append(items, look.MenuItem{Word: w.T("cheats"), Keys: []string{"?"}, Run: d.env.Cheats},
		look.MenuItem{}, look.MenuItem{Word: w.T("logout"), Run: act.Logout})
	d.menu(items, at, fyne.NewPos(58, -260))
}

// menu pops up beside an object.
func (d *Desk) menu(items []look.MenuItem, at fyne.CanvasObject, off fyne.Position) {
	d.tip(false, "", nil)
	c := d.env.Window().Canvas()
	back := c.Focused()
	var m *look.Menu
	m = look.NewMenu(items, fyne.CurrentApp().Driver().AbsolutePositionForObject(at).Add(off), func() {
		c.Overlays().Remove(m)
		if back != nil {
			c.Focus(back)
		}
	})
	m.Resize(c.Size())
	c.Overlays().Add(m)
	m.Enter()
	c.Focus(m)
}
