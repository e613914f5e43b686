package customers

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// player is one customer playing one scenario.
type player struct {
	s    Scenario
	p    Params
	pace float64
	rng  *rand.Rand
	door *door
	tr   Transcript

	conv    string          // the conversation, once there is one
	last    event.ID        // of the last answer
	mine    []string        // own messages to be taken back, by command ID
	wrong   int             // reactions used up
	slow    int             //
	known   int             //
	answers int             // heard
	forms   map[string]bool // filled in, by the message that asked
	greeted bool
	closed  bool
	left    bool // an outcome stands
	parted  bool // rated, bought, closed: all is done
}

func play(ctx context.Context, p Params, s Scenario, rng *rand.Rand) (Transcript, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// The door draws from its own source: when it reconnects must not change what the customer says.
	d := newDoor(p.BaseURL, s.Customer, rand.New(rand.NewPCG(rng.Uint64(), seedStep)))
	if s.Lang != "" {
		d.lang = s.Lang
	}
	pl := &player{s: s, p: p, pace: p.Pace, rng: rng, door: d, tr: Transcript{Scenario: s.ID}, forms: map[string]bool{}}
	done := make(chan error, 1)
	go func() {
		defer close(done)
		done <- d.run(ctx)
	}()
	err := pl.talk(ctx, done)
	if then := s.Then; err == nil && then != nil && ctx.Err() == nil {
		err = pl.again(ctx, done, then)
	}
	cancel()
	if err == nil {
		err = <-done
	}
	if pl.tr.Outcome == "" {
		pl.tr.Outcome = CutShort
	}
	return pl.tr, err
}

// again is the later visit: the page is closed meanwhile, and the conversation may have ended.
func (p *player) again(ctx context.Context, done <-chan error, then *Leg) error {
	away := scaled(then.After, p.pace)
	p.door.away(away)
	if !pause(ctx, away) {
		return nil
	}
	p.s.Opening, p.s.Right, p.s.Human, p.s.Buys = then.Opening, then.Right, nil, nil
	p.left, p.parted, p.closed, p.wrong, p.slow, p.answers, p.tr.Outcome = false, false, false, 0, 0, 0, ""
	return p.talk(ctx, done)
}

// talk returns when the customer is done. An error is the door's, which has ended then.
func (p *player) talk(ctx context.Context, ended <-chan error) error {
	say := slices.Clone(p.s.Opening)
	next := time.NewTimer(0) // of the next message to write
	defer next.Stop()
	patience := time.NewTimer(scaled(p.s.Patience, p.pace))
	defer patience.Stop()
	check := time.NewTicker(20 * time.Millisecond) // whether all was delivered, when leaving
	defer check.Stop()
	var stay time.Time // until when a customer who is done stays on the page
	for {
		if p.left && len(say) == 0 && p.door.waiting() == 0 {
			switch {
			case p.parted:
				return nil
			case stay.IsZero():
				stay = time.Now().Add(p.gap())
			case !time.Now().Before(stay):
				p.part(ctx)
			}
		}
		var write <-chan time.Time
		if len(say) > 0 {
			write = next.C
		}
		select {
		case <-ctx.Done():
			return nil
		case err := <-ended:
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("scenario %q: %w", p.s.ID, errors.Join(err, errors.New("the door ended")))
		case <-check.C:
		case <-write:
			var err error
			if say, err = p.write(ctx, say); err != nil {
				return fmt.Errorf("scenario %q: %w", p.s.ID, err)
			}
			next.Reset(p.before(say))
			patience.Reset(scaled(p.s.Patience, p.pace))
		case <-patience.C:
			if !p.left && len(say) == 0 {
				say = p.impatient()
				next.Reset(0)
			}
			patience.Reset(scaled(p.s.Patience, p.pace))
		case e := <-p.door.events:
			more := p.hear(&e, len(say) > 0)
			if len(more) > 0 {
				if len(say) == 0 {
					next.Reset(p.before(more))
				}
				say = append(say, more...)
			}
			if e.Type == event.Posted && e.Actor.Kind != event.Customer {
				patience.Reset(scaled(p.s.Patience, p.pace))
			}
		}
	}
}

// before is how long until the next thing is said. Whoever types is seen typing.
func (p *player) before(say []Say) time.Duration {
	wait := p.gap()
	if len(say) > 0 {
		wait += scaled(say[0].Wait, p.pace)
		if say[0].Text != "" && say[0].Wait == 0 && p.conv != "" {
			p.door.tell(wire.In{T: wire.TTyping, Conv: p.conv, On: true})
		}
	}
	return wait
}

func (p *player) gap() time.Duration {
	return scaled(p.s.Gap[0]+p.rng.Int64N(p.s.Gap[1]-p.s.Gap[0]+1), p.pace)
}

func (p *player) id() string {
	var entropy [10]byte
	for i := range entropy {
		entropy[i] = byte(p.rng.Uint32())
	}
	return event.NewID(time.Now(), entropy)
}

