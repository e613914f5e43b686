package bot

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"time"
	"unicode"

	"agentdesk/server/bot/ground"
	"agentdesk/server/understand"
	"agentdesk/sync/event"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// Params makes a Bot.
type Params struct {
	Shop       Shop
	Knowledge  Knowledge // nil: none
	Till       Till      // nil: the bot asks for no forms
	Understand understand.Understander
	Responder  Responder // nil: scripted
	Chooser    Chooser   // nil: only rules say what is wanted
	LimitFen   int64     // up to which sum the bot gives money back without a person; 0 means ¥500
	Log        *slog.Logger
}

// Engine is the bot. It is safe for concurrent use and keeps no state of conversations.
type Engine struct {
	p         Params
	templates templates
	check     *ground.Checker
	tools     []Tool
	limit     int64
	re        *patterns
	finding   chan struct{} // turns whose facts are being found
}

// New makes a bot.
func New(p Params) (*Engine, error) {
	t, err := loadTemplates()
	if err != nil {
		return nil, err
	}
	if p.Responder == nil {
		p.Responder = Scripted{}
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	re, err := usual()
	if err != nil {
		return nil, err
	}
	matters, err := loadConcepts()
	if err != nil {
		return nil, err
	}
	limit := p.LimitFen
	if limit == 0 {
		limit = defaultLimit
	}
	p.Shop = newShelf(p.Shop, matters)
	return &Engine{p: p, templates: t, check: ground.New(), tools: Tools(limit), limit: limit, re: re,
		finding: make(chan struct{}, max(1, runtime.NumCPU()/2))}, nil
}

// Turn answers one customer turn. Stream, when not nil, gets what a model writes, piece by piece as each is known to be grounded,
// and nothing of a script: that is whole at once. The reply counts; it is what was streamed unless a check of the whole found
// more. Turn returns an error only when ctx ended; a shop that cannot be asked yields an honest answer that says so.
func (e *Engine) Turn(ctx context.Context, in Input, stream func(delta string)) (Reply, error) {
	res, err := e.understood(ctx, in)
	if err != nil {
		return Reply{}, err
	}
	m := remember(in.Context)
	in.forms, in.mem, in.re, in.limit = e.p.Till != nil, &m, e.re, e.limit
	said, found, err := e.respond(ctx, in, res, m)
	if err != nil {
		return Reply{}, err
	}
	reply := Reply{Text: said.text, Sources: sources(said.facts), Intent: res.Intent, Emotion: res.Emotion, Action: said.action, Reason: said.reason,
		Code: said.code, Quick: said.quick, Form: said.form, FormRef: said.formRef, Cards: said.cards, Link: said.link, Chance: said.chance, Did: said.did(said.wish), Failed: said.failed,
		Steps: said.steps, Uses: said.story()}
	// The scripted answer itself is checked: a template that states what the facts don't is a bug that must not reach anyone.
	if missing := e.check.Missing(said.text, factTexts(said.facts)); len(missing) > 0 {
		e.p.Log.Error("scripted answer is not grounded", "code", said.code, "missing", missing)
		pl := unknown()
		reply = Reply{Text: e.templates.render("unknown", 0, nil), Intent: res.Intent, Emotion: res.Emotion, Action: Answer, Code: "unknown", Steps: said.steps, Uses: said.uses,
			Quick: pl.quick, Fallback: "ungrounded: " + strings.Join(missing, ", ")}
	}
	// Fixed sentences need no model: safety advice, offers, hand-overs and courtesies are said as they were reviewed.
	if said.action != Answer || len(said.facts) == 0 || said.fixed {
		return reply, nil
	}
	facts := factTexts(said.facts)
	show := func(piece string) {
		if stream != nil && len(e.check.Missing(piece, facts)) == 0 {
			stream(piece)
		}
	}
	out, err := e.p.Responder.Respond(ctx, Draft{Conversation: in.Conversation, Context: in.Context, Customer: in.Text, Names: nonEmpty(in.Name, found.Customer.Name, found.Customer.Address),
		Emotion: res.Emotion, Intent: res.Intent, Facts: said.facts, Script: reply.Text}, show)
	if err != nil {
		return Reply{}, fmt.Errorf("respond: %w", err)
	}
	if out.ByModel {
		if missing := e.check.Missing(out.Text, facts); len(missing) > 0 {
			out = Text{Text: reply.Text, Fallback: "ungrounded: " + strings.Join(missing, ", "), Written: out.Written}
			if out.Written != nil {
				out.Written.Why = "ungrounded"
			}
		}
	}
	reply.Text, reply.ByModel, reply.Fallback, reply.Written = out.Text, out.ByModel, out.Fallback, out.Written
	return reply, nil
}

func (e *Engine) understood(ctx context.Context, in Input) (understand.Result, error) {
	if in.Understood != nil {
		return *in.Understood, nil
	}
	res, err := e.p.Understand.Understand(ctx, understand.Input{Context: in.Context, Tier: in.Tier, BasketFen: in.BasketFen, Text: in.Text})
	if err != nil {
		return res, fmt.Errorf("understand: %w", err)
	}
	return Correct(in.Text, in.Context, res), nil
}

// write renders a plan with its tone, and never says the same thing a third time: the second time it is put in other words,
// the third time a person comes.
func (e *Engine) write(in Input, res understand.Result, pl plan) (string, plan) {
	turn := 0
	for _, t := range in.Context {
		if t.Role == talk.Bot {
			turn++
		}
	}
	n := pick(in.Conversation, turn)
	if pl.action != Escalate && pl.action != Close && pl.offer == nil && pl.code != "offer.dropped" && !strings.HasPrefix(pl.code, "done.") {
		switch said := e.said(in, pl); {
		case said >= 2:
			uses := pl.uses
			pl = escalation(label.ByBotFailed, Found{})
			pl.uses = uses
		case said == 1:
			prev, _ := talk.Last(in.Context, talk.Bot)
			text := e.templates.render(pl.code, n, pl.vars)
			for k := range len(e.templates[pl.code]) {
				if t := e.templates.render(pl.code, n+k, pl.vars); !strings.Contains(prev.Text, t) {
					text = t
					break
				}
			}
			if len(pl.facts) > 0 {
				text = e.templates.render("rephrase", n, nil) + text
			}
			return text, pl
		}
	}
	text := e.templates.render(pl.code, n, pl.vars)
	if pl.lead != "" {
		text = e.templates.render(pl.lead, n, pl.vars) + text
	}
	if tone := e.templates.render("tone."+string(res.Emotion), n, nil); tone != "" && !pl.bare && text != "" && !(res.Emotion == label.Delighted && (pl.code == "complaint" || pl.code == "damaged")) {
		text = tone + text
	}
	return text, pl
}

// said counts the bot's turns since a person last spoke that said what the plan says, in any wording.
func (e *Engine) said(in Input, pl plan) int {
	variants := e.templates.all(pl.code, pl.vars)
	n := 0
	for i := len(in.Context) - 1; i >= 0; i-- {
		t := in.Context[i]
		if t.Role == talk.Agent {
			break
		}
		if t.Role != talk.Bot {
			continue
		}
		for _, v := range variants {
			if pl.narrow && len(t.Text) >= 2*len(v) {
				continue // it was among other things
			}
			if v != "" && (strings.Contains(t.Text, v) || len(v) < 2*len(t.Text) && len(t.Text) < 2*len(v) && overlap(t.Text, v) >= 0.75 && overlap(v, t.Text) >= 0.75) {
				n++
				break
			}
		}
	}
	return n
}

// overlap is the share of a's bigrams that b holds.
func overlap(a, b string) float64 {
	grams := func(s string) map[[2]rune]bool {
		out := make(map[[2]rune]bool, len(s)/3)
		var prev rune
		for _, r := range s {
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				prev = 0
				continue
			}
			if prev != 0 {
				out[[2]rune{prev, r}] = true
			}
			prev = r
		}
		return out
	}
	ga, gb := grams(a), grams(b)
	if len(ga) == 0 {
		return 0
	}
	n := 0
	for g := range ga {
		if gb[g] {
			n++
		}
	}
	return float64(n) / float64(len(ga))
}

