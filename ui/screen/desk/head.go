package desk

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// head is the customer's header and the line of context below it.
type head struct {
	d       *Desk
	top     *fyne.Container
	context *fyne.Container
	body    fyne.CanvasObject

	chat *view.Chat
	age  *look.Text // how long the talk goes on
	wait *look.Ring
	mood string
}

func newHead(d *Desk) *head {
	h := &head{d: d, top: look.Layers(), context: look.Layers()}
	h.body = look.Col(0, look.Fix(0, 59, look.Fix(0, 60, h.top)), look.HRule(look.Line), look.Fix(0, 37, h.context), look.HRule(look.Line))
	return h
}

func (h *head) set(c *view.Chat, now time.Time) {
	h.chat = c
	put(h.top, h.title(c.Head, c.Seat, now))
	put(h.context, h.line(c.Head, now))
}

func (h *head) title(v *view.Head, s *view.Seat, now time.Time) fyne.CanvasObject {
	w := h.d.env.W
	icon, ink := channel(v.Channel)
	name := cutRunes(look.OneLine(v.Name), 60)
	if name == "" {
		name = w.T("visitor")
	}
	first := look.Row(6, look.NewSoft(name, look.Title))
	if t := tier(v.Tier); t != "" {
		first.Add(look.Tier(t, w.In("tier", v.Tier)))
	}
	shop := v.Shop
	if shop == "" {
		shop = w.In("channel", v.Channel)
	}
	about := []string{shop}
	if v.Nick != "" && v.Nick != v.Name {
		about = append(about, v.Nick)
	}
	first.Add(look.NewSoft(look.OneLine(strings.Join(about, " · ")), look.Micro.In(look.Fg3)))
	facts := append([]string(nil), v.Facts...)
	if !v.Since.IsZero() {
		facts = append(facts, w.Since(v.Since, now))
	}
	second := cut(look.OneLine(strings.Join(facts, " · ")), look.Caption.In(look.Fg3))
	row := look.Row(10,
		look.Avatar(face(v.Face), 38, &look.Badge{Icon: icon, Fill: ink, Ring: look.Panel, D: 18, Out: 3}),
		look.Soft(look.Col(0, first, second)), look.Spacer())
	for _, o := range h.actions(v, s, now) {
		row.Add(o)
	}
	return look.Inset(look.Pad(0, 16), row)
}

