package llm

import (
	"slices"
	"testing"
	"time"

	"agentdesk/server/llm/llmtest"
)

// BenchmarkFailover is an answer while one of two providers is known to be dead: p99 beside its target of 300 ms. The living one
// answers at once, over a real socket, so what is measured is the pool.
func BenchmarkFailover(b *testing.B) {
	dead, err := llmtest.Listen(b.Context(), llmtest.Script{Fault: llmtest.Refused})
	if err != nil {
		b.Fatal(err)
	}
	well, err := llmtest.Listen(b.Context(), llmtest.Script{})
	if err != nil {
		b.Fatal(err)
	}
	p, err := New(Params{Config: Config{Providers: []Endpoint{{BaseURL: dead.URL, Model: "m"}, {BaseURL: well.URL, Model: "m"}}}})
	if err != nil {
		b.Fatal(err)
	}
	for range 2 * tripAfter {
		if _, err := p.Respond(b.Context(), draft(), nil); err != nil {
			b.Fatal(err)
		}
	}
	if p.Health().Providers[0].State != StateDown {
		b.Fatal("the dead one is not known to be dead")
	}
	var took []time.Duration
	for b.Loop() {
		begun := time.Now()
		out, err := p.Respond(b.Context(), draft(), nil)
		if err != nil || !out.ByModel {
			b.Fatalf("%+v, %v", out, err)
		}
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[(len(took)*99+99)/100-1].Microseconds())/1000, "p99-ms")
	for _, c := range []func() error{p.Close, dead.Close, well.Close} {
		if err := c(); err != nil {
			b.Error(err)
		}
	}
}

// BenchmarkAllDead is an answer while every provider is known to be dead: the script at once.
func BenchmarkAllDead(b *testing.B) {
	dead, err := llmtest.Listen(b.Context(), llmtest.Script{Fault: llmtest.Refused})
	if err != nil {
		b.Fatal(err)
	}
	p, err := New(Params{Config: Config{Providers: []Endpoint{{BaseURL: dead.URL, Model: "m"}, {BaseURL: dead.URL, Model: "n"}}}})
	if err != nil {
		b.Fatal(err)
	}
	for range 4 * tripAfter {
		if _, err := p.Respond(b.Context(), draft(), nil); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if out, err := p.Respond(b.Context(), draft(), nil); err != nil || out.ByModel {
			b.Fatalf("%+v, %v", out, err)
		}
	}
	for _, c := range []func() error{p.Close, dead.Close} {
		if err := c(); err != nil {
			b.Error(err)
		}
	}
}
