package desk

import (
	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// mayQuote reports whether the next message to the customer can quote an item.
func (m *messages) mayQuote(it *view.Item) bool {
	if m.readOnly || it.Recalled || it.Kind == view.KindNote || it.Kind == view.KindHandoff || it.Send == view.Failed || it.Send == view.Queued || it.Send == view.Sending {
		return false
	}
	c := m.d.snap.Chat
	return c != nil && c.Composer != nil && c.Composer.Denied == "" && c.Composer.Mode == view.ModeReply
}

// quote makes the next message quote an item, and gives the keyboard to the composer.
func (m *messages) quote(id string) {
	m.d.env.Act.Quote(id)
	m.d.FocusComposer()
}

// copied is what an item gives to the clipboard; "" nothing.
func (d *Desk) copied(it *view.Item) string {
	switch {
	case it.Recalled:
		return ""
	case it.Card != nil:
		return d.cardText(it)
	case it.Form != nil:
		return d.formText(it.Form)
	}
	return it.Text
}

// menu is what can be done with an item. Only what works shows.
func (m *messages) menu(it *view.Item, at fyne.Position) {
	w, act := m.d.env.W, m.d.env.Act
	var items []look.MenuItem
	add := func(ok bool, key string, f func()) {
		if ok {
			items = append(items, look.MenuItem{Word: w.T(key), Run: f})
		}
	}
	text := m.d.copied(it)
	add(m.mayQuote(it), "item.quote", func() { m.quote(it.ID) })
	add(text != "", "copy", func() { fyne.CurrentApp().Clipboard().SetContent(text) })
	add(it.Kind == view.KindImage && !it.Recalled, "item.view", func() { m.d.view(m.last, it.ID) })
	add(mayTrace(it), "trace.why", func() { act.OpenTrace(it.ID) })
	add(!m.readOnly, "item.find", func() { m.d.openFind() })
	waits := !m.readOnly && it.Mine && (it.Send == view.Failed || it.Send == view.Queued)
	unsend := !m.readOnly && !it.Recalled && m.d.env.Now().Before(it.Unsend)
	if (waits || unsend) && len(items) > 0 {
		items = append(items, look.MenuItem{})
	}
	add(waits, "send.again", func() { act.Resend(it.ID) })
	add(waits, "send.recall", func() { act.Recall(it.ID) })
	add(unsend, "item.unsend", func() { act.Unsend(it.ID) })
	if len(items) == 0 {
		return
	}
	m.d.menu(items, m.body, at.Subtract(fyne.CurrentApp().Driver().AbsolutePositionForObject(m.body)))
}
