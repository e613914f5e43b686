package desk

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
	"agentdesk/ui/words"
)

// problem is a failure that stays in the panel that failed: what happened, what to do, and a code to copy.
func problem(w *words.Words, p *view.Problem, retry func()) fyne.CanvasObject {
	if p == nil {
		p = &view.Problem{}
	}
	title, text := w.In("error", p.Code), p.Detail
	if w.Has("error." + p.Code + ".sub") {
		text = w.T("error."+p.Code+".sub", "detail", p.Detail)
	}
	if !w.Has("error." + p.Code) {
		title = w.T("error.unknown")
	}
	var actions []fyne.CanvasObject
	if retry != nil {
		actions = append(actions, look.NewButton(look.ButtonSpec{Label: w.T("retry"), H: 24, Style: look.Caption, PadX: 11}, retry))
	}
	if p.ID != "" {
		actions = append(actions, look.NewButton(look.ButtonSpec{Kind: look.Ghost, Label: w.T("error.copy", "id", p.ID), H: 24, Style: look.Caption, PadX: 6},
			func() { fyne.CurrentApp().Clipboard().SetContent(p.ID) }))
	}
	return look.Notice("warn", look.WarnTint, look.WarnText, title, text, 260, actions...)
}

// lost tells who was faster, and offers the next customer.
func (d *Desk) lost(l *view.Lost) fyne.CanvasObject {
	w := d.env.W
	var next fyne.CanvasObject
	if l.Next {
		next = look.NewButton(look.ButtonSpec{Label: w.T("lost.next"), Keys: []string{d.env.Mod(), "J"}, H: 26, Style: look.Caption, PadX: 9}, d.env.Act.TakeMostUrgent)
	} else {
		next = look.NewButton(look.ButtonSpec{Label: w.T("lost.back"), H: 26, Style: look.Caption, PadX: 9}, d.env.Act.DismissLost)
	}
	return look.Col(0, look.Space(0, 120), look.Notice("user", look.AccentTint, look.AccentText, w.T("lost", "name", l.Winner),
		w.T("lost.sub", "n", l.Seconds), 320, next))
}

// nothing is the middle when no chat is open.
func (d *Desk) nothing() fyne.CanvasObject {
	w := d.env.W
	var take fyne.CanvasObject
	sub := "nochat.calm"
	if d.snap.Queue != nil && len(d.snap.Queue.Waiting) > 0 {
		sub = "nochat.sub"
		take = look.NewButton(look.ButtonSpec{Kind: look.Primary, Icon: "hand", Label: w.T("home.take"), Keys: []string{d.env.Mod(), "J"}, H: 32,
			Style: look.Body.B(), PadX: 13}, d.env.Act.TakeMostUrgent)
	}
	keys := look.Row(14)
	for _, k := range []struct {
		word string
		keys []string
	}{{"cheats.search", []string{d.env.Mod(), "K"}}, {"cheats.next", []string{"Ctrl", "Tab"}}, {"cheats", []string{"?"}}} {
		keys.Add(look.Row(5, look.Key(k.keys...), look.NewText(w.T(k.word), look.Micro.In(look.Fg3))))
	}
	return look.Col(0, look.Spacer(), look.Notice("chat", look.AccentTint, look.AccentText, w.T("nochat"), w.T(sub, "mod", d.env.Mod()), 320, take),
		look.Space(0, 28), look.Row(0, look.Spacer(), keys, look.Spacer()), look.Spacer(), look.Spacer())
}

