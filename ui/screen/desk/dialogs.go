package desk

import (
	"strings"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// sheet shows a dialog over the window; a tap outside, Esc or close ends it.
func (d *Desk) sheet(title string, content fyne.CanvasObject, fields []*look.Field, buttons ...fyne.CanvasObject) (closeIt func()) {
	stack := d.env.Window().Canvas().Overlays()
	var over *look.Sheet
	closeIt = func() { stack.Remove(over) }
	for _, f := range fields {
		f.OnEscape = closeIt
	}
	foot := look.Row(8, look.Spacer(), look.NewButton(look.ButtonSpec{Label: d.env.W.T("cancel")}, func() { closeIt() }))
	for _, b := range buttons {
		foot.Add(b)
	}
	over = look.NewSheet(look.Fix(400, 0, look.NewBox(look.Panel, look.LineStrong, 10, look.Pad(16, 18),
		look.Col(12, look.NewText(title, look.Title), content, foot))), func() { closeIt() })
	over.Resize(d.env.Window().Canvas().Size())
	stack.Add(over)
	over.Enter()
	return closeIt
}

// plate shows content of its own width over the window, with its own buttons.
func (d *Desk) plate(title string, width float32, content fyne.CanvasObject, buttons ...fyne.CanvasObject) (closeIt func()) {
	stack := d.env.Window().Canvas().Overlays()
	var over *look.Sheet
	closeIt = func() { stack.Remove(over) }
	foot := look.Row(8, look.Spacer())
	for _, b := range buttons {
		foot.Add(b)
	}
	over = look.NewSheet(look.Fix(width+36, 0, look.NewBox(look.Panel, look.LineStrong, 10, look.Pad(16, 18),
		look.Col(12, look.NewElided(title, look.Title), content, foot))), func() { closeIt() })
	over.Resize(d.env.Window().Canvas().Size())
	stack.Add(over)
	over.Enter()
	return closeIt
}

// box frames an input.
func box(f fyne.CanvasObject, h float32) fyne.CanvasObject {
	return look.Fix(0, h, look.NewBox(look.Panel, look.LineStrong, 6, look.Pad(2, 6), f))
}

// askTransfer chooses whom the chat goes to.
func (d *Desk) askTransfer() {
	c, team := d.snap.Chat, d.snap.Team
	if c == nil || c.Seat.State != view.SeatMine || !c.Seat.CanPass || team == nil {
		return
	}
	w := d.env.W
	note := look.NewField(w.T("transfer.note"), nil)
	list := look.Col(2)
	var done func()
	pick := func(t view.Target) func() {
		return func() {
			done()
			d.env.Act.Transfer(t, strings.TrimSpace(note.Text()))
		}
	}
	for _, g := range team.Groups {
		list.Add(look.NewTap(look.Inset(look.Pad(6, 8), look.Row(8, look.NewIcon("user", look.Fg3, 16), look.NewSoft(look.OneLine(g.Name), look.Body),
			look.Spacer(), look.NewText(w.T("transfer.group"), look.Micro.In(look.Fg3)))), look.Hover, 6, pick(view.Target{Group: g.Key})))
	}
	for _, a := range team.Agents {
		list.Add(look.NewTap(look.Inset(look.Pad(6, 8), look.Row(8, look.Dot(statusInk(a.Status), 8), look.NewSoft(look.OneLine(a.Name), look.Body),
			look.NewSoft(look.OneLine(a.Group), look.Micro.In(look.Fg3)), look.Spacer(),
			look.NewText(w.T("status.load", "n", a.Load, "max", a.Capacity), look.Micro.In(look.Fg3)))), look.Hover, 6, pick(view.Target{Agent: a.ID})))
	}
	done = d.sheet(w.T("transfer.title"), look.Col(8, box(note, 32), look.Fix(0, min(260, list.MinSize().Height), look.NewScroll(list))), []*look.Field{note})
}

// askHandBack asks what the bot is to do; the second time in a chat it needs a reason.
func (d *Desk) askHandBack() {
	c := d.snap.Chat
	if c == nil || c.Seat.State != view.SeatMine || !c.Seat.CanBack {
		return
	}
	w := d.env.W
	what := look.NewField(w.T("back.instruction"), nil)
	why := look.NewField(w.T("back.reason"), nil)
	col := look.Col(8, look.NewPara(look.Caption.In(look.Fg2), 364, look.T(w.T("back.sub"))), box(what, 32))
	need := c.Seat.HandBacks > 0
	if need {
		col.Add(box(why, 32))
	}
	var done func()
	ok := look.NewButton(look.ButtonSpec{Kind: look.Primary, Label: w.T("seat.back"), Style: look.Body.B()}, func() {
		done()
		d.env.Act.HandBack(strings.TrimSpace(why.Text()), strings.TrimSpace(what.Text()))
	})
	if need {
		ok.SetDisabled(true)
		why.OnChanged = func(s string) { ok.SetDisabled(strings.TrimSpace(s) == "") }
	}
	what.OnSubmitted = func(string) { ok.Tapped(nil) }
	why.OnSubmitted = what.OnSubmitted
	done = d.sheet(w.T("back.title"), col, []*look.Field{what, why}, ok)
	d.env.Window().Canvas().Focus(what.Focusable())
}

// askClose asks how the chat ended.
func (d *Desk) askClose() {
	c := d.snap.Chat
	if c == nil || c.Seat.State != view.SeatMine || !c.Seat.CanClose {
		return
	}
	w := d.env.W
	remark := look.NewField(w.T("close.remark"), nil)
	var done func()
	list := look.Col(2)
	for _, key := range view.Dispositions() {
		list.Add(look.NewTap(look.Inset(look.Pad(6, 8), look.Row(0, look.NewText(w.In("disposition", key), look.Body))), look.Hover, 6, func() {
			done()
			d.env.Act.Close(key, key == "solved" || key == "order_placed", strings.TrimSpace(remark.Text()))
		}))
	}
	done = d.sheet(w.T("close.title"), look.Col(8, box(remark, 32), list), []*look.Field{remark})
}

// copilotMenu offers what to do with the suggestions as a whole.
func (d *Desk) copilotMenu(at fyne.CanvasObject) {
	w, act := d.env.W, d.env.Act
	items := []look.MenuItem{look.MenuItem{Word: w.T("copilot.again"), Run: act.RetryCopilot}}
	if d.snap.Copilot != nil {
		for i := range d.snap.Copilot.Suggestions {
			items = append(items, look.MenuItem{Word: w.T("copilot.ignore", "n", i+1), Run: func() { act.IgnoreSuggestion(i) }})
		}
	}
	d.menu(items, at, fyne.NewPos(-120, 30))
}
