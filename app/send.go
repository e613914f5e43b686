package app

import (
	"context"
	"encoding/json"
	"strings"

	"agentdesk/app/view"
	"agentdesk/copilot/comply"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/replica"
	"agentdesk/sync/wire"
)

// Send implements view.Actions.
func (a *App) Send(text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.post(text, event.Text)
}

// AddNote implements view.Actions.
func (a *App) AddNote(text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.post(text, event.Note)
}

// mine reports whether this person holds a chat's seat; a.mu is held.
func (m *model) mine(s *conversation.State) bool {
	return s.Seat == conversation.SeatHuman && s.Agent == m.session.User.ID
}

// post puts what is in the composer into the outbox and, when connected, on its way: the text, then one message for each
// attachment. a.mu is held.
func (a *App) post(text string, kind event.MessageKind) bool {
	m := &a.m
	conv, mode := m.selected, view.ModeReply
	if kind == event.Note {
		mode = view.ModeNote
	}
	s := a.state(conv)
	if s == nil {
		return false
	}
	var files []*file
	if kind != event.Note {
		files = m.attached(conv)
	}
	if strings.TrimSpace(text) == "" && len(files) == 0 {
		return false
	}
	d := a.draft(conv, mode)
	if kind != event.Note {
		if !m.mine(s) {
			a.say("warn", "not_holder", nil)
			return false
		}
		for _, f := range files {
			if f.err != "" && !passing(f.err) {
				a.say("warn", "attach_failed", map[string]string{"name": f.Name})
				return false
			}
		}
		if comply.Blocked(a.rules.Check(text)) {
			a.write(conv, mode, text, true)
			return false
		}
	}
	var all []conversation.PostArgs
	if strings.TrimSpace(text) != "" {
		args := conversation.PostArgs{Text: text}
		args.Kind = kind
		if kind == event.Text && d.sug != "" {
			args.Suggestion = d.sug
		}
		all = append(all, args)
	}
	texts := len(all)
	for _, f := range files {
		var args conversation.PostArgs
		args.Kind = f.kindOf()
		args.Attachments = []event.Attachment{{Hash: f.Uploaded.Hash, Mime: f.Mime, Size: f.Size, W: f.W, H: f.H}}
		all = append(all, args)
	}
	if q := m.quotes[conv]; q != "" && kind != event.Note {
		all[0].ReplyTo = q
	}
	ws := a.box(s, all, files, texts, &replica.Drafted{Conv: conv, Mode: string(mode)})
	if ws == nil {
		return false
	}
	if kind == event.Text && d.sug != "" && texts > 0 {
		edits := distance([]rune(d.sugText), []rune(text))
		how := event.Adopted
		if edits > 0 {
			how = event.Edited
		}
		a.useSuggestion(conv, d.sug, how, edits)
	}
	if kind != event.Note {
		delete(m.quotes, conv)
	}
	d.sug, d.sugText, d.back = "", "", nil
	d.text, d.findings = "", nil
	d.rev++
	delete(m.unsaved, draftKey{conv, mode})
	a.touch()
	return true
}

// one puts a message without text into the outbox: a card or a form. a.mu is held.
func (a *App) one(args conversation.PostArgs) *replica.Waiting {
	s := a.state(a.m.selected)
	if s == nil || !a.m.mine(s) {
		a.say("warn", "not_holder", nil)
		return nil
	}
	if q := a.m.quotes[s.ID]; q != "" && args.Kind != event.FormAsked {
		args.ReplyTo = q
		delete(a.m.quotes, s.ID)
	}
	ws := a.box(s, []conversation.PostArgs{args}, nil, 1, nil)
	if ws == nil {
		return nil
	}
	a.touch()
	return ws[0]
}

