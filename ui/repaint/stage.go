// Package repaint paints only what changed of a window. Fyne paints all of it for any change, which without a graphics card
// costs two frames of a processor: a key shows late, and a caret that blinks costs a tenth of a core. A Stage around the
// window's content compares, before each frame, what is to be painted with what was, and lets Fyne paint the rectangle around
// the differences; what lies outside stays in the driver's buffer, as it was.
//
// This needs a driver whose buffer holds the last frame, which the ones that draw with the processor do and the others don't
// promise. Where the driver is another one, or the buffer was found not to hold it, everything is painted as Fyne does.
package repaint

import (
	"log/slog"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// fullEvery is after how long a whole frame is due at rest: it keeps Fyne's textures, which live a minute after they were
// painted last, and mends what a driver may have lost.
const fullEvery = 25 * time.Second

// proofs is how many frames in a row have to be found in the buffer before parts are painted.
const proofs = 3

// screen is what a Stage needs of the graphics driver. All of it is valid inside a frame only, while inFrame.
type screen interface {
	inFrame() bool  // the window's graphics context is current: Fyne makes it so for a frame
	software() bool // the processor draws, into one buffer that is copied to the window
	forbid()        // nothing is painted until allow
	allow(x, y, w, h int)
	allowAll()
	clear()               // fills what is allowed with the background
	stamp(v uint8)        // sets the pixel at the bottom left
	stamped() (v uint8)   // reads it
	pixels(v float32) int // rounds a length in pixels as Fyne's painter does
}

// phase is where in a frame the window is. Fyne asks all objects for their least sizes first, then paints them.
type phase int

const (
	outside phase = iota
	asked         // all were asked for their sizes; what comes next is the paint
	painting
)

// Stage is the window's content with what watches its frames. It belongs to the window's goroutine.
type Stage struct {
	widget.BaseWidget
	canvas func() fyne.Canvas
	screen screen
	now    func() time.Time

	clip    *clip
	content fyne.CanvasObject
	objs    []fyne.CanvasObject

	phase  phase
	off    bool // this driver gets whole frames
	found  int  // how many stamps were found again
	mark   uint8
	marked bool

	last, next frame // what the window shows, and what this frame paints
	whole      bool  // the next frame is to be whole
	at         time.Time
	resized    bool
	spared     []spared
	parts      int // frames of which a part was painted, for tests and measurements
}

// New puts content on a stage. In a build whose driver is not known it is the content itself.
func New(c func() fyne.Canvas, content fyne.CanvasObject) (fyne.CanvasObject, *Stage) {
	scr := driver()
	s := build(c, content, scr)
	if scr == nil {
		return content, s
	}
	return s, s
}

func build(c func() fyne.Canvas, content fyne.CanvasObject, scr screen) *Stage {
	s := &Stage{canvas: c, screen: scr, now: time.Now, content: content, whole: true}
	s.clip = newClip(content)
	s.objs = []fyne.CanvasObject{&post{passed: s.begin, asked: s.ask}, s.clip, &post{passed: s.end, asked: s.answered}}
	s.ExtendBaseWidget(s)
	return s
}

// Whole makes the next frame a whole one.
func (s *Stage) Whole() { s.whole = true }

// Parts is how many frames were painted in part so far.
func (s *Stage) Parts() int { return s.parts }

// Rest is called once a second while nobody types. It asks for a whole frame when one is due.
func (s *Stage) Rest() {
	if s.found < proofs || s.off || !s.resized && s.now().Sub(s.at) < fullEvery {
		return
	}
	s.resized, s.whole = false, true
	s.canvas().Refresh(s.objs[0])
}

// ask comes first in a frame.
func (s *Stage) ask() {
	s.phase, shown = outside, s.canvas()
	s.last, s.next = s.next, s.last
	s.next.reset()
}

// answered comes when all of the window was asked for its size. Fyne clears the window next, of which nothing may come before
// it is known what is to be kept.
func (s *Stage) answered() {
	if s.screen == nil || s.off || !s.screen.inFrame() {
		return
	}
	if !s.screen.software() {
		s.give()
		return
	}
	if s.canvas().Overlays().Top() != nil { // menus and dialogs are painted over all of it
		s.marked = false
		return
	}
	s.phase, watched = asked, true
	s.screen.forbid()
}

// begin comes when the window is painted. A look at the tree from elsewhere comes here too, and changes nothing.
func (s *Stage) begin() {
	if s.phase != asked {
		return
	}
	s.phase = painting
	c := s.canvas()
	s.next.size, s.next.scale = c.Size(), c.Scale()
	s.next.ground, s.next.ink = colour(theme.Color(theme.ColorNameBackground)), colour(theme.Color(theme.ColorNameForeground))
	s.next.read(s.content)
	if s.next.size != s.last.size {
		s.resized = true
	}
	known := s.found >= proofs // before this frame, which covers the last stamp
	s.prove()
	dirty, part := s.next.damage(&s.last)
	if !known || !part || s.whole {
		s.whole = false
		s.at = s.now()
		s.clip.open()
		s.screen.allowAll()
		s.screen.clear()
		return
	}
	s.parts++
	dirty = dirty.whole(s.next.scale).within(area{0, 0, s.next.size.Width, s.next.size.Height})
	s.clip.narrow(dirty)
	px := func(v float32) int { return s.screen.pixels(v * s.next.scale) }
	s.screen.allow(px(dirty.x), px(s.next.size.Height-dirty.y-dirty.h), px(dirty.w), px(dirty.h))
	s.screen.clear()
	s.spared = s.next.spare(dirty, s.spared[:0])
}

// give up: from now on Fyne paints as it does without a stage.
func (s *Stage) give() { s.off, watched, touched = true, false, nil }

// prove looks whether the pixel that was set in the last frame is still there.
func (s *Stage) prove() {
	if !s.marked {
		return
	}
	s.marked = false
	if s.next.size != s.last.size || s.next.scale != s.last.scale {
		return // the driver may have made a new buffer
	}
	if s.screen.stamped() != s.mark {
		s.give()
		slog.Info("the graphics driver keeps no frame: the window is painted whole")
		return
	}
	s.found++
}

// end comes when all but menus and dialogs was painted.
func (s *Stage) end() {
	if s.phase != painting {
		return
	}
	s.phase = outside
	for _, o := range s.spared {
		o.back()
	}
	s.spared = s.spared[:0]
	s.clip.open()
	s.next.done()
	touched = touched[:0]
	if s.off || s.found >= proofs {
		return
	}
	s.mark = s.mark%7 + 1
	s.screen.stamp(s.mark)
	s.marked = true
	s.canvas().Refresh(s.objs[0]) // the next frame covers it
}

// MinSize implements fyne.CanvasObject.
func (s *Stage) MinSize() fyne.Size { return s.content.MinSize() }

// CreateRenderer implements fyne.Widget.
func (s *Stage) CreateRenderer() fyne.WidgetRenderer { return stageRenderer{s} }

type stageRenderer struct{ s *Stage }

func (stageRenderer) Destroy()                       {}
func (r stageRenderer) Layout(size fyne.Size)        { r.s.clip.lay(size) }
func (r stageRenderer) MinSize() fyne.Size           { return r.s.content.MinSize() }
func (r stageRenderer) Objects() []fyne.CanvasObject { return r.s.objs }
func (r stageRenderer) Refresh()                     { r.s.content.Refresh() }

// touched are the objects whose looks don't tell that they changed since the last frame, while a stage looks.
var (
	touched []fyne.CanvasObject
	watched bool
)

// Touch says that an object draws something else from now on, though its fields are the same: a raster. It must be called on
// the window's goroutine.
func Touch(o fyne.CanvasObject) {
	if watched && !slices.Contains(touched, o) {
		touched = append(touched, o)
	}
}
