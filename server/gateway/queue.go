package gateway

import (
	"context"
	"errors"
	"sync"

	"agentdesk/sync/wire"
)

var errGone = errors.New("gateway: session has ended")

// queue holds the frames on their way to one client, bounded in bytes. While a session catches up, what happens live is
// held back, so that a client hears everything in log order.
type queue struct {
	max int

	mu       sync.Mutex
	frames   [][]byte
	held     [][]byte // live frames while catching up
	bytes    int      // of both
	catching bool
	closed   bool
	code     int
	text     string
	signal   chan struct{} // one token: something to write, or closed
	room     chan struct{} // one token: something was written
	gone     chan struct{} // closed with the queue
}

func newQueue(limit int) *queue {
	return &queue{max: limit, catching: true, signal: make(chan struct{}, 1), room: make(chan struct{}, 1), gone: make(chan struct{})}
}

func poke(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// push queues a live frame. A client that did not take what is queued is closed with CloseSlow.
func (q *queue) push(frame []byte) { q.add(frame, false) }

// direct queues a frame that may overtake held ones: answers to the client's own frames.
func (q *queue) direct(frame []byte) { q.add(frame, true) }

func (q *queue) add(frame []byte, direct bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return
	}
	if q.bytes+len(frame) > q.max && q.bytes > 0 {
		q.frames, q.held, q.bytes = nil, nil, 0
		q.shut(wire.CloseSlow, "the client did not keep up")
		return
	}
	q.bytes += len(frame)
	if q.catching && !direct {
		q.held = append(q.held, frame)
		return
	}
	q.frames = append(q.frames, frame)
	poke(q.signal)
}

// wait queues a frame of catching up as soon as the client has taken enough of those before.
func (q *queue) wait(ctx context.Context, frame []byte) error {
	for {
		q.mu.Lock()
		if q.closed {
			q.mu.Unlock()
			return errGone
		}
		if len(q.frames) == 0 || q.bytes+len(frame) <= q.max/2 {
			q.bytes += len(frame)
			q.frames = append(q.frames, frame)
			poke(q.signal)
			q.mu.Unlock()
			return nil
		}
		q.mu.Unlock()
		select {
		case <-q.room:
		case <-q.gone:
			return errGone
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// live ends catching up: what was held follows.
func (q *queue) live() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.catching = false
	if q.closed {
		return
	}
	q.frames, q.held = append(q.frames, q.held...), nil
	poke(q.signal)
}

// close ends the queue after what is in it. The first reason counts.
func (q *queue) close(code int, text string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.shut(code, text)
}

func (q *queue) shut(code int, text string) {
	if q.closed {
		return
	}
	q.closed, q.code, q.text, q.held = true, code, text, nil
	close(q.gone)
	poke(q.signal)
}

// take gives everything queued; over with its reason when nothing follows.
func (q *queue) take() (frames [][]byte, over bool, code int, text string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	frames, q.frames = q.frames, nil
	return frames, q.closed, q.code, q.text
}

// wrote gives room back.
func (q *queue) wrote(n int) {
	q.mu.Lock()
	q.bytes = max(0, q.bytes-n)
	q.mu.Unlock()
	poke(q.room)
}
