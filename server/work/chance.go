package work

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"agentdesk/server/bot"
	"agentdesk/server/proactive"
	"agentdesk/server/shop"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/talk"
)

// orderedWithin is for how long after a chance an order counts as one that came of it, in either arm.
const orderedWithin = 7 * 24 * time.Hour

// maxBought is how many of a customer's orders are looked at for chances.
const maxBought = 50

// Past is what a customer's conversations say of sales chances; *folds.Folds is one.
type Past interface {
	RemindOf(ctx context.Context, customer string) (string, error)
	ChancesOf(ctx context.Context, customer string, since int64) ([]conversation.State, error)
}

// Proactive lets the shop speak of sales chances unasked.
type Proactive struct {
	Rules   proactive.Rules
	Times   proactive.Times
	Past    Past
	Hours   conversation.Hours
	Figures *proactive.Figures // optional
	// Agreed is whether a customer who never said anything of it is taken to agree. Optional: nobody does.
	Agreed func(customer string) bool
}

func (w *Workers) proactive() bool {
	return w.p.Proactive != nil && w.p.Store != nil && !w.p.BotOff
}

// look looks for a chance in one conversation, and takes the first that the rules allow.
func (w *Workers) look(ctx context.Context, conv string) error {
	ctx, cancel := context.WithTimeout(ctx, w.p.Deadline)
	defer cancel()
	s, ok := w.live.State(conv)
	if !ok || !s.Open() || s.Seat != conversation.SeatBot || s.Chance != nil {
		return nil
	}
	agreed, err := w.agreed(ctx, s)
	if err != nil {
		return err
	}
	waits, err := w.p.Store.Awaited(ctx, s.Customer)
	if err != nil && !errors.Is(err, shop.ErrNotFound) {
		return fmt.Errorf("what is awaited: %w", err)
	}
	if !agreed && len(waits) == 0 {
		return nil
	}
	p := w.p.Proactive
	now := time.Now()
	past, err := p.Past.ChancesOf(ctx, s.Customer, now.Add(-max(p.Rules.Declined, p.Rules.Every, orderedWithin)).UnixMilli())
	if err != nil {
		return fmt.Errorf("earlier chances: %w", err)
	}
	facts, err := w.chanceFacts(ctx, s.Customer, waits, past, now)
	if err != nil {
		return err
	}
	turns, _ := w.lastTurns(conv)
	sit := proactive.Situation{Now: now, State: s, Orders: facts.Orders, Agreed: agreed, Hours: p.Hours}
	for i := range past {
		sit.Chances = append(sit.Chances, *past[i].Chance)
	}
	if n := len(turns); n > 0 {
		last := turns[n-1]
		sit.Talked, sit.Open = last.At, last.Role == talk.Customer || bot.Waits(last.Did)
	}
	list, next := proactive.Find(facts)
	for i := range list {
		c := &list[i]
		r := p.Rules.Decide(c, sit)
		if r.Verdict != proactive.Not {
			return w.take(ctx, s, c, r, len(turns))
		}
		p.Figures.Passed(c.Kind, r.Why)
		if !r.Again.IsZero() && (next.IsZero() || r.Again.Before(next)) {
			next = r.Again
		}
	}
	if !next.IsZero() {
		w.looks.set(conv, next)
	}
	return nil
}

// take tells of a chance, or holds it back. There is one in a conversation, and its name is the conversation's: whoever tries again
// gives the same command.
func (w *Workers) take(ctx context.Context, s *conversation.State, c *proactive.Chance, r proactive.Ruling, turns int) error {
	args := conversation.ChanceArgs{ChanceBody: event.ChanceBody{Kind: c.Kind, What: event.ChanceHeld, Products: c.IDs(), Variants: c.Variants, Order: c.Order.ID,
		Why: c.Why, Experiment: w.p.Proactive.Rules.Experiment}}
	acc := w.account(s.ID, "")
	if r.Verdict == proactive.Show {
		reply, ok := w.p.Bot.Propose(s.ID, turns, c)
		if !ok {
			return nil
		}
		say := said(reply, "")
		args.What, args.Say = event.ChanceShown, &say
		acc.decided(&reply)
	}
	res, err := w.p.Floor.Do(ctx, conversation.Command{Kind: conversation.TakeChance, ClientID: "chance-" + s.ID, Conv: s.ID, Actor: worker("bot"), Epoch: s.Epoch, Payload: args})
	if err != nil {
		return fmt.Errorf("take a chance: %w", err)
	}
	if res.Message != "" {
		acc.keep(res.Message)
	}
	if len(c.Variants) > 0 {
		// Should this fail, the conversations say that it was told.
		if err := w.p.Store.StockTold(ctx, s.Customer, c.Variants...); err != nil {
			return fmt.Errorf("note that a stock notice was sent: %w", err)
		}
	}
	return nil
}

