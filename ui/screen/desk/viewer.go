package desk

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif"  // what customers send
	_ "image/jpeg" // what customers send
	_ "image/png"  // what customers send

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
	_ "golang.org/x/image/webp" // what customers send

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// Bounds of what the viewer decodes.
const (
	mostPixels  = 50_000_000 // larger ones show at the size of the thumbnail
	quickPixels = 2_000_000  // smaller ones are decoded at once, larger ones beside the window
)

// viewer shows the pictures of a conversation over the whole window.
type viewer struct {
	widget.BaseWidget
	d      *Desk
	log    *view.Log
	ids    []string
	at     int
	photo  *look.Photo
	title  *look.Text
	about  *look.Text
	zoom   *look.Text
	bar    *fyne.Container
	foot   *fyne.Container
	body   *fyne.Container
	sides  []*look.Tap // to the pictures before and after
	marks  bool
	turn   int    // counts pictures shown: a decoder of an older one is ignored
	shown  string // the item and how much of it shows
	closed bool
}

// view opens the viewer at a picture of a log.
func (d *Desk) view(log *view.Log, id string) {
	if log == nil {
		return
	}
	v := &viewer{d: d, marks: true, photo: look.NewPhoto(), bar: look.Layers(), foot: look.Layers(),
		title: look.NewText("", look.Body.B().In("#FFFFFF")), about: look.NewText("", look.Micro.In("#C9CCD6")), zoom: look.NewText("", look.Caption.In("#FFFFFF"))}
	v.zoom.Align, v.title.Cut, v.about.Cut = look.Centre, true, true
	v.photo.OnZoom = func(p int) { v.zoom.Set(fmt.Sprintf("%d%%", p)) }
	side := func(icon string, step int) fyne.CanvasObject {
		b := v.button(icon, 40, func() { v.step(step) })
		v.sides = append(v.sides, b)
		return look.Fix(60, 0, look.ColA(0, look.Stretch, look.Spacer(), look.Inset(look.Pad(0, 10), b), look.Spacer()))
	}
	v.body = look.Col(0, look.Fix(0, 52, v.bar), look.Grow(look.RowA(0, look.Stretch, side("left", -1), look.Grow(v.photo), side("right", 1))), v.foot)
	v.ExtendBaseWidget(v)
	v.take(log)
	for i, x := range v.ids {
		if x == id {
			v.at = i
		}
	}
	d.viewing = v
	c := d.env.Window().Canvas()
	v.Resize(c.Size())
	c.Overlays().Add(v)
	v.show()
	c.Focus(v)
}

// take reads the pictures of a log.
func (v *viewer) take(log *view.Log) {
	v.log, v.ids = log, nil
	for i := range log.Items {
		if it := &log.Items[i]; it.Kind == view.KindImage && !it.Recalled && it.Picture != nil {
			v.ids = append(v.ids, it.ID)
		}
	}
}

// update shows what a newer snapshot brought of the picture.
func (v *viewer) update(log *view.Log) {
	id := ""
	if v.at < len(v.ids) {
		id = v.ids[v.at]
	}
	v.take(log)
	for i, x := range v.ids {
		if x == id {
			v.at = i
			v.show()
			return
		}
	}
	v.Close() // it was taken back
}

func (v *viewer) item() *view.Item {
	if v.at < 0 || v.at >= len(v.ids) {
		return nil
	}
	for i := range v.log.Items {
		if v.log.Items[i].ID == v.ids[v.at] {
			return &v.log.Items[i]
		}
	}
	return nil
}

func (v *viewer) step(n int) {
	if to := v.at + n; to >= 0 && to < len(v.ids) {
		v.at = to
		v.show()
	}
	v.focus()
}

func (v *viewer) focus() { v.d.env.Window().Canvas().Focus(v) }

// Close closes the viewer.
func (v *viewer) Close() {
	v.closed = true
	v.turn++
	if v.d.viewing == v {
		v.d.viewing = nil
	}
	v.d.env.Window().Canvas().Overlays().Remove(v)
}

// show draws the picture that is chosen, in full where it is there.
func (v *viewer) show() {
	it := v.item()
	if it == nil {
		return
	}
	w, p := v.d.env.W, it.Picture
	data, full := p.Full, true
	if len(data) == 0 {
		data, full = p.Data, false
	}
	v.chrome(it)
	key := fmt.Sprint(it.ID, full, len(data), it.Lacking)
	if key == v.shown {
		return
	}
	if !full && it.Lacking == "" {
		v.d.env.Act.Fetch(it.ID)
	}
	v.shown = key
	v.turn++
	var marks []look.Mark
	for _, f := range p.Frames {
		marks = append(marks, look.Mark{Label: look.OneLine(f.Label), X: f.X, Y: f.Y, W: f.W, H: f.H})
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	switch {
	case len(data) == 0:
		v.photo.Set(nil, nil)
		return
	case err == nil && c.Width*c.Height > mostPixels && full:
		data = p.Data
		v.about.Set(v.about.S + " · " + w.T("view.large"))
	}
	if c.Width*c.Height <= quickPixels {
		v.photo.Set(decode(data), marks)
		return
	}
	turn := v.turn
	go func() { // ends by itself, at the latest when the picture is decoded
		levels := decode(data)
		fyne.Do(func() {
			if v.turn == turn && !v.closed {
				v.photo.Set(levels, marks)
			}
		})
	}()
}

// decode reads a picture for a Photo; nil when it can't be read.
func decode(data []byte) []*image.RGBA {
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		fyne.LogError("decode picture", err)
		return nil
	}
	return look.Levels(img)
}

