package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"agentdesk/app/view"
	"agentdesk/ui"
	"agentdesk/ui/fixture"
)

// probe takes the figures. It changes the desk on the window's goroutine, and knows that a change is on the screen when the
// window has painted and is free again.
type probe struct {
	src     *fixture.Source
	ui      *ui.UI
	app     fyne.App
	out     io.Writer
	long    time.Duration
	only    string
	mark    *canvas.Raster // the last object of the window: drawing it says that the window paints
	painted chan struct{}
	paints  atomic.Int64
	began   time.Time
}

// now is the sample desk's moment, and goes on from there.
func (p *probe) now() time.Time { return fixture.Now().Add(time.Since(p.began)) }

func (p *probe) run(ctx context.Context) error {
	defer fyne.Do(p.app.Quit)
	title(p.out)
	p.mark = canvas.NewRaster(func(w, h int) image.Image {
		p.paints.Add(1)
		select {
		case p.painted <- struct{}{}:
		default:
		}
		return image.NewNRGBA(image.Rect(0, 0, max(1, w), max(1, h)))
	})
	fyne.DoAndWait(func() {
		w := p.ui.Window()
		w.SetContent(container.NewStack(w.Content(), container.NewWithoutLayout(p.mark)))
		p.mark.Resize(fyne.NewSize(1, 1))
	})
	for _, part := range parts {
		if p.only != "" && !slices.Contains(strings.Split(p.only, ","), part.name) {
			continue
		}
		if err := part.take(p, ctx); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// parts are the figures, in an order in which each finds what it needs.
var parts = []struct {
	name string
	take func(*probe, context.Context) error
}{{"paint", (*probe).paint}, {"same", (*probe).same}, {"open", (*probe).opens}, {"scroll", (*probe).scrolls}, {"type", (*probe).types}, {"rush", (*probe).typesInARush},
	{"memory", (*probe).memory}, {"idle", (*probe).idle}, {"wait", (*probe).wait}}

func names() (out []string) {
	for _, p := range parts {
		out = append(out, p.name)
	}
	return out
}

var errNoPaint = errors.New("the window did not paint within ten seconds")

// shown makes a change and waits until it is on the screen. It returns how long that took, and of it the change itself.
func (p *probe) shown(change func()) (total, call time.Duration, err error) {
	select {
	case <-p.painted:
	default:
	}
	began := time.Now()
	fyne.DoAndWait(func() {
		at := time.Now()
		change()
		call = time.Since(at)
		p.mark.Refresh()
	})
	select {
	case <-p.painted:
	case <-time.After(10 * time.Second):
		return 0, 0, errNoPaint
	}
	fyne.DoAndWait(func() {}) // the window's goroutine is free again: the frame was handed over
	return time.Since(began), call, nil
}

// many takes n samples with pauses of uneven lengths, as people make them.
func (p *probe) many(ctx context.Context, n int, change func(i int)) (total, call []time.Duration, err error) {
	for i := range n {
		select {
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		case <-time.After(time.Duration(40+i*37%50) * time.Millisecond):
		}
		a, b, err := p.shown(func() { change(i) })
		if err != nil {
			return nil, nil, err
		}
		total, call = append(total, a), append(call, b)
	}
	slices.Sort(total)
	slices.Sort(call)
	return total, call, nil
}

func at(d []time.Duration, percent int) time.Duration { return d[(len(d)-1)*percent/100] }

func ms(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d.Microseconds())/1000) }

// paint is what one repaint of the whole window costs, which is what every change costs at least.
func (p *probe) paint(ctx context.Context) error {
	before, n := cpu(), 60
	total, _, err := p.many(ctx, n, func(int) {})
	if err != nil {
		return err
	}
	each := (cpu() - before) / time.Duration(n)
	row(p.out, "a repaint, and the wait for the next frame", "", fmt.Sprintf("p50 %s ms, %s ms of processor", ms(at(total, 50)), ms(each)), false)
	return nil
}

// opens is from the choice of a conversation of 5,000 messages to the screen.
func (p *probe) opens(ctx context.Context) error {
	var worst, call time.Duration
	for i := range 5 {
		d := fixture.Distinct(5000, i)
		t, c, err := p.shown(func() {
			p.src.Set(d)
			p.ui.Refresh()
		})
		if err != nil {
			return err
		}
		worst, call = max(worst, t), max(call, c)
	}
	row(p.out, "a conversation of 5,000 messages opens, worst of 5", "100 ms", fmt.Sprintf("%s ms, of it the layout %s", ms(worst), ms(call)), worst > 100*time.Millisecond)
	return ctx.Err()
}

// scrolls is one step of the wheel in that conversation.
func (p *probe) scrolls(ctx context.Context) error {
	total, call, err := p.many(ctx, 120, func(i int) { p.ui.Desk().Scroll(-240) })
	if err != nil {
		return err
	}
	row(p.out, "a scroll step in it: work, p99", "16 ms", ms(at(call, 99))+" ms", at(call, 99) > 16*time.Millisecond)
	row(p.out, "a scroll step in it: to the screen, p50", "", ms(at(total, 50))+" ms", false)
	return nil
}