// write sends the first thing, with a slip where the dice say so, and gives what is left to say.
func (p *player) write(ctx context.Context, say []Say) ([]Say, error) {
	one, rest := say[0], say[1:]
	if one.Text != "" && p.rng.Float64() < p.s.Typos {
		kind := slipSwap
		if len(p.s.Slips) > 0 {
			kind = p.s.Slips[p.rng.IntN(len(p.s.Slips))]
		}
		slipped, right := slip(p.rng, kind, one.Text)
		if one.Text = slipped; right != "" {
			rest = append([]Say{{Text: right}}, rest...)
		}
	}
	args := conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.Text}, Text: one.Text}
	var err error
	switch {
	case one.Voice > 0:
		args.Kind = event.Voice
		err = p.attach(ctx, &args, "audio/wav", voice(one.Voice, p.rng))
		if err == nil {
			args.Attachments[0].Secs = one.Voice
		}
	case one.Picture != "":
		args.Kind = event.Image
		var data []byte
		if data, err = picture(one.Picture, p.rng); err == nil {
			err = p.attach(ctx, &args, "image/jpeg", data)
		}
	case one.Order != "":
		args.Kind, args.Ref = event.OrderCard, one.Order
	case one.Product != "":
		args.Kind, args.Ref = event.ProductCard, one.Product
	}
	if err != nil {
		return nil, err
	}
	if one.Quote {
		args.ReplyTo = p.last
	}
	id := p.id()
	if one.Recall && len(p.mine) < maxMine {
		p.mine = append(p.mine, id)
	}
	p.door.say(id, args)
	if one.Away > 0 {
		p.door.away(scaled(one.Away, p.pace))
	}
	return rest, nil
}

func (p *player) attach(ctx context.Context, args *conversation.PostArgs, mime string, data []byte) error {
	select {
	case <-p.door.inside: // there is a token
	case <-ctx.Done():
		return ctx.Err()
	}
	a, err := p.door.upload(ctx, mime, data)
	if err == nil {
		args.Attachments = []event.Attachment{a}
	}
	return err
}

// impatient is what an unanswered customer does.
func (p *player) impatient() []Say {
	if p.slow < len(p.s.Slow) {
		p.slow++
		return p.s.Slow[p.slow-1 : p.slow]
	}
	p.leave(Unheard)
	return nil
}

func (p *player) leave(outcome string) {
	if !p.left {
		p.left, p.tr.Outcome = true, outcome
	}
}

// hear notes what happened and gives what the customer says to it. Who is busy saying something listens for the right
// answer only.
func (p *player) hear(e *event.Placed, busy bool) []Say {
	if e.Conv != "" {
		p.conv = e.Conv
	}
	switch e.Type {
	case event.Taken:
		var b event.TakenBody
		if e.Decode(&b, nil) == nil {
			p.tr.Agent = b.Name
		}
		if !p.greeted && !p.left {
			p.greeted = true
			return p.s.Human
		}
	case event.Closed:
		p.closed = true
		p.leave(Ended)
	case event.Posted:
		var b event.PostedBody
		var said event.PostedPrivate
		if e.Decode(&b, &said) != nil {
			return nil
		}
		p.tr.Lines = append(p.tr.Lines, Line{Who: e.Actor.Kind, Kind: b.Kind, Text: said.Text, Code: b.Code, At: time.UnixMilli(e.Time)})
		switch {
		case e.Actor.Kind == event.Customer:
			if i := slices.Index(p.mine, e.ClientID); i >= 0 && e.ClientID != "" {
				p.mine = slices.Delete(p.mine, i, i+1)
				p.door.command(p.id(), conversation.Recall, e.Conv, conversation.RecallArgs{Message: e.ID})
			}
		case b.Kind == event.Notice:
		default:
			p.last = e.ID
			p.door.command(p.id(), conversation.MarkRead, e.Conv, conversation.ReadArgs{UpTo: e.ID})
			if b.Kind == event.FormAsked {
				p.fill(e, &b)
				return nil
			}
			if !p.left {
				return p.answer(e.Actor.Kind, &b, &said, busy)
			}
		}
	}
	return nil
}

// answer is what the customer makes of an answer.
func (p *player) answer(by event.Kind, b *event.PostedBody, said *event.PostedPrivate, busy bool) []Say {
	text := said.Text
	if said.Card != nil {
		text += " " + said.Card.Title
	}
	p.answers++
	right := !p.s.Right.Person || by == event.Agent
	if right {
		right = false
		for _, w := range p.s.Right.Any {
			right = right || strings.Contains(text, w)
		}
	}
	switch {
	case right:
		p.leave(Solved)
		return p.s.Right.Say
	case b.Kind == event.ProductCard || b.Kind == event.CouponCard || b.Kind == event.OrderCard:
		return nil // looks at it; what is said with it counts
	case busy || waits(by, text):
		return nil
	case p.known < len(p.s.Knows) && asks(text):
		p.known++
		return []Say{{Text: p.s.Knows[p.known-1]}}
	case p.wrong < len(p.s.Wrong) && p.answers < maxAnswer:
		p.wrong++
		return p.s.Wrong[p.wrong-1 : p.wrong]
	case p.s.Right.Person && by != event.Agent && p.answers < maxAnswer:
		return nil // waits for the person; patience decides
	}
	p.leave(GaveUp)
	return nil
}

// waits reports whether an answer says that the answer is still to come: from a person, or from the one who just took over.
func waits(by event.Kind, text string) bool {
	words := []string{"真人", "人工", "同事来", "同事接", "同事为您"}
	if by == event.Agent {
		words = []string{"为您服务", "我来接手", "由我为您处理", "请稍等", "在核实", "I will take it from here"}
	}
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// asks reports whether an answer asks for something.
func asks(text string) bool {
	for _, w := range []string{"？", "?", "请提供", "请告诉", "麻烦提供", "could you"} {
		if strings.Contains(strings.ToLower(text), w) {
			return true
		}
	}
	return false
}
