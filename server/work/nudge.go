package work

import (
	"context"
	"time"

	"agentdesk/server/bot"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/talk"
)

// maxNudges bounds how many silences are watched at once; customers beyond are not asked.
const maxNudges = 4096

// watch waits for a customer's answer to what the bot asked or offered, and lets the bot ask once when none comes. posted is
// when the bot spoke, so that a worker that starts again waits only for the rest.
func (w *Workers) watch(ctx context.Context, conv string, msg event.ID, posted int64) {
	if w.p.BotOff {
		return
	}
	select {
	case w.quiet <- struct{}{}:
	default:
		return
	}
	w.wg.Go(func() {
		defer func() { <-w.quiet }()
		if pause(ctx, max(time.Second, bot.NudgeAfter-time.Since(time.UnixMilli(posted)))) != nil {
			return
		}
		ctx, cancel := context.WithTimeout(ctx, w.p.Deadline)
		defer cancel()
		if err := w.nudge(ctx, conv, msg); err != nil && ctx.Err() == nil && !moved(err) {
			w.p.Logger.Warn("a silent customer is not asked", "conv", conv, "err", err)
		}
	})
}

// nudge posts what the bot says into a silence, if it is one: nobody wrote since, and the bot still holds the seat.
func (w *Workers) nudge(ctx context.Context, conv string, msg event.ID) error {
	s, ok := w.live.State(conv)
	if !ok || !s.Open() || s.Seat != conversation.SeatBot {
		return nil
	}
	turns, last := w.lastTurns(conv)
	if last != msg {
		return nil
	}
	reply, ok := w.p.Bot.Nudge(conv, turns)
	if !ok {
		return nil
	}
	p := conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.Text, Quick: reply.Quick, Did: reply.Did}, Text: reply.Text}
	acc := w.account(conv, "")
	res, err := w.p.Floor.Do(ctx, conversation.Command{Kind: conversation.Post, ClientID: "nudge-" + msg, Conv: conv, Actor: worker("bot"), Epoch: s.Epoch, Payload: p})
	if err == nil {
		acc.decided(&reply)
		acc.keep(res.Message)
	}
	return err
}

// lastTurns is what was said last in a conversation, and by which message.
func (w *Workers) lastTurns(conv string) ([]talk.Turn, event.ID) {
	var turns []talk.Turn
	var last event.ID
	for _, p := range w.live.Turns(conv, contextTurns) {
		var b event.PostedBody
		var t event.PostedPrivate
		if err := p.Decode(&b, &t); err != nil || b.Gone {
			continue
		}
		turns, last = append(turns, talk.Turn{Role: role(p.Actor), Text: words(p.Actor, &b, &t), At: time.UnixMilli(p.Time), Did: b.Did}), p.ID
	}
	return turns, last
}

// listen watches the silence after a message of the bot that waits for an answer.
func (w *Workers) listen(ctx context.Context, conv string, p *event.Event, at int64) {
	var b event.PostedBody
	if p.Actor != worker("bot") || p.Decode(&b, nil) != nil || len(b.Did) == 0 {
		return
	}
	if _, ok := w.p.Bot.Nudge(conv, []talk.Turn{{Role: talk.Bot, Did: b.Did}}); ok {
		w.watch(ctx, conv, p.ID, at)
	}
}
