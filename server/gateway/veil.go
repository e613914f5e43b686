package gateway

import (
	"bytes"
	"encoding/json"

	"agentdesk/sync/event"
	"agentdesk/sync/mask"
)

// veil masks events for desks, each once.
type veil struct {
	mask *mask.Masker
	done map[event.ID]event.Placed
}

func newVeil(m *mask.Masker) *veil { return &veil{mask: m, done: map[event.ID]event.Placed{}} }

func (v *veil) all(evs []event.Placed) []event.Placed {
	out := make([]event.Placed, len(evs))
	for i := range evs {
		out[i] = v.one(&evs[i])
	}
	return out
}

// one is an event as a desk may have it: every private text masked, and without the content's hash, which would let one
// guess at what is masked.
func (v *veil) one(p *event.Placed) event.Placed {
	if m, ok := v.done[p.ID]; ok {
		return m
	}
	m := *p
	m.ClientSum, m.Sealed = "", nil
	if len(p.Private) > 0 {
		m.Private = v.private(p.Private)
	}
	v.done[p.ID] = m
	return m
}

func (v *veil) private(raw json.RawMessage) json.RawMessage {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var any any
	if err := dec.Decode(&any); err != nil {
		return nil // unreadable: nobody can say what is in it
	}
	masked, changed := v.walk(any)
	if !changed {
		return raw
	}
	data, err := json.Marshal(masked)
	if err != nil {
		return nil
	}
	return data
}

func (v *veil) walk(x any) (any, bool) {
	changed := false
	switch x := x.(type) {
	case string:
		m := v.mask.Text(x)
		return m, m != x
	case []any:
		for i := range x {
			m, c := v.walk(x[i])
			x[i], changed = m, changed || c
		}
		return x, changed
	case map[string]any:
		for k := range x {
			m, c := v.walk(x[k])
			x[k], changed = m, changed || c
		}
		return x, changed
	}
	return x, false
}

// clear is what the seat's holder may read of messages in full, where that differs from what is masked.
func (v *veil) clear(evs []event.Placed) map[event.ID]string {
	out := map[event.ID]string{}
	for i := range evs {
		if evs[i].Type != event.Posted {
			continue
		}
		var said event.PostedPrivate
		if evs[i].Decode(nil, &said) != nil || said.Text == "" {
			continue
		}
		if v.mask.Text(said.Text) != said.Text {
			out[evs[i].ID] = said.Text
		}
	}
	return out
}
