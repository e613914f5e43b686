package desk

import (
	"strconv"

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
	return strconv.Itoa(n)
}

func (d *Desk) railItem(p view.Place, narrow bool) fyne.CanvasObject {
	ink, fill := look.Ink("railText"), look.Ink("")
	if p.Open {
		ink, fill = "railOn", "railSel"
	}
	w, h := float32(56), float32(52)
	col := look.ColA(2, look.Centre, look.NewIcon(placeIcon(p.Key), ink, 20))
	if narrow {
		w, h = 48, 44
	} else {
		t := look.NewText(d.env.W.In("place", p.Key), look.Micro.In(ink))
		t.Align, t.Cut = look.Centre, true
		col.Add(look.Fix(w+4, 0, t))
	}
	top := float32(7)
	if narrow {
		top = 12
	}
	layers := look.Layers(look.NewBox(fill, "", 8, look.Edge{}, nil), look.Inset(look.Edge{Top: top}, col))
	if p.Count > 0 {
		layers.Add(look.At(w/2+3, 3, look.Count(badge(p.Count), "#FFFFFF", 14)))
	}
	key := p.Key
	hover := look.Ink("railSel")
	if p.Open {
		hover = ""
	}
	tap := look.NewTap(layers, hover, 8, func() { d.env.Act.Goto(key) })
	if narrow {
		tap.OnHover = func(in bool) { d.tip(in, d.env.W.In("place", key), tap) }
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

func (d *Desk) rail(places []view.Place, me *view.Me, narrow bool) fyne.CanvasObject {
	gap := float32(10)
	if narrow {
		gap = 4
	}
	col := look.Col(4, look.Inset(look.Edge{Bottom: gap}, look.Row(0, look.Spacer(),
		look.Picture(look.Asset("pictures/logo.svg"), 36, 36, 0), look.Spacer())))
	var last []view.Place
	for _, p := range places {
		if p.Key == "settings" {
			last = append(last, p)
			continue
		}
		col.Add(d.railItem(p, narrow))
	}
	col.Add(look.Spacer())
	for _, p := range last {
		col.Add(d.railItem(p, narrow))
	}
	if me != nil {
		face := look.Avatar(face(me.Face), 36, &look.Badge{Fill: statusInk(me.Status), Ring: "rail", D: 12, Out: 2})
		word := look.NewText(d.env.W.In("presence", string(me.Status)), look.Micro.In("railText"))
		var tap *look.Tap
		tap = look.NewTap(look.ColA(4, look.Centre, face, word), "", 8, func() { d.meMenu(tap) })
		col.Add(look.Inset(look.Edge{Top: 8}, tap))
	}
	return look.NewBox("rail", "", 0, look.Pad(12, 0), col)
}

// meMenu lets one change standing, theme and language.
func (d *Desk) meMenu(at fyne.CanvasObject) {
	w, act := d.env.W, d.env.Act
	item := func(key string, f func()) look.MenuItem { return look.MenuItem{Word: w.T(key), Run: f} }
	d.menu([]look.MenuItem{
		item("presence.online", func() { act.SetStatus(view.Present) }),
		item("presence.busy", func() { act.SetStatus(view.Busy) }),
		item("presence.offline", func() { act.SetStatus(view.Away) }),
		{},
		item("theme.light", func() { act.SetTheme("light") }),
		item("theme.dark", func() { act.SetTheme("dark") }),
		item("theme.system", func() { act.SetTheme("") }),
		{},
		{Word: "简体中文", Run: func() { act.SetLanguage("zh-Hans") }},
		{Word: "English", Run: func() { act.SetLanguage("en") }},
		{},
		item("logout", act.Logout),
	}, at, fyne.NewPos(58, -300))
}

// menu pops up beside an object.
func (d *Desk) menu(items []look.MenuItem, at fyne.CanvasObject, off fyne.Position) {
	c := d.env.Window().Canvas()
	var m *look.Menu
	m = look.NewMenu(items, fyne.CurrentApp().Driver().AbsolutePositionForObject(at).Add(off), func() { c.Overlays().Remove(m) })
	m.Resize(c.Size())
	c.Overlays().Add(m)
}
