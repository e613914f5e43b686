package sound

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// speaker is a device that a test drives.
type speaker struct {
	mu     sync.Mutex
	fill   func([]int16)
	opened int
	closed int
	fail   error
}

func (s *speaker) open(fill func([]int16)) (Output, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened++
	if s.fail != nil {
		return nil, s.fail
	}
	s.fill = fill
	return s, nil
}

func (s *speaker) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed++
}

// sound is what the device is given for a time.
func (s *speaker) sound(d time.Duration) []int16 {
	out := make([]int16, int(d.Seconds()*Rate))
	for i := 0; i < len(out); i += 480 {
		s.fill(out[i:min(i+480, len(out))])
	}
	return out
}

func loudest(s []int16) (top int) {
	for _, v := range s {
		top = max(top, int(math.Abs(float64(v))))
	}
	return top
}

// ramp is a WAV at 16 kHz whose k-th sample is k.
func ramp(t *testing.T, n int) []byte {
	t.Helper()
	c := Clip{Rate: 16000, Samples: make([]int16, n)}
	for i := range c.Samples {
		c.Samples[i] = int16(i % 20000)
	}
	var b bytes.Buffer
	if err := Encode(&b, c); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// run runs a player in a bubble of time.
func run(t *testing.T, s *speaker, f func(t *testing.T, p *Player)) (log string) {
	t.Helper()
	var b bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		p := New(Params{Open: s.open, Log: slog.New(slog.NewTextHandler(&b, nil))})
		done := make(chan error, 1)
		go func() { done <- p.Run(ctx) }()
		synctest.Wait()
		f(t, p)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return b.String()
}

func TestPlayer_OpensForACueAndLetsGo(t *testing.T) {
	s := &speaker{}
	run(t, s, func(t *testing.T, p *Player) {
		p.Cue(Offer)
		synctest.Wait()
		if s.opened != 1 {
			t.Fatalf("the device was opened %d times", s.opened)
		}
		if loudest(s.sound(100*time.Millisecond)) < 1000 {
			t.Error("the cue is not heard")
		}
		s.sound(time.Second)
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if s.closed != 1 {
			t.Errorf("ten seconds after the cue the device was closed %d times", s.closed)
		}
		p.SetVolume(0)
		p.Cue(Message)
		synctest.Wait()
		if s.opened != 2 || loudest(s.sound(100*time.Millisecond)) != 0 {
			t.Error("at volume 0 a cue is heard")
		}
	})
	if s.closed != 2 {
		t.Errorf("at the end %d of 2 devices were closed", s.closed)
	}
}

func TestPlayer_PlaysANoteAndTellsWhereItIs(t *testing.T) {
	s := &speaker{}
	var mu sync.Mutex
	var at []float64
	ends := 0
	progress := func(sec float64, done bool) {
		mu.Lock()
		defer mu.Unlock()
		at = append(at, sec)
		if done {
			ends++
		}
	}
	run(t, s, func(t *testing.T, p *Player) {
		if err := p.Play(t.Context(), bytes.NewReader(ramp(t, 16000)), progress); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		got := s.sound(500 * time.Millisecond)
		for i := 0; i < len(got); i += 3 { // three samples of the device for one of the note
			if int(got[i]) < i/3-1 || int(got[i]) > i/3+1 {
				t.Fatalf("sample %d is %d, want %d", i, got[i], i/3)
			}
		}
		time.Sleep(150 * time.Millisecond)
		synctest.Wait()
		if last := at[len(at)-1]; math.Abs(last-0.5) > 0.01 || ends != 0 {
			t.Errorf("after half a second it is at %v with %d ends", last, ends)
		}
		s.sound(600 * time.Millisecond)
		time.Sleep(150 * time.Millisecond)
		synctest.Wait()
		if last := at[len(at)-1]; last != 1 || ends != 1 {
			t.Errorf("at the end it is at %v with %d ends", last, ends)
		}
	})
	if !slices.IsSorted(at) || ends != 1 {
		t.Errorf("progress went %v with %d ends", at, ends)
	}
}

func TestPlayer_EndsEveryNoteOnce(t *testing.T) {
	s := &speaker{}
	ends := map[string]int{}
	var mu sync.Mutex
	of := func(name string) func(float64, bool) {
		return func(_ float64, done bool) {
			mu.Lock()
			defer mu.Unlock()
			if done {
				ends[name]++
			}
		}
	}
	run(t, s, func(t *testing.T, p *Player) {
		play := func(ctx context.Context, name string) {
			if err := p.Play(ctx, bytes.NewReader(ramp(t, 64000)), of(name)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		play(t.Context(), "replaced")
		ctx, cancel := context.WithCancel(t.Context())
		play(ctx, "stopped")
		if ends["replaced"] != 1 {
			t.Error("another note did not end the first")
		}
		cancel()
		synctest.Wait()
		if ends["stopped"] != 1 || loudest(s.sound(20*time.Millisecond)) != 0 {
			t.Error("a note goes on after its context ended")
		}
		play(t.Context(), "cut off by the end of Run")
	})
	for name, n := range ends {
		if n != 1 {
			t.Errorf("%s: ended %d times", name, n)
		}
	}
	if len(ends) != 3 {
		t.Errorf("%d notes ended", len(ends))
	}
}

func TestPlayer_WithoutADeviceIsSilentAndSaysSoOnce(t *testing.T) {
	s := &speaker{fail: errors.New("no such device")}
	ends := 0
	log := run(t, s, func(t *testing.T, p *Player) {
		for range 3 {
			if err := p.Play(t.Context(), bytes.NewReader(ramp(t, 16000)), func(_ float64, done bool) { ends++ }); err != nil {
				t.Fatal(err)
			}
			p.Cue(Message)
			synctest.Wait()
		}
		if !p.Silent() || s.opened != 1 {
			t.Errorf("silent %v after %d tries, want one", p.Silent(), s.opened)
		}
		time.Sleep(2 * time.Minute)
		s.fail = nil
		p.Cue(Message)
		synctest.Wait()
		if p.Silent() || s.opened != 2 {
			t.Errorf("a device that was plugged in is not found: silent %v, %d tries", p.Silent(), s.opened)
		}
	})
	if ends < 3 {
		t.Errorf("%d reports for three notes", ends)
	}
	if n := strings.Count(log, "no sound device"); n != 1 {
		t.Errorf("it was said %d times: %s", n, log)
	}
}

func TestPlayer_ManyCuesDoNotPileUp(t *testing.T) {
	s := &speaker{}
	run(t, s, func(t *testing.T, p *Player) {
		for range 100 {
			p.Cue(Critical)
		}
		synctest.Wait()
		if n := len(p.voices); n != maxCues {
			t.Errorf("%d cues sound at once", n)
		}
	})
}

func TestSynth_EveryCueIsHeardAndClean(t *testing.T) {
	for _, c := range []Cue{Message, FollowUp, Offer, Assigned, Critical} {
		clip := Synth(c, Rate)
		if s := clip.Seconds(); s < 0.2 || s > 1.2 {
			t.Errorf("%s sounds for %.2f s", c, s)
		}
		if top := loudest(clip.Samples); top < 6000 || top > 32000 {
			t.Errorf("%s has a peak of %d", c, top)
		}
		first, last := clip.Samples[0], clip.Samples[len(clip.Samples)-1]
		if max(first, -first) > 300 || max(last, -last) > 300 {
			t.Errorf("%s clicks: it begins at %d and ends at %d", c, first, last)
		}
	}
	if got := Synth("nonsense", Rate); len(got.Samples) != 0 {
		t.Error("an unknown cue sounds")
	}
}

func TestDecode_Kinds(t *testing.T) {
	good := ramp(t, 100)
	stereo := slices.Clone(good)
	binary.LittleEndian.PutUint16(stereo[22:], 2)
	list := slices.Concat(good[:12], []byte("LIST\x05\x00\x00\x00infos\x00"), good[12:])
	edit := func(at int, v uint16) []byte {
		b := slices.Clone(good)
		binary.LittleEndian.PutUint16(b[at:], v)
		return b
	}
	for name, c := range map[string]struct {
		wav     []byte
		samples int
	}{
		"mono": {good, 100}, "stereo": {stereo, 50}, "another chunk first": {list, 100}, "cut short": {good[:44+31], 15},
		"8 bits": {edit(34, 8), -1}, "3 channels": {edit(22, 3), -1}, "float": {edit(20, 3), -1}, "0 Hz": {edit(24, 0), -1},
		"empty": {nil, -1}, "text": {[]byte(strings.Repeat("hello ", 20)), -1}, "no samples": {good[:36], -1},
	} {
		got, err := Decode(bytes.NewReader(c.wav))
		switch {
		case c.samples < 0 && !errors.Is(err, ErrWAV):
			t.Errorf("%s: error %v", name, err)
		case c.samples >= 0 && (err != nil || len(got.Samples) != c.samples):
			t.Errorf("%s: %d samples, error %v", name, len(got.Samples), err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	var b bytes.Buffer
	if err := Encode(&b, Clip{Rate: 16000, Samples: []int16{1, 2, 3}}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("RIFF\x00\x00\x00\x00WAVEfmt \xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, wav []byte) {
		c, err := Decode(bytes.NewReader(wav))
		if err != nil {
			return
		}
		if 2*len(c.Samples) > len(wav) || c.Rate < leastHz {
			t.Errorf("%d bytes gave %d samples at %d Hz", len(wav), len(c.Samples), c.Rate)
		}
		if err := Encode(io.Discard, c); err != nil {
			t.Error(err)
		}
	})
}
