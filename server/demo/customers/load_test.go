package customers_test

import (
	"bytes"
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"agentdesk/server/demo/customers"
	"agentdesk/sync/wire"
)

func TestLoadTest_RefusesOtherMachines(t *testing.T) {
	for _, u := range []string{"http://example.com", "http://10.0.0.1:8080", "https://127.0.0.1", "http://127.0.0.1.example.com", ""} {
		_, err := customers.LoadTest(context.Background(), customers.LoadParams{BaseURL: u, Rate: 1, For: time.Second})
		if !errors.Is(err, customers.ErrNotHere) {
			t.Errorf("%q: %v", u, err)
		}
	}
	if _, err := customers.LoadTest(context.Background(), customers.LoadParams{BaseURL: "http://127.0.0.1:1", Rate: 1, For: time.Hour}); err == nil {
		t.Error("a load test without end was taken")
	}
}

func TestLoadTest_CountsWhatWasAcknowledged(t *testing.T) {
	f := &fake{ids: map[string]int{}, mute: true}
	srv := httptest.NewServer(f.handler(t))
	defer srv.Close()
	r, err := customers.LoadTest(context.Background(), customers.LoadParams{BaseURL: srv.URL, Rate: 100, For: 300 * time.Millisecond, Customers: 30})
	if err != nil {
		t.Fatal(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.Sent != 30 || r.Acked != 30 || r.Lost != 0 || r.Refused != 0 || len(f.ids) != 30 || r.Ack.N != 30 || r.Ack.P99 < r.Ack.P50 {
		t.Errorf("%+v, stored %d", r, len(f.ids))
	}
	var b bytes.Buffer
	if err := r.Print(&b); err != nil || !strings.Contains(b.String(), "acknowledged 30, refused 0, lost 0") {
		t.Errorf("%s %v", b.String(), err)
	}
}

func TestLoadTest_RefusesMoreThanTheDoorTakes(t *testing.T) {
	for _, p := range []customers.LoadParams{{Rate: 100, Customers: 3}, {Rate: 1, Customers: 2, Ask: 3}, {Rate: 1, Ask: -1}} {
		p.BaseURL, p.For = "http://127.0.0.1:1", time.Second
		if _, err := customers.LoadTest(context.Background(), p); err == nil {
			t.Errorf("%+v was taken", p)
		}
	}
}

func TestLoadTest_AsksForAPersonFirstAndTellsAcknowledgements(t *testing.T) {
	f := &fake{ids: map[string]int{}, mute: true}
	srv := httptest.NewServer(f.handler(t))
	defer srv.Close()
	inside, acked := 0, 0
	r, err := customers.LoadTest(context.Background(), customers.LoadParams{BaseURL: srv.URL, Rate: 40, For: 250 * time.Millisecond, Customers: 10, Ask: 2,
		Acked: func(due time.Time, a *wire.Ack) {
			if a.OK && !due.IsZero() {
				acked++ // one at a time: the test's own lock orders them
			}
		},
		Inside: func(context.Context) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			inside = len(f.ids)
			return nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	f.mu.Lock()
	if r.Sent != 10 || r.Acked != 10 || acked != 10 || inside != 0 || len(f.ids) != 12 {
		t.Errorf("%+v, heard of %d, %d before the load, stored %d", r, acked, inside, len(f.ids))
	}
	f.mu.Unlock()
	bad := errors.New("bad")
	if _, err := customers.LoadTest(context.Background(), customers.LoadParams{BaseURL: srv.URL, Rate: 1, For: time.Second, Inside: func(context.Context) error { return bad }}); !errors.Is(err, bad) {
		t.Errorf("%v", err)
	}
}
