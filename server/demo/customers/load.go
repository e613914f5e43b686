package customers

import (
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/url"
	"slices"
	"sync"
	"time"

	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// Bounds of a load test: it is for a server on this machine, and ends.
const (
	maxRate      = 20_000
	maxFor       = 10 * time.Minute
	maxCustomers = 5_000
	perCustomer  = 4 // messages a second; the door takes 5
	enterWithin  = 2 * time.Minute
	settleWithin = 10 * time.Second
	askPause     = 2 * time.Second // for the offers, summaries and suggestions that follow
)

// ErrNotHere is returned for a server that is not on this machine.
var ErrNotHere = errors.New("load test: only servers on this machine (loopback)")

// LoadParams is a load on the customer door.
type LoadParams struct {
	BaseURL   string // of a loopback address
	Rate      int    // messages a second, over all customers
	For       time.Duration
	Customers int // sockets; 0: as many as write every ten seconds each, at most 5,000

	// DeskUser signs in at the desk door, best a supervisor, who sees every chat: the time to its socket is measured for
	// chats that a desk gets live. Optional.
	DeskUser, DeskPassword string

	// Ask has so many of the customers ask for a person before the load begins.
	Ask int
	// Acked hears each acknowledgement of the load with the time at which its message was due, one at a time;
	// it returns at once. Optional.
	Acked func(due time.Time, a *wire.Ack)
	// Inside is called once, when every customer is in and silent. Optional.
	Inside func(context.Context) error
	Logger *slog.Logger // optional
}

// Latency is a distribution of times.
type Latency struct {
	N        int
	P50, P99 time.Duration
	Max      time.Duration
}

// Report is what a load test measured. Times begin when the message is due, so that a sender that falls behind is counted.
type Report struct {
	Took    time.Duration // from the first message to the last
	Settled time.Duration // and from there to the last acknowledgement
	Sent    int
	Acked   int
	Refused int // for good
	Lost    int // neither acknowledged nor refused when the test ended
	Ack     Latency
	Desk    Latency // N 0: no desk looked, or it saw none of the chats live
}

// Print writes the report for people.
func (r Report) Print(w io.Writer) error {
	_, err := fmt.Fprintf(w, "sent %d in %.1f s (%.0f/s), acknowledged %d, refused %d, lost %d\nacknowledged: p50 %s p99 %s max %s\n",
		r.Sent, r.Took.Seconds(), float64(r.Sent)/max(r.Took.Seconds(), 1e-9), r.Acked, r.Refused, r.Lost, ms(r.Ack.P50), ms(r.Ack.P99), ms(r.Ack.Max))
	if err == nil && r.Desk.N > 0 {
		_, err = fmt.Fprintf(w, "at the desk (%d): p50 %s p99 %s max %s\n", r.Desk.N, ms(r.Desk.P50), ms(r.Desk.P99), ms(r.Desk.Max))
	}
	return err
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond)) }

func (p *LoadParams) clean() error {
	u, err := url.Parse(p.BaseURL)
	if err != nil {
		return fmt.Errorf("load test: %w", err)
	}
	ip := net.ParseIP(u.Hostname())
	switch {
	case u.Scheme != "http" || u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()):
		return ErrNotHere
	case p.Rate < 1 || p.Rate > maxRate:
		return fmt.Errorf("load test: rate is 1 to %d a second", maxRate)
	case p.For <= 0 || p.For > maxFor:
		return fmt.Errorf("load test: it lasts up to %s", maxFor)
	case p.Customers < 0 || p.Customers > maxCustomers:
		return fmt.Errorf("load test: up to %d customers", maxCustomers)
	}
	if p.Customers == 0 {
		p.Customers = min(maxCustomers, p.Rate*10)
	}
	if least := min(maxCustomers, (p.Rate+perCustomer-1)/perCustomer); p.Customers < least && p.Customers*perCustomer < p.Rate {
		return fmt.Errorf("load test: %d messages/s take %d customers, whom the door lets write %d/s each", p.Rate, least, perCustomer)
	}
	if p.Ask < 0 || p.Ask > p.Customers {
		return fmt.Errorf("load test: %d of %d customers can't ask for a person", p.Ask, p.Customers)
	}
	if p.Logger == nil {
		p.Logger = slog.New(slog.DiscardHandler)
	}
	return nil
}

// tally gathers what the sockets saw.
type tally struct {
	hear    func(due time.Time, a *wire.Ack) // optional
	mu      sync.Mutex
	due     map[string]time.Time   // command ID → when its message was due
	ack     []time.Duration        // of those acknowledged
	stored  map[event.ID]time.Time // message → when it was due
	atDesk  map[event.ID]time.Time
	refused int
	left    int
}

func (t *tally) acked(id string, a *wire.Ack) {
	t.mu.Lock()
	defer t.mu.Unlock()
	due, ok := t.due[id]
	if !ok { // a customer who asked for a person before the load
		return
	}
	delete(t.due, id)
	t.left--
	if !a.OK {
		t.refused++
		return
	}
	t.ack = append(t.ack, time.Since(due))
	for _, e := range a.Events {
		t.stored[e] = due
	}
	if t.hear != nil {
		t.hear(due, a)
	}
}

func (t *tally) outstanding() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.left
}

