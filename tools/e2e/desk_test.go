package e2e_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"agentdesk/app"
	"agentdesk/app/view"
	"agentdesk/server/identity"
	"agentdesk/tools/harness"
	"agentdesk/ui"
	"agentdesk/ui/sound"
	"agentdesk/ui/words"
)

// patience bounds every wait: not how fast things should be, but when a test gives up. It is for a machine that does much else.
const patience = 90 * time.Second

// serve runs the real server until the test ends.
func serve(t *testing.T, bin string) string {
	t.Helper()
	dir := t.TempDir()
	srv := &harness.Server{Bin: bin, Data: filepath.Join(dir, "data"), Dir: dir}
	if err := srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Stop(); err != nil {
			t.Error(err)
		}
	})
	return srv.URL()
}

// desk is the agent's program with its window on Fyne's software driver. The test's goroutine is the window's.
type desk struct {
	*ui.UI
	t       *testing.T
	app     *app.App
	w       *words.Words
	changed chan struct{}
	player  *sound.Player
	speaker *speaker
}

func openDesk(t *testing.T, url, user string) *desk {
	t.Helper()
	a, err := app.New(t.Context(), app.Params{Dir: t.TempDir(), Server: url, User: user, Password: identity.DemoPassword,
		Prefs: view.Prefs{Lang: words.Chinese, Theme: "light", Mute: true, NoNotes: true, Still: true}})
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, app: a, changed: make(chan struct{}, 1), speaker: &speaker{}}
	d.player = sound.New(sound.Params{Open: d.speaker.open})
	cancelSub := a.Subscribe(func() {
		select {
		case d.changed <- struct{}{}:
		default:
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := a.Run(ctx); err != nil {
			t.Errorf("desk: %v", err)
		}
	})
	t.Cleanup(func() { cancelSub(); cancel(); wg.Wait() })
	if d.w, err = words.Load(words.Chinese); err != nil {
		t.Fatal(err)
	}
	if d.UI, err = ui.New(ui.Params{Source: a, Actions: a, App: test.NewTempApp(t), Sound: d.player}); err != nil {
		t.Fatal(err)
	}
	d.Window().Resize(fyne.NewSize(1440, 900))
	t.Cleanup(d.Window().Close)
	d.until("being online", func(s *view.Desk) bool {
		return s.Screen == view.ScreenDesk && s.Link != nil && s.Link.State == view.Online
	})
	return d
}

// until refreshes the window with each snapshot until ok holds. It steps what counts seconds, as the window's owner does.
func (d *desk) until(what string, ok func(*view.Desk) bool) *view.Desk {
	d.t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	second := time.NewTicker(500 * time.Millisecond)
	defer second.Stop()
	for {
		s := d.app.Snapshot()
		d.Refresh() // shows s or a newer one: what ok saw is on the screen
		if ok(s) {
			return s
		}
		select {
		case <-d.changed:
		case <-second.C:
			d.Tick()
		case <-late.C:
			d.t.Fatalf("the desk waited in vain for %s; link %+v; its screen:\n%s", what, s.Link, d.reads())
		}
	}
}

// reads is all that the screen says.
func (d *desk) reads() string {
	var b strings.Builder
	for _, l := range d.look().lines {
		b.WriteString(l.text)
		b.WriteString(" | ")
	}
	return b.String()
}

// finds waits until the screen has what of looks for, and gives its place.
func (d *desk) finds(what string, of func(screen) *area) area {
	d.t.Helper()
	var at *area
	d.until(what, func(*view.Desk) bool {
		at = of(d.look())
		return at != nil
	})
	return *at
}

// sees waits until the screen shows a text.
func (d *desk) sees(text string) line {
	d.t.Helper()
	var l *line
	d.until("the words "+text, func(*view.Desk) bool {
		l = d.look().holding(text)
		return l != nil
	})
	return *l
}

// tap presses the pointer on the last line that reads so.
func (d *desk) tap(text string) {
	d.t.Helper()
	at := d.finds("the words "+text, func(s screen) *area {
		if l := s.reading(text); l != nil {
			return &l.seen
		}
		return nil
	})
	d.tapAt(at)
}

func (d *desk) tapAt(at area) { test.TapCanvas(d.Window().Canvas(), at.middle()) }

// press sends a shortcut the way the drivers do.
func (d *desk) press(key fyne.KeyName, m fyne.KeyModifier) {
	c := d.Window().Canvas()
	s := &desktop.CustomShortcut{KeyName: key, Modifier: m}
	if f, ok := c.Focused().(fyne.Shortcutable); ok {
		f.TypedShortcut(s)
		return
	}
	c.(interface{ TypedShortcut(fyne.Shortcut) }).TypedShortcut(s)
}

// key presses a plain key.
func (d *desk) key(name fyne.KeyName) {
	d.Window().Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: name})
}

func (d *desk) type_(text string) {
	for _, r := range text {
		d.Window().Canvas().Focused().TypedRune(r)
	}
}

// answer writes to the customer and sends it.
func (d *desk) answer(text string) {
	d.t.Helper()
	d.Desk().FocusComposer()
	d.type_(text)
	d.press(fyne.KeyReturn, fyne.KeyModifierControl)
}

// speaker is a sound device that hears what it plays. It takes no time.
type speaker struct {
	mu    sync.Mutex
	quiet int // samples without a sound since the last one with
	loud  int // samples with a sound
	stop  func()
}

func (s *speaker) open(fill func([]int16)) (sound.Output, error) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		buf := make([]int16, sound.Rate/100)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			fill(buf)
			s.hear(buf)
		}
	})
	return output(func() { cancel(); wg.Wait() }), nil
}

// hear counts, and ends the listening after two quiet seconds.
func (s *speaker) hear(buf []int16) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range buf {
		if v > 100 || v < -100 {
			s.loud, s.quiet = s.loud+1, 0
		} else {
			s.quiet++
		}
	}
	if s.quiet > 2*sound.Rate {
		s.stop()
	}
}

type output func()

func (o output) Close() { o() }

// listen lets what plays come to its end, and says for how many samples there was something to hear. The player runs while the
// test waits, so that its reports reach the window as if from the window's own goroutine.
func (d *desk) listen() int {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	d.speaker.mu.Lock()
	d.speaker.loud, d.speaker.quiet, d.speaker.stop = 0, 0, cancel
	d.speaker.mu.Unlock()
	done := make(chan error)
	go func() { done <- d.player.Run(ctx) }()
	if err := <-done; err != nil {
		d.t.Fatal(err)
	}
	d.speaker.mu.Lock()
	defer d.speaker.mu.Unlock()
	return d.speaker.loud
}
