package gateway

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// How a session resumes.
const (
	resumeTail  = "tail"
	resumeReset = "reset"
)

// maxKept bounds the closed conversations of one group that a reset sends.
const maxKept = 2000

// fingerprint names the rights a copy is made under: another one, and the copy is dropped.
func fingerprint(u *wire.User) string {
	groups := slices.Clone(u.Groups)
	slices.Sort(groups)
	sum := sha256.Sum256([]byte(u.ID + "\x00" + u.Role + "\x00" + strings.Join(groups, "\x00")))
	return hex.EncodeToString(sum[:8])
}

func (s *session) view() string {
	if s.desk() {
		return fingerprint(s.user)
	}
	return "guest-" + fingerprint(&wire.User{ID: s.actor.ID})
}

// catchUp welcomes a session and brings its copy to the hub's place at join. What happens since is held back and follows.
func (s *session) catchUp(ctx context.Context, hello *wire.In) {
	if err := s.resume(ctx, hello); err != nil {
		if ctx.Err() == nil && err != errGone {
			s.g.p.Logger.Error("session not resumed", "actor", s.actor.String(), "err", err)
			s.q.close(wire.CloseReset, "the copy could not be read: reconnect")
		}
		return
	}
	s.q.live()
	s.g.hub.settled(s)
}

func (s *session) resume(ctx context.Context, hello *wire.In) error {
	h := s.g.hub
	h.mu.Lock()
	to, at := s.start, s.startAt
	h.mu.Unlock()
	if err := s.g.p.Folds.WaitFor(ctx, to.Seq); err != nil {
		return fmt.Errorf("wait for folds: %w", err)
	}
	from, err := s.follows(ctx, hello, to)
	if err != nil {
		return err
	}
	w := wire.Welcome{T: wire.TWelcome, V: wire.Version, Session: s.id, Shop: s.g.p.Shop, User: s.user, Cursor: to, Resume: resumeReset,
		View: s.view(), Now: s.g.p.Floor.Now()}
	if from > 0 {
		w.Resume = resumeTail
	}
	pol := s.g.p.Policy
	w.Clock = wire.Clock{Takeover: pol.AlarmAfter.Milliseconds(), Offer: pol.OfferFirst.Milliseconds(), Beat: 1000,
		AgeStep: pol.AgeStep.Milliseconds(), Recall: pol.RecallWithin.Milliseconds()}
	out := &batch{cursor: to, at: at, put: func(r *wire.Rec) error { return s.q.wait(ctx, frame(r)) }}
	if s.desk() {
		if err := s.q.wait(ctx, frame(w)); err != nil {
			return err
		}
		if err := s.resumeDesk(ctx, out, from, to.Seq); err != nil {
			return err
		}
		return out.end()
	}
	convs, err := s.guestConvs(ctx, from, to.Seq)
	if err != nil {
		return err
	}
	said, err := s.g.p.Folds.RemindOf(ctx, s.actor.ID)
	if err != nil {
		return err
	}
	w.Guest = &wire.Guest{Customer: s.actor.ID, Hours: s.g.hours(), Remind: said == conversation.RemindOn || said == "" && s.g.p.Agreed != nil && s.g.p.Agreed(s.actor.ID)}
	for _, c := range convs {
		w.Guest.Name = c.state.Name
		if c.state.Open() {
			w.Guest.Conv = c.state.ID
		}
	}
	if err := s.q.wait(ctx, frame(w)); err != nil {
		return err
	}
	for _, c := range convs {
		if err := c.put(out, from, guestEvents); err != nil {
			return err
		}
	}
	return out.end()
}

// hours are when people serve, nil for always.
func (g *Gateway) hours() *wire.Hours {
	h := &g.p.Policy.Hours
	if h.From == h.To {
		return nil
	}
	opens, closes := h.Clock()
	return &wire.Hours{Opens: opens, Closes: closes, Open: h.Open(g.p.Floor.Now())}
}

// follows gives the sequence after which a client's copy goes on, 0 when it has to be dropped: another incarnation of the
// log, other rights, a place that is not (or not yet) in this log.
func (s *session) follows(ctx context.Context, hello *wire.In, to event.Cursor) (uint64, error) {
	c := hello.Cursor
	if c == nil || c.Seq == 0 || c.Seq > to.Seq || c.Stream != to.Stream || hello.View != s.view() {
		return 0, nil
	}
	hash, ok, err := s.g.p.Folds.RecordHash(ctx, c.Seq)
	if err != nil {
		return 0, fmt.Errorf("check cursor: %w", err)
	}
	if !ok || hash != c.Hash {
		return 0, nil
	}
	return c.Seq, nil
}

// copied is a conversation as of one place in the log.
type copied struct {
	state  *conversation.State
	events []event.Placed
}

// at reads a conversation as it was after the record seq.
func (s *session) at(ctx context.Context, conv string, seq uint64) (copied, error) {
	st, evs, ok, err := s.g.p.Folds.Transcript(ctx, conv)
	if err != nil {
		return copied{}, fmt.Errorf("read conversation %s: %w", conv, err)
	}
	if !ok {
		return copied{state: &conversation.State{}}, nil
	}
	n := upTo(evs, seq)
	if n == len(evs) {
		return copied{&st, evs}, nil
	}
	return copied{refold(evs[:n]), evs[:n]}, nil
}

