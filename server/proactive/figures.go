package proactive

import (
	"github.com/prometheus/client_golang/prometheus"

	"agentdesk/sync/event"
)

// Figures count chances since the start of the process; the events in the log hold them for ever.
type Figures struct {
	chances *prometheus.CounterVec
	passed  *prometheus.CounterVec
	fen     *prometheus.CounterVec
}

// NewFigures makes the counters; every label is there from the start, at 0.
func NewFigures() *Figures {
	f := &Figures{
		chances: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "agentdesk_chances_total", Help: "Sales chances by kind and what became of them; ordered by arm, shown or held: paid within 7 days."},
			[]string{"kind", "what", "arm"}),
		passed: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "agentdesk_chances_passed_total", Help: "Looks at a chance that a limit forbade to speak of, by kind and limit."}, []string{"kind", "why"}),
		fen:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "agentdesk_chances_ordered_fen_total", Help: "What was paid within 7 days of a chance, in fen, by kind and arm."}, []string{"kind", "arm"}),
	}
	for _, kind := range event.ChanceKinds() {
		for _, arm := range []string{event.ChanceShown, event.ChanceHeld} {
			f.chances.WithLabelValues(kind, event.ChanceOrdered, arm)
			f.chances.WithLabelValues(kind, arm, arm)
			f.fen.WithLabelValues(kind, arm)
		}
		f.chances.WithLabelValues(kind, event.ChanceAccepted, event.ChanceShown)
		f.chances.WithLabelValues(kind, event.ChanceDeclined, event.ChanceShown)
		for _, why := range Whys() {
			f.passed.WithLabelValues(kind, why)
		}
	}
	return f
}

// Register adds the counters to a registry.
func (f *Figures) Register(reg prometheus.Registerer) error {
	for _, c := range []prometheus.Collector{f.chances, f.passed, f.fen} {
		if err := reg.Register(c); err != nil {
			return err
		}
	}
	return nil
}

// Decided counts what became of a chance. Nothing happens on a nil f.
func (f *Figures) Decided(b *event.ChanceBody) {
	if f == nil {
		return
	}
	arm := b.Arm
	switch b.What {
	case event.ChanceHeld:
		arm = event.ChanceHeld
	case event.ChanceOrdered:
		f.fen.WithLabelValues(b.Kind, arm).Add(float64(b.Fen))
	default:
		arm = event.ChanceShown
	}
	f.chances.WithLabelValues(b.Kind, b.What, arm).Inc()
}

// Passed counts a chance that a limit forbade to speak of.
func (f *Figures) Passed(kind, why string) {
	if f != nil {
		f.passed.WithLabelValues(kind, why).Inc()
	}
}