// LoadTest sends messages at a rate and measures how long until they are acknowledged, and seen by a desk. Cutting ctx
// short gives the report so far with ctx's error.
func LoadTest(ctx context.Context, p LoadParams) (Report, error) {
	if err := p.clean(); err != nil {
		return Report{}, err
	}
	run, end := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer end()
	t := &tally{hear: p.Acked, due: map[string]time.Time{}, stored: map[event.ID]time.Time{}, atDesk: map[event.ID]time.Time{}}
	if p.DeskUser != "" {
		looked, err := watch(run, p, t, &wg)
		if err != nil {
			return Report{}, err
		}
		p.Logger.Info("desk looks on", "user", looked)
	}
	doors, err := enterAll(run, p, t, &wg)
	if err != nil {
		return Report{}, err
	}
	if p.Inside != nil {
		if err := p.Inside(run); err != nil {
			return Report{}, fmt.Errorf("load test: %w", err)
		}
	}
	if err := ask(run, p, doors); err != nil {
		return Report{}, err
	}
	began := time.Now()
	sent := send(run, p, t, doors, began)
	took := time.Since(began)
	late := time.NewTimer(settleWithin)
	defer late.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for waits := true; waits && t.outstanding() > 0; {
		select {
		case <-run.Done():
			waits = false
		case <-late.C:
			waits = false
		case <-tick.C:
		}
	}
	settled := time.Since(began) - took
	if p.DeskUser != "" || p.Acked != nil { // a desk's copies of the last ones are on their way
		pause(run, 500*time.Millisecond)
	}
	r := t.report(sent, took)
	r.Settled = settled
	return r, ctx.Err()
}

func enterAll(ctx context.Context, p LoadParams, t *tally, wg *sync.WaitGroup) ([]*door, error) {
	doors := make([]*door, p.Customers)
	for i := range doors {
		d := newDoor(p.BaseURL, "", rand.New(rand.NewPCG(1, uint64(i))))
		d.acked = func(id string, a *wire.Ack, _ time.Duration) { t.acked(id, a) }
		doors[i] = d
		wg.Go(func() {
			if err := d.run(ctx); err != nil {
				p.Logger.Warn("load test: a customer was turned away", "err", err)
			}
		})
		wg.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case <-d.events:
				}
			}
		})
	}
	late := time.NewTimer(enterWithin)
	defer late.Stop()
	for i, d := range doors {
		select {
		case <-d.inside:
		case <-late.C:
			return nil, fmt.Errorf("load test: %d of %d customers got in within %s", i, len(doors), enterWithin)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return doors, nil
}

// ask has some customers ask for a person, and waits until the server has it and the shop is quiet again.
func ask(ctx context.Context, p LoadParams, doors []*door) error {
	if p.Ask == 0 {
		return nil
	}
	var asking []*door
	for i := range p.Ask { // spread over all, so that their messages are spread over time
		d := doors[i*len(doors)/p.Ask]
		asking = append(asking, d)
		d.post(commandID(time.Now()), "转人工")
	}
	late := time.NewTimer(enterWithin)
	defer late.Stop()
	for len(asking) > 0 {
		if asking[0].waiting() == 0 {
			asking = asking[1:]
			continue
		}
		select {
		case <-late.C:
			return fmt.Errorf("load test: a person was asked for in vain for %s", enterWithin)
		default:
		}
		if !pause(ctx, 10*time.Millisecond) {
			return ctx.Err()
		}
	}
	if !pause(ctx, askPause) {
		return ctx.Err()
	}
	return nil
}

func commandID(at time.Time) string {
	var entropy [10]byte
	_, _ = crand.Read(entropy[:]) // never fails
	return event.NewID(at, entropy)
}

// send posts every message when it is due. It never skips one: when it falls behind, the delay counts.
func send(ctx context.Context, p LoadParams, t *tally, doors []*door, began time.Time) int {
	lines := []string{ // what the bot can answer to anybody, so that it keeps its chats
		"神经酰胺屏障修护面霜多少钱", "敏感肌能用修护精华吗", "积雪草面膜怎么用", "发票怎么开", "氨基酸温和洁面乳有货吗", "会员积分怎么用",
		"养肤气垫霜有货吗", "七天无理由怎么退货", "护手霜多少钱", "运费怎么算", "油皮用哪个面霜不闷", "多久能发货",
	}
	total := int(float64(p.Rate) * p.For.Seconds())
	every := time.Second / time.Duration(p.Rate)
	for i := range total {
		due := began.Add(time.Duration(i) * every)
		if wait := time.Until(due); wait > 0 && !pause(ctx, wait) || ctx.Err() != nil {
			return i
		}
		id := commandID(due)
		t.mu.Lock()
		t.due[id] = due
		t.left++
		t.mu.Unlock()
		line := lines[(i+i/len(doors))%len(lines)] // nobody asks the same twice in a row: the bot would hand over
		if !doors[i%len(doors)].post(id, line) {
			t.mu.Lock() // the door holds as many as it may: the message stays in due, and counts as lost
			t.left--
			t.mu.Unlock()
		}
	}
	return total
}

func (t *tally) report(sent int, took time.Duration) Report {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := Report{Took: took, Sent: sent, Acked: len(t.ack), Refused: t.refused, Lost: len(t.due), Ack: latency(t.ack)}
	var desk []time.Duration
	for id, due := range t.stored {
		if at, ok := t.atDesk[id]; ok {
			desk = append(desk, at.Sub(due))
		}
	}
	r.Desk = latency(desk)
	return r
}

func latency(of []time.Duration) Latency {
	if len(of) == 0 {
		return Latency{}
	}
	slices.Sort(of)
	at := func(share float64) time.Duration { return of[min(len(of)-1, int(float64(len(of))*share))] }
	return Latency{N: len(of), P50: at(.5), P99: at(.99), Max: of[len(of)-1]}
}
