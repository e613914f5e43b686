package floor_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"agentdesk/server/eventlog"
	"agentdesk/server/floor"
	"agentdesk/server/identity/keyring"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// BenchmarkFloor_Durable is what the floor acknowledges with everything on disk: customers' messages of 300 bytes, sealed,
// group-committed into an embedded JetStream that syncs each record. It reports commands/s and the 99th percentile.
func BenchmarkFloor_Durable(b *testing.B) {
	for _, clients := range []int{1, 64, 256} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			log, err := eventlog.OpenEmbedded(b.Context(), eventlog.EmbeddedParams{Dir: b.TempDir(), Shop: "bench", MinFree: 1})
			if err != nil {
				b.Fatal(err)
			}
			defer log.Close()
			benchFloor(b, log, clients)
		})
	}
}

// BenchmarkFloor_Memory is the same without a disk: what deciding, sealing and encoding cost.
func BenchmarkFloor_Memory(b *testing.B) { benchFloor(b, eventlog.NewMemory(), 64) }

func benchFloor(b *testing.B, log floor.Log, clients int) {
	keys, err := keyring.Open(b.Context(), keyring.Params{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer keys.Close()
	f, err := floor.Open(b.Context(), floor.Params{Shop: "bench", Node: "n1", Log: log, Keys: keys, Policy: conversation.Default()})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var server sync.WaitGroup
	server.Go(func() {
		if err := f.Run(ctx); err != nil {
			b.Error(err)
		}
	})
	defer server.Wait()
	defer cancel()
	text := strings.Repeat("顾客", 50)
	post := func(c, n int) error {
		who := fmt.Sprintf("c-%d", c)
		_, err := f.Do(ctx, conversation.Command{Kind: conversation.Post, ClientID: fmt.Sprintf("%d-%d", c, n), Customer: who,
			Actor: event.Actor{Kind: event.Customer, ID: who}, Payload: conversation.PostArgs{Text: text},
			Opening: &conversation.Opening{Body: event.OpenedBody{Channel: "web", Group: "pre"}}})
		return err
	}
	for c := range clients {
		if err := post(c, -1); err != nil { // opens the chats and makes the keys
			b.Fatal(err)
		}
	}
	runtime.GC()
	took := make([][]time.Duration, clients)
	var next atomic.Int64
	b.ResetTimer()
	var load sync.WaitGroup
	for c := range clients {
		load.Go(func() {
			for n := int(next.Add(1)); n <= b.N; n = int(next.Add(1)) {
				began := time.Now()
				if err := post(c, n); err != nil {
					b.Error(err)
					return
				}
				took[c] = append(took[c], time.Since(began))
			}
		})
	}
	load.Wait()
	b.StopTimer()
	all := slices.Concat(took...)
	slices.Sort(all)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
}
