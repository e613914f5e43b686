package llm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"

	"agentdesk/copilot"
	"agentdesk/sync/talk"
)

// structured asks for JSON: what judge refuses is sent back once, with what is wrong, and given up after that.
func (p *Pool) structured(ctx context.Context, t Task, msgs []Message, s *Schema, judge func(text string) error, tr tracer) (string, error) {
	amend := func(text string, err error) []Message {
		return append(append([]Message(nil), msgs...), Message{Role: "assistant", Content: clip(p.mask.Text(text), 2000)},
			Message{Role: "user", Content: "上面的 JSON 不合要求：" + fence(clip(err.Error(), 300)) + "。只输出改正后的 JSON 对象。"})
	}
	return p.run(ctx, job{task: t, msgs: msgs, schema: s, judge: judge, amend: amend, trace: tr})
}

const summaryRunes = 120

func summarySchema() *Schema {
	s := &Schema{Type: "object", Properties: map[string]*Schema{}, Required: []string{"ask", "done", "clues", "unresolved"}}
	for _, f := range s.Required {
		s.Properties[f] = &Schema{Type: "string", MaxLength: summaryRunes}
	}
	return s
}

// Summarise writes the handoff card anew from the talk. Each of its four lines is checked by itself: where one states what neither
// the talk nor the script says, the script's stays. With an error the script is to be used as it is.
func (p *Pool) Summarise(ctx context.Context, in copilot.Input, script copilot.Summary) (copilot.Summary, error) {
	if err := ctx.Err(); err != nil {
		return script, err
	}
	tr := newTrace(p.shop, in.Conversation, TaskSummary)
	hidden := newSecrets(p.mask, callings(in.Facts.Customer.Name))
	lines := []string{script.Ask, script.Done, script.Clues, script.Unresolved}
	data, facts, _ := p.hide(hidden, brief{turns: in.Context, text: in.Text, emotion: string(in.Emotion), facts: lines,
		script: "诉求：" + script.Ask + "；已做：" + script.Done + "；线索：" + script.Clues + "；未解决：" + script.Unresolved})
	for _, t := range data.Turns {
		facts = append(facts, t.Text)
	}
	facts = append(facts, data.Text)
	pr := p.prompts.by[TaskSummary]
	msgs, err := pr.messages(data)
	if err != nil {
		return script, err
	}
	var got struct{ Ask, Done, Clues, Unresolved string }
	schema := summarySchema()
	raw, err := p.structured(ctx, TaskSummary, msgs, schema, func(text string) error {
		var fits map[string]string
		return schema.Decode(text, &fits)
	}, tr)
	if err == nil {
		err = schema.Decode(raw, &got)
	}
	out := script
	if err == nil {
		d := &desk{p: p, hidden: hidden, facts: facts, who: toAgent, trace: tr}
		for _, f := range []struct {
			to   *string
			line string
		}{{&out.Ask, got.Ask}, {&out.Done, got.Done}, {&out.Clues, got.Clues}, {&out.Unresolved, got.Unresolved}} {
			if f.line = strings.TrimSpace(f.line); f.line == "" {
				continue
			}
			text, bad := d.judge(f.line)
			if bad == nil && foreign(f.line, "中文") {
				bad = ErrLanguage
			}
			if bad != nil {
				tr.strike(p.mask.Text(f.line), bad)
				continue
			}
			*f.to = text
		}
	}
	p.counts.text(TaskSummary, err)
	p.traces.Save(tr.done(func(t *Trace) {
		t.Prompt, t.Messages, t.Raw, t.ByModel = pr.name, msgs, p.mask.Text(raw), err == nil
		t.Text = hidden.hide(out.Ask+"\n"+out.Done+"\n"+out.Clues+"\n"+out.Unresolved, true)
		if err != nil {
			t.Fallback = short(err.Error())
		}
	}))
	return out, err
}

// Tool is something of the shop that a model may choose. The model only names it; whoever asks acts, within its own rights.
type Tool struct {
	Name  string
	About string // what it does, in Chinese
	Args  *Schema
}

