// Package settings is the screen of a person's choices: look, notifications, sounds, keys, and about the program.
package settings

import (
	"fmt"
	"maps"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
	"agentdesk/ui/screen"
	"agentdesk/ui/screen/cheats"
	"agentdesk/ui/sound"
)

// About is what the program says of itself.
type About struct {
	Version string
	Notice  string // whose work is inside, and under which licences
}

// columnW is the greatest width of the cards.
const columnW float32 = 760

// Settings is the screen.
type Settings struct {
	env   screen.Env
	about About
	body  *fyne.Container
	list  *fyne.Container

	prefs view.Prefs
	width float32

	theme, lang, text, enter    *look.Choice
	still, quiet, notes, sounds *look.Toggle
	volume                      *look.Slider
	reset                       *look.Button
	account                     *fyne.Container
	silent                      *fyne.Container
	keys                        *fyne.Container
	enterSends                  bool
	server, name, state         string
}

// New makes the screen.
func New(env screen.Env, about About) *Settings {
	s := &Settings{env: env, about: about, list: look.Col(14), account: look.Layers(), silent: look.Layers(), keys: look.Layers()}
	w := env.W
	scroll := look.NewScroll(look.Inset(look.Sides(20, 24, 32, 24), &fyne.Container{Layout: middle{}, Objects: []fyne.CanvasObject{s.list}}))
	head := look.Fix(0, 60, look.Inset(look.Pad(0, 24), look.Row(8, look.NewText(w.T("place.settings"), look.Title))))
	s.body = look.Layers(look.NewBox(look.Bg, "", 0, look.Edge{}, nil),
		look.Col(0, look.Layers(look.NewBox(look.Panel, "", 0, look.Edge{}, nil), look.Col(0, head, look.HRule(look.Line))), look.Grow(scroll)))
	s.fill()
	return s
}

// middle centres a column.
type middle struct{}

func (middle) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	w := min(size.Width, look.Scaled(columnW))
	for _, o := range objs {
		o.Move(fyne.NewPos((size.Width-w)/2, 0))
		o.Resize(fyne.NewSize(w, size.Height))
	}
}

func (middle) MinSize(objs []fyne.CanvasObject) (m fyne.Size) {
	for _, o := range objs {
		m = m.Max(o.MinSize())
	}
	return m
}

// Object implements desk.Page.
func (s *Settings) Object() fyne.CanvasObject { return s.body }

// textSizes are what can be chosen, in percent.
func textSizes() []int { return []int{100, 110, 125, 150} }

