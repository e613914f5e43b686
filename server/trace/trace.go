// Package trace keeps how the bot's messages came about, for the people who review them: the newest, masked, in memory. Nothing of
// them is on disk, where what a customer said must be sealed with the customer's key.
package trace

import (
	"container/list"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// Keep bounds a Memory. Zeros mean 64 traces a conversation, 10,000 conversations, 8 MB and 72 hours.
type Keep struct {
	Each          int
	Conversations int
	Bytes         int // as they are packed
	For           time.Duration
}

// overhead is about what an entry takes beside its packed bytes, in memory: its IDs, its place in list and map.
const overhead = 160

// Memory keeps traces until the server ends. Where there are too many, those go whose conversation the bot spoke in least recently. It is
// safe for concurrent use.
type Memory struct {
	keep Keep
	pack *packer

	mu    sync.Mutex
	convs map[string]*list.Element // of *talk
	order *list.List               // front: the bot spoke there last
	bytes int
}

// talk is what is kept of a conversation, oldest first.
type talk struct {
	conv string
	all  []entry
}

type entry struct {
	ids    []event.ID // of the messages: an answer, and the cards that it showed
	answer event.ID   // the customer's message
	at     time.Time
	packed []byte
}

func (e *entry) size() int { return overhead + len(e.packed) + 26*(len(e.ids)+1) }

// New makes a Memory.
func New(k Keep) *Memory {
	if k.Each <= 0 {
		k.Each = 64
	}
	if k.Conversations <= 0 {
		k.Conversations = 10_000
	}
	if k.Bytes <= 0 {
		k.Bytes = 8 << 20
	}
	if k.For <= 0 {
		k.For = 72 * time.Hour
	}
	return &Memory{keep: k, pack: newPacker(), convs: map[string]*list.Element{}, order: list.New()}
}

// Save keeps a trace for the messages that it led to. What it holds must be masked.
func (m *Memory) Save(conv string, t wire.Trace, ids ...event.ID) error {
	t.Message = ""
	raw, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("encode a trace: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	packed, err := m.pack.pack(raw)
	if err != nil {
		return fmt.Errorf("pack a trace: %w", err)
	}
	el := m.convs[conv]
	if el == nil {
		el = m.order.PushFront(&talk{conv: conv})
		m.convs[conv] = el
	}
	m.order.MoveToFront(el)
	k := el.Value.(*talk)
	e := entry{ids: ids, answer: t.For, at: time.UnixMilli(t.At), packed: packed}
	k.all = append(k.all, e)
	m.bytes += e.size()
	if len(k.all) > m.keep.Each {
		m.drop(el, len(k.all)-m.keep.Each)
	}
	for m.order.Len() > m.keep.Conversations || m.bytes > m.keep.Bytes && m.order.Len() > 1 {
		old := m.order.Back()
		m.drop(old, len(old.Value.(*talk).all))
	}
	m.expire(time.UnixMilli(t.At))
	return nil
}

// drop forgets the oldest n traces of a conversation, and the conversation with its last.
func (m *Memory) drop(el *list.Element, n int) {
	k := el.Value.(*talk)
	for i := range k.all[:n] {
		m.bytes -= k.all[i].size()
	}
	k.all = append([]entry(nil), k.all[n:]...)
	if len(k.all) == 0 {
		m.order.Remove(el)
		delete(m.convs, k.conv)
	}
}

// expire forgets conversations in which the bot has not spoken for too long.
func (m *Memory) expire(now time.Time) {
	for el := m.order.Back(); el != nil; el = m.order.Back() {
		k := el.Value.(*talk)
		if now.Sub(k.all[len(k.all)-1].at) <= m.keep.For {
			return
		}
		m.drop(el, len(k.all))
	}
}

// Of is the trace of a message, false where none is kept.
func (m *Memory) Of(conv string, msg event.ID) (wire.Trace, bool) {
	m.mu.Lock()
	packed := m.find(conv, msg)
	m.mu.Unlock()
	if packed == nil {
		return wire.Trace{}, false
	}
	var t wire.Trace
	raw, err := unpack(packed)
	if err != nil || json.Unmarshal(raw, &t) != nil {
		return wire.Trace{}, false // this program's own bytes: it does not happen
	}
	t.Message = msg
	return t, true
}

func (m *Memory) find(conv string, msg event.ID) []byte {
	el := m.convs[conv]
	if el == nil || msg == "" {
		return nil
	}
	all := el.Value.(*talk).all
	for i := len(all) - 1; i >= 0; i-- {
		for _, id := range all[i].ids {
			if id == msg {
				return all[i].packed
			}
		}
	}
	return nil
}

// Forget drops the traces of a conversation that may hold what a message said: of the answers to it and to later ones. "" drops all, as
// when the customer is erased.
func (m *Memory) Forget(conv string, said event.ID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	el := m.convs[conv]
	if el == nil {
		return
	}
	k := el.Value.(*talk)
	var left []entry
	for i := range k.all {
		if said != "" && k.all[i].answer < said {
			left = append(left, k.all[i])
			continue
		}
		m.bytes -= k.all[i].size()
	}
	if k.all = left; len(left) == 0 {
		m.order.Remove(el)
		delete(m.convs, conv)
	}
}

// Len is how many traces are kept, and how many bytes they take.
func (m *Memory) Len() (traces, bytes int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for el := m.order.Front(); el != nil; el = el.Next() {
		traces += len(el.Value.(*talk).all)
	}
	return traces, m.bytes
}
