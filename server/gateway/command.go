package gateway

import (
	"context"
	"errors"
	"strings"
	"time"

	"agentdesk/server/files"
	"agentdesk/server/identity"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// openingFor is how long what the shop said of a customer is used again.
const openingFor = 30 * time.Second

// maxAttached bounds the files of one message that are looked up; the floor's own bound is lower.
const maxAttached = 16

// obey gives the socket's commands to the floor, one after another in the order they came. Sockets do so side by side,
// so the floor still gathers many commands into one record.
func (s *session) obey(ctx context.Context, cmds <-chan *wire.In) {
	for in := range cmds {
		if ctx.Err() != nil {
			continue // gone: the client asks again with the same ID
		}
		began := time.Now()
		a := s.do(ctx, in)
		s.g.m.command(in.Kind, a.Err, time.Since(began))
		if ctx.Err() == nil {
			s.ack(a)
		}
	}
}

func (s *session) do(ctx context.Context, in *wire.In) wire.Ack {
	a := wire.Ack{ID: in.ID, Conv: in.Conv}
	c, doubt, r := s.command(ctx, in)
	if r != nil {
		a.Err = r
		return a
	}
	res, err := s.g.p.Floor.Do(ctx, c)
	if err != nil {
		var refused *conversation.Refusal
		if !errors.As(err, &refused) {
			if ctx.Err() == nil {
				s.g.p.Logger.Error("command failed", "kind", c.Kind, "err", err)
			}
			refused = no(conversation.Retry, "the answer is unknown: send the same command again")
		}
		if doubt != nil && refused.Code == conversation.Invalid {
			refused = doubt
		}
		a.Err = refused
		return a
	}
	a.Conv, a.Epoch, a.Seq, a.Dup = res.Conv, res.Epoch, res.Seq, res.Duplicate
	for _, id := range []event.ID{res.Event, res.Message} {
		if id != "" && (len(a.Events) == 0 || a.Events[0] != id) {
			a.Events = append(a.Events, id)
		}
	}
	return a
}

// command makes what a client sent into a command of the one who signed in: the actor is the token's, whatever the frame
// says. doubt tells why a card has nothing to show, should the floor not know the command already.
func (s *session) command(ctx context.Context, in *wire.In) (c conversation.Command, doubt, r *conversation.Refusal) {
	c = conversation.Command{Kind: in.Kind, ClientID: in.ID, Conv: in.Conv, Actor: s.actor, Epoch: in.Epoch}
	payload, err := conversation.DecodePayload(in.Kind, in.Payload)
	if err != nil {
		return c, nil, no(conversation.Invalid, "the payload is malformed, or the command is not for clients")
	}
	c.Payload = cleanPayload(payload)
	customer := s.actor.ID
	if s.desk() {
		customer, r = s.deskCommand(ctx, &c)
	} else {
		r = s.guestCommand(ctx, &c)
	}
	if r != nil {
		return c, nil, r
	}
	if p, ok := c.Payload.(conversation.PostArgs); ok {
		if r := s.attach(ctx, &p, customer); r != nil {
			return c, nil, r
		}
		s.g.hub.mask.Text(p.Text) // here, not where all wait for the hub
		if doubt, r = s.g.card(ctx, &p, customer); r != nil {
			return c, nil, r
		}
		c.Payload = p
	}
	return c, doubt, nil
}

// deskCommand checks a desk's command. It gives the customer of the conversation it is about, where that matters.
func (s *session) deskCommand(ctx context.Context, c *conversation.Command) (customer string, r *conversation.Refusal) {
	c.Role = s.user.Role
	switch p := c.Payload.(type) {
	case event.AgentStatusBody:
		if c.Role == conversation.RoleAdmin {
			return "", no(conversation.Forbidden, "the role admin serves no chats")
		}
		switch p.Status {
		case event.Online, event.Busy, event.Offline:
		default:
			return "", no(conversation.Invalid, "unknown status")
		}
		c.Conv, c.Payload = "", s.standing(p.Status)
		return "", nil
	case conversation.PostArgs:
		if p.Kind == event.Notice {
			return "", no(conversation.Forbidden, "notices come from the system")
		}
	}
	switch c.Kind {
	// Seat commands are judged by the floor, which knows who holds what; the others need a chat that one may see.
	case conversation.Post, conversation.MarkRead, conversation.UseSuggestion, conversation.Recall, conversation.SetFollowUp,
		conversation.DoneFollowUp:
		st, ok := s.g.hub.state(ctx, c.Conv)
		if !ok || conversation.Visible(st, s.who, s.g.p.Floor.Now()) < conversation.Row {
			return "", no(conversation.UnknownConv, "no such conversation")
		}
		return st.Customer, nil
	}
	return "", nil
}

func (s *session) guestCommand(ctx context.Context, c *conversation.Command) *conversation.Refusal {
	c.Customer = s.actor.ID
	switch p := c.Payload.(type) {
	case conversation.PostArgs:
		switch p.Kind {
		case "", event.Text, event.Image, event.Voice, event.File, event.ProductCard, event.OrderCard, event.FormFilled:
		default:
			return no(conversation.Forbidden, "customers write messages only")
		}
		p.Code, p.Args, p.Sources, p.Suggestion, p.Quick = "", nil, nil, "", nil
		c.Payload, c.Conv = p, "" // the floor finds their conversation, or opens one
		o := s.openingFacts(ctx)
		c.Opening = &o
		return nil
	case conversation.CloseArgs:
		c.Payload = conversation.CloseArgs{Solved: p.Solved}
	case conversation.ConsentArgs:
		p.By = "menu"
		c.Payload = p
	case conversation.ReadArgs, conversation.RecallArgs, conversation.RateArgs:
	default:
		return no(conversation.Forbidden, "not for customers")
	}
	st, ok := s.g.hub.state(ctx, c.Conv)
	if !ok || st.Customer != s.actor.ID {
		return no(conversation.UnknownConv, "no such conversation")
	}
	return nil
}

// openingFacts is what a conversation of this customer would open with.
func (s *session) openingFacts(ctx context.Context) conversation.Opening {
	if !s.openingAt.IsZero() && time.Since(s.openingAt) < openingFor {
		return s.opening
	}
	o := s.g.p.Opening(ctx, s.actor.ID)
	if o.Body.Channel == "" {
		o.Body.Channel = "web"
	}
	if o.Body.Group == "" {
		o.Body.Group = identity.GroupPre
	}
	o.Body.Anon = s.anon
	s.opening, s.openingAt = o, time.Now()
	return o
}

// attach replaces what a client says of its files by what is stored. They must be the conversation's customer's.
func (s *session) attach(ctx context.Context, p *conversation.PostArgs, customer string) *conversation.Refusal {
	for i, f := range p.Attachments {
		if i >= maxAttached {
			return no(conversation.TooLarge, "too many files in one message")
		}
		m, err := s.g.p.Files.Stat(ctx, f.Hash)
		switch {
		case err != nil && !errors.Is(err, files.ErrUnknown):
			s.g.p.Logger.Error("file not looked up", "err", err)
			return no(conversation.Busy, "the file cannot be looked up now: try again")
		case err != nil || m.Customer != customer:
			return no(conversation.Invalid, "an attachment was not uploaded")
		case p.Kind == event.Image && !strings.HasPrefix(m.Mime, "image/"):
			return no(conversation.Invalid, "that is no picture")
		case p.Kind == event.Voice && (m.Secs == 0 || len(p.Attachments) > 1):
			return no(conversation.Invalid, "that is no voice note")
		}
		p.Attachments[i] = event.Attachment{Hash: m.Hash, Mime: m.Mime, Size: m.Size, W: m.W, H: m.H, Secs: m.Secs, Wave: m.Wave}
	}
	return nil
}