// agreed reports whether a customer wants to hear of chances: what was said last counts.
func (w *Workers) agreed(ctx context.Context, s *conversation.State) (bool, error) {
	said := s.Remind
	if said == "" {
		var err error
		if said, err = w.p.Proactive.Past.RemindOf(ctx, s.Customer); err != nil {
			return false, fmt.Errorf("what the customer agreed to: %w", err)
		}
	}
	if said == "" {
		return w.p.Proactive.Agreed != nil && w.p.Proactive.Agreed(s.Customer), nil
	}
	return said == conversation.RemindOn, nil
}

// chanceFacts reads what the shop knows of a customer.
func (w *Workers) chanceFacts(ctx context.Context, customer string, waits []shop.Awaited, past []conversation.State, now time.Time) (proactive.Facts, error) {
	f := proactive.Facts{Now: now, Customer: shop.Customer{ID: customer}, After: w.p.Proactive.Times}
	var err error
	known := func(what string, err error) error {
		if err != nil && !errors.Is(err, shop.ErrNotFound) {
			return fmt.Errorf("%s: %w", what, err)
		}
		return nil
	}
	c, err := w.p.Shop.Customer(ctx, customer)
	if err := known("customer", err); err != nil {
		return f, err
	}
	if err == nil {
		f.Customer = c
	}
	if f.Orders, err = w.p.Shop.OrdersOf(ctx, customer, maxBought); known("orders", err) != nil {
		return f, known("orders", err)
	}
	if f.Cart, err = w.p.Shop.Cart(ctx, customer); known("cart", err) != nil {
		return f, known("cart", err)
	}
	if f.Products, err = w.p.Shop.SearchProducts(ctx, "", 0); err != nil {
		return f, fmt.Errorf("products: %w", err)
	}
	f.Looks, f.Checkout = w.looks.of(customer)
	for _, a := range waits {
		told := slices.ContainsFunc(past, func(s conversation.State) bool {
			return s.Chance.Kind == event.ChanceStock && s.Chance.At >= a.Since.UnixMilli() && slices.Contains(s.Chance.Variants, a.Variant)
		})
		if !told {
			f.Awaited = append(f.Awaited, a)
		}
	}
	return f, nil
}

// settle counts a paid order for the chances of the week before, told or held back, each once.
func (w *Workers) settle(ctx context.Context, customer, order string, fen int64, paid time.Time) error {
	list, err := w.p.Proactive.Past.ChancesOf(ctx, customer, paid.Add(-orderedWithin).UnixMilli())
	if err != nil {
		return fmt.Errorf("earlier chances: %w", err)
	}
	if s, ok, err := w.p.Floor.OpenConversation(ctx, customer); err != nil {
		return fmt.Errorf("find the conversation: %w", err)
	} else if ok && s.Chance != nil && !slices.ContainsFunc(list, func(o conversation.State) bool { return o.ID == s.ID }) {
		list = append(list, *s) // the fold is on its way there
	}
	for i := range list {
		c := list[i].Chance
		if c.Ordered != 0 || c.At > paid.UnixMilli()+time.Second.Milliseconds() { // the shop tells whole seconds
			continue
		}
		_, err := w.p.Floor.Do(ctx, conversation.Command{Kind: conversation.NoteChance, ClientID: "chance-ordered-" + list[i].ID, Conv: list[i].ID, Actor: event.Actor{Kind: event.System, ID: "shop"},
			Payload: event.ChanceBody{Kind: c.Kind, What: event.ChanceOrdered, Order: order, Fen: fen}})
		if err != nil && !moved(err) {
			return fmt.Errorf("note an order: %w", err)
		}
	}
	return nil
}

// answered notes what a customer said to the chance that was told.
func (w *Workers) answered(ctx context.Context, s *conversation.State, what string) error {
	if s.Chance == nil {
		return nil
	}
	_, err := w.p.Floor.Do(ctx, conversation.Command{Kind: conversation.NoteChance, ClientID: "chance-answer-" + s.ID, Conv: s.ID, Actor: worker("bot"),
		Payload: event.ChanceBody{Kind: s.Chance.Kind, What: what}})
	if err != nil && !moved(err) {
		return fmt.Errorf("note an answer to a chance: %w", err)
	}
	return nil
}

// consent does at once what a customer says of being told of chances, whoever has the seat.
func (w *Workers) consent(ctx context.Context, conv string, msg event.ID, text string) error {
	on, ok := bot.Consent(text)
	if !ok {
		return nil
	}
	_, err := w.p.Floor.Do(ctx, conversation.Command{Kind: conversation.Consent, ClientID: "consent-" + msg, Conv: conv, Actor: worker("bot"),
		Payload: conversation.ConsentArgs{ConsentBody: event.ConsentBody{On: on, By: "words"}}})
	if err != nil && !moved(err) {
		return fmt.Errorf("store the customer's choice: %w", err)
	}
	return nil
}

// counted counts what became of a chance.
func (w *Workers) counted(e *event.Event) {
	var b event.ChanceBody
	if w.p.Proactive != nil && e.Decode(&b, nil) == nil {
		w.p.Proactive.Figures.Decided(&b)
	}
}
