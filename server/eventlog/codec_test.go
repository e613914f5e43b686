package eventlog_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"agentdesk/server/eventlog"
	"agentdesk/server/identity/keyring"
	"agentdesk/sync/event"
)

func ring(t testing.TB) *keyring.Ring {
	t.Helper()
	r, err := keyring.Open(t.Context(), keyring.Params{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Errorf("close keyring: %v", err)
		}
	})
	return r
}

func id(n int) event.ID {
	return event.NewID(time.UnixMilli(int64(1_700_000_000_000+n)), [10]byte{byte(n), byte(n >> 8)})
}

func record(n, events, customers int) *event.Record {
	r := &event.Record{ID: id(n), Term: 3, Time: int64(n), Prev: strings.Repeat("ab", 32)}
	for i := range events {
		c := fmt.Sprintf("customer-%d", (n+i)%customers)
		r.Events = append(r.Events, event.Event{
			ID: id(n*1000 + i), Type: event.Posted, Version: 1, Conv: id(7), Customer: c, Actor: event.Actor{Kind: event.Customer, ID: c},
			Epoch: 2, ClientID: id(n*1000 + i + 500), ClientSum: strings.Repeat("cd", 32), Body: json.RawMessage(`{"kind":"text"}`),
			Private: json.RawMessage(`{"text":"这瓶精华敏感肌可以用吗？我上次用完脸上发红，有点担心 <&>"}`),
		})
	}
	return r
}

func TestCodec_RoundTrip(t *testing.T) {
	k := ring(t)
	rec := record(1, 5, 3)
	rec.Events = append(rec.Events, event.Event{ID: id(9), Type: event.AgentStatus, Version: 1, Actor: event.Actor{Kind: event.Agent, ID: "a"}, Body: json.RawMessage(`{"agent":"a"}`)})
	if err := eventlog.EnsureKeys(t.Context(), k, rec); err != nil {
		t.Fatal(err)
	}
	before := *rec
	before.Events = append([]event.Event(nil), rec.Events...)
	data, err := eventlog.Encode(rec, k)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(&before, rec) {
		t.Fatal("encoding changed the record")
	}
	if bytes.Contains(data, []byte("精华")) {
		t.Fatal("what a customer said is readable in the stored record")
	}
	c, err := eventlog.Decode(data, 42, k)
	if err != nil {
		t.Fatal(err)
	}
	if c.Seq != 42 || c.Hash != eventlog.Hash(data) || !reflect.DeepEqual(&c.Record, rec) {
		t.Fatalf("decoded %+v", c)
	}
}

func TestCodec_ErasedCustomerDecodesWithoutText(t *testing.T) {
	rec := record(1, 3, 3)
	data, err := eventlog.Encode(rec, ring(t))
	if err != nil {
		t.Fatal(err)
	}
	// Another ring has none of these keys, and was never told to destroy them: that is no erasure.
	if _, err := eventlog.Decode(data, 1, ring(t)); !errors.Is(err, keyring.ErrLost) {
		t.Fatalf("keys of another place: %v", err)
	}
	c, err := eventlog.Decode(data, 1, erased{})
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range c.Events {
		if e.Private != nil || e.Sealed != nil || e.ID != rec.Events[i].ID || string(e.Body) != string(rec.Events[i].Body) {
			t.Fatalf("event %d: %+v", i, e)
		}
	}
}

// erased is a ring whose customers were all erased.
type erased struct{}

func (erased) Unseal(string, []byte, []byte) ([]byte, error) { return nil, keyring.ErrNoKey }

func TestCodec_Refusals(t *testing.T) {
	k := ring(t)
	big := record(1, 1, 1)
	text, _ := json.Marshal(event.PostedPrivate{Text: strings.Repeat("x", event.MaxRecord)})
	big.Events[0].Private = text
	if _, err := eventlog.Encode(big, k); !errors.Is(err, eventlog.ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	nobody := record(1, 1, 1)
	nobody.Events[0].Customer = ""
	if _, err := eventlog.Encode(nobody, k); err == nil {
		t.Error("text without a customer was accepted")
	}
	a, err := eventlog.Encode(record(1, 1, 1), k)
	if err != nil {
		t.Fatal(err)
	}
	var moved event.Record
	if err := json.Unmarshal(a, &moved); err != nil {
		t.Fatal(err)
	}
	moved.Events[0].ID = id(12345) // the same text under another message
	swapped, _ := json.Marshal(moved)
	moved.Events[0].Sealed, moved.Events[0].Private = nil, json.RawMessage(`{"text":"forged"}`)
	open, _ := json.Marshal(moved)
	for name, data := range map[string][]byte{
		"swapped": swapped, "unsealed": open, "empty": {}, "garbage": []byte("{"), "no ID": []byte(`{}`), "null": []byte(`null`),
		"huge": make([]byte, event.MaxRecord+1), "cut": a[:len(a)/2],
	} {
		if _, err := eventlog.Decode(data, 1, k); !errors.Is(err, eventlog.ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	k := ring(f)
	good, err := eventlog.Encode(record(1, 2, 2), k)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"id":"01ARZ3NDEKTSV4RRFFQ69G5FAV","ev":[{"id":"","s":"AAAA"}]}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := eventlog.Decode(data, 1, k)
		if err != nil {
			return
		}
		if c.Hash != eventlog.Hash(data) || !event.ValidID(c.ID) {
			t.Fatalf("decoded %+v", c)
		}
		for _, e := range c.Events {
			if e.Sealed != nil {
				t.Fatal("an open event still is sealed")
			}
			// What was decoded can be sealed again by whoever has the key.
			if len(e.Private) > 0 && e.Customer == "" {
				t.Fatal("text of nobody")
			}
		}
	})
}

func BenchmarkEncode64(b *testing.B) {
	k := ring(b)
	rec := record(1, 64, 64)
	b.ReportAllocs()
	for b.Loop() {
		if err := eventlog.EnsureKeys(b.Context(), k, rec); err != nil {
			b.Fatal(err)
		}
		if _, err := eventlog.Encode(rec, k); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(64*b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkDecode64(b *testing.B) {
	k := ring(b)
	data, err := eventlog.Encode(record(1, 64, 64), k)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := eventlog.Decode(data, 1, k); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(64*b.N)/b.Elapsed().Seconds(), "events/s")
}
