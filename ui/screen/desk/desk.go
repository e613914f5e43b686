// Package desk is the agent's screen: rail, queue, conversation, copilot and customer, drawn from snapshots.
package desk

import (
	"maps"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"agentdesk/app/view"
	"agentdesk/ui/look"
	"agentdesk/ui/screen"
)

// Page is another screen beside the rail, shown while its place is open.
type Page interface {
	Object() fyne.CanvasObject
	Apply(v *view.Desk, width float32)
	Tick()
}

// Desk is the screen. All its methods belong to the goroutine of the window.
type Desk struct {
	widget.BaseWidget
	Pages map[string]Page // by place
	env   screen.Env
	snap  *view.Desk
	form  form

	root, cols, below, overLog     *fyne.Container
	grips                          map[string]*look.Grip
	widths                         map[string]float32 // dragged column widths
	barSlot, railSlot, side        *fyne.Container
	middle, conv, dock             *fyne.Container
	toastSlot, tipSlot, drawerSlot *fyne.Container
	searchBox, titleRow            fyne.CanvasObject
	queue                          *queue
	head                           *head
	log                            *messages
	composer                       *composer
	copilot                        *copilot
	customer                       *customer
	open                           string // what the drawer shows in a narrow window, "" closed
	searching                      bool
	hit                            *view.Search
	hits                           fyne.CanvasObject
	forwardTo                      func(fyne.Shortcut) bool
	barText                        string
	seen                           map[string]float32 // the widths as the snapshot has them
	dragging                       bool
	page                           Page // what shows in place of the chats
	toastIDs                       string
	extras
}

// New makes the screen. forward takes shortcuts of the window from focused inputs.
func New(env screen.Env, forward func(fyne.Shortcut) bool) *Desk {
	d := &Desk{env: env, forwardTo: forward, widths: map[string]float32{}}
	d.form = formOf(fyne.NewSize(1440, 900), nil, look.TextScale())
	d.cols = &fyne.Container{Layout: columns{d}}
	d.newGrips()
	d.barSlot, d.railSlot, d.side = look.Layers(), look.Layers(), look.Layers()
	d.middle, d.dock, d.toastSlot = look.Layers(), look.Layers(), look.Layers()
	d.drawerSlot = &fyne.Container{Layout: drawerPlace{d}}
	d.tipSlot = &fyne.Container{}
	d.queue, d.head, d.log, d.composer = newQueue(d), newHead(d), newMessages(d), newComposer(d)
	d.copilot, d.customer = newCopilot(d), newCustomer(d)
	d.addExtras()
	d.conv = look.Col(0, d.head.body, look.Grow(d.middle), d.dock, d.composer.body)
	d.ExtendBaseWidget(d)
	return d
}

// forward is given to inputs of the screen.
func (d *Desk) forward(s fyne.Shortcut) bool { return d.forwardTo != nil && d.forwardTo(s) }

// Apply shows a snapshot; only parts that changed are drawn anew.
func (d *Desk) Apply(v *view.Desk) { d.apply(v, false) }

