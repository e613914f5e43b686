package app

import (
	"hash"
	"hash/fnv"
	"math"
	"slices"
	"time"

	"agentdesk/app/view"
)

// rev is a fingerprint of what an item says. The same item has the same one after a restart, so that what the face keeps by
// it (heights) goes on being good.
func rev(it *view.Item) uint64 {
	h := mark{fnv.New64a()}
	h.text(it.ID, string(it.Kind), string(it.By), it.Name, it.Face, it.Text, string(it.Send), string(it.Mood), it.Code, it.File, it.Lacking)
	h.flag(it.Mine, it.Recalled)
	h.time(it.At, it.Unsend)
	h.num(int64(it.Seconds), it.Size, int64(len(it.Sources)))
	for i := range it.Sources {
		s := &it.Sources[i]
		h.text(s.ID, s.Kind, s.Title, s.Section)
	}
	h.bytes(it.Wave)
	h.bytes(it.Sound)
	keys := make([]string, 0, len(it.Args))
	for k := range it.Args {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		h.text(k, it.Args[k])
	}
	h.flag(it.Picture != nil, it.Handoff != nil, it.Quote != nil, it.Card != nil, it.Form != nil)
	if p := it.Picture; p != nil {
		h.picture(p)
	}
	if c := it.Handoff; c != nil {
		h.time(c.EscalatedAt, c.TakenAt)
		h.text(c.TakenBy, c.Ask, c.Done, c.Clues, c.Unresolved)
		for _, t := range c.Tags {
			h.text(t.Key, t.Text)
			h.flag(t.Alarm)
		}
	}
	if q := it.Quote; q != nil {
		h.text(q.ID, q.Name, q.Text, string(q.Kind))
		h.flag(q.Recalled)
	}
	if c := it.Card; c != nil {
		h.text(c.ID, c.Title, c.Variant, c.State)
		h.num(c.PriceFen, c.ListFen, c.MinFen, int64(c.Stock))
		h.text(c.Lines...)
		h.time(c.At, c.Until)
		h.bytes(c.Picture)
	}
	if f := it.Form; f != nil {
		h.text(f.Kind, f.Order)
		h.flag(f.Filled)
		for _, x := range f.Fields {
			h.text(x.Key, x.Value)
		}
	}
	return h.Sum64() | 1
}

type mark struct{ hash.Hash64 }

func (h mark) num(ns ...int64) {
	for _, n := range ns {
		var b [8]byte
		for i := range b {
			b[i] = byte(n >> (8 * i))
		}
		_, _ = h.Write(b[:])
	}
}

func (h mark) text(ts ...string) {
	for _, t := range ts {
		h.num(int64(len(t)))
		_, _ = h.Write([]byte(t))
	}
}

func (h mark) flag(fs ...bool) {
	for _, f := range fs {
		if f {
			_, _ = h.Write([]byte{1})
		} else {
			_, _ = h.Write([]byte{0})
		}
	}
}

func (h mark) time(ts ...time.Time) {
	for _, t := range ts {
		if t.IsZero() {
			h.num(math.MinInt64)
		} else {
			h.num(t.UnixNano())
		}
	}
}

// bytes takes a sample of long content: what arrives under one name never changes.
func (h mark) bytes(b []byte) {
	h.num(int64(len(b)))
	if len(b) > 256 {
		_, _ = h.Write(b[:64])
		b = b[len(b)-64:]
	}
	_, _ = h.Write(b)
}

func (h mark) picture(p *view.Picture) {
	h.bytes(p.Data)
	h.bytes(p.Full)
	h.num(int64(p.W), int64(p.H))
	for _, f := range p.Frames {
		h.text(f.Label)
		h.num(int64(math.Float32bits(f.X)), int64(math.Float32bits(f.Y)), int64(math.Float32bits(f.W)), int64(math.Float32bits(f.H)))
	}
	h.flag(p.Report != nil)
	if r := p.Report; r != nil {
		h.num(int64(math.Float64bits(r.Confidence))) //nolint:gosec // bits
		h.text(r.Advice)
		for _, l := range r.Lines {
			h.text(l.Name, l.Grade)
			h.num(int64(math.Float32bits(l.Part)))
		}
	}
}
