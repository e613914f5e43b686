package shopdata

import (
	"bytes"
	"cmp"
	"io/fs"
	"strings"
	"sync"
	"time"

	"agentdesk/server/demo/packshot"
)

// look notes how a variant looks; the first variant stands for its product.
func (b *builder) look(r productRow, v variantRow) {
	l := packshot.Look{Form: r.Pack.Form, Tone: r.Pack.Tone, Label: r.Pack.Label, Size: v.Name, Tint: v.Tint, Seed: cmp.Or(r.Pack.Seed, r.ID)}
	b.out.looks[v.ID] = l
	if _, ok := b.out.looks[r.ID]; !ok {
		b.out.looks[r.ID] = l
	}
}

// Pictures returns the pictures of the shop: of each product and variant the big one, <ID>.svg, and a small one for cards,
// <ID>-card.svg, drawn when they are asked for; other names are those of more, such as assets/demo.Pictures().
func (m *Memory) Pictures(more fs.FS) fs.FS {
	return &pictures{looks: m.looks, more: more, studio: packshot.New(), drawn: map[string][]byte{}}
}

type pictures struct {
	looks  map[string]packshot.Look
	more   fs.FS
	studio *packshot.Studio

	mu    sync.Mutex
	drawn map[string][]byte // at most two a product and variant
}

// Open implements fs.FS.
func (p *pictures) Open(name string) (fs.File, error) {
	id, isSVG := strings.CutSuffix(name, ".svg")
	look, ok := p.looks[id]
	draw := p.studio.Scene
	if !ok {
		var small bool
		if id, small = strings.CutSuffix(id, "-card"); small {
			look, ok = p.looks[id]
			draw = p.studio.Card
		}
	}
	if !isSVG || !ok {
		return p.more.Open(name)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	svg, ok := p.drawn[name]
	if !ok {
		var err error
		if svg, err = draw(look); err != nil {
			return nil, &fs.PathError{Op: "open", Path: name, Err: err}
		}
		p.drawn[name] = svg
	}
	return &picture{Reader: bytes.NewReader(svg), name: name}, nil
}

// picture is an open picture. It can be sought in, as net/http wants it.
type picture struct {
	*bytes.Reader
	name string
}

func (p *picture) Stat() (fs.FileInfo, error) { return p, nil }
func (p *picture) Close() error               { return nil }
func (p *picture) Name() string               { return p.name }
func (p *picture) Mode() fs.FileMode          { return 0o444 }
func (p *picture) ModTime() time.Time         { return time.Time{} }
func (p *picture) IsDir() bool                { return false }
func (p *picture) Sys() any                   { return nil }