func (d *Desk) apply(v *view.Desk, all bool) {
	old := d.snap
	if old == nil {
		old, all = &view.Desk{}, true
	}
	d.snap = v
	now := d.env.Now()
	if !maps.Equal(d.seen, v.Prefs.Widths) && !d.dragging { // the settings, or what was kept, came in
		d.seen = v.Prefs.Widths
		d.widths = maps.Clone(v.Prefs.Widths)
		if d.widths == nil {
			d.widths = map[string]float32{}
		}
		if f := formOf(d.Size(), d.widths, look.TextScale()); f != d.form && d.Size().Width > 0 {
			d.form, all = f, true
		}
	}
	if (old.Chat == nil) != (v.Chat == nil) {
		all = true // without a chat there is no copilot column
	}
	if all || old.Me != v.Me || old.Place != v.Place || old.Prefs.Quiet != v.Prefs.Quiet || !samePlaces(old.Places, v.Places) {
		put(d.railSlot, d.rail(v))
	}
	if all || !sameToasts(old.Toasts, v.Toasts) {
		d.showToasts(now)
	}
	if p := d.place(); p != nil {
		p.Apply(v, d.Size().Width-d.form.rail)
		if all || old.Link != v.Link {
			d.showBar(now)
		}
		if d.page != p || all {
			d.page = p
			d.showPage(p)
		}
		return
	}
	if d.page != nil { // back at the chats, which were not kept up to date meanwhile
		d.page, all = nil, true
	}
	if all || old.SLA != v.SLA {
		put(d.queue.top, d.queue.figures(v.SLA))
	}
	id := ""
	if v.Chat != nil {
		id = v.Chat.Head.ID
	}
	if all {
		put(d.queue.head, d.queue.title())
		d.queue.shape, d.queue.state = "", ""
	}
	if v.Queue != nil && (all || old.Queue != v.Queue || old.Search != v.Search || d.queue.selected != id) {
		d.queue.set(v.Queue, id, now)
	}
	if all || old.Link != v.Link || old.Me != v.Me || old.Health != v.Health {
		d.queue.status(v.Link, v.Me, v.Health)
		d.queue.relayout()
	}
	if all || old.Link != v.Link {
		d.showBar(now)
	}
	if all || old.Chat != v.Chat {
		d.chat(old.Chat, v.Chat, all, now)
	}
	if all || old.Copilot != v.Copilot || old.Customer != v.Customer {
		d.aside(old, v, all)
	}
	d.applyExtras(old, v, all, now)
	if all {
		d.Refresh() // whatever changed its size, all of it is laid out anew
	}
}

func samePlaces(a, b []view.Place) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func sameToasts(a, b []view.Toast) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].ID != b[i].ID {
			return false
		}
	}
	return true
}

func (d *Desk) chat(old, v *view.Chat, all bool, now time.Time) {
	if v == nil {
		put(d.side, d.nothing())
		return
	}
	if old == nil {
		old = &view.Chat{}
	}
	if len(d.side.Objects) != 1 || d.side.Objects[0] != fyne.CanvasObject(d.conv) {
		put(d.side, d.conv)
	}
	if all || old.Head != v.Head || old.Seat != v.Seat {
		d.head.set(v, now)
	}
	if v.Lost != nil {
		put(d.middle, d.lost(v.Lost))
	} else {
		if len(d.middle.Objects) != 1 || d.middle.Objects[0] != d.log.body {
			put(d.middle, d.log.body)
		}
		if all || old.Log != v.Log || old.Head == nil || old.Head.ID != v.Head.ID {
			d.log.set(v.Head.ID, v.Log, now)
		}
	}
	if v.Composer == nil || v.Lost != nil {
		d.composer.body.Hide()
	} else {
		d.composer.body.Show()
		if all || old.Composer != v.Composer || old.Head == nil || old.Head.ID != v.Head.ID {
			d.composer.set(v.Head.ID, v.Composer)
		}
	}
	look.Relayout(d.conv)
}

// Recolour draws everything in the colours of a changed theme.
func (d *Desk) Recolour() {
	d.copilot.cards, d.copilot.dock = map[string]*suggestion{}, map[string]*docked{}
	if d.snap != nil {
		d.log.made = map[string]made{}
		d.apply(d.snap, true)
	}
}

// Due is when the screen wants a Tick out of turn; zero for not.
func (d *Desk) Due(now time.Time) time.Time {
	if d.snap == nil {
		return time.Time{}
	}
	if at := d.queue.due(); at.After(now) {
		return at
	}
	return time.Time{}
}

// Tick steps rings and times; call it once a second.
func (d *Desk) Tick(now time.Time) {
	if d.snap == nil {
		return
	}
	d.showBar(now)
	d.showToasts(now)
	if d.page != nil {
		d.page.Tick()
		return
	}
	d.queue.tick(now)
	if d.log.roll.AtBottom() {
		d.log.look()
	}
	d.log.tick(now)
	if c := d.snap.Chat; c != nil && (d.head.wait != nil || slow(now) || now.Sub(c.Head.Opened) < time.Minute) {
		d.head.tick(now)
	}
}