func (s *Settings) fill() {
	w, act := s.env.W, s.env.Act
	s.theme = look.NewChoice([]string{w.T("theme.system"), w.T("theme.light"), w.T("theme.dark")}, -1, func(i int) {
		s.change(func(p *view.Prefs) { p.Theme = []string{"", "light", "dark"}[i] })
	})
	s.lang = look.NewChoice([]string{"简体中文", "English"}, -1, func(i int) {
		s.change(func(p *view.Prefs) { p.Lang = []string{"zh-Hans", "en"}[i] })
	})
	var sizes []string
	for _, n := range textSizes() {
		sizes = append(sizes, fmt.Sprintf("%d%%", n))
	}
	s.text = look.NewChoice(sizes, -1, func(i int) {
		s.change(func(p *view.Prefs) { p.TextScale = float32(textSizes()[i]) / 100 })
	})
	s.still = look.NewToggle(false, func(on bool) { s.change(func(p *view.Prefs) { p.Still = on }) })
	s.reset = look.NewButton(look.ButtonSpec{Label: w.T("settings.widths.reset"), H: 28, Style: look.Caption}, func() {
		s.change(func(p *view.Prefs) { p.Widths = nil })
	})
	s.quiet = look.NewToggle(false, func(on bool) { s.change(func(p *view.Prefs) { p.Quiet = on }) })
	s.notes = look.NewToggle(true, func(on bool) { s.change(func(p *view.Prefs) { p.NoNotes = !on }) })
	s.sounds = look.NewToggle(true, func(on bool) { s.change(func(p *view.Prefs) { p.Mute = !on }) })
	s.volume = look.NewSlider(0.6, func(part float32) {
		s.change(func(p *view.Prefs) { p.Volume = max(0.01, part) }) // 0 would mean the default
		s.listen()
	})
	s.enter = look.NewChoice([]string{s.env.Mod() + " Enter", "Enter"}, -1, func(i int) {
		s.change(func(p *view.Prefs) { p.EnterSend = i == 1 })
	})
	all := look.NewButton(look.ButtonSpec{Label: w.T("settings.licences"), H: 28, Style: look.Caption}, s.licences)
	version := s.about.Version
	if version == "" {
		version = w.T("settings.version.unknown")
	}
	s.list.Objects = []fyne.CanvasObject{
		s.section("settings.looks",
			s.line("settings.theme", "", s.theme), s.line("settings.lang", "", s.lang),
			s.line("settings.text", "settings.text.sub", s.text), s.line("settings.still", "settings.still.sub", s.still),
			s.line("settings.widths", "settings.widths.sub", s.reset)),
		s.section("settings.tell",
			s.line("settings.quiet", "settings.quiet.sub", s.quiet), s.line("settings.notes", "settings.notes.sub", s.notes),
			s.line("settings.sounds", "settings.sounds.sub", s.sounds),
			s.line("settings.volume", "", look.Row(12, look.Fix(160, 0, s.volume),
				look.NewButton(look.ButtonSpec{Icon: "play", Label: w.T("settings.listen"), H: 28, IconD: 11, Style: look.Caption}, s.listen))),
			s.silent),
		s.section("settings.write", s.line("settings.enter", "settings.enter.sub", s.enter)),
		s.section("settings.keys", s.keys),
		s.section("settings.account", s.account, s.line("settings.logout", "settings.logout.sub",
			look.NewButton(look.ButtonSpec{Label: w.T("logout"), H: 28, Style: look.Caption}, act.Logout))),
		s.section("settings.about", s.fact("settings.version", version), s.line("settings.licences", "settings.licences.sub", all)),
	}
}

func (s *Settings) section(key string, rows ...fyne.CanvasObject) fyne.CanvasObject {
	col := look.Col(0)
	for _, r := range rows {
		col.Add(r)
	}
	return look.Col(6, look.Inset(look.Edge{Left: 2}, look.NewText(s.env.W.T(key), look.Caption.B().In(look.Fg2))),
		look.Card(look.Line, look.Pad(8, 18), col))
}

// line is a choice with its name and, where key names one, a sentence below it.
func (s *Settings) line(key, sub string, control fyne.CanvasObject) fyne.CanvasObject {
	w := s.env.W
	name := look.NewText(w.T(key), look.Body)
	name.Cut = true
	left := look.Col(0, name)
	if sub != "" {
		t := look.NewElided(w.T(sub), look.Caption.In(look.Fg3))
		left.Add(t)
	}
	return look.Inset(look.Pad(8, 0), look.Row(16, look.Grow(left), control))
}

// fact is something that can only be read.
func (s *Settings) fact(key, value string) fyne.CanvasObject {
	v := look.NewText(value, look.Body.In(look.Fg2))
	v.Cut = true
	return look.Inset(look.Pad(8, 0), look.Row(16, look.NewText(s.env.W.T(key), look.Body), look.Spacer(), look.Soft(v)))
}

// change asks for other preferences. They are kept at once, so that a second change builds on the first.
func (s *Settings) change(f func(p *view.Prefs)) {
	p := s.prefs
	p.Widths = maps.Clone(p.Widths)
	f(&p)
	s.prefs = p
	s.env.Act.SetPrefs(p)
}

func (s *Settings) listen() {
	if s.env.Cue != nil {
		s.env.Cue(sound.Offer)
	}
	s.sayIfSilent()
}

