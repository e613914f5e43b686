package desk

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// beside is what opens in the place of the copilot, beside the chat: an earlier conversation, the whole of a source, or how an answer came
// about.
type beside struct {
	d      *Desk
	log    *messages
	panel  fyne.CanvasObject // nil: closed
	kind   string            // past, source, trace
	id     string
	opened bool // it opened the drawer of a narrow window
}

// extras are the parts of the screen that come and go over it.
type extras struct {
	beside  *beside
	viewing *viewer
}

// addExtras makes them; the screen's other parts are there.
func (d *Desk) addExtras() { d.beside = &beside{d: d} }

// applyExtras shows what a snapshot says of them.
func (d *Desk) applyExtras(old, v *view.Desk, all bool, now time.Time) {
	if v.Chat != nil {
		d.log.found(v.Chat.Find)
	}
	if d.viewing != nil {
		switch {
		case v.Chat == nil:
			d.viewing.Close()
		case old.Chat == nil || old.Chat.Log != v.Chat.Log:
			d.viewing.update(v.Chat.Log)
		}
	}
	if all || old.Past != v.Past || old.Source != v.Source || old.Trace != v.Trace {
		d.beside.set(v, now)
	}
}

// closeExtras closes the topmost of them, and says whether there was one.
func (d *Desk) closeExtras() bool {
	if d.closeFind() {
		return true
	}
	if d.beside.panel != nil {
		d.beside.shut()
		return true
	}
	return false
}

// openSource shows the whole of a source beside the chat.
func (d *Desk) openSource(id string) {
	if id != "" {
		d.env.Act.OpenCard(id)
	}
}

func (b *beside) set(v *view.Desk, now time.Time) {
	was := b.panel != nil
	switch {
	case v.Chat == nil:
		b.panel, b.kind, b.id = nil, "", ""
	case v.Source != nil:
		b.panel = b.source(v.Source)
		b.kind, b.id = "source", v.Source.ID
	case v.Trace != nil:
		b.panel = b.traced(v.Trace)
		if l := b.d.log; (b.kind != "trace" || b.id != v.Trace.Item) && l.rowOf(v.Trace.Item) >= 0 {
			l.flash(v.Trace.Item) // which answer it is about
		}
		b.kind, b.id = "trace", v.Trace.Item
	case v.Past != nil:
		b.panel = b.past(v.Past, now)
		b.kind, b.id = "past", v.Past.Past.Conversation
	default:
		b.panel, b.kind, b.id = nil, "", ""
	}
	d := b.d
	if d.root == nil || v.Chat == nil {
		return
	}
	if d.narrow() {
		switch {
		case b.panel != nil && d.open == "":
			b.opened = true
			d.drawer("facts.suggestions")
			return
		case b.panel == nil && was && b.opened:
			b.opened = false
			if d.open != "" {
				d.drawer("")
				return
			}
		}
	}
	d.build()
}

// shut closes what is open.
func (b *beside) shut() {
	switch b.kind {
	case "source":
		b.d.env.Act.OpenCard("")
	case "trace":
		b.d.env.Act.OpenTrace("")
	case "past":
		b.d.env.Act.OpenPast("")
	}
}

// shell is the panel's head and its content.
func (b *beside) shell(icon, title, sub string, content fyne.CanvasObject) fyne.CanvasObject {
	return b.shellWith(icon, title, sub, content)
}

// shellWith is shell with further tools before the one that closes it.
func (b *beside) shellWith(icon, title, sub string, content fyne.CanvasObject, tools ...fyne.CanvasObject) fyne.CanvasObject {
	head := look.Row(8, look.NewIcon(icon, look.Fg2, 17),
		look.Grow(look.Col(0, look.NewElided(title, look.Body.B()), look.NewElided(sub, look.Micro.In(look.Fg3)))),
		look.Row(0, append(tools, look.IconButton("x", 13, b.shut))...))
	return look.Layers(look.NewBox(look.Panel, "", 0, look.Edge{}, nil), look.RowA(0, look.Stretch, look.VRule(look.Line, 0),
		look.Grow(look.Col(0, look.Fix(0, 59, look.Inset(look.Sides(0, 10, 0, 14), head)), look.HRule(look.Line), look.Grow(content)))))
}

