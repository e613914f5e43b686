package work

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"agentdesk/server/bot"
	"agentdesk/server/shop"
	"agentdesk/server/understand"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// contextTurns is how much of the talk understanding and bot see.
const contextTurns = 24

// worker is who the floor's commands of this package come from.
func worker(name string) event.Actor { return event.Actor{Kind: event.Bot, ID: name} }

// attend understands one customer message and does what the seat's state then calls for.
func (w *Workers) attend(ctx context.Context, conv string, msg event.ID, release func()) error {
	a, ok := w.input(conv, msg)
	if !ok {
		return nil // closed or recalled meanwhile
	}
	if a.body.Kind == event.FormFilled && a.body.Form != event.FormLeave {
		return w.fill(ctx, conv, msg, a)
	}
	if a.in.Text == "" {
		return w.wordless(ctx, conv, msg, a, release)
	}
	in := a.in
	if err := w.consent(ctx, conv, msg, in.Text); err != nil {
		return err
	}
	acc := w.account(conv, msg, a.names...)
	res, err := w.p.Understand.Understand(ctx, understand.Input{Context: in.Context, Tier: in.Tier, BasketFen: in.BasketFen, Text: in.Text, Now: in.Now})
	if err != nil {
		return fmt.Errorf("understand: %w", err)
	}
	res = bot.Correct(in.Text, in.Context, res)
	acc.read(&res, time.Since(acc.begun))
	in.Understood = &res
	args := conversation.UnderstandArgs{UnderstoodBody: event.UnderstoodBody{Message: msg, Emotion: string(res.Emotion), Intent: string(res.Intent),
		Escalate: res.Escalate, Reason: string(res.Reason), Confidence: res.Confidence, By: res.By}}
	for _, e := range res.Entities {
		args.Entities = append(args.Entities, event.Entity{Kind: e.Kind, Text: e.Text, Ref: e.Ref})
	}
	// The same message may be attended again after a takeover or hand back: the retry is the same command.
	if _, err := w.p.Floor.Do(ctx, conversation.Command{Kind: conversation.Understand, ClientID: "understand-" + msg, Conv: conv,
		Actor: worker("understand"), Payload: args}); err != nil && !moved(err) {
		return fmt.Errorf("store the understanding: %w", err)
	}
	now, ok, err := w.p.Floor.State(ctx, conv) // not ours: the understanding may still be on its way to us
	if err != nil {
		return fmt.Errorf("read the conversation: %w", err)
	}
	if !ok {
		return nil
	}
	switch now.Seat {
	case conversation.SeatBot:
		if w.p.BotOff || now.UnansweredSince == 0 {
			return nil
		}
		return w.answer(ctx, now, in, acc, release)
	case conversation.SeatWaiting, conversation.SeatHuman:
		return w.assist(ctx, now, in, msg)
	}
	return nil
}

// asked is a conversation at one customer message: as understanding, bot and copilot read it, and the message itself.
type asked struct {
	in       bot.Input
	body     event.PostedBody
	said     event.PostedPrivate
	at       time.Time
	pictures []string // that the customer sent, oldest first
	names    []string // of the customer
}

// input reads a conversation at one customer message. What is no text is read together with what was said just before.
func (w *Workers) input(conv string, msg event.ID) (asked, bool) {
	s, ok := w.live.State(conv)
	if !ok || !s.Open() {
		return asked{}, false
	}
	a := asked{names: namesOf(s), in: bot.Input{Conversation: conv, Name: s.Name, Tier: s.Tier, BasketFen: s.Basket, Page: s.Page, Instruction: s.Instruction, Now: time.UnixMilli(s.LastAt)}}
	if !s.Anon || w.p.Store != nil && shop.IsGuest(s.Customer) { // a guest's token proves what a guest bought
		a.in.CustomerID = s.Customer
	}
	found := false
	for _, p := range w.live.Turns(conv, contextTurns) {
		var b event.PostedBody
		var t event.PostedPrivate
		if err := p.Decode(&b, &t); err != nil || b.Gone {
			continue
		}
		if p.Actor.Kind == event.Customer && b.Kind == event.Image {
			for _, f := range b.Attachments {
				a.pictures = append(a.pictures, f.Hash)
			}
		}
		text := words(p.Actor, &b, &t)
		if p.ID == msg {
			a.in.Text, a.body, a.said, a.at, found = text, b, t, time.UnixMilli(p.Time), true
			break // what came later is another job's
		}
		if text != "" {
			a.in.Context = append(a.in.Context, talk.Turn{Role: role(p.Actor), Text: text, At: time.UnixMilli(p.Time), Did: b.Did})
		}
	}
	if found && a.body.Kind != event.Text && a.body.Kind != event.FormFilled {
		a.in.Text, a.in.Context = joinBurst(a.in.Text, a.in.Context)
	}
	return a, found
}