// actions is what may be done with the seat, by who holds it.
func (h *head) actions(v *view.Head, s *view.Seat, now time.Time) (out []fyne.CanvasObject) {
	w, d := h.d.env.W, h.d
	btn := func(kind look.ButtonKind, icon, key string, f func()) *look.Button {
		return look.NewButton(look.ButtonSpec{Kind: kind, Icon: icon, Label: w.T(key)}, f)
	}
	mark := func(icon, text string) fyne.CanvasObject {
		return look.NewButton(look.ButtonSpec{Kind: look.Done, Icon: icon, Label: text, IconD: 14}, nil)
	}
	h.wait = nil
	id := v.ID
	take := func(key string) {
		b := look.NewButton(look.ButtonSpec{Kind: look.Primary, Icon: "hand", Label: w.T(key), Style: look.Body.B(), PadX: 13},
			func() { d.env.Act.TakeOver(id) })
		if s.Denied != "" {
			out = append(out, look.NewSoft(w.In("deny", s.Denied), look.Micro.In(look.Fg3)))
			b.SetDisabled(true)
		}
		out = append(out, b)
	}
	switch s.State {
	case view.SeatMine:
		if s.TakenIn >= 0 {
			out = append(out, mark("check", w.T("seat.taken", "n", s.TakenIn)))
		}
		type action struct {
			ok        bool
			icon, key string
			run       func()
			always    bool
		}
		all := []action{{s.CanPass, "swap", "seat.transfer", d.askTransfer, true}, {s.CanBack, "bot", "seat.back", d.askHandBack, false},
			{s.CanClose, "end", "seat.close", d.askClose, false}}
		// Where all buttons and a name of some length have no room, the first stays and the others go under ⋯.
		need := float32(38 + 10 + 32 + 150)
		for _, o := range out {
			need += o.MinSize().Width + 10
		}
		for _, a := range all {
			if a.ok {
				need += btn(look.Plain, a.icon, a.key, nil).MinSize().Width + 10
			}
		}
		roomy := d.wide() && need <= d.convW()
		var rest []look.MenuItem
		for _, a := range all {
			switch {
			case !a.ok:
			case roomy || a.always:
				out = append(out, btn(look.Plain, a.icon, a.key, a.run))
			default:
				rest = append(rest, look.MenuItem{Word: w.T(a.key), Run: a.run})
			}
		}
		if len(rest) > 0 {
			rest = append(rest, look.MenuItem{}, look.MenuItem{Word: w.T("follow"), Run: d.askFollowUp}, look.MenuItem{Word: w.T("item.find"), Run: d.openFind})
			var more *look.Button
			more = look.NewButton(look.ButtonSpec{Icon: "more", PadX: 7}, func() {
				d.menu(rest, more, fyne.NewPos(-80, 34))
			})
			out = append(out, more)
		}
	case view.SeatWaiting:
		if !s.Deadline.IsZero() {
			h.wait = look.NewRing(34, 30, left(s.Deadline, now))
			out = append(out, h.wait)
		}
		if s.Offered {
			out = append(out, btn(look.Ghost, "", "seat.decline", func() { d.env.Act.Decline(id) }))
		}
		take("seat.take")
	case view.SeatBot:
		out = append(out, look.Row(4, look.NewIcon("bot", look.BotText, 15), look.NewSoft(w.T("seat.bot"), look.Caption.In(look.BotText))))
		take("seat.take")
	case view.SeatOther:
		out = append(out, look.Row(4, look.NewIcon("user", look.Fg3, 15), look.NewSoft(w.T("seat.other", "name", s.Holder), look.Caption.In(look.Fg2))))
	case view.SeatClosed:
		text := w.T("seat.closed")
		if s.Outcome != "" {
			text = w.T("seat.closed.as", "how", w.In("disposition", s.Outcome))
		}
		out = append(out, look.NewSoft(text, look.Caption.In(look.Fg3)))
	}
	return out
}

// line is the context of the talk: how the mood went, what must not be forgotten, and how long it goes on. Where it has no room
// for all, the words beside the mood go first, then the name of the chart.
func (h *head) line(v *view.Head, now time.Time) fyne.CanvasObject {
	w, d := h.d.env.W, h.d
	h.age = look.NewText("", look.Caption.In(look.Fg2))
	h.tick(now)
	h.mood = mood(v.Mood)
	var name, shift, chip, right []fyne.CanvasObject
	name = append(name, look.NewText(w.T("trend"), look.Caption.In(look.Fg3)))
	chart := fyne.CanvasObject(look.NewText(w.T("trend.none"), look.Micro.In(look.Fg3)))
	if len(v.Trend) > 0 {
		chart = trend(v)
	}
	if h.mood != "" {
		chip = append(chip, look.Emotion(h.mood, w.In("emotion", string(v.Mood)), ""))
	}
	if v.Shift != 0 {
		key, n := "trend.calmer", -v.Shift
		if v.Shift > 0 {
			key, n = "trend.worse", v.Shift
		}
		shift = append(shift, look.NewSoft(w.T(key, "n", n), look.Micro.In(look.Fg3)))
	}
	for _, o := range []fyne.CanvasObject{d.rating(v), d.nextFollow(v), d.flag(v)} {
		if o != nil {
			right = append(right, o)
		}
	}
	if len(right) > 0 {
		right = append(right, look.VRule(look.LineStrong, 14))
	}
	icons := look.Row(0)
	if d.mayFollow() {
		icons.Add(h.tool("clock", "follow", d.askFollowUp))
	}
	icons.Add(h.tool("search", "item.find", d.openFind))
	room := d.convW() - 26 - icons.MinSize().Width - 4
	join := func() *fyne.Container {
		row := look.Row(12)
		row.Objects = slices.Concat(name, []fyne.CanvasObject{chart}, chip, shift, []fyne.CanvasObject{look.Spacer()}, right, []fyne.CanvasObject{h.age})
		return row
	}
	row := join()
	if row.MinSize().Width > room {
		shift = nil
		row = join()
	}
	if row.MinSize().Width > room {
		name = nil
		row = join()
	}
	return look.NewBox(look.Sunken, "", 0, look.Sides(0, 10, 0, 16), look.Row(4, look.Grow(row), icons))
}

