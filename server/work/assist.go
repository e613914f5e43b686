package work

import (
	"context"
	"errors"
	"fmt"
	"time"

	"agentdesk/copilot"
	"agentdesk/server/bot"
	"agentdesk/server/cards"
	"agentdesk/server/shop"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// assist prepares what a person needs for one customer message: summary, cards, next action, up to three suggestions.
// The deltas stream to whoever may see the chat; finished suggestions are facts and go through the floor.
func (w *Workers) assist(ctx context.Context, s *conversation.State, in bot.Input, msg event.ID) error {
	facts, err := w.p.Bot.Facts(ctx, in)
	if err != nil {
		return fmt.Errorf("find facts: %w", err)
	}
	facts.Message = msg
	if s.Hold != nil {
		facts.Agent = s.Hold.Name
	}
	me := worker("copilot")
	var sum copilot.Summary
	handsOver := s.Summary == nil || s.Seat == conversation.SeatWaiting
	if handsOver {
		if sum, err = w.p.Copilot.Summary(ctx, facts); err != nil {
			return fmt.Errorf("summarise: %w", err)
		}
		if err := w.summarise(ctx, s, me, fmt.Sprintf("summary-%d-%s", s.Epoch, msg), sum); err != nil {
			return err
		}
	}
	if err := w.panel(ctx, s, facts); err != nil {
		return err
	}
	if err := w.suggest(ctx, s, facts, me); err != nil || !handsOver {
		return err
	}
	// Whoever takes over reads the script's summary at once; a model's comes when everything else is there.
	if better, ok := w.p.Copilot.Resummarise(ctx, facts, sum); ok {
		return w.summarise(ctx, s, me, fmt.Sprintf("summary-model-%d-%s", s.Epoch, msg), better)
	}
	return nil
}

func (w *Workers) summarise(ctx context.Context, s *conversation.State, me event.Actor, id string, sum copilot.Summary) error {
	_, err := w.p.Floor.Do(ctx, conversation.Command{Kind: conversation.Summarise, ClientID: id, Conv: s.ID, Actor: me,
		Payload: event.SummaryPrivate{Ask: sum.Ask, Done: sum.Done, Clues: sum.Clues, Unresolved: sum.Unresolved}})
	if err != nil && !moved(err) {
		return fmt.Errorf("store the summary: %w", err)
	}
	return nil
}

func (w *Workers) suggest(ctx context.Context, s *conversation.State, facts copilot.Input, me event.Actor) error {
	for _, old := range s.Suggestions {
		if old.Message == facts.Message {
			return nil // made before the seat changed: still right
		}
	}
	send := func(d wire.Delta) {
		d.Set = facts.Message
		w.p.Audience.Live(s.ID, wire.Live{T: wire.TLive, Kind: wire.LiveDelta, Conv: s.ID, Delta: &d})
	}
	list, err := w.p.Copilot.Suggest(ctx, facts, copilot.MaxSuggestions, func(d copilot.Delta) {
		out := wire.Delta{Rank: d.Rank, Strategy: d.Strategy, Add: d.Text, Done: d.Done}
		if d.Done {
			out.Sources, out.Fit = d.Suggestion.Sources, d.Suggestion.Fit
		}
		send(out)
	})
	if err != nil {
		return fmt.Errorf("suggest: %w", err)
	}
	for i, g := range list {
		_, err := w.p.Floor.Do(ctx, conversation.Command{Kind: conversation.Suggest, ClientID: fmt.Sprintf("suggest-%d-%s", i+1, facts.Message), Conv: s.ID, Actor: me,
			Payload: conversation.SuggestArgs{SuggestedBody: event.SuggestedBody{Message: facts.Message, Rank: i + 1, Strategy: g.Strategy, Fit: g.Fit, Sources: g.Sources}, Text: g.Text}})
		if moved(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("store a suggestion: %w", err)
		}
	}
	return nil
}

// panel sends what stands beside the chat.
func (w *Workers) panel(ctx context.Context, s *conversation.State, facts copilot.Input) error {
	p := &wire.Panel{Message: facts.Message}
	list, err := w.p.Copilot.Cards(ctx, facts)
	if err != nil {
		return fmt.Errorf("cards: %w", err)
	}
	for _, c := range list {
		card := wire.Card{Kind: string(c.Kind), ID: c.Source.ID, Title: c.Title, Price: c.PriceFen, Stock: c.Stock, Lines: c.Lines, Fits: c.Fits, Source: c.Source}
		if c.CouponFen != 0 {
			card.Price, card.List = c.CouponFen, c.PriceFen
		}
		if !c.UpdatedAt.IsZero() {
			card.AsOf = c.UpdatedAt.UnixMilli()
		}
		if c.Kind == copilot.ProductCard {
			card.Picture = w.picture(ctx, c.Source.ID)
		}
		p.Cards = append(p.Cards, card)
	}
	next, err := w.p.Copilot.NextAction(ctx, facts)
	if err != nil {
		return fmt.Errorf("next action: %w", err)
	}
	if next.Code != "" {
		p.Next = &wire.NextAction{Code: next.Code, Text: next.Title}
	}
	if w.p.Store != nil || !s.Anon {
		if p.Facts, err = w.facts(ctx, s.Customer); err != nil {
			w.p.Logger.Warn("the shop did not tell the customer's facts", "err", err)
		}
	}
	w.mu.Lock()
	w.panels[s.ID] = p
	w.mu.Unlock()
	w.p.Audience.Live(s.ID, wire.Live{T: wire.TLive, Kind: wire.LivePanel, Conv: s.ID, Panel: p})
	return nil
}

// picture is where a product's picture is fetched, "" when the shop does not tell: the card is right without it.
func (w *Workers) picture(ctx context.Context, product string) string {
	p, err := w.p.Shop.Product(ctx, product)
	if err != nil {
		return ""
	}
	return cards.Product(p, product).Picture
}

// facts are a customer's, masked; nil of a visitor whom the shop does not know.
func (w *Workers) facts(ctx context.Context, customer string) (*wire.CustomerFacts, error) {
	f, err := CustomerFacts(ctx, w.p.Shop, customer)
	if errors.Is(err, shop.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for i := range f.Parcels {
		q := &f.Parcels[i]
		q.Last = w.mask.Text(q.Last)
		for j := range q.Track {
			q.Track[j].Text = w.mask.Text(q.Track[j].Text)
		}
	}
	return f, nil
}

// maxSteps bounds the tracking events of a parcel that a desk is shown.
const maxSteps = 20

// CustomerFacts is a customer as the shop knows them, without phone and address.
func CustomerFacts(ctx context.Context, sh shop.Shop, id string) (*wire.CustomerFacts, error) {
	c, err := sh.Customer(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("customer: %w", err)
	}
	orders, err := sh.OrdersOf(ctx, id, 50)
	if err != nil {
		return nil, fmt.Errorf("orders: %w", err)
	}
	f := &wire.CustomerFacts{ID: c.ID, Name: c.Name, Nick: c.Nick, Tier: string(c.Tier), Channel: string(c.Channel), Skin: c.Skin, City: c.City,
		Joined: millis(c.JoinedAt), Spent: c.SpentFen, Average: c.AverageFen(), Returns: float64(c.Returns) / 1000, Rating: float64(c.Rating) / 10, Orders: c.Orders, Tags: c.Tags}
	for i, o := range orders {
		title := ""
		if len(o.Lines) > 0 {
			title = o.Lines[0].Title
		}
		if i < 6 {
			f.Recent = append(f.Recent, wire.OrderRow{ID: o.ID, Title: title, State: o.State.Zh(), Total: o.TotalFen, At: millis(o.PlacedAt)})
		}
		for _, q := range o.Parcels {
			if len(f.Parcels) >= 6 {
				break
			}
			row := wire.ParcelRow{ID: q.Number, Order: o.ID, Title: title, Carrier: q.Carrier, State: q.State.Zh(), Last: q.Last().Text, At: millis(q.Last().At)}
			for j := len(q.Track) - 1; j >= 0 && len(row.Track) < maxSteps; j-- {
				row.Track = append(row.Track, wire.Step{At: millis(q.Track[j].At), Text: q.Track[j].Text})
			}
			f.Parcels = append(f.Parcels, row)
		}
	}
	cart, err := sh.Cart(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("cart: %w", err)
	}
	for _, l := range cart.Lines {
		f.Cart = append(f.Cart, wire.LineRow{Product: l.ProductID, Title: l.Title, Qty: l.Quantity, Price: l.UnitFen})
		f.CartSum += l.UnitFen * int64(l.Quantity)
	}
	return f, nil
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Opening is what the floor should know of a customer when a conversation opens.
func Opening(ctx context.Context, sh shop.Shop, customer, group string) conversation.Opening {
	o := conversation.Opening{Body: event.OpenedBody{Channel: "web", Group: group}}
	c, err := sh.Customer(ctx, customer)
	if err != nil {
		// A visitor, or a shop that doesn't answer: the chat opens all the same.
		o.Body.Anon = true
		return o
	}
	o.Body.Channel, o.Body.Tier, o.Body.Spent = string(c.Channel), string(c.Tier), c.SpentFen
	o.Private = event.OpenedPrivate{Name: c.Name, Nick: c.Nick}
	if cart, err := sh.Cart(ctx, customer); err == nil {
		for _, l := range cart.Lines {
			o.Body.Basket += l.UnitFen * int64(l.Quantity)
		}
	}
	return o
}
