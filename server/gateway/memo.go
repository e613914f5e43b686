package gateway

import (
	"container/list"
	"sync"

	"agentdesk/sync/mask"
)

// Bounds of what is remembered of masking.
const (
	memoFrom  = 512     // bytes: shorter texts are masked faster than looked up
	memoBytes = 8 << 20 // of texts and their masked forms
)

// memo masks, and remembers what long texts became: they are masked by the socket that brings them, not under the hub's lock,
// so that who sends the largest texts slows nobody but themselves. It is safe for concurrent use.
type memo struct {
	*mask.Masker

	mu    sync.Mutex
	bytes int
	m     map[string]*list.Element
	order *list.List // front: used last
}

type masked struct{ text, as string }

func newMemo(m *mask.Masker) *memo {
	return &memo{Masker: m, m: map[string]*list.Element{}, order: list.New()}
}

// Text masks one text.
func (m *memo) Text(s string) string {
	if len(s) < memoFrom {
		return m.Masker.Text(s)
	}
	m.mu.Lock()
	if el, ok := m.m[s]; ok {
		m.order.MoveToFront(el)
		m.mu.Unlock()
		return el.Value.(masked).as
	}
	m.mu.Unlock()
	as := m.Masker.Text(s)
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.m[s]; ok {
		return as
	}
	m.m[s] = m.order.PushFront(masked{s, as})
	m.bytes += len(s) + len(as)
	for m.bytes > memoBytes {
		old := m.order.Back()
		m.order.Remove(old)
		gone := old.Value.(masked)
		delete(m.m, gone.text)
		m.bytes -= len(gone.text) + len(gone.as)
	}
	return as
}

// forget drops all that is remembered.
func (m *memo) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.m, m.order, m.bytes = map[string]*list.Element{}, list.New(), 0
}
