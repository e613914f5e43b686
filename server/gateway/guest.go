package gateway

import (
	"encoding/json"

	"agentdesk/sync/event"
)

// guestEvents are the events of a conversation as its customer may have them.
func guestEvents(evs []event.Placed) []event.Placed {
	var out []event.Placed
	for i := range evs {
		if p, ok := guestEvent(&evs[i]); ok {
			out = append(out, p)
		}
	}
	return out
}

// guestEvent is built field by field: what is not named here does not leave the house.
func guestEvent(p *event.Placed) (event.Placed, bool) {
	out := event.Placed{Seq: p.Seq, Idx: p.Idx, Time: p.Time, Event: event.Event{
		ID: p.ID, Type: p.Type, Version: p.Version, MinReader: p.MinReader, Conv: p.Conv, Actor: event.Actor{Kind: p.Actor.Kind}}}
	if p.Actor.Kind == event.Customer {
		out.Actor, out.ClientID = p.Actor, p.ClientID
	}
	var body, private any
	switch p.Type {
	case event.Opened:
		var b event.OpenedBody
		if p.Decode(&b, nil) != nil {
			return out, false
		}
		body = event.OpenedBody{Channel: b.Channel}
	case event.Posted:
		var b event.PostedBody
		var said event.PostedPrivate
		if p.Decode(&b, &said) != nil || b.Kind == event.Note {
			return out, false
		}
		b.Suggestion = ""
		body, private = b, said
	case event.Recalled:
		// Of notes too: an ID that the customer does not know says nothing.
		var b event.RecalledBody
		if p.Decode(&b, nil) != nil {
			return out, false
		}
		body = b
	case event.Rated:
		var b event.RatedBody
		var said event.RatedPrivate
		if p.Decode(&b, &said) != nil {
			return out, false
		}
		body, private = b, said
	case event.Consented:
		var b event.ConsentBody
		if p.Decode(&b, nil) != nil {
			return out, false
		}
		body = b
	case event.ReadMarked:
		var b event.ReadBody
		if p.Actor.Kind != event.Agent || p.Decode(&b, nil) != nil {
			return out, false
		}
		body = b
	case event.Escalated:
		var b event.EscalatedBody
		if p.Decode(&b, nil) != nil {
			return out, false
		}
		body = struct {
			Since int64 `json:"since"`
		}{b.Since}
	case event.Taken:
		var b event.TakenBody
		if p.Decode(&b, nil) != nil {
			return out, false
		}
		body = struct {
			Name string `json:"name,omitempty"`
		}{b.Name}
	case event.HandedBack:
	case event.QueueTold:
		var b event.QueueToldBody
		if p.Decode(&b, nil) != nil {
			return out, false
		}
		body = b
	case event.Closed:
		var b event.ClosedBody
		if p.Decode(&b, nil) != nil {
			return out, false
		}
		body = struct {
			By string `json:"by"`
		}{b.By}
	default:
		return out, false
	}
	out.Body, out.Private = raw(body), raw(private)
	return out, true
}

func raw(v any) json.RawMessage {
	if v == nil {
		return nil
	}
	return frame(v)
}