func (v *viewer) button(icon string, d float32, f func()) *look.Tap {
	t := look.NewTap(look.Fix(d, d, look.Layers(look.NewBox("#2A2D36", "", d/2, look.Edge{}, nil),
		look.Row(0, look.Spacer(), look.NewIcon(icon, "#FFFFFF", d*0.46), look.Spacer()))), "", d/2, f)
	t.Skip = true
	return t
}

// chrome draws the bars around the picture.
func (v *viewer) chrome(it *view.Item) {
	w, p := v.d.env.W, it.Picture
	for i, b := range v.sides {
		b.Hidden = i == 0 && v.at == 0 || i == 1 && v.at >= len(v.ids)-1
	}
	v.title.Set(cutRunes(look.OneLine(it.Name), 20))
	about := v.d.env.W.Clock(it.At, v.d.env.Now())
	if p.W > 0 {
		about += fmt.Sprintf(" · %d × %d", p.W, p.H)
	}
	if len(v.ids) > 1 {
		about = fmt.Sprintf("%d / %d · ", v.at+1, len(v.ids)) + about
	}
	switch {
	case it.Lacking != "":
		about += " · " + v.d.lacking(it.Lacking)
	case len(p.Full) == 0:
		about += " · " + w.T("picture.loading")
	}
	v.about.Set(about)
	do := func(f func()) func() { return func() { f(); v.focus() } }
	row := look.Row(8, look.Soft(look.Col(0, v.title, v.about)), look.Spacer())
	if len(p.Frames) > 0 {
		row.Add(v.button("spark", 30, do(func() {
			v.marks = !v.marks
			v.photo.ShowMarks(v.marks)
		})))
	}
	row.Add(v.button("minus", 30, do(func() { v.photo.Zoom(-1) })))
	row.Add(look.Fix(52, 0, v.zoom))
	row.Add(v.button("plus", 30, do(func() { v.photo.Zoom(1) })))
	row.Add(v.button("frame", 30, do(v.photo.Fit)))
	row.Add(look.Space(6, 1))
	row.Add(v.button("x", 30, v.Close))
	put(v.bar, look.Inset(look.Pad(8, 16), row))
	foot := look.Space(0, 16)
	if r := p.Report; r != nil {
		width := min(720, v.d.env.Window().Canvas().Size().Width-80)
		foot = look.Inset(look.Pad(12, 16), look.Row(0, look.Spacer(), look.Fix(width, 0, v.d.report(r, width)), look.Spacer()))
	}
	put(v.foot, foot)
	v.Refresh()
}

// Tapped implements fyne.Tappable: a tap beside the picture closes the viewer.
func (v *viewer) Tapped(*fyne.PointEvent) { v.Close() }

// FocusGained implements fyne.Focusable.
func (v *viewer) FocusGained() {}

// FocusLost implements fyne.Focusable.
func (v *viewer) FocusLost() {}

// TypedRune implements fyne.Focusable.
func (v *viewer) TypedRune(r rune) {
	switch r {
	case '+', '=':
		v.photo.Zoom(1)
	case '-':
		v.photo.Zoom(-1)
	case '0':
		v.photo.Fit()
	case '1':
		v.photo.Whole()
	}
}

// TypedKey implements fyne.Focusable.
func (v *viewer) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyEscape:
		v.Close()
	case fyne.KeyLeft, fyne.KeyPageUp:
		v.step(-1)
	case fyne.KeyRight, fyne.KeyPageDown, fyne.KeySpace:
		v.step(1)
	case fyne.KeyUp:
		v.photo.Zoom(1)
	case fyne.KeyDown:
		v.photo.Zoom(-1)
	}
}

// CreateRenderer implements fyne.Widget. The viewer is dark in both themes, as pictures read best so.
func (v *viewer) CreateRenderer() fyne.WidgetRenderer {
	dim := canvas.NewRectangle(look.C("#101115"))
	return &viewerRenderer{v, dim, []fyne.CanvasObject{dim, v.body}}
}

type viewerRenderer struct {
	v    *viewer
	dim  *canvas.Rectangle
	objs []fyne.CanvasObject
}

func (viewerRenderer) Destroy()                       {}
func (viewerRenderer) MinSize() fyne.Size             { return fyne.NewSize(200, 200) }
func (r viewerRenderer) Objects() []fyne.CanvasObject { return r.objs }

func (r viewerRenderer) Layout(s fyne.Size) {
	r.dim.Resize(s)
	r.v.body.Resize(s)
}

func (r viewerRenderer) Refresh() {
	r.Layout(r.v.Size())
	r.v.body.Refresh()
}
