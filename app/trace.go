package app

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"agentdesk/app/view"
	"agentdesk/sync/client"
	"agentdesk/sync/wire"
)

// tracing is a message of the bot whose trace is open.
type tracing struct {
	talk *talk
	view view.TraceView
}

// OpenTrace implements view.Actions.
func (a *App) OpenTrace(item string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	defer a.touch()
	a.openTrace(item)
}

// StepTrace implements view.Actions.
func (a *App) StepTrace(step int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	tr := a.m.trace
	if tr == nil {
		return
	}
	if id := tr.talk.botsBeside(tr.view.Item, step); id != "" {
		a.openTrace(id)
		a.touch()
	}
}

// openTrace asks the server how a message came about; a.mu is held. Nothing of it is kept.
func (a *App) openTrace(item string) {
	m := &a.m
	if item == "" {
		m.trace = nil
		return
	}
	var t *talk
	var it *view.Item
	for _, o := range m.talks() {
		if i, ok := o.b.at[item]; ok {
			t, it = o, &o.b.items[i]
		}
	}
	if t == nil || !traceable(it) {
		return
	}
	m.source = nil // one thing beside the chat
	tr := &tracing{talk: t, view: view.TraceView{Item: item, Text: quoteOf(it).Text, At: it.At}}
	m.trace = tr
	if m.web == nil || !m.online() {
		tr.view.Err = &view.Problem{Code: "unreachable"}
		return
	}
	web, conv := m.web, t.conv
	tr.view.Busy = a.pool.add("trace", func(ctx context.Context) {
		got, err := web.Trace(ctx, conv, item)
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.m.trace != tr {
			return
		}
		tr.fill(got, err)
		a.touch()
	})
	if !tr.view.Busy {
		tr.view.Err = &view.Problem{Code: "busy"}
	}
}

// traceable reports whether an item is an answer of the bot.
func traceable(it *view.Item) bool {
	return it.By == view.ByBot && !it.Recalled && it.Kind != view.KindNotice && it.Kind != view.KindHandoff
}

// botsBeside is the bot's next message after an item (step 1), or the one before it (-1); "" for none.
func (t *talk) botsBeside(item string, step int) string {
	i, ok := t.b.at[item]
	if !ok {
		return ""
	}
	for i += step; i >= 0 && i < len(t.b.items); i += step {
		if traceable(&t.b.items[i]) {
			return t.b.items[i].ID
		}
	}
	return ""
}

// traceView is the open trace for a snapshot; a.mu is held.
func (m *model) traceView() *view.TraceView {
	tr := m.trace
	if tr == nil {
		return nil
	}
	if t := m.talk; t != nil && t.conv == tr.talk.conv {
		tr.talk = t // read back, and so made anew
	}
	v := tr.view
	v.Earlier, v.Later = tr.talk.botsBeside(v.Item, -1) != "", tr.talk.botsBeside(v.Item, 1) != ""
	return &v
}

// fill takes the server's answer.
func (tr *tracing) fill(got wire.Trace, err error) {
	v := &tr.view
	v.Busy = false
	var re *client.RESTError
	switch {
	case errors.As(err, &re) && re.Code == "no_trace":
		v.Gone = true
		return
	case err != nil:
		v.Err = &view.Problem{Code: errCode(err), Detail: err.Error()}
		return
	}
	v.MS, v.Wait, v.Action, v.Reason, v.ByModel, v.Sources = got.MS, got.Pause, got.Action, got.Reason, got.ByModel, refs(got.Sources)
	if r := got.Read; r != nil {
		v.Read = &view.TraceRead{Emotion: r.Emotion, Intent: r.Intent, Reason: r.Reason, By: r.By, Percent: int(100*min(max(r.Confidence, 0), 1) + 0.5), Why: r.Why, MS: r.MS}
	}
	for _, s := range got.Steps {
		v.Steps = append(v.Steps, view.TraceStep(s))
	}
	for _, u := range got.Tools {
		t := view.TraceTool{Tool: u.Tool, Result: u.Result, Why: u.Why, Fen: u.Fen}
		for k, val := range u.Args {
			t.Args = append(t.Args, view.Field{Key: k, Value: val})
		}
		slices.SortFunc(t.Args, func(x, y view.Field) int { return cmp.Compare(x.Key, y.Key) })
		v.Tools = append(v.Tools, t)
	}
	if m := got.Model; m != nil {
		w := &view.TraceModel{Provider: m.Provider, Model: m.Model, Prompt: m.Prompt, In: m.In, Out: m.Out, MS: m.MS, Why: m.Why}
		for _, at := range m.Attempts {
			w.Attempts = append(w.Attempts, view.TraceAttempt{Provider: at.Provider, Model: at.Model, Hedge: at.Hedge, Lost: at.Lost, After: at.After, MS: at.MS, Fault: at.Fault})
		}
		for _, s := range m.Struck {
			w.Struck = append(w.Struck, view.TraceStrike(s))
		}
		v.Model = w
	}
}
