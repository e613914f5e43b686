package llm

import (
	"context"
	"fmt"
	"strings"

	"agentdesk/copilot"
	"agentdesk/copilot/comply"
	"agentdesk/server/bot"
	"agentdesk/sync/event"
	"agentdesk/sync/talk"
)

// Bounds of what is sent.
const (
	contextTurns = 8
	turnRunes    = 400
	factRunes    = 1200
	maxFacts     = 24
)

// brief is what a text is written from, before it is masked.
type brief struct {
	task         Task
	conversation string
	turns        []talk.Turn
	text         string // the customer's newest
	names        []string
	emotion      string
	strategy     string
	facts        []string
	sources      []event.Source
	script       string
	who          audience
}

// Respond implements bot.Responder: the model's text where it is in time, grounded and well worded, else the script. Stream gets
// only checked sentences, and together they are the text that is returned.
func (p *Pool) Respond(ctx context.Context, d bot.Draft, stream func(string)) (bot.Text, error) {
	if err := ctx.Err(); err != nil {
		return bot.Text{}, err
	}
	b := brief{task: TaskAnswer, conversation: d.Conversation, turns: d.Context, text: d.Customer, names: d.Names, emotion: string(d.Emotion), script: d.Script, who: toCustomer}
	for _, f := range d.Facts {
		b.facts = append(b.facts, strings.TrimSpace(f.Title+" "+f.Text))
		b.sources = append(b.sources, f.Source)
	}
	text, byModel, tr, err := p.write(ctx, b, stream)
	if ctx.Err() != nil {
		return bot.Text{}, ctx.Err()
	}
	out := bot.Text{Text: text, ByModel: byModel, Written: tr.written()}
	if err != nil {
		out.Fallback = err.Error()
	}
	return out, nil
}

// written is what a trace tells people of a text. Errors are told in a word: in full they may name addresses of providers.
func (t *Trace) written() *bot.Written {
	if t.ID == "" {
		return nil
	}
	w := &bot.Written{Prompt: t.Prompt, Took: t.Took}
	if t.Outcome != "ok" {
		w.Why = t.Outcome
	}
	for _, a := range t.Attempts {
		at := bot.Attempt{Provider: a.Provider, Model: a.Model, Hedge: a.Hedge, After: a.After, Took: a.Took}
		switch {
		case !a.Over, a.Outcome == "lost":
			at.Lost = true // nobody waited for it any more
		case a.Outcome != "ok":
			at.Error = a.Outcome
		default:
			w.Provider, w.Model = a.Provider, a.Model
		}
		w.In, w.Out = w.In+a.In, w.Out+a.Out
		w.Attempts = append(w.Attempts, at)
	}
	for _, s := range t.Struck {
		w.Struck = append(w.Struck, bot.Strike{Text: s.Text, Why: s.Kind})
	}
	return w
}

// Rewrite implements copilot.Writer. With an error nothing was streamed, and the script stays.
func (p *Pool) Rewrite(ctx context.Context, in copilot.Input, s copilot.Suggestion, stream func(string)) (string, error) {
	b := brief{task: TaskSuggest, conversation: in.Conversation, turns: in.Context, text: in.Text, names: callings(in.Facts.Customer.Name), emotion: string(in.Emotion),
		strategy: s.Strategy, facts: []string{s.Text}, sources: s.Sources, script: s.Text, who: toAgent}
	text, byModel, _, err := p.write(ctx, b, stream)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if !byModel {
		return "", err
	}
	return text, nil
}

// callings are a name and how its bearer is addressed: 林小鹿, 小鹿.
func callings(name string) []string {
	if name == "" {
		return nil
	}
	if rs := []rune(name); len(rs) == 3 {
		return []string{name, string(rs[1:])}
	}
	return []string{name}
}