// box keeps messages in order and lets them go; those from place texts on belong to files. nil: nothing was promised.
// a.mu is held.
func (a *App) box(s *conversation.State, all []conversation.PostArgs, files []*file, texts int, drafted *replica.Drafted) []*replica.Waiting {
	m, ctx := &a.m, context.Background()
	online := m.online() && m.caught
	ws := make([]*replica.Waiting, len(all))
	given := map[string]string{}
	for i := range all {
		payload, err := json.Marshal(all[i])
		if err != nil {
			a.warn("encode message", err)
			return nil
		}
		ws[i] = &replica.Waiting{At: m.now().UnixMilli(), Seen: s.LastCustomerMsg, State: replica.Held,
			Frame: wire.In{T: wire.TCmd, ID: newID(), Kind: conversation.Post, Conv: s.ID, Epoch: s.Epoch, Payload: payload}}
		if online {
			ws[i].State = replica.Ready
			if i < texts && !m.behind(s.ID) && i == 0 {
				ws[i].State = replica.Sent
			}
		}
		if i >= texts {
			given[ws[i].Frame.ID] = files[i-texts].ID
		}
	}
	if err := m.rep.PutAll(ctx, ws, given, drafted); err != nil {
		a.warn("keep message", err) // it stays a draft: nothing was promised
		a.say("bad", "not_kept", nil)
		return nil
	}
	for i, f := range files {
		f.Cmd = ws[texts+i].Frame.ID
	}
	m.outbox = append(m.outbox, ws...)
	if online {
		for _, w := range ws {
			if w.State == replica.Sent {
				m.cl.Command(w.Frame)
			}
		}
		a.uploads()
		a.pump(ctx, s.ID)
	}
	return ws
}

// behind reports whether something in a chat's outbox has to leave before what comes now; a.mu is held.
func (m *model) behind(conv string) bool {
	for _, w := range m.outbox {
		if w.Frame.Conv == conv && w.State == replica.Ready {
			return true
		}
	}
	return false
}

// pump lets out what is ready in a chat, in order, as far as its files are uploaded; a.mu is held.
func (a *App) pump(ctx context.Context, conv string) {
	if !a.m.online() {
		return
	}
	for _, w := range a.m.outbox {
		if w.Frame.Conv != conv || w.State != replica.Ready {
			continue
		}
		switch ok, lost := a.complete(w); {
		case lost:
			w.State = replica.Failed
			a.warn("keep command", a.m.rep.Put(ctx, w))
			continue
		case !ok:
			return
		}
		w.State = replica.Sent
		a.warn("keep command", a.m.rep.Put(ctx, w))
		a.m.cl.Command(w.Frame)
	}
}

// complete puts the name of its uploaded file into a message; not ok while there is none, lost where there never will be.
// a.mu is held.
func (a *App) complete(w *replica.Waiting) (ok, lost bool) {
	p, f := argsOf(w), a.m.fileOf(w.Frame.ID)
	if f == nil {
		lost = len(p.Attachments) > 0 && p.Attachments[0].Hash == ""
		return !lost, lost
	}
	if f.Uploaded.Hash == "" {
		return false, false
	}
	p.Attachments = []event.Attachment{{Hash: f.Uploaded.Hash, Mime: f.Uploaded.Mime, Size: f.Uploaded.Size, W: f.Uploaded.W, H: f.Uploaded.H}}
	payload, err := json.Marshal(p)
	if err != nil {
		a.warn("encode message", err)
		return false, true
	}
	w.Frame.Payload = payload
	return true, false
}

// argsOf is the message that a command of the outbox posts.
func argsOf(w *replica.Waiting) (p conversation.PostArgs) {
	if json.Unmarshal(w.Frame.Payload, &p) != nil { // written by box
		return conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.Text}}
	}
	return p
}

// AskForm implements view.Actions.
func (a *App) AskForm(kind, order string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.askForm(kind, order)
}

func (a *App) askForm(kind, order string) bool {
	if conversation.FormFields(kind) == nil {
		return false
	}
	var args conversation.PostArgs
	args.Kind, args.Form, args.Ref = event.FormAsked, kind, order
	return a.one(args) != nil
}

// Unsend implements view.Actions.
func (a *App) Unsend(item string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.state(a.m.selected)
	if s == nil || !event.ValidID(item) {
		return
	}
	a.command(conversation.Recall, s.ID, 0, conversation.RecallArgs{Message: item}, false)
}

// Quote implements view.Actions.
func (a *App) Quote(item string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	defer a.touch()
	t, conv := a.m.talk, a.m.selected
	if item == "" || t == nil {
		delete(a.m.quotes, conv)
		return
	}
	i, ok := t.b.at[item]
	if !ok || !event.ValidID(item) {
		return
	}
	switch it := &t.b.items[i]; it.Kind {
	case view.KindNote, view.KindNotice, view.KindHandoff, view.KindActed, view.KindRated:
	default:
		if !it.Recalled {
			a.m.quotes[conv] = item
			a.m.mode = view.ModeReply
		}
	}
}
