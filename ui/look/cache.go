package look

import (
	"sync"

	"fyne.io/fyne/v2"
)

// current is the kit's theme, nil when the app uses another one.
func current() *Theme {
	a := fyne.CurrentApp()
	if a == nil {
		return nil
	}
	t, _ := a.Settings().Theme().(*Theme)
	return t
}

type widthKey struct {
	text string
	size float32
	bold bool
}

// widthCache keeps measured widths, as shaping is what layout spends its time on. It holds two generations of at most
// widthCap entries: when the young one is full the old one is dropped, so that what is in use survives.
type widthCache struct {
	mu         sync.Mutex
	young, old map[widthKey]float32
}

const widthCap = 16384

func newWidthCache() *widthCache { return &widthCache{young: map[widthKey]float32{}} }

func (c *widthCache) get(k widthKey, measure func() float32) float32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if w, ok := c.young[k]; ok {
		return w
	}
	w, ok := c.old[k]
	if !ok {
		w = measure()
	}
	if len(c.young) >= widthCap {
		c.young, c.old = make(map[widthKey]float32, widthCap), c.young
	}
	c.young[k] = w
	return w
}

// resourceCache keeps prepared files. Resource names carry colour and size because Fyne's raster cache goes by name.
// It is bounded by the icons that exist, times the inks and scales in use.
type resourceCache struct {
	mu sync.Mutex
	m  map[string]fyne.Resource
}

func newResourceCache() *resourceCache { return &resourceCache{m: map[string]fyne.Resource{}} }

// prepare makes a resource once for each theme object. A file that is missing is logged and drawn as nothing.
func prepare(name string, load func() ([]byte, error)) fyne.Resource {
	t := current()
	if t != nil {
		t.prepared.mu.Lock()
		defer t.prepared.mu.Unlock()
		if res, ok := t.prepared.m[name]; ok {
			return res
		}
	}
	b, err := load()
	if err != nil {
		fyne.LogError("prepare "+name, err)
		return nil
	}
	res := fyne.NewStaticResource(name, b)
	if t != nil {
		t.prepared.m[name] = res
	}
	return res
}