func upTo(evs []event.Placed, seq uint64) int {
	n, _ := slices.BinarySearchFunc(evs, seq, func(p event.Placed, seq uint64) int {
		if p.Seq <= seq {
			return -1
		}
		return 1
	})
	return n
}

// refold gives the state after evs. What this program cannot fold it leaves out, as every fold does.
func refold(evs []event.Placed) *conversation.State {
	st := &conversation.State{}
	for i := range evs {
		_ = conversation.Fold(st, &evs[i])
	}
	return st
}

// put sends a conversation that is visible now: its tail when the copy has the beginning, else whole.
func (c copied) put(out *batch, from uint64, veil func([]event.Placed) []event.Placed) error {
	if n := upTo(c.events, from); from > 0 && n > 0 {
		return out.events(veil(c.events[n:]))
	}
	evs := veil(c.events)
	if len(evs) == 0 {
		return nil
	}
	return out.enter(c.state.ID, evs)
}

func (s *session) resumeDesk(ctx context.Context, out *batch, from, to uint64) error {
	ids, err := s.candidates(ctx, from, to)
	if err != nil {
		return err
	}
	for _, id := range ids {
		c, err := s.at(ctx, id, to)
		if err != nil {
			return err
		}
		v := newVeil(s.g.hub.mask)
		visible := conversation.Visible(c.state, s.who, out.at) >= conversation.Kept
		had, fresh := false, true // fresh: the copy may lack the beginning
		if from > 0 {
			was := refold(c.events[:upTo(c.events, from)])
			had = conversation.Visible(was, s.who, was.LastAt) >= conversation.Kept
			fresh = conversation.Visible(was, s.who, out.at) < conversation.Kept
		}
		switch {
		case visible && fresh:
			err = c.put(out, 0, v.all)
		case visible:
			err = c.put(out, from, v.all)
		case had:
			out.leave(id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// candidates are the conversations that may concern a desk: with a copy those that changed since, without one all it may
// see, open ones first. Who sees what is judged later, at the place to.
func (s *session) candidates(ctx context.Context, from, to uint64) ([]string, error) {
	f := s.g.p.Folds
	if from > 0 {
		return f.ChangedSince(ctx, from)
	}
	if s.who.Role == conversation.RoleAdmin {
		return nil, nil
	}
	var ids []string
	seen := map[string]bool{}
	add := func(sts []conversation.State, err error) error {
		for i := range sts {
			if !seen[sts[i].ID] {
				seen[sts[i].ID] = true
				ids = append(ids, sts[i].ID)
			}
		}
		return err
	}
	now := s.g.p.Floor.Now()
	if err := add(f.OpenConversations(ctx)); err != nil {
		return nil, fmt.Errorf("open conversations: %w", err)
	}
	if err := add(f.ConversationsByHolder(ctx, s.who.ID, now-conversation.KeptOwn.Milliseconds())); err != nil {
		return nil, fmt.Errorf("own conversations: %w", err)
	}
	groups, err := s.keptGroups(ctx)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		if err := add(f.Closed(ctx, g, now-conversation.KeptTeam.Milliseconds(), maxKept)); err != nil {
			return nil, fmt.Errorf("closed conversations: %w", err)
		}
	}
	// What changed after the place the fold has passed already: it may have been visible there.
	late, err := f.ChangedSince(ctx, to)
	if err != nil {
		return nil, fmt.Errorf("late conversations: %w", err)
	}
	for _, id := range late {
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// keptGroups are the groups whose closed chats a desk keeps.
func (s *session) keptGroups(ctx context.Context) ([]string, error) {
	switch s.who.Role {
	case conversation.RoleLead:
		return s.who.Groups, nil
	case conversation.RoleSupervisor:
		users, err := s.g.p.Users.Users(ctx)
		if err != nil {
			return nil, err
		}
		groups := slices.Clone(s.who.Groups)
		for i := range users {
			groups = append(groups, users[i].Groups...)
		}
		slices.Sort(groups)
		return slices.Compact(groups), nil
	}
	return nil, nil
}

// guestConvs are the conversations a customer's client needs, oldest first: the newest one, and with a copy all that
// changed since.
func (s *session) guestConvs(ctx context.Context, from, to uint64) ([]copied, error) {
	id, ok, err := s.g.p.Folds.LastConversation(ctx, s.actor.ID)
	if err != nil {
		return nil, fmt.Errorf("last conversation: %w", err)
	}
	var out []copied
	for range 16 {
		if !ok || id == "" {
			break
		}
		_, evs, found, err := s.g.p.Folds.Transcript(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("read conversation %s: %w", id, err)
		}
		if !found {
			break
		}
		all := refold(evs)
		n := upTo(evs, to)
		if n > 0 {
			if len(out) > 0 && (from == 0 || evs[n-1].Seq <= from) {
				break
			}
			out = append(out, copied{refold(evs[:n]), evs[:n]})
		}
		id = all.Prev
	}
	slices.Reverse(out)
	return out, nil
}

func comparePlaced(a, b *event.Placed) int {
	return cmp.Or(cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Idx, b.Idx))
}
