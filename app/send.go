package app

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"agentdesk/app/view"
	"agentdesk/copilot/comply"
	"agentdesk/sync/client"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/replica"
	"agentdesk/sync/wire"
)

// draft is what is being written in one conversation and mode.
type draft struct {
	text     string
	rev      uint64
	back     *view.Back
	sug      string // the suggestion it came from
	sugText  string
	findings []view.Risk
}

// draft of the selected chat; a.mu is held.
func (a *App) draft(conv string, mode view.Mode) *draft {
	key := conv + "\x00" + string(mode)
	d := a.m.drafts[key]
	if d == nil {
		d = &draft{rev: 1}
		if a.m.rep != nil {
			text, err := a.m.rep.Draft(context.Background(), conv, string(mode))
			a.warn("read draft", err)
			d.text = text
		}
		d.findings = a.risks(d.text, mode)
		a.m.drafts[key] = d
	}
	return d
}

func (a *App) risks(text string, mode view.Mode) []view.Risk {
	if mode == view.ModeNote {
		return nil
	}
	var out []view.Risk
	for _, f := range a.rules.Check(text) {
		level := view.Sourcing
		switch f.Level {
		case comply.Forbidden:
			level = view.Blocked
		case comply.Conditional:
			level = view.Condition
		}
		out = append(out, view.Risk{From: f.From, To: f.To, Text: f.Text, Fix: f.Replacement, Rule: f.Kind, Level: level})
	}
	return out
}

// write replaces a draft; a.mu is held. replaced says that app, not the person, wrote it.
func (a *App) write(conv string, mode view.Mode, text string, replaced bool) *draft {
	d := a.draft(conv, mode)
	d.text, d.findings = text, a.risks(text, mode)
	if replaced {
		d.rev++
	}
	if a.m.rep != nil {
		a.warn("keep draft", a.m.rep.SetDraft(context.Background(), conv, string(mode), text))
	}
	a.touch()
	return d
}

// SetDraft implements view.Actions.
func (a *App) SetDraft(text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.m.selected == "" {
		return
	}
	was := a.draft(a.m.selected, a.m.mode).text
	a.write(a.m.selected, a.m.mode, text, false)
	if a.m.cl != nil && a.m.mode == view.ModeReply && (was == "") != (text == "") {
		a.m.cl.Tell(wire.In{T: wire.TTyping, Conv: a.m.selected, On: text != ""})
	}
}

// ApplyFixes implements view.Actions.
func (a *App) ApplyFixes() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.m.selected == "" {
		return
	}
	text := a.draft(a.m.selected, a.m.mode).text
	a.write(a.m.selected, a.m.mode, comply.Fix(text, a.rules.Check(text)), true)
}

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

// post puts a message into the outbox and, when connected, on its way; a.mu is held.
func (a *App) post(text string, kind event.MessageKind) bool {
	conv, mode := a.m.selected, view.ModeReply
	if kind == event.Note {
		mode = view.ModeNote
	}
	s := a.state(conv)
	if s == nil || strings.TrimSpace(text) == "" {
		return false
	}
	d := a.draft(conv, mode)
	if kind != event.Note {
		if s.Seat != conversation.SeatHuman || s.Agent != a.m.session.User.ID {
			a.say("warn", "refused", map[string]string{"text": "not the holder"})
			return false
		}
		if comply.Blocked(a.rules.Check(text)) {
			a.write(conv, mode, text, true)
			return false
		}
	}
	args := conversation.PostArgs{Text: text}
	args.Kind = kind
	if kind == event.Text && d.sug != "" {
		args.Suggestion = d.sug
	}
	payload, err := json.Marshal(args)
	if err != nil {
		a.warn("encode message", err)
		return false
	}
	w := &replica.Waiting{At: a.p.Now().UnixMilli(), Seen: s.LastCustomerMsg, State: replica.Held,
		Frame: wire.In{T: wire.TCmd, ID: newID(), Kind: conversation.Post, Conv: conv, Epoch: s.Epoch, Payload: payload}}
	online := a.m.cl != nil && a.m.status.Phase == client.Online && a.m.caught
	if online {
		w.State = replica.Sent
	}
	if err := a.m.rep.Put(context.Background(), w); err != nil {
		a.warn("keep message", err) // it stays a draft: nothing was promised
		return false
	}
	a.m.outbox = append(a.m.outbox, w)
	if online {
		a.m.cl.Command(w.Frame)
	}
	if kind == event.Text && d.sug != "" {
		edits := distance([]rune(d.sugText), []rune(text))
		how := event.Adopted
		if edits > 0 {
			how = event.Edited
		}
		a.useSuggestion(conv, d.sug, how, edits)
	}
	d = a.write(conv, mode, "", true)
	d.sug, d.sugText, d.back = "", "", nil
	return true
}

