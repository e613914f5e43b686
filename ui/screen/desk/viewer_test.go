package desk

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"agentdesk/app/view"
	"agentdesk/ui/fixture"
	"agentdesk/ui/look"
	"agentdesk/ui/screen"
)

// album is the sample desk with three pictures in the chat.
func album() *view.Desk {
	return fixture.WithChat(func(c *view.Chat) {
		l := *c.Log
		var one view.Item
		for _, it := range l.Items {
			if it.Kind == view.KindImage {
				one = it
			}
		}
		two, three := one, one
		p := *one.Picture
		p.Report, p.Frames = nil, nil
		two.ID, two.Picture = "p2", &p
		three.ID, three.Picture = "p3", &p
		l.Items = []view.Item{one, two, three}
		c.Log = &l
	})
}

func (s *seat) about() string {
	out := ""
	s.top(func(o fyne.CanvasObject, _ fyne.Position) {
		if x, ok := o.(*look.Text); ok && strings.Contains(x.S, " · ") && out == "" {
			out = x.S
		}
	})
	return out
}

func TestViewer_StepsThroughThePictures(t *testing.T) {
	s := sit(t, album(), 1440, 900)
	tap := func(id string) {
		done := false
		walk(s.cellOf(t, id), fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
			if x, ok := o.(*look.Tap); ok && !done {
				done = true
				x.Tapped(nil)
			}
		})
	}
	tap("m3")
	s.asked(t, "Fetch m3")
	if got := s.about(); !strings.HasPrefix(got, "1 / 3 · ") {
		t.Fatalf("the viewer says %q", got)
	}
	if !s.shows("仅供参考，非诊断") {
		t.Error("the report has lost its caution")
	}
	s.key(fyne.KeyRight)
	s.key(fyne.KeyRight)
	s.key(fyne.KeyRight)
	if got := s.about(); !strings.HasPrefix(got, "3 / 3 · ") {
		t.Errorf("after three steps the viewer says %q", got)
	}
	s.key(fyne.KeyLeft)
	s.asked(t, "Fetch p2", "Fetch p3")
	if got := s.about(); !strings.Contains(got, "正在读取") {
		t.Errorf("before the picture is there in full it says %q", got)
	}
	s.itemIs("p2", func(it *view.Item) {
		p := *it.Picture
		p.Full = p.Data
		it.Picture = &p
	})
	if got := s.about(); strings.Contains(got, "正在读取") {
		t.Errorf("when it is there it says %q", got)
	}
	s.itemIs("p2", func(it *view.Item) { it.Recalled = true })
	if s.win.Canvas().Overlays().Top() != nil {
		t.Error("the viewer shows on what was taken back")
	}
	tap("m3")
	s.key(fyne.KeyEscape)
	if s.win.Canvas().Overlays().Top() != nil || s.viewing != nil {
		t.Error("Esc did not close the viewer")
	}
}

func TestViewer_ZoomsAndMovesWithinThePicture(t *testing.T) {
	s := sit(t, album(), 1440, 900)
	s.view(s.log.last, "m3")
	percent := func() string {
		out := ""
		s.top(func(o fyne.CanvasObject, _ fyne.Position) {
			if x, ok := o.(*look.Text); ok && strings.HasSuffix(x.S, "%") {
				out = x.S
			}
		})
		return out
	}
	fitted := percent()
	s.type_("1")
	if percent() != "100%" {
		t.Errorf("1 shows the picture at %s", percent())
	}
	s.type_("+")
	if percent() != "125%" {
		t.Errorf("+ shows it at %s", percent())
	}
	for range 40 {
		s.type_("+")
	}
	if percent() != "800%" {
		t.Errorf("the most it is enlarged is %s", percent())
	}
	s.viewing.photo.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(90000, -90000)})
	s.type_("0")
	if percent() != fitted {
		t.Errorf("0 shows it at %s, at first %s", percent(), fitted)
	}
	test.TapCanvas(s.win.Canvas(), s.icon(t, "minus", 0))
	if percent() == fitted {
		t.Error("the button did not make it smaller")
	}
	s.key(fyne.KeyEscape) // the keyboard is the viewer's again after a tap
	if s.win.Canvas().Overlays().Top() != nil {
		t.Error("Esc did not close the viewer")
	}
}

func TestViewer_PicturesThatCannotBeReadShowNothing(t *testing.T) {
	s := sit(t, album(), 1440, 900)
	for _, data := range [][]byte{nil, []byte("no picture"), []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x06\x00\x00\x00\x00\x00\x00\x00")} {
		s.itemIs("p2", func(it *view.Item) {
			p := *it.Picture
			p.Full = data
			it.Picture = &p
		})
		s.view(s.log.last, "p2")
		s.win.Canvas().Capture()
		s.key(fyne.KeyEscape)
	}
}

