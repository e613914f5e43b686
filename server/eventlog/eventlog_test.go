package eventlog_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"agentdesk/server/eventlog"
	"agentdesk/server/eventlog/logtest"
)

func TestMain(m *testing.M) {
	if mode := os.Getenv(helperEnv); mode != "" {
		os.Exit(helper(mode))
	}
	goleak.VerifyTestMain(m)
}

func TestMemory_Contract(t *testing.T) {
	logtest.Run(t, func(*testing.T) eventlog.Log { return eventlog.NewMemory() })
}

func open(t testing.TB, dir string, change func(*eventlog.EmbeddedParams)) *eventlog.Embedded {
	t.Helper()
	p := eventlog.EmbeddedParams{Dir: dir, Shop: "demo", MinFree: 1}
	if change != nil {
		change(&p)
	}
	e, err := eventlog.OpenEmbedded(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return e
}

func TestEmbedded_Contract(t *testing.T) {
	logtest.Run(t, func(t *testing.T) eventlog.Log { return open(t, t.TempDir(), nil) })
}

func TestMemory_Faults(t *testing.T) {
	for _, c := range []struct {
		fault   eventlog.Fault
		err     error
		outcome eventlog.Outcome
		last    uint64
	}{
		{eventlog.Fault{Kind: eventlog.FaultTimeoutStored}, eventlog.ErrTimeout, eventlog.Mine, 1},
		{eventlog.Fault{Kind: eventlog.FaultTimeoutLost}, eventlog.ErrTimeout, eventlog.Mine, 1},
		{eventlog.Fault{Kind: eventlog.FaultFull}, eventlog.ErrFull, eventlog.Mine, 1},
		{eventlog.Fault{Kind: eventlog.FaultFence}, eventlog.ErrFence, eventlog.Mine, 1},
		{eventlog.Fault{Kind: eventlog.FaultDead}, eventlog.ErrDead, eventlog.Mine, 1},
		{eventlog.Fault{Kind: eventlog.FaultDeadStored}, eventlog.ErrDead, eventlog.Mine, 1},
		{eventlog.Fault{Kind: eventlog.FaultForeign, Foreign: []byte("theirs")}, eventlog.ErrFence, eventlog.Foreign, 1},
		{eventlog.Fault{Kind: eventlog.FaultSlow, Delay: time.Hour}, eventlog.ErrTimeout, eventlog.Mine, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			m := eventlog.NewMemory()
			m.FailNext(c.fault)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			_, err := m.Append(ctx, 0, []byte("mine"))
			if !errors.Is(err, c.err) {
				t.Fatalf("%+v: %v", c.fault, err)
			}
			if errors.Is(err, eventlog.ErrDead) {
				if _, err := m.Append(ctx, 0, []byte("mine")); !errors.Is(err, eventlog.ErrDead) {
					t.Fatalf("a dead log answers %v", err)
				}
				if err := m.Reopen(ctx); err != nil {
					t.Fatal(err)
				}
			}
			out, err := eventlog.Resolve(t.Context(), m, 0, []byte("mine"))
			if err != nil || out != c.outcome {
				t.Fatalf("%+v resolves to %v, %v", c.fault, out, err)
			}
			if i, _ := m.Info(t.Context()); i.Last != c.last {
				t.Fatalf("%+v left %d records", c.fault, i.Last)
			}
		})
	}
}

func TestMemory_CopyIsAnotherIncarnation(t *testing.T) {
	m := eventlog.NewMemory()
	for i := range uint64(5) {
		if _, err := m.Append(t.Context(), i, []byte{byte(i)}); err != nil {
			t.Fatal(err)
		}
	}
	c := m.Copy(3)
	a, _ := m.Info(t.Context())
	b, _ := c.Info(t.Context())
	if a.Stream == b.Stream || b.Last != 3 {
		t.Fatalf("%+v copied as %+v", a, b)
	}
}

func TestMemory_LatencyIsVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := eventlog.NewMemory()
		m.SetLatency(time.Hour)
		start := time.Now()
		if _, err := m.Append(t.Context(), 0, []byte("x")); err != nil || time.Since(start) != time.Hour {
			t.Fatalf("took %v, %v", time.Since(start), err)
		}
	})
}