// sayIfSilent tells why nothing is heard.
func (s *Settings) sayIfSilent() {
	if s.env.Silent == nil || !s.env.Silent() {
		if len(s.silent.Objects) > 0 {
			s.silent.Objects = nil
			s.body.Refresh()
		}
		return
	}
	if len(s.silent.Objects) == 0 {
		s.silent.Objects = []fyne.CanvasObject{look.Inset(look.Pad(4, 0), look.NewBox(look.WarnTint, look.WarnLine, 6, look.Pad(6, 11),
			look.Row(8, look.NewIcon("warn", look.WarnText, 15), look.NewSoft(s.env.W.T("settings.silent"), look.Caption.In(look.WarnText)))))}
		s.body.Refresh()
	}
}

// Tick looks whether a sound device is there meanwhile.
func (s *Settings) Tick() { s.sayIfSilent() }

// licences shows whose work is inside.
func (s *Settings) licences() {
	c := s.env.Window().Canvas()
	size := c.Size()
	width := min(size.Width-80, look.Scaled(720))
	var over *look.Sheet
	closeIt := func() { c.Overlays().Remove(over) }
	text := look.NewPara(look.Caption, width-48, look.T(s.about.Notice))
	over = look.NewSheet(look.Fix(width, 0, look.NewBox(look.Panel, look.LineStrong, 10, look.Sides(16, 24, 20, 24), look.Col(12,
		look.Row(8, look.NewText(s.env.W.T("settings.licences"), look.Title), look.Spacer(), look.IconButton("x", 14, closeIt)),
		look.NewScrollOf(text, min(text.MinSize().Height, size.Height-160))))), closeIt)
	over.Resize(size)
	c.Overlays().Add(over)
	over.Enter()
}

// Apply implements desk.Page.
func (s *Settings) Apply(v *view.Desk, width float32) {
	p := v.Prefs
	s.prefs = p
	s.theme.Set(map[string]int{"": 0, "light": 1, "dark": 2}[p.Theme])
	lang := 0
	if s.env.W.Lang == "en" {
		lang = 1
	}
	s.lang.Set(lang)
	scale, at := max(1, p.TextScale), 0
	for i, n := range textSizes() {
		if scale >= float32(n)/100-0.01 {
			at = i
		}
	}
	s.text.Set(at)
	s.still.Set(p.Still)
	s.quiet.Set(p.Quiet)
	s.notes.Set(!p.NoNotes)
	s.sounds.Set(!p.Mute)
	vol := p.Volume
	if vol == 0 {
		vol = 0.6
	}
	s.volume.Set(vol)
	on := 0
	if p.EnterSend {
		on = 1
	}
	s.enter.Set(on)
	s.reset.SetDisabled(len(p.Widths) == 0)
	s.people(v)
	if width != s.width || p.EnterSend != s.enterSends {
		s.width, s.enterSends = width, p.EnterSend
		inner := min(width-48, look.Scaled(columnW)) - 36
		s.keys.Objects = []fyne.CanvasObject{look.Inset(look.Pad(8, 0), cheats.Table(s.env, p.EnterSend, inner))}
		s.body.Refresh()
	}
}

// people shows who is signed in, and where.
func (s *Settings) people(v *view.Desk) {
	w := s.env.W
	name, state := "", w.T("status.offline")
	if v.Me != nil {
		name = look.OneLine(v.Me.Name)
		if v.Me.Role != "" {
			name += " · " + w.In("role", v.Me.Role)
		}
	}
	if v.Link != nil {
		switch {
		case v.Link.State == view.Online && v.Link.LatencyMS > 0:
			state = w.T("status.latency", "n", v.Link.LatencyMS)
		case v.Link.State == view.Online:
			state = w.T("status.online")
		case v.Link.State == view.Reconnecting:
			state = w.T("status.reconnecting")
		}
	}
	if name == s.name && v.Server == s.server && state == s.state {
		return
	}
	s.name, s.server, s.state = name, v.Server, state
	s.account.Objects = []fyne.CanvasObject{look.Col(0, s.fact("settings.me", name), s.fact("settings.server", look.OneLine(v.Server)), s.fact("settings.link", state))}
	s.body.Refresh()
}