// words are what a message says to who reads words only: bot and copilot. A picture or a voice note says nothing to them.
func words(by event.Actor, b *event.PostedBody, said *event.PostedPrivate) string {
	if said.Text != "" {
		return said.Text
	}
	c := said.Card
	switch {
	case b.Kind == event.FormFilled && b.Form == event.FormLeave:
		return said.Fields["text"]
	case b.Kind == event.FormFilled && b.Form == event.FormReturn:
		return strings.TrimSpace("我填好了订单 " + said.Fields["order"] + " 的售后申请 " + said.Fields["detail"])
	case b.Kind == event.FormFilled:
		return "我填好了订单 " + said.Fields["order"] + " 的新收货地址"
	case c == nil:
		return ""
	case by.Kind == event.Customer && b.Kind == event.OrderCard:
		return "我的订单 " + c.ID
	case by.Kind == event.Customer && b.Kind == event.ProductCard:
		return "我在看" + strings.TrimSpace(c.Title+" "+c.Variant)
	}
	return strings.TrimSpace(c.Title + " " + c.Variant)
}

func role(a event.Actor) talk.Role {
	switch a.Kind {
	case event.Customer:
		return talk.Customer
	case event.Agent:
		return talk.Agent
	}
	return talk.Bot
}

// answer is a bot turn: it waits out a burst, writes, and posts under the epoch that it saw.
func (w *Workers) answer(ctx context.Context, s *conversation.State, in bot.Input, acc *account, release func()) error {
	release() // a pause is no work
	if err := acc.pause(ctx, bot.PauseFor(in.Understood.Emotion, in.Text)); err != nil {
		return nil // superseded by the next message of the burst
	}
	msg := acc.t.For
	in.Text, in.Context = joinBurst(in.Text, in.Context)
	me := worker("bot")
	w.p.Audience.Typing(s.ID, me, true)
	defer w.p.Audience.Typing(s.ID, me, false)
	reply, err := w.p.Bot.Turn(ctx, in, func(add string) { w.p.Audience.Words(s.ID, me, add) })
	if err != nil {
		return fmt.Errorf("bot turn: %w", err)
	}
	if reply.Chance != "" {
		if err := w.answered(ctx, s, reply.Chance); err != nil {
			return err
		}
	}
	acc.decided(&reply)
	if reply.Text != "" {
		res, err := w.p.Floor.Do(ctx, conversation.Command{Kind: conversation.Post, ClientID: fmt.Sprintf("bot-%d-%s", s.Epoch, msg), Conv: s.ID, Actor: me, Epoch: s.Epoch,
			Payload: said(reply, msg)})
		if moved(err) {
			return nil // a person took the seat while the bot wrote
		}
		if err != nil {
			return fmt.Errorf("post the answer: %w", err)
		}
		acc.keep(res.Message)
		acc.keep(w.show(ctx, s, reply.Cards, msg)...)
	}
	return w.handOver(ctx, s, reply, msg)
}

// said is a bot's reply as a message.
func said(reply bot.Reply, msg event.ID) conversation.PostArgs {
	p := conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.Text, Sources: reply.Sources, Quick: reply.Quick, Link: reply.Link, Did: reply.Did, ReplyTo: msg}, Text: reply.Text}
	if reply.Form != "" {
		p.Kind, p.Form, p.Ref = event.FormAsked, reply.Form, reply.FormRef
	}
	return p
}

// handOver asks for a person where a reply says so.
func (w *Workers) handOver(ctx context.Context, s *conversation.State, reply bot.Reply, msg event.ID) error {
	if reply.Action == bot.Escalate {
		reason := reply.Reason
		if reason == label.None {
			reason = label.ByBotFailed
		}
		_, err := w.p.Floor.Do(ctx, conversation.Command{Kind: conversation.Escalate, ClientID: fmt.Sprintf("escalate-%d-%s", s.Epoch, msg), Conv: s.ID, Actor: worker("bot"), Epoch: s.Epoch,
			Payload: conversation.EscalateArgs{Reason: string(reason)}})
		if err != nil && !moved(err) {
			return fmt.Errorf("escalate: %w", err)
		}
	}
	return nil
}

// joinBurst makes the customer's messages since the last reply one text: people type in bursts.
func joinBurst(text string, turns []talk.Turn) (string, []talk.Turn) {
	i := len(turns)
	for i > 0 && turns[i-1].Role == talk.Customer {
		i--
	}
	for j := len(turns) - 1; j >= i; j-- {
		text = strings.TrimSuffix(turns[j].Text+"\n"+text, "\n")
	}
	return text, turns[:i]
}

func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// moved reports whether a command came too late: the talk or the seat went on without it. That is no failure.
func moved(err error) bool {
	var r *conversation.Refusal
	if !errors.As(err, &r) {
		return false
	}
	switch r.Code {
	case conversation.StaleEpoch, conversation.NotHolder, conversation.AlreadyClosed, conversation.Superseded, conversation.TakenByOther, conversation.NotWaiting, conversation.IDReused:
		return true
	}
	return false
}
