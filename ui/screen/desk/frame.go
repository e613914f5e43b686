package desk

import (
	"maps"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"agentdesk/ui/look"
)

// The widths that the frame knows. A column that is dragged narrower than its fold collapses.
const (
	drawerW float32 = 348
	stripW  float32 = 48 // the collapsed copilot
	miniW   float32 = 72 // the collapsed queue
	leastW  float32 = 480
	wideW   float32 = 700 // of a conversation whose header has room for all actions

	queueFold, queueLeast, queueMost       float32 = 170, 240, 440
	copilotFold, copilotLeast, copilotMost float32 = 220, 300, 560

	shortH float32 = 760 // below it the copilot leaves out knowledge cards
	lowH   float32 = 800 // below it a narrow window's queue has no line at its foot
)

// The columns whose widths are kept, as keys of view.Prefs.Widths.
const (
	colQueue   = "queue"
	colCopilot = "copilot"
)

// form is how a window of some size is divided.
type form struct {
	rail, queue, copilot float32
	icons                bool // the rail has no words
	mini                 bool // the queue is collapsed to faces and rings
	strip                bool // the copilot is collapsed to a strip; its suggestions dock above the composer
	forced               bool // the strip is for want of room, not by choice
	wide                 bool // all of the header's actions show
	short                bool // no room for knowledge cards
	low                  bool // no room for the line below the queue
}

// formOf divides a window by the table of the design, by what the person dragged, and so that the conversation keeps its
// least width: the copilot gives way first, then the queue.
func formOf(size fyne.Size, widths map[string]float32, scale float32) form {
	w := size.Width
	f := form{rail: 64, queue: 304, copilot: 348}
	switch {
	case w >= 1680:
		f.queue, f.copilot = 340, 420
	case w >= 1360:
	case w >= 1200:
		f.queue, f.copilot = 280, 320
	default:
		f.rail, f.queue, f.copilot = 56, 264, stripW
		f.icons, f.forced = true, true
	}
	if v, ok := widths[colQueue]; ok {
		f.queue = settled(v, queueFold, queueLeast, queueMost, miniW)
	}
	if v, ok := widths[colCopilot]; ok && !f.forced {
		f.copilot = settled(v, copilotFold, copilotLeast, copilotMost, stripW)
	}
	if f.copilot > stripW && w-f.rail-f.queue-f.copilot < leastW {
		// A dragged width gives way before the column does.
		f.copilot = max(copilotLeast, w-f.rail-f.queue-leastW)
		if w-f.rail-f.queue-f.copilot < leastW {
			f.copilot, f.forced = stripW, true
		}
	}
	if f.queue > miniW && w-f.rail-f.queue-f.copilot < leastW {
		f.queue = max(queueLeast, w-f.rail-f.copilot-leastW)
		if w-f.rail-f.queue-f.copilot < leastW {
			f.queue = miniW
		}
	}
	f.strip, f.mini = f.copilot == stripW, f.queue == miniW
	f.low = f.icons && size.Height/scale < lowH
	f.icons = f.icons || scale > 1.15 // large words don't fit the rail
	f.wide = (w-f.rail-f.queue-f.copilot)/scale >= wideW
	f.short = size.Height/scale < shortH
	return f
}

// settled is a dragged width within its bounds, or the collapsed one.
func settled(v, fold, least, most, collapsed float32) float32 {
	if v < fold {
		return collapsed
	}
	return max(least, min(v, most))
}

// narrow says that the copilot is a strip.
func (d *Desk) narrow() bool { return d.form.strip }

// wide says that all of the header's actions have room.
func (d *Desk) wide() bool { return d.form.wide }

// short says that the window is too low for knowledge cards beside the suggestions.
func (d *Desk) short() bool { return d.form.short }

// asideW is the width of the copilot's column; without a chat there is none.
func (d *Desk) asideW() float32 {
	if d.snap != nil && d.snap.Chat == nil {
		return 0
	}
	return d.form.copilot
}

// convW is the width of the conversation.
func (d *Desk) convW() float32 {
	w := d.Size().Width
	if w == 0 {
		w = 1440
	}
	return w - d.form.rail - d.form.queue - d.asideW()
}

// build puts the columns together for the window's form.
func (d *Desk) build() {
	f := d.form
	right := fyne.CanvasObject(look.Space(0, 0))
	switch {
	case d.asideW() == 0:
	case f.strip:
		right = d.strip()
	default:
		right = d.column()
	}
	d.cols.Objects = []fyne.CanvasObject{d.railSlot, d.queue.body, edged(look.Panel, d.side), right, d.grips[colQueue], d.grips[colCopilot]}
	d.grips[colCopilot].Hidden = f.forced || d.asideW() == 0
	if f.strip && d.open != "" && d.asideW() > 0 {
		d.showDrawer()
	} else {
		put(d.drawerSlot, look.Space(0, 0))
	}
	d.assemble(look.Layers(d.cols, d.drawerSlot))
}

// assemble puts the bar, what is below it, toasts and tips together.
func (d *Desk) assemble(body fyne.CanvasObject) {
	d.below = look.Col(0, d.barSlot, look.Grow(body))
	d.overLog = &fyne.Container{Layout: overLog{d}, Objects: []fyne.CanvasObject{d.toastSlot}}
	d.root = look.Layers(d.below, d.overLog, d.tipSlot)
	d.root.Resize(d.Size())
	look.Relayout(d.cols) // its size may be what it was, but not its form
	canvas.Refresh(d)
}

// columns places the four columns, and the grips on their borders.
type columns struct{ d *Desk }

