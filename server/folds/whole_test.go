package folds_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"agentdesk/server/eventlog"
	"agentdesk/server/floor"
	"agentdesk/server/folds"
	"agentdesk/server/identity/keyring"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// whole is a shop on real disks: embedded log, keyring, folds, the floor over them.
type whole struct {
	log   *eventlog.Embedded
	keys  *keyring.Ring
	folds *folds.Folds
	floor *floor.Floor
	stop  func() error
}

func openWhole(t testing.TB, dir string, once int) *whole {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	w := &whole{}
	var err error
	w.log, err = eventlog.OpenEmbedded(t.Context(), eventlog.EmbeddedParams{Dir: filepath.Join(dir, "log"), Shop: "demo", MinFree: 1})
	check(err)
	w.keys, err = keyring.Open(t.Context(), keyring.Params{Dir: filepath.Join(dir, "keys")})
	check(err)
	w.folds, err = folds.Open(t.Context(), folds.Params{Path: filepath.Join(dir, "folds.db")})
	check(err)
	check(w.folds.CatchUp(t.Context(), w.log, w.keys))
	w.floor, err = floor.Open(t.Context(), floor.Params{
		Shop: "demo", Node: "n1", Log: w.log, Keys: w.keys, Fold: w.folds, Policy: conversation.Default(), OnceLimit: once,
	})
	check(err)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	errs := make([]error, 2)
	wg.Go(func() { errs[0] = w.floor.Run(ctx) })
	wg.Go(func() {
		errs[1] = folds.NewFollower(folds.FollowerParams{Folds: w.folds, Log: w.log, Keys: w.keys}).Run(ctx)
	})
	w.stop = sync.OnceValue(func() error {
		cancel()
		wg.Wait()
		return errors.Join(append(errs, w.folds.Close(), w.keys.Close(), w.log.Close())...)
	})
	t.Cleanup(func() { _ = w.stop() })
	return w
}

func post(customer string, n int) conversation.Command {
	return conversation.Command{
		Kind: conversation.Post, ClientID: event.NewID(time.UnixMilli(int64(n)), [10]byte{1}), Customer: customer, Actor: customerActor(customer),
		Payload: conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.Text}, Text: fmt.Sprintf("第%d条消息，这瓶精华敏感肌可以用吗", n)},
		Opening: &conversation.Opening{Body: event.OpenedBody{Channel: "web", Group: "pre"}, Private: event.OpenedPrivate{Nick: customer}},
	}
}

func (w *whole) talk(t testing.TB, clients, from, to int) map[string]floor.Result {
	t.Helper()
	var mu sync.Mutex
	results := map[string]floor.Result{}
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			customer := fmt.Sprintf("customer-%d", c)
			for n := from; n < to; n++ {
				r, err := w.floor.Do(context.Background(), post(customer, n))
				if err != nil {
					t.Errorf("%s %d: %v", customer, n, err)
					return
				}
				mu.Lock()
				results[fmt.Sprintf("%s/%d", customer, n)] = r
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return results
}

// Every acknowledged message is in the fold, once and in order; after a restart, with hardly anything kept in memory,
// a retry of any of them is the same command.
func TestWhole_AcknowledgedIsFoldedAndRetriedOnce(t *testing.T) {
	const clients, each = 16, 20
	dir := t.TempDir()
	w := openWhole(t, dir, 16)
	results := w.talk(t, clients, 0, each)
	if err := w.stop(); err != nil {
		t.Fatal(err)
	}
	w = openWhole(t, dir, 16)
	for c := range clients {
		customer := fmt.Sprintf("customer-%d", c)
		st, ok, err := w.folds.OpenConversationOf(t.Context(), customer)
		if err != nil || !ok || st.Messages != each {
			t.Fatalf("%s: %d messages folded, %v %v", customer, st.Messages, ok, err)
		}
		evs, err := w.folds.Events(t.Context(), st.ID, 0)
		if err != nil {
			t.Fatal(err)
		}
		var at int
		for _, e := range evs {
			if e.Type != event.Posted {
				continue
			}
			if want := results[fmt.Sprintf("%s/%d", customer, at)]; e.ID != want.Message || e.Seq != want.Seq {
				t.Fatalf("%s: message %d is %s in record %d, was acknowledged as %+v", customer, at, e.ID, e.Seq, want)
			}
			at++
		}
		for _, n := range []int{0, each / 2} {
			was := results[fmt.Sprintf("%s/%d", customer, n)]
			again, err := w.floor.Do(t.Context(), post(customer, n))
			if err != nil || !again.Duplicate || again.Message != was.Message || again.Event != was.Event || again.Seq != was.Seq {
				t.Fatalf("retry of %s/%d: %+v, %v, was %+v", customer, n, again, err, was)
			}
		}
		other := post(customer, 0)
		other.Payload = conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.Text}, Text: "something else"}
		var no *conversation.Refusal
		if _, err := w.floor.Do(t.Context(), other); !errors.As(err, &no) || no.Code != conversation.IDReused {
			t.Fatalf("the same ID with other content: %v", err)
		}
	}
	if err := w.stop(); err != nil {
		t.Fatal(err)
	}
}

// Durable commands a second through sealing, log and fold, from 256 clients; on a new shop, and on one with a past, where
// each client ID could be an old one.
func BenchmarkWhole_Post(b *testing.B) {
	for _, past := range []int{0, 100} {
		b.Run(fmt.Sprintf("past=%d", past), func(b *testing.B) {
			const clients = 256
			dir := b.TempDir()
			w := openWhole(b, dir, 0)
			if past > 0 {
				w.talk(b, clients, 0, past)
				if err := w.stop(); err != nil {
					b.Fatal(err)
				}
				w = openWhole(b, dir, 0)
			}
			each := max(b.N/clients, 1)
			b.ResetTimer()
			w.talk(b, clients, past, past+each)
			acked := b.Elapsed()
			info, err := w.log.Info(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			if err := w.folds.WaitFor(b.Context(), info.Last); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(clients*each)/acked.Seconds(), "durable/s")
			b.ReportMetric(float64(clients*each)/b.Elapsed().Seconds(), "folded/s")
			if err := w.stop(); err != nil {
				b.Fatal(err)
			}
		})
	}
}
