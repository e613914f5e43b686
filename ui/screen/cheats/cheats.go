// Package cheats lists the desk's shortcuts, for the sheet behind "?" and for the settings.
package cheats

import (
	"fyne.io/fyne/v2"

	"agentdesk/ui/look"
	"agentdesk/ui/screen"
)

// Group is shortcuts that belong together.
type Group struct {
	Title string
	Rows  []Row
}

// Row is what some keys do. Each element of Keys is a way to do it.
type Row struct {
	Keys [][]string
	What string
}

// Groups is every shortcut, in the names of the platform's keys. enterSends says that Enter sends in the composer.
func Groups(env screen.Env, enterSends bool) []Group {
	w, mod, alt := env.W, env.Mod(), env.Alt()
	shift, enter, ctrl := "⇧", "key-enter", "Ctrl"
	row := func(what string, keys ...[]string) Row { return Row{keys, w.T(what)} }
	k := func(keys ...string) []string { return keys }
	send, line := k(mod, enter), k(shift, enter)
	if enterSends {
		send, line = k(enter), k(mod, enter)
	}
	return []Group{
		{w.T("cheats.chats"), []Row{
			row("cheats.take", k(mod, "J")),
			row("cheats.next", k(ctrl, "Tab")),
			row("cheats.previous", k(ctrl, shift, "Tab")),
			row("cheats.transfer", k(mod, shift, "T")),
			row("cheats.back", k(mod, shift, "B")),
			row("cheats.rows", k("↑"), k("↓"), k(enter)),
			row("cheats.why", k(mod, "I"), k(mod, shift, "I")),
		}},
		{w.T("cheats.reply"), []Row{
			row("cheats.send", send),
			row("cheats.line", line),
			row("cheats.tab", k("Tab")),
			row("cheats.scripts", k("/")),
			row("cheats.mode", k(mod, shift, "N")),
		}},
		{w.T("cheats.copilot"), []Row{
			row("cheats.adopt", k(alt, "1–3")),
			row("cheats.adopt.send", k(alt, shift, "1–3")),
			row("cheats.run", k(mod, "E")),
			row("cheats.toggle", k(mod, `\`)),
		}},
		{w.T("cheats.window"), []Row{
			row("cheats.search", k(mod, "K")),
			row("cheats.find", k(mod, "F")),
			row("cheats.rail", k(mod, "1–7")),
			row("cheats.this", k("?"), k(mod, "/")),
			row("cheats.esc", k("Esc")),
		}},
	}
}

// Table draws the groups in two columns, or one where there is no room.
func Table(env screen.Env, enterSends bool, width float32) fyne.CanvasObject {
	gs := Groups(env, enterSends)
	if width < look.Scaled(560) {
		col := look.Col(16)
		for _, g := range gs {
			col.Add(group(g))
		}
		return col
	}
	half := (width - 32) / 2
	return look.RowA(32, look.Start,
		look.Fix(half, 0, look.Col(16, group(gs[0]), group(gs[2]))),
		look.Fix(half, 0, look.Col(16, group(gs[1]), group(gs[3]))))
}

func group(g Group) fyne.CanvasObject {
	col := look.Col(0, look.Inset(look.Edge{Bottom: 4}, look.NewText(g.Title, look.Caption.B().In(look.Fg2))))
	for _, r := range g.Rows {
		keys := look.Row(4)
		for _, k := range r.Keys {
			keys.Add(look.Key(k...))
		}
		what := look.NewText(r.What, look.Body)
		what.Cut = true
		col.Add(look.Fix(0, 28, look.Row(12, look.Soft(what), look.Spacer(), keys)))
	}
	return col
}

// Sheet is the content of the cheat sheet.
func Sheet(env screen.Env, enterSends bool, size fyne.Size, closeIt func()) fyne.CanvasObject {
	width := min(size.Width-48, look.Scaled(720))
	table := Table(env, enterSends, width-48)
	body := look.Col(12,
		look.Row(8, look.NewText(env.W.T("cheats"), look.Title), look.Spacer(), look.IconButton("x", 14, closeIt)),
		look.NewScrollOf(table, min(table.MinSize().Height, size.Height-120)))
	return look.Fix(width, 0, look.NewBox(look.Panel, look.LineStrong, 10, look.Sides(16, 24, 20, 24), body))
}
