package main

import (
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"agentdesk/ui/shot"
	"agentdesk/ui/words"
)

// TestGallery_NothingIsCutOrOverlaps lays out every screen and state in both languages and the widths. The theme changes
// colours only, so one is enough here; `make gallery` draws both.
func TestGallery_NothingIsCutOrOverlaps(t *testing.T) {
	a := test.NewTempApp(t)
	for _, p := range plates() {
		if p.Theme != "light" || p.Lang == "en" && p.Width == 1920 { // the widest has room for any language
			continue
		}
		t.Run(p.File(), func(t *testing.T) {
			u, err := shot.Lay(p.shot(a))
			if err != nil {
				t.Fatal(err)
			}
			defer u.Window().Close()
			for _, f := range audit(u.Window()) {
				t.Error(f)
			}
		})
	}
}

func TestAudit_FindsWhatIsWrong(t *testing.T) {
	text := func(s string, x, y float32) *canvas.Text {
		c := canvas.NewText(s, color.Black)
		c.TextSize = 14
		c.Resize(c.MinSize())
		c.Move(fyne.NewPos(x, y))
		return c
	}
	scroll := func(o fyne.CanvasObject) *container.Scroll {
		s := container.NewVScroll(container.NewWithoutLayout(o))
		s.Resize(fyne.NewSize(200, 50))
		return s
	}
	panel := canvas.NewRectangle(color.White)
	panel.Resize(fyne.NewSize(200, 40))
	for name, c := range map[string]struct {
		objs []fyne.CanvasObject
		want int
	}{
		"nothing":               {[]fyne.CanvasObject{text("一行", 10, 10), text("二行", 10, 40)}, 0},
		"text on text":          {[]fyne.CanvasObject{text("一行文字", 10, 10), text("盖在上面", 20, 12)}, 1},
		"past the right edge":   {[]fyne.CanvasObject{text("太长的一行太长的一行太长的一行太长的一行", 40, 10)}, 1},
		"below the window":      {[]fyne.CanvasObject{text("看不见", 10, 300)}, 1},
		"scrolled out is fine":  {[]fyne.CanvasObject{scroll(text("在下面", 10, 300))}, 0},
		"cut beside in scrolls": {[]fyne.CanvasObject{scroll(text("太长的一行太长的一行太长的一行太长的一行太长的一行", 40, 10))}, 1},
		"hidden by a panel":     {[]fyne.CanvasObject{text("下面的", 10, 10), panel, text("上面的", 10, 10)}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			test.NewTempApp(t)
			w := test.NewTempWindow(t, container.NewWithoutLayout(c.objs...))
			w.SetPadded(false)
			w.Resize(fyne.NewSize(200, 100))
			if got := audit(w); len(got) != c.want {
				t.Errorf("%d faults, want %d: %q", len(got), c.want, got)
			}
		})
	}
}

func TestSheet_IsMadeOfTheScenesItNames(t *testing.T) {
	a := test.NewTempApp(t)
	if _, err := sheet(a, nil); err == nil {
		t.Fatal("a sheet without its scenes was drawn")
	}
	w, err := words.Load("zh-Hans")
	if err != nil {
		t.Fatal(err)
	}
	scenes := map[string]bool{}
	for _, s := range scenarios() {
		scenes[s.Name] = true
	}
	shots := map[string]image.Image{}
	for _, c := range cells(w) {
		for _, k := range c.cuts {
			if !scenes[k.scene] {
				t.Errorf("%s is cut out of %q, which is no scene", c.title, k.scene)
			}
			shots[k.scene] = image.NewUniform(color.Black)
		}
	}
	img, err := sheet(a, shots)
	if err != nil {
		t.Fatal(err)
	}
	if s := img.Bounds().Size(); s != image.Pt(1440, 784) {
		t.Errorf("the sheet measures %v", s)
	}
}