// past is an earlier conversation, which is only read.
func (b *beside) past(v *view.PastChat, now time.Time) fyne.CanvasObject {
	w := b.d.env.W
	sub := []string{w.In("channel", v.Past.Channel)}
	if v.Past.Agent != "" {
		sub = append(sub, look.OneLine(v.Past.Agent))
	}
	if v.Past.Outcome != "" {
		sub = append(sub, w.In("disposition", v.Past.Outcome))
	}
	if v.Past.Stars > 0 {
		sub = append(sub, stars(v.Past.Stars))
	}
	title := w.T("past.title", "day", v.Past.Opened.Format("2006-01-02"))
	var body fyne.CanvasObject
	switch {
	case v.Err != nil:
		body = problem(w, v.Err, func() { b.d.env.Act.OpenPast(v.Past.Conversation) })
	case v.Log == nil:
		body = look.Skeleton(5)
	default:
		if b.log == nil || b.log.chat != v.Past.Conversation {
			b.log = newMessages(b.d)
			b.log.readOnly, b.log.pad = true, 12
			b.log.roll.Bottom, b.log.roll.Stick = false, false // it is read from its beginning
		}
		b.log.set(v.Past.Conversation, v.Log, now)
		body = look.Inset(look.Edge{Top: 10}, b.log.body)
	}
	return b.shell("history", title, strings.Join(sub, " · "), body)
}

// source is a whole product sheet, policy or order; the section that was cited is marked.
func (b *beside) source(v *view.SourceView) fyne.CanvasObject {
	w := b.d.env.W
	icon := "doc"
	switch v.Kind {
	case "product":
		icon = "bag"
	case "order":
		icon = "clip"
	case "promotion":
		icon = "coupon"
	case "parcel":
		icon = "truck"
	}
	var body fyne.CanvasObject
	switch {
	case v.Err != nil:
		body = problem(w, v.Err, func() { b.d.env.Act.OpenCard(v.ID) })
	case len(v.Sections) == 0 && v.Busy:
		body = look.Skeleton(5)
	case len(v.Sections) == 0:
		body = look.Notice(icon, look.Hover, look.Fg3, w.T("customer.none"), "", 240)
	default:
		body = b.sections(v)
	}
	return b.shell(icon, look.OneLine(v.Title), w.In("source", v.Kind), body)
}

// sections lists the parts of a source; only those in view are drawn.
func (b *beside) sections(v *view.SourceView) fyne.CanvasObject {
	const padX, padY = float32(14), float32(8)
	var roll *look.Roll
	parts := func(i int) (title, text string) {
		s := v.Sections[i]
		return look.Clean(s.Title), look.Clean(s.Text)
	}
	roll = look.NewRoll(func(i int, width float32) float32 {
		title, text := parts(i)
		h := 2*padY + 2 + look.TextHeight(look.Body, width-2*padX-12, look.T(text))
		if title != "" {
			h += look.TextHeight(look.Caption.B(), width-2*padX-12, look.T(title)) + 2
		}
		return h
	}, func(i int, _ fyne.CanvasObject) fyne.CanvasObject {
		title, text := parts(i)
		room := roll.Size().Width - 2*padX - 12
		col := look.Col(2)
		if title != "" {
			col.Add(look.NewPara(look.Caption.B(), room, look.T(title)))
		}
		col.Add(look.NewPara(look.Body.In(look.Fg2), room, look.T(text)))
		fill, line := look.Ink(""), look.Ink("")
		if v.At != "" && v.Sections[i].ID == v.At {
			fill, line = look.BotTint, look.BotLine
		}
		tap := look.NewTap(look.Inset(look.Sides(1, padX-6, 1, padX-6), look.NewBox(fill, line, 6, look.Pad(padY, 12), col)), "", 0, nil)
		tap.OnMenu = func(at fyne.Position) {
			b.d.menu([]look.MenuItem{{Word: b.d.env.W.T("copy"), Run: func() { fyne.CurrentApp().Clipboard().SetContent(strings.TrimSpace(title + "\n" + text)) }}},
				b.d, at.Subtract(fyne.CurrentApp().Driver().AbsolutePositionForObject(b.d)))
		}
		return tap
	})
	rows := make([]look.Entry, len(v.Sections))
	cited := -1
	for i, s := range v.Sections {
		rows[i] = look.Entry{Key: number(i) + s.ID, Kind: "section"}
		if v.At != "" && s.ID == v.At {
			cited = i
		}
	}
	roll.SetRows(rows)
	if cited > 0 {
		roll.First = cited
	}
	return roll
}
