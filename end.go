package main

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"time"
)

// endTime is how long the desk may take to end. What it holds is on disk already; what waits longer waits for something that
// does not answer, such as a sound device or the desktop's bus.
const endTime = 5 * time.Second

// ending knows which parts of the program still run, and ends it without those that don't stop.
type ending struct {
	mu    sync.Mutex
	parts map[string]bool
}

// run runs a part under its name.
func (e *ending) run(name string, f func() error) error {
	e.mu.Lock()
	if e.parts == nil {
		e.parts = map[string]bool{}
	}
	e.parts[name] = true
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		delete(e.parts, name)
		e.mu.Unlock()
	}()
	return f()
}

func (e *ending) left() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Sorted(maps.Keys(e.parts))
}

// watch returns when done is closed. Where that has not come endTime after the end of ctx, it logs what was left, writes to trace
// what each goroutine was doing, and calls exit.
func (e *ending) watch(ctx context.Context, done <-chan struct{}, trace io.Writer, exit func(code int)) {
	select {
	case <-done:
		return
	case <-ctx.Done():
	}
	late := time.NewTimer(endTime)
	defer late.Stop()
	select {
	case <-done:
		return
	case <-late.C:
	}
	slog.Error("the desk did not end in time and is ended now", "after", endTime, "left", strings.Join(e.left(), ", "))
	if p := pprof.Lookup("goroutine"); p != nil {
		if err := p.WriteTo(trace, 2); err != nil {
			slog.Warn("what was left can't be written down", "err", err)
		}
	}
	exit(1)
}
