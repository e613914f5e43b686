// Package sound plays the desk's cues and voice notes. Without a sound device it stays silent and says so once.
package sound

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"
)

// Rate is the samples a second of the output; every clip is brought to it.
const Rate = 48000

const (
	linger  = 3 * time.Second        // how long the device stays open after the last sound
	again   = time.Minute            // before a device that was not there is looked for again
	step    = 100 * time.Millisecond // between two progress reports
	maxCues = 4                      // cues that sound at once; more are dropped
)

// Output is an open sound device: mono, 16 bit, Rate.
type Output interface {
	Close()
}

// Opener opens the sound device. fill is called from the device's thread with a buffer to fill.
type Opener func(fill func([]int16)) (Output, error)

// Params is what a player needs.
type Params struct {
	Open Opener       // the machine's device when nil
	Log  *slog.Logger // slog.Default when nil
}

// Player mixes what sounds. Run owns the device; every other method returns at once and may be called from anywhere.
type Player struct {
	open Opener
	log  *slog.Logger
	wake chan struct{}

	mu     sync.Mutex
	gain   float32
	voices []*voice
	silent bool // there was no device
	told   bool
}

// voice is a clip that sounds.
type voice struct {
	clip     Clip
	pos      float64 // in samples of the clip
	cue      bool
	over     bool
	progress func(seconds float64, done bool)
	ctx      context.Context
	release  func() bool // of what watches ctx
}

// New makes a player that Run brings to life.
func New(p Params) *Player {
	if p.Open == nil {
		p.Open = openDevice
	}
	if p.Log == nil {
		p.Log = slog.Default()
	}
	return &Player{open: p.Open, log: p.Log, wake: make(chan struct{}, 1), gain: 0.6}
}

// SetVolume sets how loud cues are, 0…1. Voice notes are played as they are.
func (p *Player) SetVolume(v float32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gain = max(0, min(v, 1))
}

// Silent reports that no sound device was found when one was needed last.
func (p *Player) Silent() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.silent
}

// Cue sounds a cue.
func (p *Player) Cue(c Cue) {
	clip := Synth(c, Rate)
	p.mu.Lock()
	n := 0
	for _, v := range p.voices {
		if v.cue && !v.over {
			n++
		}
	}
	if n < maxCues && len(clip.Samples) > 0 {
		p.voices = append(p.voices, &voice{clip: clip, cue: true, ctx: context.Background(), release: func() bool { return true }})
	}
	p.mu.Unlock()
	p.nudge()
}

// Play plays a voice note, a WAV of 16-bit PCM, from its beginning, in place of the one that plays. It reads wav and
// returns; progress, which may be nil, is then called from Run's goroutine with the seconds played, and a last time with
// done set: at the end, when ctx ends, when another note begins, or at once where there is no device.
func (p *Player) Play(ctx context.Context, wav io.Reader, progress func(seconds float64, done bool)) error {
	clip, err := Decode(wav)
	if err != nil {
		return fmt.Errorf("play voice note: %w", err)
	}
	if progress == nil {
		progress = func(float64, bool) {}
	}
	p.mu.Lock()
	for _, v := range p.voices {
		if !v.cue {
			v.over = true
		}
	}
	p.voices = append(p.voices, &voice{clip: clip, progress: progress, ctx: ctx, release: context.AfterFunc(ctx, p.nudge)})
	p.mu.Unlock()
	p.nudge()
	return nil
}

func (p *Player) nudge() {
	select {
	case p.wake <- struct{}{}:
	default: // Run is due already
	}
}

// fill is called from the device's thread.
func (p *Player) fill(out []int16) {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(out)
	for _, v := range p.voices {
		if v.over || v.ctx.Err() != nil {
			continue
		}
		gain := float32(1)
		if v.cue {
			gain = p.gain
		}
		v.mix(out, gain)
	}
}

// mix adds the voice to out, interpolating between its samples.
func (v *voice) mix(out []int16, gain float32) {
	s, inc := v.clip.Samples, float64(v.clip.Rate)/Rate
	for i := range out {
		k := int(v.pos)
		if k >= len(s) {
			v.over = true
			return
		}
		x := float64(s[k])
		if k+1 < len(s) {
			x += (v.pos - float64(k)) * (float64(s[k+1]) - x)
		}
		sum := int32(out[i]) + int32(float32(x)*gain)
		out[i] = int16(max(-32768, min(sum, 32767)))
		v.pos += inc
	}
}

// Run opens the device while something sounds, reports progress, and ends with ctx; then nothing sounds any more and
// every Play has had its last report.
func (p *Player) Run(ctx context.Context) error {
	var out Output
	var missing time.Time // when the device was looked for in vain
	quiet := time.Now()   // since when nothing sounds
	tick := time.NewTimer(time.Hour)
	defer tick.Stop()
	for {
		busy := p.report(ctx.Err() != nil)
		switch {
		case ctx.Err() != nil:
			if out != nil {
				out.Close()
			}
			return nil
		case busy && out == nil && (missing.IsZero() || time.Since(missing) >= again):
			o, err := p.open(p.fill)
			if err != nil {
				missing = time.Now()
				p.lost(err)
				continue
			}
			out, missing = o, time.Time{}
			p.found()
			tick.Reset(step)
		case busy && out == nil:
			p.drop()
			continue
		case busy:
			quiet = time.Now()
			tick.Reset(step)
		case out != nil && time.Since(quiet) >= linger:
			out.Close()
			out = nil
		case out != nil:
			tick.Reset(linger - time.Since(quiet))
		}
		select {
		case <-ctx.Done():
		case <-p.wake:
		case <-tick.C:
		}
	}
}

// report tells progress, forgets what is over, and says whether anything still sounds.
func (p *Player) report(end bool) (busy bool) {
	type call struct {
		f    func(float64, bool)
		at   float64
		done bool
	}
	var calls []call
	p.mu.Lock()
	kept := p.voices[:0]
	for _, v := range p.voices {
		over := v.over || end || v.ctx.Err() != nil
		if v.progress != nil {
			at := min(v.pos/float64(v.clip.Rate), v.clip.Seconds())
			calls = append(calls, call{v.progress, at, over})
		}
		if over {
			v.release()
		} else {
			kept = append(kept, v)
		}
	}
	clear(p.voices[len(kept):])
	p.voices = kept
	busy = len(kept) > 0
	p.mu.Unlock()
	for _, c := range calls {
		c.f(c.at, c.done)
	}
	return busy
}

// lost notes that there is no device, and says so the first time.
func (p *Player) lost(err error) {
	p.mu.Lock()
	first := !p.told
	p.silent, p.told = true, true
	p.mu.Unlock()
	if first {
		p.log.Warn("no sound device; the desk stays silent", "err", err)
	}
	p.drop()
}

func (p *Player) found() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silent = false
}

// drop ends everything that would sound.
func (p *Player) drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, v := range p.voices {
		v.over = true
	}
}
