package app

import (
	"context"
	"slices"
	"sync"
)

const (
	poolWorkers = 4
	poolBound   = 512 // of work that waits
)

// pool does work that may take long beside the session: look-ups, pictures, uploads. Of work with the same key only the
// newest that has not begun is done.
type pool struct {
	mu   sync.Mutex
	wait []task
	wake chan struct{}
}

type task struct {
	key string
	run func(context.Context)
}

func newPool() *pool { return &pool{wake: make(chan struct{}, poolWorkers)} }

// add asks for work; false when too much waits.
func (p *pool) add(key string, run func(context.Context)) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wait = slices.DeleteFunc(p.wait, func(t task) bool { return t.key == key })
	if len(p.wait) >= poolBound {
		return false
	}
	p.wait = append(p.wait, task{key, run})
	select {
	case p.wake <- struct{}{}:
	default: // all workers will look
	}
	return true
}

func (p *pool) next() (task, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.wait) == 0 {
		return task{}, false
	}
	t := p.wait[0]
	p.wait = p.wait[1:]
	return t, true
}

// work does what is asked for until ctx ends.
func (p *pool) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
		}
		for ctx.Err() == nil {
			t, ok := p.next()
			if !ok {
				break
			}
			t.run(ctx)
		}
	}
}
