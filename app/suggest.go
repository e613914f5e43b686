package app

import (
	"fmt"
	"slices"
	"strings"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

const maxTrack = 20 // steps of one parcel

// stream is the newest set of suggestions while it comes.
type stream struct {
	set    event.ID
	failed string
	parts  map[int]*wire.Delta // by rank; Add holds all so far
}

func (m *model) stream(conv string, d *wire.Delta) {
	s := m.streams[conv]
	if s == nil || s.set < d.Set {
		s = &stream{set: d.Set, parts: map[int]*wire.Delta{}}
		m.streams[conv] = s
	} else if s.set > d.Set {
		return // superseded
	}
	if d.Failed != "" {
		s.failed = d.Failed
	}
	if d.Rank < 1 || d.Rank > 8 {
		return
	}
	p := s.parts[d.Rank]
	if p == nil {
		p = &wire.Delta{Rank: d.Rank}
		s.parts[d.Rank] = p
	}
	if len(p.Add)+len(d.Add) <= event.MaxText {
		p.Add += d.Add
	}
	if d.Strategy != "" {
		p.Strategy = d.Strategy
	}
	if d.Fit != 0 {
		p.Fit = d.Fit
	}
	if len(d.Sources) > 0 {
		p.Sources = d.Sources
	}
	p.Done = p.Done || d.Done
}

func refs(src []event.Source) []view.Ref {
	var out []view.Ref
	for _, s := range src {
		out = append(out, view.Ref{ID: s.ID, Kind: s.Kind, Title: s.Title, Section: s.Section})
	}
	return out
}

// suggestions of a chat: finished ones of the log, streaming ones where the log has none of that rank yet.
func (m *model) suggestions(s *conversation.State) (out []view.Suggestion, st *stream) {
	have := map[int]bool{}
	for i := range s.Suggestions {
		g := &s.Suggestions[i]
		used := g.Used
		if used == "" {
			used = m.ignored[g.ID]
		}
		have[g.Rank] = true
		out = append(out, view.Suggestion{ID: g.ID, Title: g.Strategy, Fit: g.Fit, Text: g.Text, Sources: refs(g.Sources), Part: 1, Used: used})
	}
	st = m.streams[s.ID]
	if st == nil || st.set != s.LastCustomerMsg && st.set < s.LastCustomerMsg {
		return out, nil
	}
	for rank := 1; rank <= 8; rank++ {
		if d := st.parts[rank]; d != nil && !have[rank] {
			part := min(float32(len([]rune(d.Add)))/80, 0.95)
			if d.Done {
				part = 1
			}
			out = append(out, view.Suggestion{ID: fmt.Sprintf("%s/%d", st.set, rank), Title: d.Strategy, Fit: d.Fit, Text: d.Add,
				Sources: refs(d.Sources), Streaming: !d.Done, Part: part})
		}
	}
	return out, st
}

func (m *model) copilot(s *conversation.State) *view.Copilot {
	if s == nil || s.Seat == conversation.SeatClosed || s.Seat == conversation.SeatBot {
		return nil
	}
	c := &view.Copilot{State: view.CopilotIdle}
	sug, st := m.suggestions(s)
	c.Suggestions, c.Total = sug, len(sug)
	for _, g := range sug {
		if !g.Streaming {
			c.Done++
		}
	}
	switch {
	case st != nil && st.failed != "" && len(sug) == 0:
		c.State, c.Err = view.CopilotFailed, &view.Problem{Code: "copilot_failed", Detail: st.failed}
	case c.Done < c.Total:
		c.State = view.CopilotWriting
	case c.Total > 0:
		c.State = view.CopilotReady
	}
	if p := m.panels[s.ID]; p != nil {
		for i := range p.Cards {
			c.Cards = append(c.Cards, m.card(&p.Cards[i], m.mine(s)))
		}
		if p.Next != nil {
			c.Next = &view.NextAction{Code: p.Next.Code, Title: p.Next.Text, Order: newestOrder(p)}
		}
	}
	return c
}

func (m *model) card(w *wire.Card, mine bool) view.Card {
	kind := view.CardPolicy
	switch w.Kind {
	case "product":
		kind = view.CardProduct
	case "order", "parcel":
		kind = view.CardParcel
	}
	lines := slices.Clone(w.Lines)
	if w.Fits != "" {
		lines = append(lines, w.Fits)
	}
	c := view.Card{ID: w.ID, Kind: kind, Title: w.Title, PriceFen: w.Price, ListFen: w.List, Stock: w.Stock, Lines: lines,
		Source: w.Source.Title, UpdatedAt: m.at(w.AsOf), CanSend: kind == view.CardProduct && mine,
		CanOpen: opens(w.Source.Kind)}
	if w.Picture != "" {
		c.Image = m.media.data(cardKey(w.Picture))
	}
	return c
}

// opens reports whether the server has a document of a kind of source: an order stands beside the chat, whole.
func opens(kind string) bool { return kind == "policy" || kind == "product" || kind == "promotion" }

func (m *model) customer(s *conversation.State) *view.Customer {
	if s == nil {
		return nil
	}
	past := m.pastOf(s)
	p := m.panels[s.ID]
	if p == nil || p.Facts == nil {
		if len(past) == 0 {
			return nil
		}
		return &view.Customer{ReturnRate: -1, Past: past}
	}
	f := p.Facts
	c := &view.Customer{Past: past, SpentFen: f.Spent, AverageFen: f.Average, ReturnRate: f.Returns, Rating: f.Rating, CartFen: f.CartSum, Tags: f.Tags,
		OrderCount: f.Orders}
	for _, o := range f.Recent {
		c.Orders = append(c.Orders, view.Order{ID: o.ID, Status: o.State, Items: []string{o.Title}, TotalFen: o.Total, At: m.at(o.At)})
	}
	for _, x := range f.Parcels {
		parcel := view.Parcel{Carrier: x.Carrier, Number: x.ID, Status: x.State, Last: x.Last, LastAt: m.at(x.At)}
		for _, step := range x.Track[:min(len(x.Track), maxTrack)] {
			parcel.Track = append(parcel.Track, view.Step{At: m.at(step.At), Text: step.Text})
		}
		c.Parcels = append(c.Parcels, parcel)
	}
	for _, l := range f.Cart {
		c.Cart = append(c.Cart, view.CartItem{Title: l.Title, Count: l.Qty, Fen: l.Price})
	}
	if len(c.Orders) > 0 {
		c.Brief = append(c.Brief, view.Line{Kind: "order", Text: c.Orders[0].Items[0], Right: c.Orders[0].Status})
	}
	if len(c.Parcels) > 0 {
		c.Brief = append(c.Brief, view.Line{Kind: "parcel", Text: c.Parcels[0].Last, Right: c.Parcels[0].Carrier})
	}
	if len(c.Cart) > 0 {
		c.Brief = append(c.Brief, view.Line{Kind: "cart", Text: c.Cart[0].Title, Fen: c.CartFen})
	}
	return c
}

// AdoptSuggestion implements view.Actions.
func (a *App) AdoptSuggestion(index int, send bool) { a.suggestion(index, send) }

// EditSuggestion implements view.Actions.
func (a *App) EditSuggestion(index int) { a.suggestion(index, false) }

func (a *App) suggestion(index int, send bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.state(a.m.selected)
	if s == nil {
		return
	}
	all, _ := a.m.suggestions(s)
	if index < 0 || index >= len(all) || all[index].Streaming {
		return
	}
	g := all[index]
	a.m.mode = view.ModeReply
	text := uncited(g.Text)
	d := a.write(s.ID, view.ModeReply, text, true)
	d.sug, d.sugText, d.back = "", text, nil
	if event.ValidID(g.ID) {
		d.sug = g.ID
	}
	if send {
		a.post(text, event.Text)
	}
}

// uncited takes the marks [1]…[9] out: they are for the agent's eye.
func uncited(text string) string {
	for n := '1'; n <= '9'; n++ {
		text = strings.ReplaceAll(text, "["+string(n)+"]", "")
	}
	return text
}

// IgnoreSuggestion implements view.Actions.
func (a *App) IgnoreSuggestion(index int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if s := a.state(a.m.selected); s != nil {
		if all, _ := a.m.suggestions(s); index >= 0 && index < len(all) {
			a.useSuggestion(s.ID, all[index].ID, event.Ignored, 0)
		}
	}
}

func (a *App) useSuggestion(conv, id, how string, edits int) {
	a.m.ignored[id] = how
	if event.ValidID(id) {
		a.command(conversation.UseSuggestion, conv, 0, event.SuggestionUsedBody{Suggestion: id, How: how, Edits: edits}, true)
	}
	a.touch()
}