// wav is a second of silence at 8 kHz, 16 bit, for each second.
func wav(seconds int) []byte {
	var b bytes.Buffer
	n := uint32(seconds * 16000)
	b.WriteString("RIFF")
	_ = binary.Write(&b, binary.LittleEndian, 36+n)
	b.WriteString("WAVEfmt ")
	for _, v := range []any{uint32(16), uint16(1), uint16(1), uint32(8000), uint32(16000), uint16(2), uint16(16)} {
		_ = binary.Write(&b, binary.LittleEndian, v)
	}
	b.WriteString("data")
	_ = binary.Write(&b, binary.LittleEndian, n)
	b.Write(make([]byte, n))
	return b.Bytes()
}

// deck is a player that a test moves.
type deck struct {
	ctx      context.Context
	size     int
	progress func(float64, bool)
}

func (d *deck) play(ctx context.Context, r io.Reader, progress func(float64, bool)) error {
	b, err := io.ReadAll(r)
	d.ctx, d.size, d.progress = ctx, len(b), progress
	return err
}

func TestVoice_PlaysStopsAndGoesOn(t *testing.T) {
	var d deck
	s := sit(t, fixture.Desk(), 1440, 900, func(e *screen.Env) { e.Play = d.play })
	test.TapCanvas(s.win.Canvas(), s.iconIn(t, "m4", "play"))
	s.asked(t, "Fetch m4")
	if d.ctx != nil {
		t.Fatal("it plays what is not there")
	}
	sound := wav(14)
	s.itemIs("m4", func(it *view.Item) { it.Sound = sound })
	if d.ctx == nil || d.size != len(sound) {
		t.Fatalf("when the sound came, %d bytes were played", d.size)
	}
	d.progress(5, false)
	if !s.shows("0:05") {
		t.Error("the time does not move")
	}
	test.TapCanvas(s.win.Canvas(), s.iconIn(t, "m4", "pause"))
	if d.ctx.Err() == nil {
		t.Error("a tap did not stop it")
	}
	d.progress(6, false) // late news of what was stopped
	if !s.shows("0:05") {
		t.Error("late news moved the time")
	}
	test.TapCanvas(s.win.Canvas(), s.iconIn(t, "m4", "play"))
	if want := 44 + 9*16000; d.size != want {
		t.Errorf("from 5 s on %d bytes are played, want %d", d.size, want)
	}
	d.progress(9, true)
	if !s.shows("0:14") {
		t.Error("at its end it does not show its length")
	}
	s.iconIn(t, "m4", "play")
	s.chatIs(func(c *view.Chat) { // another chat ends it
		h := *c.Head
		h.ID = "other"
		c.Head = &h
	})
	if d.ctx.Err() == nil {
		t.Error("it plays on in another chat")
	}
}

func TestVoice_CutsAtWholeSamples(t *testing.T) {
	in := wav(2)
	odd := append(append(slices.Clone(in[:36]), "LIST\x03\x00\x00\x00abc\x00"...), in[36:]...)
	for _, b := range [][]byte{in, odd} {
		for seconds, want := range map[float64]int{0: 32000, 0.5: 24000, 1.00003: 16000, 2: 0, 99: 0, -1: 32000} {
			r, err := cutWAV(b, seconds)
			if err != nil {
				t.Fatal(err)
			}
			out, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			if got := len(out) - (len(b) - 32000); got != want {
				t.Errorf("from %v on there are %d bytes, want %d", seconds, got, want)
			}
			if got := binary.LittleEndian.Uint32(out[4:]); int(got) != len(out)-8 {
				t.Errorf("the header speaks of %d bytes, there are %d", got, len(out)-8)
			}
		}
	}
	for _, bad := range []string{"", "RIFF", "RIFF\x00\x00\x00\x00WAVEdata\x00\x00\x00\x00", string(in[:20])} {
		if _, err := cutWAV([]byte(bad), 0); err == nil {
			t.Errorf("%q is taken for a WAV", bad)
		}
	}
}

func FuzzCutWAV(f *testing.F) {
	f.Add(wav(1), 0.5)
	f.Add([]byte("RIFF\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00"), 1.0)
	f.Fuzz(func(t *testing.T, b []byte, seconds float64) {
		r, err := cutWAV(b, seconds)
		if err != nil {
			return
		}
		out, err := io.ReadAll(r)
		if err != nil || len(out) > len(b) {
			t.Errorf("%d bytes became %d, %v", len(b), len(out), err)
		}
	})
}