// tool is a small icon in the line; its word shows while the pointer is on it.
func (h *head) tool(icon, key string, f func()) fyne.CanvasObject {
	t := look.NewTap(look.Fix(24, 24, look.Row(0, look.Spacer(), look.NewIcon(icon, look.Fg3, 15), look.Spacer())), look.Hover, 5, f)
	t.OnHover = func(in bool) { h.d.tip(in, h.d.env.W.T(key), t) }
	return t
}

// flag is what must not be forgotten about the customer.
func (d *Desk) flag(v *view.Head) fyne.CanvasObject {
	if v.Flag == "" {
		return nil
	}
	return look.Soft(look.Row(4, look.NewIcon("flag", look.WarnText, 14), look.NewSoft(cutRunes(look.OneLine(v.Flag), 40), look.Caption.In(look.WarnText))))
}

// nextFollow is the promise that is due first.
func (d *Desk) nextFollow(v *view.Head) fyne.CanvasObject {
	if len(v.FollowUps) == 0 {
		return nil
	}
	f := v.FollowUps[0]
	ink := look.AccentText
	if !f.Due.After(d.env.Now()) {
		ink = look.BadText
	}
	text := d.when(f.Due)
	if n := len(v.FollowUps); n > 1 {
		text = d.env.W.T("follow.count", "at", text, "n", n)
	}
	return look.NewTap(look.Row(4, look.NewIcon("clock", ink, 14), look.NewText(text, look.Caption.In(ink))), "", 4, d.askFollowUp)
}

// rating is what the customer thought of the talk; the pointer tells why.
func (d *Desk) rating(v *view.Head) fyne.CanvasObject {
	if v.Stars <= 0 {
		return nil
	}
	why := []string{stars(v.Stars)}
	for _, k := range v.StarsWhy {
		why = append(why, d.env.W.In("rate", k))
	}
	if text := look.OneLine(v.StarsText); text != "" {
		why = append(why, text)
	}
	t := look.NewTap(look.Row(3, look.NewIcon("star", look.WarnText, 14), look.NewText(number(min(5, v.Stars)), look.Caption.B().In(look.WarnText))), "", 4, nil)
	t.OnHover = func(in bool) { d.tip(in, cutRunes(strings.Join(why, " · "), 60), t) }
	return t
}

// trend draws the grades of the talk; a lower place is a worse mood.
func trend(v *view.Head) fyne.CanvasObject {
	marks := v.Trend[max(0, len(v.Trend)-8):]
	ps := make([]look.Point, len(marks))
	for i, m := range marks {
		y := 4 + 4.4*float32(max(0, m.Grade()-1))
		ps[i] = look.Point{X: 6 + 20*float32(i), Y: y, R: 3, Ink: look.Ink("e-" + mood(m))}
	}
	ps[len(ps)-1].R = 4
	return look.Trend(156, 28, ps)
}

func (h *head) tick(now time.Time) {
	if h.chat == nil || h.age == nil {
		return
	}
	v := h.chat.Head
	end := now
	if !v.Closed.IsZero() {
		end = v.Closed
	}
	h.age.Set(h.d.env.W.T("talk.age", "span", h.d.env.W.Span(end.Sub(v.Opened))))
	if h.wait != nil {
		if n := left(h.chat.Seat.Deadline, now); steps(n, now) {
			h.wait.SetLeft(n)
		}
	}
}
