package gateway

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"agentdesk/server/floor"
	"agentdesk/sync/conversation"
)

// metrics are the figures of the doors, and the floor's as they are when asked.
type metrics struct {
	framesIn prometheus.Counter
	closes   *prometheus.CounterVec
	commands *prometheus.CounterVec
	latency  prometheus.Histogram
}

func newMetrics(reg *prometheus.Registry, g *Gateway) (*metrics, error) {
	m := &metrics{
		framesIn: prometheus.NewCounter(prometheus.CounterOpts{Name: "agentdesk_frames_in_total", Help: "Frames read from clients."}),
		closes:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "agentdesk_sessions_closed_total", Help: "Sessions closed, by close code."}, []string{"code"}),
		commands: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "agentdesk_commands_total", Help: "Commands of clients, by kind and outcome."}, []string{"kind", "outcome"}),
		latency: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "agentdesk_command_seconds", Help: "From a command's turn to its answer.",
			Buckets: []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .25, .5, 1, 2.5, 5}}),
	}
	all := []prometheus.Collector{m.framesIn, m.closes, m.commands, m.latency}
	gauge := func(name, help string, fn func() float64) {
		all = append(all, prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, fn))
	}
	stat := func(name, help string, fn func(floor.Stats) float64) {
		gauge(name, help, func() float64 { return fn(g.p.Floor.Stats()) })
	}
	gauge("agentdesk_desks", "Desks connected.", func() float64 { d, _ := g.hub.counts(); return float64(d) })
	gauge("agentdesk_guests", "Sockets of customers.", func() float64 { _, n := g.hub.counts(); return float64(n) })
	gauge("agentdesk_fold_seq", "Last record folded.", func() float64 { return float64(g.p.Folds.Checkpoint()) })
	stat("agentdesk_log_seq", "Last durable record.", func(s floor.Stats) float64 { return float64(s.LastSeq) })
	stat("agentdesk_floor_queued", "Commands and reads that wait for the writer.", func(s floor.Stats) float64 { return float64(s.Queued) })
	stat("agentdesk_floor_open", "Open conversations.", func(s floor.Stats) float64 { return float64(s.Open) })
	stat("agentdesk_floor_records", "Records appended since the start.", func(s floor.Stats) float64 { return float64(s.Records) })
	stat("agentdesk_floor_refused", "Commands refused since the start.", func(s floor.Stats) float64 { return float64(s.Refused) })
	stat("agentdesk_floor_lagged", "Subscribers that fell behind.", func(s floor.Stats) float64 { return float64(s.Lagged) })
	for _, c := range all {
		if err := reg.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (h *hub) counts() (desks, guests int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.desks), h.nGuests
}

func (m *metrics) closed(code int) { m.closes.WithLabelValues(strconv.Itoa(code)).Inc() }

// command counts an answer. Kinds come from clients: unknown ones share a label.
func (m *metrics) command(kind conversation.Kind, r *conversation.Refusal, took time.Duration) {
	m.latency.Observe(took.Seconds())
	outcome := "ok"
	if r != nil {
		outcome = string(r.Code)
	}
	if _, err := conversation.DecodePayload(kind, nil); err != nil {
		kind = "unknown"
	}
	m.commands.WithLabelValues(string(kind), outcome).Inc()
}