func factTexts(facts []Fact) []string {
	out := make([]string, 0, len(facts))
	for _, f := range facts {
		out = append(out, f.Title+"\n"+f.Text)
	}
	return out
}

// sources are the distinct sources of the facts, in order of use.
func sources(facts []Fact) []event.Source {
	var out []event.Source
	seen := map[event.Source]bool{}
	for _, f := range facts {
		if f.Source.ID != "" && !seen[f.Source] {
			seen[f.Source] = true
			out = append(out, f.Source)
		}
	}
	return out
}

func nonEmpty(list ...string) []string {
	var out []string
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// Scripted is the responder without a model: the script is the answer.
type Scripted struct{}

// Respond implements Responder.
func (Scripted) Respond(ctx context.Context, d Draft, stream func(string)) (Text, error) {
	if err := ctx.Err(); err != nil {
		return Text{}, err
	}
	return Text{Text: d.Script}, nil
}

// PauseFor is how long the bot waits for the rest of a burst before it answers: people type one thought in several
// messages. Nobody who is anxious or above waits. A text that ends like a sentence needs less, one that breaks off more.
func PauseFor(e label.Emotion, text string) time.Duration {
	if e.Grade() >= label.Anxious.Grade() {
		return 0
	}
	text = strings.TrimSpace(text)
	switch {
	case strings.HasSuffix(text, "？"), strings.HasSuffix(text, "?"), strings.HasSuffix(text, "。"), strings.HasSuffix(text, "谢谢"):
		return 800 * time.Millisecond
	case strings.HasSuffix(text, "，"), strings.HasSuffix(text, ","), strings.HasSuffix(text, "…"), strings.HasSuffix(text, "、"), len([]rune(text)) <= 3:
		return 1800 * time.Millisecond
	}
	return 1200 * time.Millisecond
}