func (c columns) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (c columns) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	if len(objs) == 0 { // the first thing that shows is a page
		return
	}
	f := c.d.form
	widths := []float32{f.rail, f.queue, max(0, s.Width-f.rail-f.queue-c.d.asideW()), c.d.asideW()}
	x := float32(0)
	for i, w := range widths {
		objs[i].Move(fyne.NewPos(x, 0))
		objs[i].Resize(fyne.NewSize(w, s.Height))
		x += w
	}
	for i, edge := range []float32{f.rail + f.queue, s.Width - c.d.asideW()} {
		o := objs[len(widths)+i]
		o.Move(fyne.NewPos(edge-look.GripWidth/2, 0))
		o.Resize(fyne.NewSize(look.GripWidth, s.Height))
	}
}

// overLog centres toasts over the head of the conversation.
type overLog struct{ d *Desk }

func (overLog) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (o overLog) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	left, w := o.d.form.rail+o.d.form.queue, o.d.convW()
	if o.d.page != nil {
		left, w = o.d.form.rail, s.Width-o.d.form.rail
	}
	for _, t := range objs {
		m := t.MinSize()
		t.Resize(fyne.NewSize(min(m.Width, w-24), m.Height))
		t.Move(fyne.NewPos(left+(w-t.Size().Width)/2, look.Scaled(106)))
	}
}

// newGrips makes the borders that can be dragged.
func (d *Desk) newGrips() {
	d.grips = map[string]*look.Grip{}
	for _, key := range []string{colQueue, colCopilot} {
		g := look.NewGrip()
		var raw float32 // where the pointer wants the border, also beyond the bounds
		held := false
		g.OnDrag = func(dx float32) {
			if key == colCopilot {
				dx = -dx
			}
			if !held {
				held, d.dragging, raw = true, true, d.widthOf(key)
			}
			raw += dx
			d.resizeColumn(key, raw)
		}
		g.OnDone = func() {
			held, d.dragging = false, false
			d.keepWidths()
		}
		g.OnReset = func() {
			delete(d.widths, key)
			d.reform()
			d.keepWidths()
		}
		d.grips[key] = g
	}
}

func (d *Desk) widthOf(key string) float32 {
	if key == colQueue {
		return d.form.queue
	}
	return d.form.copilot
}

func (d *Desk) resizeColumn(key string, w float32) {
	if w == d.widths[key] {
		return
	}
	d.widths[key] = w
	d.reform()
}

// keepWidths settles what was dragged and hands it on to be kept.
func (d *Desk) keepWidths() {
	if _, ok := d.widths[colQueue]; ok {
		d.widths[colQueue] = settled(d.widths[colQueue], queueFold, queueLeast, queueMost, miniW)
	}
	if _, ok := d.widths[colCopilot]; ok {
		d.widths[colCopilot] = settled(d.widths[colCopilot], copilotFold, copilotLeast, copilotMost, stripW)
	}
	d.saveWidths()
}

// toggleCopilot opens or closes the copilot: a drawer where there is no room for a column, else the column itself.
func (d *Desk) toggleCopilot() {
	switch {
	case d.snap == nil || d.snap.Chat == nil:
	case d.form.forced:
		d.drawer("facts.suggestions")
	case d.form.strip:
		delete(d.widths, colCopilot)
		d.open = ""
		d.reform()
		d.keepWidths()
	default:
		d.widths[colCopilot] = stripW
		d.reform()
		d.keepWidths()
	}
}

// expandQueue opens a collapsed queue.
func (d *Desk) expandQueue() {
	delete(d.widths, colQueue)
	d.tip(false, "", nil)
	d.reform()
	d.keepWidths()
}

// reform divides the window again, after a drag or a change of the text size.
func (d *Desk) reform() {
	f := formOf(d.Size(), d.widths, look.TextScale())
	if f == d.form {
		return
	}
	old := d.form
	d.form = f
	if d.snap == nil {
		return
	}
	if f.queue == old.queue && f.copilot == old.copilot && f.icons == old.icons && f.short == old.short {
		d.relayout()
		return
	}
	if f.strip != old.strip || f.mini != old.mini {
		d.open = ""
	}
	d.apply(d.snap, true)
}

// place is what is open beside the rail: a page, or nil for the chats.
func (d *Desk) place() Page {
	if d.snap == nil {
		return nil
	}
	return d.Pages[d.snap.Place]
}

// showPage puts a page beside the rail.
func (d *Desk) showPage(p Page) {
	put(d.drawerSlot, look.Space(0, 0))
	d.open = ""
	d.assemble(look.RowA(0, look.Stretch, look.Fix(d.form.rail, 0, d.railSlot), look.Grow(p.Object())))
}

// Resize implements fyne.CanvasObject. A new form rebuilds the parts that depend on it.
func (d *Desk) Resize(s fyne.Size) {
	old := d.Size()
	f := formOf(s, d.widths, look.TextScale())
	changed := f != d.form
	if changed && (f.strip != d.form.strip || f.mini != d.form.mini) {
		d.open = ""
	}
	d.form = f
	d.BaseWidget.Resize(s)
	if d.snap == nil || (old.Width == s.Width && !changed) {
		return
	}
	if changed {
		d.apply(d.snap, true)
		return
	}
	if d.page != nil {
		d.page.Apply(d.snap, s.Width-f.rail)
		return
	}
	if c := d.snap.Chat; c != nil && c.Composer != nil {
		d.composer.set(c.Head.ID, c.Composer)
	}
}

// relayout is called when a part changed its height.
func (d *Desk) relayout() {
	look.Relayout(d.conv)
	look.Relayout(d.below)
	look.Relayout(d.overLog)
}

// saveWidths hands the dragged widths on to be kept.
func (d *Desk) saveWidths() {
	if d.snap == nil {
		return
	}
	p := d.snap.Prefs
	p.Widths = maps.Clone(d.widths)
	d.env.Act.SetPrefs(p)
}
