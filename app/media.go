package app

import (
	"bytes"
	"container/list"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // decoders of what may be uploaded
	_ "image/jpeg" //
	"image/png"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // the same

	"agentdesk/sync/client"
)

// Bounds of pictures and sounds in memory.
const (
	mediaBound  = 32 << 20 // bytes, all of them
	thumbBound  = 20 << 20 // of those, thumbnails that are fetched without being asked for
	thumbWidth  = 480      // pixels: a bubble's picture on a dense screen
	cardWidth   = 192      // of a product's picture
	maxPixels   = 40_000_000
	maxFetching = 16 // pictures on their way at once
)

// Prefixes of keys: how large, of what.
const (
	thumbPrefix = "thumb:"
	fullPrefix  = "full:"
	cardPrefix  = "card:"
)

func thumbKey(hash string) string { return thumbPrefix + hash }
func fullKey(hash string) string  { return fullPrefix + hash }
func cardKey(path string) string  { return cardPrefix + path }

// media is what was fetched, the least recently shown of it dropped first. The model's lock guards it.
type media struct {
	used   int
	order  *list.List // of *medium, most recently used first
	by     map[string]*list.Element
	coming map[string]bool
	failed map[string]string // key → error code, while it would fail again
}

type medium struct {
	key  string
	data []byte
}

func newMedia() *media {
	return &media{order: list.New(), by: map[string]*list.Element{}, coming: map[string]bool{}, failed: map[string]string{}}
}

// data is what was fetched for a key, nil for nothing.
func (c *media) data(key string) []byte {
	e := c.by[key]
	if e == nil {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(*medium).data
}

func (c *media) lacks(key string) string { return c.failed[key] }

// put keeps what was fetched and returns the keys that had to go for it.
func (c *media) put(key string, data []byte) (gone []string) {
	if e := c.by[key]; e != nil {
		c.used -= len(e.Value.(*medium).data)
		c.order.Remove(e)
	}
	c.by[key] = c.order.PushFront(&medium{key, data})
	c.used += len(data)
	for c.used > mediaBound && c.order.Len() > 1 {
		e := c.order.Back()
		old := e.Value.(*medium)
		c.order.Remove(e)
		delete(c.by, old.key)
		c.used -= len(old.data)
		gone = append(gone, old.key)
	}
	return gone
}

// fetch brings a piece of media unless it is there, on its way, or known to be lost; a.mu is held.
func (a *App) fetch(key string) {
	m := &a.m
	if m.media.by[key] != nil || m.media.coming[key] || m.media.failed[key] != "" || m.web == nil {
		return
	}
	web := m.web
	m.media.coming[key] = a.pool.add(key, func(ctx context.Context) {
		data, code := a.bring(ctx, web, key)
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.m.media.coming, key)
		changed := []string{key}
		if code != "" {
			if len(a.m.media.failed) > 4096 {
				clear(a.m.media.failed)
			}
			a.m.media.failed[key] = code
		} else {
			changed = append(changed, a.m.media.put(key, data)...)
		}
		a.brought(changed...)
	})
}

// brought renews what shows the media of keys; a.mu is held.
func (a *App) brought(keys ...string) {
	for _, k := range keys {
		for _, t := range a.m.talks() {
			t.b.brought(k)
		}
	}
	a.touch()
}

// bring fetches one piece of media, at the size shown.
func (a *App) bring(ctx context.Context, web *client.Web, key string) (data []byte, code string) {
	size, of, _ := strings.Cut(key, ":")
	var err error
	width := 0
	switch size + ":" {
	case thumbPrefix:
		width = thumbWidth
		data, err = web.File(ctx, of, width)
	case fullPrefix:
		data, err = web.File(ctx, of, 0)
	default:
		width = cardWidth
		data, err = web.Picture(ctx, of, width)
	}
	if err != nil {
		return nil, errCode(err)
	}
	if width == 0 {
		if strings.HasPrefix(http.DetectContentType(data), "image/") && !decodable(data) {
			return nil, "bad_picture"
		}
		return data, ""
	}
	if data, err = a.scaled(data, width); err != nil {
		return nil, "bad_picture"
	}
	return data, ""
}