// boxed is a command in the outbox; a.mu is held.
func (a *App) boxed(id string) *replica.Waiting {
	for _, w := range a.m.outbox {
		if w.Frame.ID == id {
			return w
		}
	}
	return nil
}

// unbox forgets a command; a.mu is held.
func (a *App) unbox(ctx context.Context, id string) {
	if a.boxed(id) == nil {
		return
	}
	a.m.outbox = slices.DeleteFunc(slices.Clone(a.m.outbox), func(w *replica.Waiting) bool { return w.Frame.ID == id })
	a.warn("drop command", a.m.rep.Drop(ctx, id))
}

func textOf(w *replica.Waiting) (string, event.MessageKind) {
	var p conversation.PostArgs
	if json.Unmarshal(w.Frame.Payload, &p) != nil { // written by post
		return "", event.Text
	}
	return p.Text, p.Kind
}

// refusedPost makes a refused message a draft again, or a failed one; a.mu is held.
func (a *App) refusedPost(ctx context.Context, w *replica.Waiting, r *conversation.Refusal) {
	back := &view.Back{Code: "refused"}
	if r != nil {
		switch r.Code {
		case conversation.DiskFull:
			w.State = replica.Failed
			a.warn("keep command", a.m.rep.Put(ctx, w))
			return
		case conversation.AlreadyClosed:
			back.Code = "closed"
		case conversation.StaleEpoch, conversation.NotHolder, conversation.TakenByOther:
			back.Code = "stale"
			if r.Holder != "" && r.Holder != a.m.session.User.ID {
				name := r.HolderName
				if name == "" {
					name = r.Holder
				}
				back.Code, back.Args = "taken", map[string]string{"name": name}
			}
		}
	}
	a.recall(ctx, w, back)
	a.say("warn", "back", nil)
}

// recall turns a message of the outbox back into the draft, before what was written since; a.mu is held.
func (a *App) recall(ctx context.Context, w *replica.Waiting, back *view.Back) {
	text, kind := textOf(w)
	mode := view.ModeReply
	if kind == event.Note {
		mode = view.ModeNote
	}
	if since := a.draft(w.Frame.Conv, mode).text; since != "" {
		text += "\n" + since
	}
	d := a.write(w.Frame.Conv, mode, text, true)
	d.back = back
	a.unbox(ctx, w.Frame.ID) // after the draft is kept: a crash between shows it twice, never loses it
}

// Resend implements view.Actions.
func (a *App) Resend(item string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if w := a.boxed(item); w != nil && w.State != replica.Sent && a.m.cl != nil {
		a.release(context.Background(), w)
		a.touch()
	}
}

// Recall implements view.Actions. What is on its way already can't be recalled.
func (a *App) Recall(item string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if w := a.boxed(item); w != nil && w.State != replica.Sent {
		a.recall(context.Background(), w, nil)
	}
}

// ConfirmOutbox implements view.Actions.
func (a *App) ConfirmOutbox() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.m.cl == nil || a.m.status.Phase != client.Online {
		a.say("warn", "offline", nil)
		return
	}
	for _, w := range a.m.outbox {
		if w.State == replica.Held {
			a.release(context.Background(), w)
		}
	}
	a.touch()
}

// distance is the Levenshtein distance in runes, of at most 2,000 of each.
func distance(x, y []rune) int {
	x, y = x[:min(len(x), 2000)], y[:min(len(y), 2000)]
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, a := range x {
		diag := row[0]
		row[0] = i + 1
		for j, b := range y {
			n := diag
			if a != b {
				n = 1 + min(diag, row[j], row[j+1])
			}
			diag, row[j+1] = row[j+1], n
		}
	}
	return row[len(y)]
}
