package app

import (
	"agentdesk/app/view"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// unmasked is what the customer wrote, as only the seat's holder reads it. It is never stored, and forgotten with the seat.
type unmasked struct {
	conv   string
	text   string            // "" where nothing in it is masked
	fields map[string]string // of a form filled in; nil likewise
}

// uncover takes in what the server says to the holder, and shows it in the open chat.
func (m *model) uncover(l *wire.Live) {
	for id, text := range l.Clear {
		u := m.clear[id]
		u.conv, u.text = l.Conv, text
		m.clear[id] = u
		if m.talk != nil {
			m.talk.b.resaid(id, text)
		}
	}
	for id, fields := range l.ClearFields {
		u := m.clear[id]
		u.conv, u.fields = l.Conv, fields
		m.clear[id] = u
		if m.talk != nil {
			m.talk.b.refilled(id, fields)
		}
	}
}

// hide covers again what this person may not read any more: that of chats whose seat is another's now.
func (m *model) hide() {
	mine := map[string]bool{}
	for id, u := range m.clear {
		held, known := mine[u.conv]
		if !known {
			s := m.rep.State(u.conv)
			held = s != nil && m.mine(s)
			mine[u.conv] = held
		}
		if held {
			continue
		}
		delete(m.clear, id)
		if m.talk != nil && m.talk.conv == u.conv {
			m.talk = nil // read again from the copy, which is masked
		}
	}
}

// resaid shows a message's text as the customer wrote it.
func (b *builder) resaid(id event.ID, text string) {
	if i, ok := b.at[id]; ok && !b.items[i].Recalled && b.items[i].Text != text {
		b.edit(i).Text = text
		b.requote(id)
	}
}

// refilled shows a form as the customer filled it in.
func (b *builder) refilled(id event.ID, fields map[string]string) {
	if i, ok := b.at[id]; ok && !b.items[i].Recalled && b.items[i].Form != nil {
		b.edit(i).Form = filledForm(b.items[i].Form.Kind, fields)
	}
}

// filledForm is a form with its fields in their order.
func filledForm(kind string, fields map[string]string) *view.Form {
	f := &view.Form{Kind: kind, Order: fields["order"], Filled: true}
	for _, k := range conversation.FormFields(kind) {
		if v := fields[k]; v != "" {
			f.Fields = append(f.Fields, view.Field{Key: k, Value: v})
		}
	}
	return f
}