// errCode is what a failed request shows: "error.<code>".
func errCode(err error) string {
	var re *client.RESTError
	switch {
	case errors.As(err, &re):
		switch re.Status {
		case http.StatusNotFound, http.StatusGone:
			return "gone"
		case http.StatusTooManyRequests, http.StatusServiceUnavailable:
			return "busy"
		case http.StatusRequestEntityTooLarge:
			return "too_large"
		case http.StatusUnsupportedMediaType:
			return "unsupported"
		case http.StatusForbidden, http.StatusUnauthorized:
			return "forbidden"
		}
		return "unknown"
	case errors.Is(err, client.ErrTooLong):
		return "too_large"
	}
	return "unreachable"
}

// passing reports whether a failure may be gone with the next connection.
func passing(code string) bool { return code == "unreachable" || code == "busy" || code == "unknown" }

// decodable checks from its header alone that a picture is one and not too large to decode.
func decodable(data []byte) bool {
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	return err == nil && c.Width > 0 && c.Height > 0 && c.Width <= maxPixels/c.Height
}

var errPicture = errors.New("not a picture that can be shown")

// scaled is a picture at most width pixels wide, as PNG or JPEG; the very bytes where they are that already.
func (a *App) scaled(data []byte, width int) ([]byte, error) {
	a.decoding.Lock()
	defer a.decoding.Unlock()
	return scaled(data, width)
}

func scaled(data []byte, width int) ([]byte, error) {
	if isSVG(data) {
		img, err := drawn(data, width)
		if err != nil {
			return nil, err
		}
		return encoded(img)
	}
	c, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || c.Width <= 0 || c.Height <= 0 || c.Width > maxPixels/c.Height {
		return nil, errPicture
	}
	if c.Width <= width*3/2 && c.Height <= width*4 && (format == "png" || format == "jpeg") && len(data) <= 1<<20 {
		return data, nil
	}
	src, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPicture, err)
	}
	scale := min(1, float64(width)/float64(c.Width), float64(width)*3/float64(c.Height))
	dst := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(c.Width)*scale)), max(1, int(float64(c.Height)*scale))))
	draw.BiLinear.Scale(dst, dst.Bounds(), src, src.Bounds(), draw.Src, nil)
	return encoded(dst)
}

func encoded(img image.Image) ([]byte, error) {
	var out bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := enc.Encode(&out, img); err != nil {
		return nil, fmt.Errorf("%w: %w", errPicture, err)
	}
	return out.Bytes(), nil
}

// wanted asks for the thumbnails of what shows, newest first, as far as they fit; a.mu is held.
func (a *App) wanted() {
	m := &a.m
	room, coming := thumbBound, maxFetching-len(m.media.coming)
	for _, t := range m.talks() {
		for i := len(t.b.shows) - 1; i >= 0 && room > 0 && coming > 0; i-- {
			key := t.b.shows[i].key
			if t.b.items[t.b.shows[i].place].Recalled {
				continue
			}
			if data := m.media.data(key); data != nil {
				room -= len(data)
				continue
			}
			room -= 64 << 10
			if !m.media.coming[key] && m.media.failed[key] == "" {
				a.fetch(key)
				coming--
			}
		}
	}
	var paths []string
	if p := m.picker; p != nil {
		for i := range p.cards {
			paths = append(paths, p.cards[i].Picture)
		}
	}
	if p := m.panels[m.selected]; p != nil {
		for i := range p.Cards {
			paths = append(paths, p.Cards[i].Picture)
		}
	}
	for _, path := range paths {
		if path != "" && len(m.media.coming) < maxFetching {
			a.fetch(cardKey(path))
		}
	}
}

// Fetch implements view.Actions.
func (a *App) Fetch(item string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, t := range a.m.talks() {
		i, ok := t.b.at[item]
		if !ok {
			continue
		}
		for key, at := range t.b.pics {
			if !slices.Contains(at, i) || !strings.HasPrefix(key, fullPrefix) && !strings.HasPrefix(key, thumbPrefix) {
				continue
			}
			if passing(a.m.media.failed[key]) {
				delete(a.m.media.failed, key)
				t.b.brought(key)
			}
			a.fetch(key)
		}
	}
	a.touch()
}
