package event_test

import (
	"encoding/json"
	"strings"
	"testing"

	"agentdesk/sync/event"
)

func raw(t *testing.T, v any) json.RawMessage {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestRedact_KeepsThePlaceAlone(t *testing.T) {
	posted := event.Event{ID: "m", Type: event.Posted, Actor: event.Actor{Kind: event.Customer, ID: "anna"}, Epoch: 3, ClientID: "c", ClientSum: "sum",
		Body: raw(t, event.PostedBody{Kind: event.Image, ReplyTo: "r", Ref: "SECRET", Form: event.FormLeave, Quick: []string{"SECRET"}, Code: "SECRET",
			Attachments: []event.Attachment{{Hash: "SECRET"}}, Sources: []event.Source{{ID: "SECRET"}}, Args: map[string]string{"x": "SECRET"}, Suggestion: "SECRET"}),
		Private: raw(t, event.PostedPrivate{Text: "SECRET", Card: &event.Card{Title: "SECRET"}, Fields: map[string]string{"x": "SECRET"}}), Sealed: []byte("SECRET")}
	understood := event.Event{ID: "u", Type: event.Understood, Body: raw(t, event.UnderstoodBody{Message: "m", Emotion: "calm"}),
		Private: raw(t, event.UnderstoodPrivate{Entities: []event.Entity{{Text: "SECRET"}}})}
	for _, e := range []event.Event{posted, understood} {
		if event.SaidIn(&e) != "m" {
			t.Fatalf("%s: of %q", e.Type, event.SaidIn(&e))
		}
		got, err := event.Redact(e)
		if err != nil {
			t.Fatal(err)
		}
		if data := string(raw(t, got)); strings.Contains(data, "SECRET") || got.ID != e.ID || got.Actor != e.Actor || got.Epoch != e.Epoch || got.ClientID != e.ClientID || len(got.Sealed) > 0 {
			t.Errorf("%s", data)
		}
		if twice, err := event.Redact(got); err != nil || string(raw(t, twice)) != string(raw(t, got)) {
			t.Errorf("twice: %v %s", err, raw(t, twice))
		}
	}
	got, _ := event.Redact(posted)
	var b event.PostedBody
	if err := got.Decode(&b, nil); err != nil || !b.Gone || b.Kind != event.Image || b.ReplyTo != "r" {
		t.Errorf("%v %+v", err, b)
	}
	if e := (event.Event{ID: "x", Type: event.Closed}); event.SaidIn(&e) != "" {
		t.Error("an end that holds a message")
	}
	if _, err := event.Redact(event.Event{Type: event.Posted, Body: json.RawMessage(`[`)}); err == nil {
		t.Error("a body that is no message's")
	}
}