// write masks, asks, checks, restores and keeps the trace. It returns the text to use: a model's, or the script with the reason.
// An error beside a model's text means that the script had to complete it.
func (p *Pool) write(ctx context.Context, b brief, stream func(string)) (text string, byModel bool, kept Trace, err error) {
	tr := newTrace(p.shop, b.conversation, b.task)
	hidden := newSecrets(p.mask, b.names)
	data, facts, script := p.hide(hidden, b)
	pr := p.prompts.by[b.task]
	msgs, err := pr.messages(data)
	if err != nil {
		return b.script, false, kept, err
	}
	d := &desk{p: p, hidden: hidden, facts: facts, who: b.who, trace: tr, show: stream}
	raw, err := p.run(ctx, job{task: b.task, msgs: msgs, on: d.take, again: d.reset, trace: tr, judge: func(s string) error {
		if foreign(s, script) {
			return ErrLanguage
		}
		return nil
	}})
	if err == nil {
		d.finish()
		err = d.verdict(script)
	}
	switch {
	case err == nil:
		text, byModel = strings.TrimRightFunc(d.out.String(), isSpace), true
	case d.shown && ctx.Err() == nil:
		text, byModel = d.complete(b.script), true
	default:
		text = b.script
		if stream != nil && ctx.Err() == nil && b.who == toCustomer {
			stream(text)
		}
	}
	p.counts.text(b.task, err)
	kept = tr.done(func(t *Trace) {
		t.Prompt, t.Messages, t.Sources = pr.name, msgs, b.sources
		t.Raw, t.Text, t.Hash, t.ByModel = p.mask.Text(raw), hidden.hide(text, true), HashText(text), byModel
		if t.Outcome = outcome(err); err != nil {
			t.Fallback = short(err.Error())
		}
	})
	p.traces.Save(kept)
	return text, byModel, kept, err
}

func isSpace(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' }

// hide masks and fences everything of a brief.
func (p *Pool) hide(h *secrets, b brief) (data promptData, facts []string, script string) {
	// The shop's words first: their data may be shown again.
	script = fence(h.hide(clip(b.script, factRunes), true))
	for _, f := range b.facts[:min(len(b.facts), maxFacts)] {
		facts = append(facts, fence(h.hide(clip(f, factRunes), true)))
	}
	data = promptData{Facts: facts, Script: script, Emotion: fence(b.emotion), Strategy: fence(b.strategy)}
	for _, t := range b.turns[max(0, len(b.turns)-contextTurns):] {
		who := map[talk.Role]string{talk.Customer: "顾客", talk.Agent: "客服", talk.Bot: "助手"}[t.Role]
		data.Turns = append(data.Turns, promptTurn{Who: who, Text: fence(h.hide(clip(t.Text, turnRunes), false))})
	}
	data.Text = fence(h.hide(clip(b.text, turnRunes), false))
	return data, facts, script
}

// verdict says whether what is left after striking may stand for the script.
func (d *desk) verdict(script string) error {
	out := strings.TrimSpace(d.masked.String())
	switch {
	case out == "" && d.why != nil:
		return d.why
	case out == "":
		return ErrEmpty
	case comply.Blocked(d.p.rules.Check(out)):
		return ErrWording
	}
	if d.struck == 0 {
		return nil
	}
	// A sentence is missing. The rest will do only if it says all that the script says.
	if missing := d.p.check.Missing(script, []string{out}); len(missing) > 0 {
		return fmt.Errorf("%w; without it %s is missing", d.why, strings.Join(missing, ", "))
	}
	return nil
}

// complete ends a text of which a part was shown already, when the rest did not come or may not be said: with those sentences of
// the script that state what was not shown yet. What nobody showed is the script as it is.
func (d *desk) complete(script string) string {
	add := func(s string) {
		d.out.WriteString(s)
		d.show(s)
	}
	shown, said := d.out.String(), false
	for _, s := range sentences(script) {
		if len(d.p.check.Missing(s, []string{shown})) > 0 {
			add(s)
			said = true
		}
	}
	// A script that counts nothing is not told apart from what was said: better twice than not at all.
	if !said && len(d.p.check.Missing(script, nil)) == 0 {
		add(script)
	}
	return d.out.String()
}
