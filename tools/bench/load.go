package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"agentdesk/app/view"
	"agentdesk/server/demo/customers"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// Of the load, one customer in twenty wants a person: more than one agent may hold, so that some wait. The others stay with
// the bot.
const asking = 20

// said is an acknowledged message of the load.
type said struct {
	conv string
	last event.ID
	due  time.Time
}

// heard gathers them.
type heard struct {
	mu   sync.Mutex
	list []said
}

func (h *heard) ack(due time.Time, a *wire.Ack) {
	if len(a.Events) == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.list = append(h.list, said{a.Conv, a.Events[len(a.Events)-1], due})
}

// loads are the two rates with the bot on, each beside an agent's desk; and the higher one beside a supervisor's, whose copy
// gets every message of the shop. Measured on the desk are the chats that it has live: its own and those that wait. The
// bot's chats are rows of a window, which come twice a second.
func (b *bench) loads(ctx context.Context) error {
	for _, l := range []struct {
		user string
		rate int
		time.Duration
		ack, desk time.Duration
	}{
		{"xiaoning", 50, b.load / 3, 12 * time.Millisecond, 0},
		{"xiaoning", 200, b.load, 30 * time.Millisecond, 50 * time.Millisecond},
		{"sunlan", 200, b.load / 3, 0, 50 * time.Millisecond},
	} {
		if err := b.loadBeside(ctx, l.user, l.rate, l.Duration, l.ack, l.desk); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) loadBeside(ctx context.Context, user string, rate int, length, ack, onDesk time.Duration) (err error) {
	srv, err := b.start(ctx, fmt.Sprintf("load-%s-%d", user, rate), "-visitor-rate", "2000")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Stop()) }()
	d, err := b.openDesk(ctx, srv.URL(), user)
	if err != nil {
		return err
	}
	defer d.close()
	supervises := user == "sunlan"
	d.SetSegment(view.SegMine)
	d.works(!supervises)
	var h heard
	r, err := customers.LoadTest(ctx, customers.LoadParams{BaseURL: srv.URL(), Rate: rate, For: length, Ask: rate * 10 / asking, Acked: h.ack, Logger: slog.Default()})
	if err != nil {
		return err
	}
	if r.Lost > 0 || r.Refused > 0 {
		b.say("%d lost, %d refused of %d", r.Lost, r.Refused, r.Sent)
	}
	name := fmt.Sprintf("%d messages/s, bot on, %s beside the desk of an agent", rate, short(length))
	if supervises {
		name = fmt.Sprintf("%d messages/s, bot on, %s beside the desk of a supervisor", rate, short(length))
	}
	detail := fmt.Sprintf(" (p50 %s, max %s, %s of %s)", short(r.Ack.P50), short(r.Ack.Max), thousands(r.Acked), thousands(r.Sent))
	b.timed(name+": acknowledged p99", r.Ack.P99, ack, detail)
	delays, missing := d.delays(h.list)
	if len(delays) == 0 {
		return fmt.Errorf("the desk of %s showed none of %d messages", user, len(h.list))
	}
	d.mu.Lock()
	shots, lost := d.count, d.lost
	d.mu.Unlock()
	detail = fmt.Sprintf(" (p50 %s, max %s, %s messages in %s snapshots", short(at(delays, .5)), short(delays[len(delays)-1]), thousands(len(delays)), thousands(shots))
	if missing > 0 {
		detail += fmt.Sprintf(", %d never shown", missing)
	}
	if lost > 0 {
		detail += fmt.Sprintf(", %d snapshots not looked at", lost)
	}
	b.timed(name+": on its screen model p99", at(delays, .99), onDesk, detail+")")
	return nil
}

// timed adds a figure whose target may be none.
func (b *bench) timed(what string, got, target time.Duration, note string) {
	if target == 0 {
		b.add(what, "", short(got)+note, false)
		return
	}
	b.most(what, got, target, note)
}

// works has the desk open a chat as soon as it lists one, and take over what it is offered.
func (d *desk) works(takes bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.opens, d.takes = true, takes
}

// delays is how long messages took from when they were due to a snapshot that shows them: those of conversations that
// the desk listed before. missing are the ones that no snapshot showed.
func (d *desk) delays(list []said) (out []time.Duration, missing int) {
	for _, m := range list {
		if since, ok := d.listed(m.conv); !ok || since.After(m.due) {
			continue
		}
		at, ok := d.shown(m.conv, m.last)
		if !ok {
			missing++
			continue
		}
		out = append(out, at.Sub(m.due))
	}
	slices.Sort(out)
	return out, missing
}

// at is a quantile of sorted times.
func at(of []time.Duration, share float64) time.Duration {
	return of[min(len(of)-1, int(float64(len(of))*share))]
}

// doors is how much the customer door takes with the bot off.
func (b *bench) doors(ctx context.Context) (err error) {
	const rate = 2200
	srv, err := b.start(ctx, "doors", "-bot=false", "-visitor-rate", "2000")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Stop()) }()
	r, err := customers.LoadTest(ctx, customers.LoadParams{BaseURL: srv.URL(), Rate: rate, For: 10 * time.Second, Logger: slog.Default()})
	if err != nil {
		return err
	}
	took := r.Took + r.Settled
	got := float64(r.Acked) / took.Seconds()
	b.add("bot off, through the customer door", "≥ 2,000 acknowledged/s", fmt.Sprintf("%s acknowledged/s for %s (%s of %s; p50 %s, p99 %s)", thousands(int(got)),
		short(took.Round(100*time.Millisecond)), thousands(r.Acked), thousands(r.Sent), short(r.Ack.P50), short(r.Ack.P99)), got < 2000 || r.Lost+r.Refused > 0)
	return nil
}

// idle is the memory that silent customers take in the server.
func (b *bench) idle(ctx context.Context) (err error) {
	const many, target = 5000, 300
	srv, err := b.start(ctx, "idle", "-visitor-rate", "2000")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Stop()) }()
	if err := wait(ctx, 2*time.Second); err != nil {
		return err
	}
	before, err := resident(srv.PID())
	if err != nil {
		return err
	}
	most := before
	_, err = customers.LoadTest(ctx, customers.LoadParams{BaseURL: srv.URL(), Rate: 1, For: time.Second, Customers: many, Logger: slog.Default(),
		Inside: func(ctx context.Context) error {
			for range 20 {
				if err := wait(ctx, 500*time.Millisecond); err != nil {
					return err
				}
				now, err := resident(srv.PID())
				if err != nil {
					return err
				}
				most = max(most, now)
			}
			return nil
		}})
	if err != nil {
		return err
	}
	b.add("5,000 idle customers", fmt.Sprintf("≤ %d MB more", target), fmt.Sprintf("%d MB more (%d → %d MB resident)", most-before, before, most), most-before > target)
	return nil
}

// resident is a process's resident memory in MB.
func resident(pid int) (int, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			return kb / 1024, err
		}
	}
	return 0, fmt.Errorf("process %d tells no VmRSS", pid)
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
