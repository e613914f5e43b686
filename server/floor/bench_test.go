package floor

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"agentdesk/server/eventlog"
	"agentdesk/server/identity/keyring"
	"agentdesk/sync/conversation"
)

// benchFloor has customers in waiting and writes 300-byte messages for them, from so many clients at once. A command is
// counted when its acknowledgement is back; the load generator runs on the same cores.
func benchFloor(b *testing.B, p Params, clients int) {
	p.Policy = conversation.Default()
	p.QueueLimit = max(4096, 2*clients)
	f := start(b, p)
	body := strings.Repeat("这款精华敏感肌可以用吗", 9) // 297 bytes
	const customers = 512
	var wg sync.WaitGroup
	for i := range customers {
		wg.Go(func() { f.must(customerPost(fmt.Sprint("c", i), "first", "在吗")) })
	}
	wg.Wait()
	var next atomic.Int64
	lat := make([][]time.Duration, clients)
	records := f.Stats().Records
	b.ResetTimer()
	b.ReportAllocs()
	for c := range clients {
		wg.Go(func() {
			for {
				n := next.Add(1)
				if n > int64(b.N) {
					return
				}
				at := time.Now()
				cmd := customerPost(fmt.Sprint("c", n%customers), fmt.Sprint("m", n), body)
				cmd.Opening = nil
				if _, err := f.Do(context.Background(), cmd); err != nil {
					b.Error(err)
					return
				}
				lat[c] = append(lat[c], time.Since(at))
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	all := slices.Concat(lat...)
	slices.Sort(all)
	if len(all) > 0 {
		b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
	b.ReportMetric(float64(b.N)/float64(f.Stats().Records-records), "commands/record")
	if err := f.end(); err != nil {
		b.Error(err)
	}
}

// BenchmarkFloor_Durable is the floor over the embedded log with SyncAlways and the real keyring.
func BenchmarkFloor_Durable(b *testing.B) {
	for _, clients := range []int{1, 64, 256} {
		b.Run(fmt.Sprint(clients, "clients"), func(b *testing.B) {
			dir := b.TempDir()
			log, err := eventlog.OpenEmbedded(b.Context(), eventlog.EmbeddedParams{Dir: filepath.Join(dir, "log"), Shop: "demo", MinFree: 1})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = log.Close() }()
			keys, err := keyring.Open(b.Context(), keyring.Params{Dir: filepath.Join(dir, "keys")})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = keys.Close() }()
			benchFloor(b, Params{Shop: "demo", Node: "n1", Log: log, Keys: keys}, clients)
		})
	}
}

// BenchmarkFloor_Memory is the floor alone: deciding, folding, sealing, encoding; the log is memory.
func BenchmarkFloor_Memory(b *testing.B) {
	benchFloor(b, Params{Shop: "demo", Node: "n1", Log: eventlog.NewMemory(), Keys: &testKeys{}}, 64)
}

// BenchmarkOpen is a refold of 10,000 messages from the log alone.
func BenchmarkOpen(b *testing.B) {
	mem := eventlog.NewMemory()
	p := paramsFor(mem)
	f := start(b, p)
	var wg sync.WaitGroup
	for c := range 50 {
		wg.Go(func() {
			for i := range 200 {
				f.must(customerPost(fmt.Sprint("c", c), fmt.Sprint("m", i), "这款精华敏感肌可以用吗"))
			}
		})
	}
	wg.Wait()
	if err := f.end(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Open(b.Context(), p); err != nil {
			b.Fatal(err)
		}
	}
}
