package app

import (
	"context"
	"slices"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/replica"
)

// boxed is a command in the outbox; a.mu is held.
func (a *App) boxed(id string) *replica.Waiting {
	for _, w := range a.m.outbox {
		if w.Frame.ID == id {
			return w
		}
	}
	return nil
}

// unbox forgets a command and what went with it; a.mu is held.
func (a *App) unbox(ctx context.Context, id string) {
	w := a.boxed(id)
	if w == nil {
		return
	}
	a.m.outbox = slices.DeleteFunc(slices.Clone(a.m.outbox), func(w *replica.Waiting) bool { return w.Frame.ID == id })
	a.warn("drop command", a.m.rep.Drop(ctx, id))
	if f := a.m.fileOf(id); f != nil {
		a.dropFile(ctx, f)
	}
	delete(a.m.picked, id)
	a.pump(ctx, w.Frame.Conv)
}

// release lets a held or failed command leave, in its turn; a.mu is held.
func (a *App) release(ctx context.Context, w *replica.Waiting) {
	w.State = replica.Ready
	a.warn("keep command", a.m.rep.Put(ctx, w))
	if f := a.m.fileOf(w.Frame.ID); f != nil && f.Uploaded.Hash == "" {
		f.err, f.again = "", a.m.now()
		a.upload(f)
	}
	a.pump(ctx, w.Frame.Conv)
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
	switch argsOf(w).Kind {
	case event.Text, event.Note, event.Image, event.File:
		a.recall(ctx, w, back)
		a.say("warn", "back", nil)
	default: // there is nothing to write on
		a.recall(ctx, w, nil)
		a.refused(r)
	}
}

// recall turns a message of the outbox back into the draft, before what was written since; a.mu is held.
func (a *App) recall(ctx context.Context, w *replica.Waiting, back *view.Back) {
	p := argsOf(w)
	conv, mode := w.Frame.Conv, view.ModeReply
	switch p.Kind {
	case event.Note, event.Text:
		if p.Kind == event.Note {
			mode = view.ModeNote
		}
		text := p.Text
		if since := a.draft(conv, mode).text; since != "" {
			text += "\n" + since
		}
		d := a.write(conv, mode, text, true)
		d.back = back
		a.save(ctx)
	case event.Image, event.File:
		if f := a.m.fileOf(w.Frame.ID); f != nil {
			f.Cmd = ""
			if f.kept {
				a.warn("keep attachment", a.m.rep.SetAttachment(ctx, &f.Attachment))
			}
		}
		if back != nil {
			a.draft(conv, mode).back = back
		}
	}
	if p.ReplyTo != "" && mode == view.ModeReply {
		a.m.quotes[conv] = p.ReplyTo
	}
	a.unbox(ctx, w.Frame.ID) // after the draft is kept: a crash between shows it twice, never loses it
	a.touch()
}

// Resend implements view.Actions.
func (a *App) Resend(item string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	w := a.boxed(item)
	if w == nil || w.State == replica.Sent || a.m.cl == nil {
		return
	}
	if !a.m.online() {
		w.State = replica.Held // goes with the others after the reconnect
		a.warn("keep command", a.m.rep.Put(context.Background(), w))
	} else {
		a.release(context.Background(), w)
	}
	a.touch()
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
	if !a.m.online() {
		a.say("warn", "offline", nil)
		return
	}
	for _, w := range slices.Clone(a.m.outbox) {
		if w.State == replica.Held {
			a.release(context.Background(), w)
		}
	}
	a.touch()
}

// loadOutbox reads what an earlier run left; a.mu is held.
func (a *App) loadOutbox(ctx context.Context) (err error) {
	m := &a.m
	if m.outbox, err = m.rep.Outbox(ctx); err != nil {
		return err
	}
	kept, err := m.rep.Attachments(ctx)
	if err != nil {
		return err
	}
	m.files = nil
	for _, k := range kept {
		f := &file{Attachment: *k, kept: true}
		if f.Uploaded.Hash != "" {
			f.part = 1
		}
		if f.Cmd != "" && a.boxed(f.Cmd) == nil { // its message went
			a.warn("drop attachment", m.rep.DropAttachment(ctx, f.ID))
			continue
		}
		m.files = append(m.files, f)
	}
	for _, w := range m.outbox {
		if w.State == replica.Ready {
			w.State = replica.Held
		}
		if _, lost := a.complete(w); lost && w.State == replica.Held {
			w.State = replica.Failed // a crash came before its file was on disk
		}
	}
	return nil
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
