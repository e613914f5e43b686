package main

import (
	"io"
	"log/slog"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"agentdesk/server/understand"
)

func TestBrains_SayWhatReadsAndCountIt(t *testing.T) {
	t.Setenv("ONNXRUNTIME", "off")
	b, err := newBrains(t.Context(), stdio{out: io.Discard, err: io.Discard, log: slog.New(slog.DiscardHandler)}, "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := b.close(); err != nil {
			t.Error(err)
		}
	}()
	if b.reader() != understand.ByLinear {
		t.Errorf("switched off, but %q reads", b.reader())
	}
	if r, err := b.understand.Understand(t.Context(), understand.Input{Text: "转人工"}); err != nil || r.By != understand.ByLinear || !r.Escalate {
		t.Errorf("%+v, %v", r, err)
	}
	reg := prometheus.NewRegistry()
	if err := b.figures(reg); err != nil {
		t.Fatal(err)
	}
	all, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range all {
		for _, m := range f.GetMetric() {
			name := f.GetName()
			for _, l := range m.GetLabel() {
				name += " " + l.GetValue()
			}
			got[name] = m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	want := map[string]float64{"agentdesk_understood_total encoder": 0, "agentdesk_understood_total linear": 1, "agentdesk_understand_waiting": 0, "agentdesk_understand_encoder": 0}
	for name, n := range want {
		if v, ok := got[name]; !ok || v != n {
			t.Errorf("%s: %v (found %v), want %v", name, v, ok, n)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%v", got)
	}
}