// types is from a key to its glyph on the screen.
func (p *probe) types(ctx context.Context) error {
	p.focus()
	const n = 150
	before := cpu()
	total, _, err := p.many(ctx, n, func(i int) { p.key(i) })
	if err != nil {
		return err
	}
	row(p.out, "key to glyph, quiet, p50 and p99", "33 ms", ms(at(total, 50))+" and "+ms(at(total, 99))+" ms, "+ms((cpu()-before)/n)+" of processor", at(total, 99) > 33*time.Millisecond)
	return nil
}

func (p *probe) focus() { fyne.DoAndWait(func() { p.ui.Desk().FocusComposer() }) }

func (p *probe) key(i int) {
	if f := p.ui.Window().Canvas().Focused(); f != nil {
		if i%60 == 59 {
			for range 59 {
				f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
			}
		}
		f.TypedRune([]rune("您好请稍等我看一下订单VC10%")[i%15])
	}
}

// typesInARush is the same while 200 snapshots a second come in.
func (p *probe) typesInARush(ctx context.Context) error {
	rush, stop := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- p.ui.Serve(rush) }()
	fed := make(chan struct{})
	go func() {
		defer close(fed)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-rush.Done():
				return
			case <-tick.C:
				p.event(i)
			}
		}
	}()
	p.focus()
	const n = 300
	before := cpu()
	total, _, err := p.many(ctx, n, func(i int) { p.key(i) })
	spent := cpu() - before
	stop()
	<-fed
	if e := <-served; err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	row(p.out, "key to glyph, 200 events/s, p50 and p99", "33 ms", ms(at(total, 50))+" and "+ms(at(total, 99))+" ms, "+ms(spent/n)+" of processor", at(total, 99) > 33*time.Millisecond)
	return nil
}

// event is one of 200 a second: most move the queue, some bring a message to the open conversation.
func (p *probe) event(i int) {
	p.src.Change(func(d *view.Desk) {
		if i%20 == 0 && d.Chat != nil {
			c, l := *d.Chat, *d.Chat.Log
			l.Items = append(l.Items[:len(l.Items):len(l.Items)], view.Item{ID: fmt.Sprint("rush", i), Rev: 1, Kind: view.KindText,
				By: view.ByCustomer, Face: "5", At: fixture.Now(), Text: "还在吗 " + strconv.Itoa(i)})
			c.Log, d.Chat = &l, &c
			return
		}
		q := *d.Queue
		q.Rows = slices.Clone(q.Rows)
		r := &q.Rows[i%len(q.Rows)]
		r.Snippet, r.Unread = "第 "+strconv.Itoa(i)+" 条消息", i%9
		d.Queue = &q
	})
}

// memory is what the process holds after all of it.
func (p *probe) memory(context.Context) error {
	runtime.GC()
	mb := resident()
	row(p.out, "memory after all of this", "400 MB", fmt.Sprintf("%d MB", mb), mb > 400)
	return nil
}

// idle is the processor's share while nobody touches anything and nobody waits.
func (p *probe) idle(ctx context.Context) error {
	share, err := p.rest(ctx, fixture.Calm(), p.long)
	if err != nil {
		return err
	}
	row(p.out, "idle, the caret at rest: share of one core", "5 %", fmt.Sprintf("%.1f %%", share), share > 5)
	return nil
}

// wait is the same while three customers wait, from the first of their thirty seconds to the last.
func (p *probe) wait(ctx context.Context) error {
	d := fixture.Calm()
	q := *d.Queue
	q.Waiting = slices.Clone(fixture.Desk().Queue.Waiting)
	const after = settle + 30*time.Second
	for i := range q.Waiting {
		q.Waiting[i].Deadline = p.now().Add(after - time.Duration(i)*3*time.Second)
	}
	d.Queue = &q
	share, err := p.rest(ctx, d, 30*time.Second)
	if err != nil {
		return err
	}
	row(p.out, "idle while three wait their 30 s: share of one core", "5 %", fmt.Sprintf("%.1f %%", share), share > 5)
	return nil
}

// settle is how long the desk gets to come to rest. The caret, which is in the composer, blinks for ten seconds after a touch.
const settle = 13 * time.Second

// rest is the processor's share, in percent of one core, while a desk just stands there.
func (p *probe) rest(ctx context.Context, d *view.Desk, long time.Duration) (float64, error) {
	still, stop := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- p.ui.Serve(still) }()
	fyne.DoAndWait(func() {
		p.src.Set(d)
		p.ui.Refresh()
		p.ui.Desk().FocusComposer()
	})
	select {
	case <-ctx.Done():
	case <-time.After(settle):
	}
	before, began := cpu(), time.Now()
	select {
	case <-ctx.Done():
	case <-time.After(long):
	}
	share := float64(cpu()-before) / float64(time.Since(began)) * 100
	stop()
	return share, <-served
}

// cpu is the processor time of this process so far, on all cores.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// resident is the memory of this process, MB; 0 where the system does not tell.
func resident() int {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for l := range strings.Lines(string(b)) {
		if v, ok := strings.CutPrefix(l, "VmRSS:"); ok {
			kb, err := strconv.Atoi(strings.Fields(v)[0])
			if err != nil {
				return 0
			}
			return kb / 1024
		}
	}
	return 0
}
