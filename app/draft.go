package app

import (
	"context"
	"strconv"
	"time"

	"agentdesk/app/view"
	"agentdesk/copilot/comply"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// saveEvery is how long what was typed or chosen may be in memory only: a key stroke never waits for the disk.
const saveEvery = 250 * time.Millisecond

type draftKey struct {
	conv string
	mode view.Mode
}

// draft is what is being written in one conversation and mode.
type draft struct {
	text     string
	rev      uint64
	back     *view.Back
	sug      event.ID // the suggestion it came from
	sugText  string
	findings []view.Risk
}

// draft of a chat; a.mu is held.
func (a *App) draft(conv string, mode view.Mode) *draft {
	key := draftKey{conv, mode}
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
	if mode == view.ModeNote || text == "" {
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

// write replaces a draft, to be on disk soon; a.mu is held. replaced says that app, not the person, wrote it.
func (a *App) write(conv string, mode view.Mode, text string, replaced bool) *draft {
	d := a.draft(conv, mode)
	d.text, d.findings = text, a.risks(text, mode)
	if replaced {
		d.rev++
	}
	a.m.unsaved[draftKey{conv, mode}] = true
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
	if was == text {
		return
	}
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

// SetMode implements view.Actions.
func (a *App) SetMode(mode view.Mode) {
	a.change(func(m *model) {
		m.mode = mode
		a.draft(m.selected, mode).rev++
	})
}

// save brings to disk what was typed and chosen since; a.mu is held.
func (a *App) save(ctx context.Context) {
	if a.m.prefsDirty {
		a.m.prefsDirty = false
		a.keepPrefs()
	}
	if a.m.rep == nil {
		return
	}
	for k := range a.m.unsaved {
		if d := a.m.drafts[k]; d != nil {
			a.warn("keep draft", a.m.rep.SetDraft(ctx, k.conv, string(k.mode), d.text))
		}
	}
	clear(a.m.unsaved)
	if at := a.m.syncedAt; at.Sub(a.m.syncedKept).Abs() > time.Minute {
		a.m.syncedKept = at
		a.warn("keep time", a.m.rep.SetMeta(ctx, "synced", strconv.FormatInt(at.UnixMilli(), 10)))
	}
}

// saver calls save until ctx ends.
func (a *App) saver(ctx context.Context) {
	tick := time.NewTicker(saveEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			a.mu.Lock()
			a.save(ctx)
			a.mu.Unlock()
		}
	}
}
