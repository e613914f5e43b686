package gateway

import (
	"sync/atomic"
	"testing"
	"time"

	"agentdesk/sync/wire"
)

func TestHealth_IsToldAtSignInAndWhenItChanges(t *testing.T) {
	var reading, models atomic.Value
	reading.Store("linear")
	models.Store("scripts")
	w := newWorld(t, func(p *Params) {
		p.Understanding = func() string { return reading.Load().(string) }
		p.Models = func() string { return models.Load().(string) }
	})
	desk := w.desk("lisiqi", nil, "")
	tells := func(d *client, reading, models string) {
		t.Helper()
		until(d, wire.TLive, func(l *wire.Live) bool {
			return l.Kind == wire.LiveHealth && *l.Health == wire.Health{Reading: reading, Models: models}
		})
	}
	tells(desk, "linear", "scripts")
	reading.Store("encoder")
	models.Store("ok")
	tells(desk, "encoder", "ok")
	second := w.desk("chenmo", nil, "")
	tells(second, "encoder", "ok")
	models.Store("degraded")
	tells(desk, "encoder", "degraded")
	tells(second, "encoder", "degraded")
}

func TestSteady_WorseAtOnceBetterWhenItLasts(t *testing.T) {
	var s steady
	begun := time.Date(2026, 11, 24, 20, 0, 0, 0, time.UTC)
	for i, c := range []struct {
		at       time.Duration
		is, told string
	}{
		{0, "ok", "ok"}, {1, "scripts", "scripts"}, {2, "budget", "budget"}, // as bad in another way
		{3, "ok", "budget"}, {5, "ok", "budget"}, {6, "ok", "ok"},
		{7, "degraded", "degraded"}, {8, "ok", "degraded"}, {9, "degraded", "degraded"}, {10, "ok", "degraded"}, {12, "ok", "degraded"}, {13, "ok", "ok"},
		{14, "scripts", "scripts"}, {15, "degraded", "scripts"}, {16, "ok", "scripts"}, {17, "ok", "scripts"}, {19, "ok", "ok"},
	} {
		if got := s.now(c.is, begun.Add(c.at*time.Second)); got != c.told {
			t.Errorf("%d: %s is told as %s, want %s", i, c.is, got, c.told)
		}
	}
}
