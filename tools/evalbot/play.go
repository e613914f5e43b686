package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"agentdesk/server/bot"
	"agentdesk/server/demo/shopdata"
	"agentdesk/server/demo/store"
	"agentdesk/server/knowledge"
	"agentdesk/server/understand"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// maxTurns is after how many messages a customer gives up.
const maxTurns = 14

// stage is what all scenarios share: the demo shop as nobody acted on it yet, and what reads messages.
type stage struct {
	base       *shopdata.Memory
	knowledge  *knowledge.Store
	understand understand.Understander
	responder  bot.Responder // nil: scripts
	now        time.Time
	dir        string // for the shops' files
	n          int
}

// line is one turn of the protocol.
type line struct {
	Customer string
	Bot      bot.Reply
	Uncited  []string // claims that no cited source of the shop holds
	Tool     string   // that failed, with why
}

// outcome is what became of a scenario.
type outcome struct {
	Scenario  *Scenario
	Lines     []line
	Met       int          // steps that went as the customer wanted
	Escalated label.Reason // "" when the bot did it alone
	Why       string       // why it is not as it should be; "" when it is
}

// contained reports whether the bot settled it alone.
func (o *outcome) contained() bool { return o.Escalated == "" && o.Met == len(o.Scenario.Steps) }

// shop opens a shop of its own for one scenario.
func (s *stage) shop(ctx context.Context, at *time.Time) (*store.Store, *bot.Engine, error) {
	s.n++
	sh, err := store.Open(ctx, store.Params{Base: s.base, Path: filepath.Join(s.dir, fmt.Sprintf("shop-%d.db", s.n)), Now: func() time.Time { return *at }})
	if err != nil {
		return nil, nil, err
	}
	b, err := bot.New(bot.Params{Shop: sh, Till: sh, Knowledge: bot.Store{Store: s.knowledge}, Understand: s.understand, Responder: s.responder})
	if err != nil {
		return nil, nil, errors.Join(err, sh.Close())
	}
	return sh, b, nil
}

// play lets a scenario's customer talk to the bot.
func (s *stage) play(ctx context.Context, sc *Scenario) (_ outcome, err error) {
	at := s.now
	sh, engine, err := s.shop(ctx, &at)
	if err != nil {
		return outcome{}, fmt.Errorf("open the shop: %w", err)
	}
	defer func() { err = errors.Join(err, sh.Close()) }()
	o := outcome{Scenario: sc}
	p := player{stage: s, sc: sc, bot: engine, judge: &judge{shop: sh, who: sc.Who}, at: &at, out: &o}
	for i := range sc.Steps {
		ok, err := p.step(ctx, &sc.Steps[i])
		if err != nil {
			return o, fmt.Errorf("scenario %s: %w", sc.ID, err)
		}
		if o.Escalated != "" {
			break
		}
		if !ok {
			o.Why = fmt.Sprintf("step %d is not answered as wanted", i+1)
			break
		}
		o.Met++
	}
	o.judge()
	return o, nil
}

// judge says why an outcome is not as it should be.
func (o *outcome) judge() {
	want := o.Scenario.Escalates
	switch {
	case want == "" && o.Escalated != "":
		o.Why = "needless escalation: " + string(o.Escalated)
	case want != "" && o.Escalated == "":
		o.Why = "missed escalation: " + want
	case want != "" && want != "any" && !slices.Contains(strings.Split(want, "|"), string(o.Escalated)):
		o.Why = fmt.Sprintf("escalation for %s, not %s", o.Escalated, want)
	case want != "" && o.Met < len(o.Scenario.Steps)-1:
		o.Why = "escalation too early"
	}
}

type player struct {
	*stage
	sc    *Scenario
	bot   *bot.Engine
	judge *judge
	at    *time.Time
	out   *outcome
	talk  []talk.Turn
	told  []bool
}

// step says one thing, answers questions, and reports whether the customer heard what they wanted.
func (p *player) step(ctx context.Context, st *Step) (bool, error) {
	if p.told == nil {
		p.told = make([]bool, len(p.sc.Knows))
	}
	say := st.Say
	for {
		text, err := p.turn(ctx, say)
		if err != nil || p.out.Escalated != "" {
			return false, err
		}
		if st.met(text) {
			return true, nil
		}
		if len(p.out.Lines) >= maxTurns {
			return false, nil
		}
		i := slices.IndexFunc(p.sc.Knows, func(a Answer) bool {
			return slices.ContainsFunc(a.If, func(w string) bool { return strings.Contains(squeeze(text), squeeze(w)) })
		})
		for i >= 0 && p.told[i] { // the next one that fits
			j := slices.IndexFunc(p.sc.Knows[i+1:], func(a Answer) bool {
				return slices.ContainsFunc(a.If, func(w string) bool { return strings.Contains(squeeze(text), squeeze(w)) })
			})
			if j < 0 {
				return false, nil
			}
			i += 1 + j
		}
		if i < 0 {
			return false, nil
		}
		p.told[i], say = true, p.sc.Knows[i].Say
	}
}

// turn sends one message to the bot, and fills in the form that it may ask for.
func (p *player) turn(ctx context.Context, say string) (string, error) {
	*p.at = p.at.Add(20 * time.Second)
	in := bot.Input{Conversation: p.sc.ID, CustomerID: p.sc.Who, Page: p.sc.Page, Context: p.talk, Text: say, Now: *p.at}
	if c, err := p.judge.shop.Customer(ctx, p.sc.Who); err == nil {
		in.Name, in.Tier = c.Name, string(c.Tier)
	}
	p.judge.heard = say
	reply, err := p.bot.Turn(ctx, in, nil)
	if err != nil {
		return "", err
	}
	p.hear(talk.Customer, say)
	if err := p.heard(ctx, say, reply); err != nil {
		return "", err
	}
	if reply.Form != "" && p.sc.Form != nil && reply.Action != bot.Escalate {
		fields := map[string]string{"order": reply.FormRef}
		for k, v := range p.sc.Form {
			fields[k] = v
		}
		*p.at = p.at.Add(20 * time.Second)
		out, err := p.bot.Fill(ctx, bot.Filled{Conversation: p.sc.ID, CustomerID: p.sc.Who, Form: reply.Form, Fields: fields, Since: *p.at})
		if err != nil {
			return "", err
		}
		p.hear(talk.Customer, "我填好了订单 "+reply.FormRef+" 的申请")
		if err := p.heard(ctx, "(form "+reply.Form+")", out.Reply); err != nil {
			return "", err
		}
		return reply.Text + "\n" + out.Reply.Text, nil
	}
	return reply.Text, nil
}

func (p *player) hear(who talk.Role, text string) {
	p.talk = append(p.talk, talk.Turn{Role: who, Text: text, At: *p.at})
}

// heard notes a reply.
func (p *player) heard(ctx context.Context, say string, r bot.Reply) error {
	l := line{Customer: say, Bot: r, Tool: r.Failed}
	var err error
	if l.Uncited, err = p.judge.uncited(ctx, r); err != nil {
		return fmt.Errorf("check the facts: %w", err)
	}
	p.out.Lines = append(p.out.Lines, l)
	p.hear(talk.Bot, r.Text)
	p.talk[len(p.talk)-1].Did = r.Did
	if r.Action == bot.Escalate {
		if p.out.Escalated = r.Reason; r.Reason == label.None {
			p.out.Escalated = label.ByBotFailed
		}
	}
	return nil
}