// Call is a chosen tool. Its arguments fit the tool's schema and hold the customer's own data again.
type Call struct {
	Tool string // "" means none fits
	Args json.RawMessage
}

// Wish is a customer's turn for which a tool may be chosen.
type Wish struct {
	Conversation string
	Turns        []talk.Turn
	Text         string
	Names        []string
	Tools        []Tool
}

const noTool = "none"

// choice is what the model writes.
type choice struct {
	Tool string          `json:"tool"`
	Args json.RawMessage `json:"args"`
}

// Choose asks which tool a customer's words call for. A tool that does not exist and arguments that do not fit are sent back
// once; after that it is an error, and the caller decides by rules.
func (p *Pool) Choose(ctx context.Context, w Wish) (Call, error) {
	if err := ctx.Err(); err != nil {
		return Call{}, err
	}
	tr := newTrace(p.shop, w.Conversation, TaskTool)
	hidden := newSecrets(p.mask, w.Names)
	data, _, _ := p.hide(hidden, brief{turns: w.Turns, text: w.Text})
	args := map[string]*Schema{}
	names := []string{noTool}
	for _, t := range w.Tools {
		raw, err := json.Marshal(t.Args)
		if err != nil {
			return Call{}, fmt.Errorf("tool %s: %w", t.Name, err)
		}
		data.Tools = append(data.Tools, promptTool{Name: t.Name, About: t.About, Args: string(raw)})
		args[t.Name] = t.Args
		names = append(names, t.Name)
	}
	sort.Strings(names)
	pr := p.prompts.by[TaskTool]
	msgs, err := pr.messages(data)
	if err != nil {
		return Call{}, err
	}
	schema := &Schema{Type: "object", Required: []string{"tool", "args"},
		Properties: map[string]*Schema{"tool": {Type: "string", Enum: names}, "args": {Type: "object", Open: true}}}
	read := func(text string) (c choice, err error) {
		if err := schema.Decode(text, &c); err != nil || c.Tool == noTool {
			return c, err
		}
		var fits map[string]any
		return c, args[c.Tool].Decode(string(c.Args), &fits)
	}
	raw, err := p.structured(ctx, TaskTool, msgs, schema, func(text string) error {
		_, err := read(text)
		return err
	}, tr)
	var got choice
	if err == nil {
		got, err = read(raw)
	}
	var out Call
	if err == nil && got.Tool != noTool {
		out, err = p.call(hidden, got.Tool, got.Args, args[got.Tool])
	}
	p.counts.text(TaskTool, err)
	p.traces.Save(tr.done(func(t *Trace) {
		t.Prompt, t.Messages, t.Raw, t.Text, t.ByModel = pr.name, msgs, p.mask.Text(raw), string(got.Args), err == nil
		if err != nil {
			t.Fallback = short(err.Error())
		}
	}))
	return out, err
}

// call puts the customer's data into the arguments, and checks them again: a place-holder may have stood for too much.
func (p *Pool) call(h *secrets, tool string, raw json.RawMessage, s *Schema) (Call, error) {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return Call{}, fmt.Errorf("%w: %w", ErrSchema, err)
	}
	var bad []error
	v = mapStrings(v, func(s string) string {
		text, err := h.restore(s, toTool)
		bad = append(bad, err)
		return text
	})
	if err := errors.Join(bad...); err != nil {
		return Call{}, err
	}
	full, err := json.Marshal(v)
	if err != nil {
		return Call{}, fmt.Errorf("%w: %w", ErrSchema, err)
	}
	var fits map[string]any
	if err := s.Decode(string(full), &fits); err != nil {
		return Call{}, err
	}
	return Call{Tool: tool, Args: full}, nil
}

// mapStrings changes each string of a decoded JSON value.
func mapStrings(v any, f func(string) string) any {
	switch v := v.(type) {
	case string:
		return f(v)
	case []any:
		for i := range v {
			v[i] = mapStrings(v[i], f)
		}
	case map[string]any:
		for k := range v {
			v[k] = mapStrings(v[k], f)
		}
	}
	return v
}