// slow says that this second is one of those at which times of more than a minute step. They all step at once, every
// sixth second: each step repaints the window.
func slow(now time.Time) bool { return now.Unix()%6 == 0 }

// steps says whether a clock with so many seconds left, or so many past, steps at this second: each one in the last ten
// seconds, else every second one, and all at the same, so that they share a repaint.
func steps(left int, now time.Time) bool {
	switch {
	case left < -60:
		return slow(now)
	case left < 0, left > 10:
		return now.Unix()%2 == 0
	}
	return true
}

// tip names an icon that has no word beside it.
func (d *Desk) tip(in bool, word string, at fyne.CanvasObject) {
	d.tipSlot.Objects = nil
	if in {
		pos := fyne.CurrentApp().Driver().AbsolutePositionForObject(at).Subtract(fyne.CurrentApp().Driver().AbsolutePositionForObject(d))
		b := look.NewBox(look.Panel, look.LineStrong, 6, look.Pad(3, 8), look.NewText(word, look.Caption))
		b.Resize(b.MinSize())
		b.Move(pos.AddXY(at.Size().Width+6, 10))
		d.tipSlot.Objects = []fyne.CanvasObject{b}
	}
	canvas.Refresh(d.tipSlot)
}

// search opens or closes the search line.
func (d *Desk) search(on bool) {
	d.searching = on
	if on && d.form.mini {
		d.expandQueue()
	}
	if on {
		d.titleRow.Hide()
		d.searchBox.Show()
		d.env.Window().Canvas().Focus(d.queue.find.Focusable())
		d.env.Act.Search(d.queue.find.Text())
		return
	}
	d.searchBox.Hide()
	d.titleRow.Show()
	d.queue.find.SetText("")
	d.env.Act.Search("")
	d.env.Window().Canvas().Unfocus()
}

// edit puts a suggestion into the composer to be changed, and the keyboard there.
func (d *Desk) edit(i int) {
	d.env.Act.EditSuggestion(i)
	d.FocusComposer()
}

// FocusComposer gives the keyboard to the composer.
func (d *Desk) FocusComposer() {
	if w := d.env.Window(); w != nil && d.snap != nil && d.snap.Chat != nil && d.snap.Chat.Composer != nil {
		w.Canvas().Focus(d.composer.draft.Focusable())
	}
}

// escape closes what is open, else leaves the composer.
func (d *Desk) escape() {
	c := d.env.Window().Canvas()
	switch {
	case c.Overlays().Top() != nil:
		if o, ok := c.Overlays().Top().(interface{ Close() }); ok {
			o.Close() // it has more to do than to go
			return
		}
		c.Overlays().Remove(c.Overlays().Top())
	case d.closeExtras():
	case d.searching:
		d.search(false)
	case d.open != "":
		d.drawer("")
	default:
		c.Unfocus()
	}
}

// CreateRenderer implements fyne.Widget.
func (d *Desk) CreateRenderer() fyne.WidgetRenderer { return deskRenderer{d} }

type deskRenderer struct{ d *Desk }

func (deskRenderer) Destroy()           {}
func (deskRenderer) MinSize() fyne.Size { return fyne.NewSize(1024, 720) }

func (r deskRenderer) Layout(s fyne.Size) {
	if r.d.root != nil {
		r.d.root.Resize(s)
	}
}

func (r deskRenderer) Objects() []fyne.CanvasObject {
	if r.d.root == nil {
		return nil
	}
	return []fyne.CanvasObject{r.d.root}
}

func (r deskRenderer) Refresh() {
	r.Layout(r.d.Size())
	if r.d.root != nil {
		r.d.root.Refresh() // a change of theme
	}
}
