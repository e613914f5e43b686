package desk

import (
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
	name := look.OneLine(v.Name)
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
		var rest []look.MenuItem
		add := func(ok bool, icon, key string, always bool, f func()) {
			switch {
			case !ok:
			case h.d.wide() || always:
				out = append(out, btn(look.Plain, icon, key, f))
			default:
				rest = append(rest, look.MenuItem{Word: w.T(key), Run: f})
			}
		}
		add(s.CanPass, "swap", "seat.transfer", true, d.askTransfer)
		add(s.CanBack, "bot", "seat.back", false, d.askHandBack)
		add(s.CanClose, "end", "seat.close", false, d.askClose)
		if len(rest) > 0 {
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

func (h *head) line(v *view.Head, now time.Time) fyne.CanvasObject {
	w := h.d.env.W
	row := look.Row(12, look.NewText(w.T("trend"), look.Caption.In(look.Fg3)))
	if len(v.Trend) > 0 {
		row.Add(trend(v))
	} else {
		row.Add(look.NewText(w.T("trend.none"), look.Micro.In(look.Fg3)))
	}
	h.mood = mood(v.Mood)
	if h.mood != "" {
		row.Add(look.Emotion(h.mood, w.In("emotion", string(v.Mood)), ""))
	}
	if !h.d.narrow() && v.Shift != 0 {
		key, n := "trend.calmer", -v.Shift
		if v.Shift > 0 {
			key, n = "trend.worse", v.Shift
		}
		row.Add(look.NewSoft(w.T(key, "n", n), look.Micro.In(look.Fg3)))
	}
	row.Add(look.Spacer())
	if v.Flag != "" {
		row.Add(look.Soft(look.Row(4, look.NewIcon("flag", look.WarnText, 14), look.NewSoft(look.OneLine(v.Flag), look.Caption.In(look.WarnText)))))
		row.Add(look.VRule(look.LineStrong, 14))
	}
	h.age = look.NewText("", look.Caption.In(look.Fg2))
	h.tick(now)
	row.Add(h.age)
	return look.NewBox(look.Sunken, "", 0, look.Pad(0, 16), row)
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
		h.wait.SetLeft(left(h.chat.Seat.Deadline, now))
	}
}
