package gateway

import (
	"bytes"
	"encoding/json"

	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// veil masks events for desks, each once.
type veil struct {
	mask *memo
	done map[event.ID]event.Placed
}

func newVeil(m *memo) *veil { return &veil{mask: m, done: map[event.ID]event.Placed{}} }

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
		m.Private = v.private(p.Type, p.Private)
	}
	v.done[p.ID] = m
	return m
}

func (v *veil) private(t event.Type, raw json.RawMessage) json.RawMessage {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var any any
	if err := dec.Decode(&any); err != nil {
		return nil // unreadable: nobody can say what is in it
	}
	filled := t == event.Posted && v.fields(any)
	masked, changed := v.walk(any)
	if !changed && !filled {
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

// fields masks what was filled into a form. It reports whether there was any.
func (v *veil) fields(x any) bool {
	said, _ := x.(map[string]any)
	fields, _ := said["fields"].(map[string]any)
	for name, val := range fields {
		if text, ok := val.(string); ok {
			fields[name] = v.mask.Field(name, text)
		}
	}
	return len(fields) > 0
}

// clear is what the seat's holder may read of a conversation's messages in full, where that differs from what is masked;
// nil where nothing does.
func (v *veil) clear(conv string, evs []event.Placed) *wire.Live {
	l := &wire.Live{Kind: wire.LiveClear, Conv: conv}
	for i := range evs {
		if evs[i].Type != event.Posted {
			continue
		}
		var said event.PostedPrivate
		if evs[i].Decode(nil, &said) != nil {
			continue
		}
		if said.Text != "" && v.mask.Text(said.Text) != said.Text {
			if l.Clear == nil {
				l.Clear = map[event.ID]string{}
			}
			l.Clear[evs[i].ID] = said.Text
		}
		if len(said.Fields) > 0 {
			if l.ClearFields == nil {
				l.ClearFields = map[event.ID]map[string]string{}
			}
			l.ClearFields[evs[i].ID] = said.Fields
		}
	}
	if l.Clear == nil && l.ClearFields == nil {
		return nil
	}
	return l
}
