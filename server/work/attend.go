package work

import (
	"context"
	"errors"
	"fmt"
	"time"

	"agentdesk/server/bot"
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
	in, ok := w.input(conv, msg)
	if !ok {
		return nil // closed meanwhile
	}
	res, err := w.p.Understand.Understand(ctx, understand.Input{Context: in.Context, Tier: in.Tier, BasketFen: in.BasketFen, Text: in.Text})
	if err != nil {
		return fmt.Errorf("understand: %w", err)
	}
	in.Understood = &res
	args := conversation.UnderstandArgs{UnderstoodBody: event.UnderstoodBody{Message: msg, Emotion: string(res.Emotion), Intent: string(res.Intent),
		Escalate: res.Escalate, Reason: string(res.Reason), Confidence: res.Confidence, By: "lexicon"}}
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
		return w.answer(ctx, now, in, msg, release)
	case conversation.SeatWaiting, conversation.SeatHuman:
		return w.assist(ctx, now, in, msg)
	}
	return nil
}

// input is a conversation at one customer message, as understanding, bot and copilot read it.
func (w *Workers) input(conv string, msg event.ID) (bot.Input, bool) {
	s, ok := w.live.State(conv)
	if !ok || !s.Open() {
		return bot.Input{}, false
	}
	in := bot.Input{Conversation: conv, Name: s.Name, Tier: s.Tier, BasketFen: s.Basket, Page: s.Page, Instruction: s.Instruction, Now: time.UnixMilli(s.LastAt)}
	if !s.Anon {
		in.CustomerID = s.Customer
	}
	for _, p := range w.live.Turns(conv, contextTurns) {
		var t event.PostedPrivate
		if err := p.Decode(nil, &t); err != nil || t.Text == "" {
			continue
		}
		if p.ID == msg {
			in.Text = t.Text
			break // what came later is another job's
		}
		in.Context = append(in.Context, talk.Turn{Role: role(p.Actor), Text: t.Text, At: time.UnixMilli(p.Time)})
	}
	return in, in.Text != ""
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
func (w *Workers) answer(ctx context.Context, s *conversation.State, in bot.Input, msg event.ID, release func()) error {
	release() // a pause is no work
	if err := pause(ctx, bot.PauseFor(in.Understood.Emotion, in.Text)); err != nil {
		return nil // superseded by the next message of the burst
	}
	in.Text, in.Context = joinBurst(in.Text, in.Context)
	me := worker("bot")
	w.p.Audience.Typing(s.ID, me, true)
	defer w.p.Audience.Typing(s.ID, me, false)
	reply, err := w.p.Bot.Turn(ctx, in, nil)
	if err != nil {
		return fmt.Errorf("bot turn: %w", err)
	}
	if reply.Text != "" {
		_, err = w.p.Floor.Do(ctx, conversation.Command{Kind: conversation.Post, ClientID: fmt.Sprintf("bot-%d-%s", s.Epoch, msg), Conv: s.ID, Actor: me, Epoch: s.Epoch,
			Payload: conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.Text, Sources: reply.Sources, Quick: reply.Quick, ReplyTo: msg}, Text: reply.Text}})
		if moved(err) {
			return nil // a person took the seat while the bot wrote
		}
		if err != nil {
			return fmt.Errorf("post the answer: %w", err)
		}
	}
	if reply.Action == bot.Escalate {
		reason := reply.Reason
		if reason == label.None {
			reason = label.ByBotFailed
		}
		_, err = w.p.Floor.Do(ctx, conversation.Command{Kind: conversation.Escalate, ClientID: fmt.Sprintf("escalate-%d-%s", s.Epoch, msg), Conv: s.ID, Actor: me, Epoch: s.Epoch,
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
		text = turns[j].Text + "\n" + text
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
