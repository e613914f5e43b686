package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"agentdesk/app/view"
	"agentdesk/tools/harness"
)

// suggest is an angry customer whose chat the agent is looking at: from the escalation to the first finished suggestion on
// the desk's screen model, without a language model.
func (b *bench) suggest(ctx context.Context) (err error) {
	const times = 20
	srv, err := b.start(ctx, "suggest", "-visitor-rate", "2000")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Stop()) }()
	d, err := b.openDesk(ctx, srv.URL(), "xiaoning")
	if err != nil {
		return err
	}
	defer d.close()
	d.SetSegment(view.SegBot)
	d.works(true)
	var ids harness.IDs
	var fromEscalation, fromMessage []time.Duration
	for i := range times {
		esc, msg, err := d.angry(ctx, srv.URL(), fmt.Sprintf("c-%04d", i+10), &ids)
		if err != nil {
			return err
		}
		fromEscalation, fromMessage = append(fromEscalation, esc), append(fromMessage, msg)
	}
	slices.Sort(fromEscalation)
	slices.Sort(fromMessage)
	note := func(of []time.Duration) string {
		return fmt.Sprintf(" (max of %d; median %s)", times, short(at(of, .5)))
	}
	b.most("escalation → first suggestion on the desk", fromEscalation[times-1], 300*time.Millisecond, note(fromEscalation))
	b.timed("the angry message is sent → first suggestion on the desk", fromMessage[times-1], 0, note(fromMessage))
	return nil
}

// angry plays one customer, whose chat is then closed.
func (d *desk) angry(ctx context.Context, url, customer string, ids *harness.IDs) (fromEscalation, fromMessage time.Duration, err error) {
	const patience = 15 * time.Second
	c, err := harness.DialCustomer(ctx, url, customer)
	if err != nil {
		return 0, 0, err
	}
	defer c.Cut()
	f, err := c.Say(ctx, ids.Next(), "敏感肌能用修护精华吗")
	if err != nil {
		return 0, 0, err
	}
	conv := f.Conv
	if err := d.until(ctx, patience, "a bot's chat in its rows", func(s *view.Desk) bool {
		return s.Queue != nil && slices.ContainsFunc(s.Queue.Rows, func(r view.Row) bool { return r.ID == conv && r.By == view.ByBot })
	}); err != nil {
		return 0, 0, err
	}
	d.Select(conv)
	if err := d.until(ctx, patience, "the bot's chat to open", func(s *view.Desk) bool {
		return s.Chat != nil && s.Chat.Head != nil && s.Chat.Head.ID == conv && s.Chat.Log != nil && len(s.Chat.Log.Items) > 2
	}); err != nil {
		return 0, 0, err
	}
	d.mu.Lock()
	d.done[conv] = &firstTime{}
	d.mu.Unlock()
	sent := time.Now()
	if _, err := c.Say(ctx, ids.Next(), "用了之后脸上又红又烫，你们卖的什么东西，我要投诉！"); err != nil {
		return 0, 0, err
	}
	got := firstTime{}
	if err := d.until(ctx, patience, "a suggestion", func(*view.Desk) bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		got = *d.done[conv]
		return !got.suggested.IsZero()
	}); err != nil {
		return 0, 0, err
	}
	if err := d.until(ctx, patience, "its own seat", func(s *view.Desk) bool {
		return s.Chat != nil && s.Chat.Seat != nil && s.Chat.Seat.State == view.SeatMine && s.Chat.Head.ID == conv
	}); err != nil {
		return 0, 0, err
	}
	d.Close("answered", true, "")
	if err := d.until(ctx, patience, "the end of the chat", func(s *view.Desk) bool {
		return s.Chat == nil || s.Chat.Seat == nil || s.Chat.Seat.State == view.SeatClosed
	}); err != nil {
		return 0, 0, err
	}
	d.SetSegment(view.SegBot)
	if got.suggested.Before(got.escalated) {
		return 0, 0, errors.New("a suggestion before the escalation: the clocks disagree")
	}
	return got.suggested.Sub(got.escalated), got.suggested.Sub(sent), nil
}
