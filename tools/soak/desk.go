package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"runtime"
	"time"

	"agentdesk/app"
	"agentdesk/app/view"
	"agentdesk/server/identity"
	"agentdesk/ui"
)

// runDesk is the real desk, window and all, worked by a program in place of a person.
func runDesk(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("soak desk", flag.ContinueOnError)
	server := fs.String("server", "", "server address")
	user := fs.String("user", "xiaoning", "who sits there")
	data := fs.String("data", "", "folder of the local copy")
	face := fs.Bool("face", true, "with its window")
	seed := fs.Uint64("seed", 1, "of the program that works it")
	if err := fs.Parse(args); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	slog.SetDefault(log)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	a, err := app.New(ctx, app.Params{Dir: *data, Server: *server, User: *user, Password: identity.DemoPassword, Logger: log,
		Prefs: view.Prefs{Lang: "zh-Hans", Theme: "light", Mute: true, NoNotes: true}})
	if err != nil {
		return fmt.Errorf("start desk: %w", err)
	}
	done := make(chan error, 2)
	go func() { done <- a.Run(ctx) }()
	go func() {
		newPilot(a, *seed).fly(ctx, log)
		done <- nil
	}()
	if *face {
		err = ui.Run(ctx, ui.Params{Source: a, Actions: a, Lang: "zh-Hans", Theme: "light"})
	} else {
		<-ctx.Done()
	}
	stop()
	for range 2 {
		if derr := <-done; err == nil {
			err = derr
		}
	}
	return err
}

// pilot works a desk through its actions only, as the hands of a person would.
type pilot struct {
	a   *app.App
	rng *rand.Rand

	chat  string // being answered
	ready time.Time
	text  []rune
	typed int
	offer map[string]time.Time
	quiet map[string]time.Time // since when an own chat waits for nothing
	next  time.Time            // of the next look around
}

func newPilot(a *app.App, seed uint64) *pilot {
	return &pilot{a: a, rng: rand.New(rand.NewPCG(seed, 77)), offer: map[string]time.Time{}, quiet: map[string]time.Time{}}
}

func (p *pilot) in(least, most time.Duration) time.Duration { return least + rand.N(most-least) } //nolint:gosec // a pause

func (p *pilot) fly(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(150 * time.Millisecond)
	defer tick.Stop()
	told := time.NewTicker(10 * time.Second)
	defer told.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-told.C:
			log.Info("alive", "goroutines", runtime.NumGoroutine())
		case now := <-tick.C:
			p.step(now, p.a.Snapshot())
		}
	}
}

func (p *pilot) step(now time.Time, d *view.Desk) {
	if d.Screen != view.ScreenDesk || d.Link.State != view.Online || d.Queue == nil {
		return
	}
	p.takeOffers(now, d)
	switch {
	case p.chat != "":
		p.answer(now, d)
	case !p.begin(now, d):
		p.idle(now, d)
	}
}

// takeOffers accepts what is offered, two to six seconds after it came.
func (p *pilot) takeOffers(now time.Time, d *view.Desk) {
	still := map[string]time.Time{}
	for _, r := range d.Queue.Waiting {
		if !r.Offered || r.Denied != "" {
			continue
		}
		at, ok := p.offer[r.ID]
		if !ok {
			at = now.Add(p.in(2*time.Second, 6*time.Second))
		}
		if !now.Before(at) {
			p.a.TakeOver(r.ID)
			at = now.Add(3 * time.Second)
		}
		still[r.ID] = at
	}
	p.offer = still
}

// begin takes up the own chat whose customer has waited longest.
func (p *pilot) begin(now time.Time, d *view.Desk) bool {
	if d.Queue.Selected != view.SegMine {
		if now.Before(p.next) {
			return false
		}
		p.a.SetSegment(view.SegMine)
		return true
	}
	var pick *view.Row
	for i := range d.Queue.Rows {
		if r := &d.Queue.Rows[i]; r.By == view.ByCustomer && (pick == nil || r.At.Before(pick.At)) {
			pick = r
		}
	}
	if pick == nil {
		return false
	}
	p.chat, p.ready, p.text, p.typed = pick.ID, now.Add(p.in(time.Second, 3*time.Second)), nil, 0
	p.a.Select(pick.ID)
	return true
}

func lines() []string {
	return []string{"您好，我是晓宁，您说的我看到了，马上为您核实，请稍等一下。", "抱歉让您久等，这边先停用产品，方便的话发一张照片给我，必要时请及时就医。",
		"退款我已经核实，到账时间今天内告诉您；如果需要补发，也可以直接告诉我。", "好的，地址可以修改，您把新的收货信息发给我就可以。", "不客气，之后有需要随时找我。",
		"小样我这边为您补寄一份，和订单一起发出，差价按价保规则申请。"}
}

// answer reads, types and sends; now and then it sends a suggestion instead.
func (p *pilot) answer(now time.Time, d *view.Desk) {
	c := d.Chat
	if c == nil || c.Head == nil || c.Head.ID != p.chat || c.Seat.State != view.SeatMine {
		if now.After(p.ready.Add(5 * time.Second)) {
			p.chat = "" // somebody else has it by now
		}
		return
	}
	if now.Before(p.ready) {
		return
	}
	if p.text == nil {
		if n := len(c.Log.Items); n > 0 {
			p.a.Looked(c.Log.Items[n-1].ID)
		}
		if d.Copilot != nil && len(d.Copilot.Suggestions) > 0 && !d.Copilot.Suggestions[0].Streaming && p.rng.IntN(2) == 0 {
			p.a.AdoptSuggestion(0, true)
			p.chat, p.next = "", now.Add(time.Second)
			return
		}
		all := lines()
		p.text = []rune(all[p.rng.IntN(len(all))])
	}
	if p.typed < len(p.text) {
		p.typed = min(len(p.text), p.typed+1+p.rng.IntN(2))
		p.a.SetDraft(string(p.text[:p.typed]))
		return
	}
	p.a.Send(string(p.text))
	p.chat, p.next = "", now.Add(time.Second)
}

// idle ends chats that are quiet, and looks around: at bot chats, at closed ones, in a search.
func (p *pilot) idle(now time.Time, d *view.Desk) {
	still := map[string]time.Time{}
	for _, r := range d.Queue.Rows {
		if d.Queue.Selected != view.SegMine || r.By == view.ByCustomer {
			continue
		}
		at, ok := p.quiet[r.ID]
		if !ok {
			at = now.Add(p.in(25*time.Second, 50*time.Second))
		}
		if !now.Before(at) {
			if d.Chat == nil || d.Chat.Head == nil || d.Chat.Head.ID != r.ID {
				p.a.Select(r.ID)
			} else {
				p.a.Close("solved", true, "")
				at = now.Add(5 * time.Second)
			}
		}
		still[r.ID] = at
	}
	if d.Queue.Selected == view.SegMine {
		p.quiet = still
	}
	if now.Before(p.next) {
		return
	}
	p.next = now.Add(p.in(3*time.Second, 9*time.Second))
	switch p.rng.IntN(6) {
	case 0:
		p.a.SetSegment(view.SegBot)
		p.first(d)
	case 1:
		p.a.SetSegment(view.SegClosed)
		p.first(d)
	case 2:
		p.a.Search("退款")
	case 3:
		p.a.Search("")
		p.a.LoadOlder()
	}
}

func (p *pilot) first(d *view.Desk) {
	if len(d.Queue.Rows) > 0 && d.Queue.Selected != view.SegMine {
		p.a.Select(d.Queue.Rows[p.rng.IntN(len(d.Queue.Rows))].ID)
	}
}