// bar is the line below the title of a window that lost its server.
func (d *Desk) bar(l *view.Link, now time.Time) fyne.CanvasObject {
	if l == nil {
		return nil
	}
	w := d.env.W
	switch {
	case l.Outdated:
		return look.Banner("warn", look.WarnTint, look.WarnLine, look.WarnText, w.T("link.outdated"), w.T("link.outdated.sub"))
	case l.State == view.Reconnecting:
		text := w.T("link.attempt", "n", l.Attempt)
		if s := left(l.RetryAt, now); !l.RetryAt.IsZero() && s > 0 {
			text = w.T("link.attempt.in", "n", l.Attempt, "s", s)
		}
		return look.Banner("clock", look.AccentTint, look.AccentLine, look.AccentText, w.T("link.reconnecting"), text,
			look.NewButton(look.ButtonSpec{Kind: look.Link, Label: w.T("link.now"), H: 24, Style: look.Caption.B(), PadX: 6}, d.env.Act.RetryLink))
	case l.State == view.Offline:
		text := w.T("link.never")
		if !l.SyncedAt.IsZero() {
			text = w.T("link.synced", "ago", w.Ago(now.Sub(l.SyncedAt)))
		}
		return look.Banner("cloudoff", look.WarnTint, look.WarnLine, look.WarnText, w.T("link.offline"), text,
			look.NewButton(look.ButtonSpec{Label: w.T("link.retry"), H: 24, Style: look.Caption, PadX: 9}, d.env.Act.RetryLink))
	case l.Outbox > 0:
		return look.Banner("clock", look.AccentTint, look.AccentLine, look.AccentText, w.T("outbox", "n", l.Outbox), w.T("outbox.sub"),
			look.NewButton(look.ButtonSpec{Label: w.T("outbox.send"), H: 24, Style: look.Caption, PadX: 9}, d.env.Act.ConfirmOutbox))
	}
	return nil
}

// toasts is the stack of short messages in the lower left of the conversation.
func (d *Desk) toasts(ts []view.Toast) fyne.CanvasObject {
	w := d.env.W
	col := look.ColA(6, look.Start)
	for _, t := range ts[max(0, len(ts)-3):] {
		fill, line, ink, icon := look.AccentTint, look.AccentLine, look.AccentText, "bell"
		switch t.Kind {
		case "ok":
			fill, line, ink, icon = look.OKTint, look.OKTint, look.OKText, "check"
		case "warn":
			fill, line, ink, icon = look.WarnTint, look.WarnLine, look.WarnText, "warn"
		case "bad":
			fill, line, ink, icon = look.BadTint, look.BadLine, look.BadText, "warn"
		}
		text := look.NewPara(look.Body.In(ink), 360, look.T(look.Clean(w.Fill("toast", t.Code, t.Args))))
		col.Add(look.NewBox(fill, line, 8, look.Pad(7, 12), look.Row(8, look.NewIcon(icon, ink, 15), text,
			look.IconButton("x", 11, func() { d.env.Act.DismissToast(t.ID) }))))
	}
	return col
}

func (d *Desk) showBar(now time.Time) {
	l := d.snap.Link
	key := ""
	if l != nil {
		key = string(l.State) + number(l.Outbox) + number(l.Attempt)
		switch {
		case l.State == view.Reconnecting && !l.RetryAt.IsZero():
			key += number(left(l.RetryAt, now))
		case l.State == view.Offline:
			key += d.env.W.Ago(now.Sub(l.SyncedAt))
		}
	}
	if key == d.barText {
		return
	}
	d.barText = key
	if b := d.bar(l, now); b != nil {
		put(d.barSlot, b)
	} else if len(d.barSlot.Objects) > 0 {
		d.barSlot.Objects = nil
	}
	d.relayout()
}

func (d *Desk) showToasts(now time.Time) {
	var live []view.Toast
	for _, t := range d.snap.Toasts {
		if t.Until.IsZero() || now.Before(t.Until) {
			live = append(live, t)
		}
	}
	ids := ""
	for _, t := range live {
		ids += t.ID + "\n"
	}
	if ids == d.toastIDs {
		return
	}
	fresh := !strings.HasPrefix(d.toastIDs, ids) // something came, and not only left
	d.toastIDs = ids
	if len(live) == 0 {
		put(d.toastSlot, look.Space(0, 0))
	} else {
		put(d.toastSlot, d.toasts(live))
	}
	look.Relayout(d.overLog)
	if fresh && d.overLog != nil {
		look.Glide(d.toastSlot, fyne.NewDelta(0, -12), look.PanelTime, nil)
	}
}
