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
	r, err := customers.LoadTest(context.Background(), customers.LoadParams{BaseURL: srv.URL, Rate: 100, For: 300 * time.Millisecond, Customers: 3})
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
