package folds

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"agentdesk/server/eventlog"
	"agentdesk/sync/event"
)

// Bounds of a follower: what waits to be folded, and what one transaction takes.
const (
	queueRecords = 256
	batchEvents  = 4096
)

// Log is the log as a follower reads it; every eventlog.Log is one.
type Log interface {
	Read(ctx context.Context, from uint64, max int) ([]eventlog.Stored, error)
	Follow(ctx context.Context, from uint64, fn func(eventlog.Stored) error) error
	Info(ctx context.Context) (eventlog.Info, error)
}

// Verify compares the fold's place with the log. ErrForeign: it is not a place in this log; Reset and fold again.
// eventlog.ErrBelowFirst: what comes next is no longer in the log, only in its archive.
func (f *Folds) Verify(ctx context.Context, log Log) error {
	cp := f.At()
	info, err := log.Info(ctx)
	if err != nil {
		return fmt.Errorf("verify fold: %w", err)
	}
	switch {
	case cp.Seq+1 < info.First:
		return fmt.Errorf("verify fold: it is at %d, the log begins at %d: %w", cp.Seq, info.First, eventlog.ErrBelowFirst)
	case cp.Seq == 0:
		return nil
	case cp.Stream != info.Stream:
		return fmt.Errorf("verify fold: of stream %s, the log is %s: %w", cp.Stream, info.Stream, ErrForeign)
	case cp.Seq > info.Last:
		return fmt.Errorf("verify fold: it is at %d, the log ends at %d: %w", cp.Seq, info.Last, ErrForeign)
	case cp.Seq < info.First:
		return nil // the record itself is archived; the next one names its hash
	}
	got, err := log.Read(ctx, cp.Seq, 1)
	if err != nil {
		return fmt.Errorf("verify fold: %w", err)
	}
	if len(got) == 0 || eventlog.Hash(got[0].Data) != cp.Hash {
		return fmt.Errorf("verify fold: record %d is not the one folded: %w", cp.Seq, ErrForeign)
	}
	return nil
}

// CatchUp brings the fold to the end of the log: call it before the floor opens. A fold of another incarnation is
// emptied and made anew.
func (f *Folds) CatchUp(ctx context.Context, log Log, keys eventlog.Unsealer) error {
	if err := f.Verify(ctx, log); errors.Is(err, ErrForeign) {
		f.p.Logger.Warn("fold is rebuilt", "path", f.p.Path, "why", err)
		if err := f.Reset(ctx); err != nil {
			return err
		}
		if err := f.Verify(ctx, log); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	info, err := log.Info(ctx)
	if err != nil {
		return fmt.Errorf("catch up: %w", err)
	}
	// Decoding and writing side by side: a rebuild uses both cores.
	batches := make(chan []event.Committed, 2)
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(batches)
		return decodeAll(gctx, log, keys, f.At().Seq+1, batches)
	})
	g.Go(func() error {
		for b := range batches {
			if err := f.Apply(gctx, info.Stream, b); err != nil {
				return err
			}
		}
		return nil
	})
	if err := g.Wait(); err != nil {
		return fmt.Errorf("catch up: %w", err)
	}
	return nil
}

func decodeAll(ctx context.Context, log Log, keys eventlog.Unsealer, from uint64, out chan<- []event.Committed) error {
	for {
		got, err := log.Read(ctx, from, 1024)
		if err != nil || len(got) == 0 {
			return err
		}
		var batch []event.Committed
		events := 0
		for i, s := range got {
			c, err := eventlog.Decode(s.Data, s.Seq, keys)
			if err != nil {
				return err
			}
			batch = append(batch, c)
			if events += len(c.Events); events < batchEvents && i+1 < len(got) {
				continue
			}
			select {
			case out <- batch:
				batch, events = nil, 0
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		from = got[len(got)-1].Seq + 1
	}
}

// Rebuild deletes the fold's files, damaged or not, and makes it anew from the first record of the log.
func Rebuild(ctx context.Context, p Params, log Log, keys eventlog.Unsealer) (*Folds, error) {
	info, err := log.Info(ctx)
	if err != nil {
		return nil, fmt.Errorf("rebuild fold: %w", err)
	}
	if info.First > 1 {
		return nil, fmt.Errorf("rebuild fold: the log begins at %d: %w", info.First, eventlog.ErrBelowFirst)
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(p.Path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("rebuild fold: %w", err)
		}
	}
	f, err := Open(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("rebuild fold: %w", err)
	}
	if err := f.CatchUp(ctx, log, keys); err != nil {
		return nil, errors.Join(fmt.Errorf("rebuild fold: %w", err), f.Close())
	}
	return f, nil
}

// FollowerParams says what a follower folds.
type FollowerParams struct {
	Folds  *Folds
	Log    Log
	Keys   eventlog.Unsealer
	Logger *slog.Logger // nil means nowhere
	// Applied, where set, is called after each transaction with what it folded (indicators, live views). It must not block.
	Applied func([]event.Committed)
}

// Follower keeps a fold at the end of the log. It may be killed at any point.
type Follower struct{ p FollowerParams }

// NewFollower makes a follower; Run it.
func NewFollower(p FollowerParams) *Follower {
	if p.Logger == nil {
		p.Logger = slog.New(slog.DiscardHandler)
	}
	return &Follower{p: p}
}

// Run follows until ctx ends (nil) or the log is closed, foreign or unreadable (that error). A transaction that fails,
// on a full disk for example, is tried again until it succeeds.
func (r *Follower) Run(ctx context.Context) error {
	if err := r.p.Folds.Verify(ctx, r.p.Log); err != nil {
		if ctx.Err() != nil {
			return nil //nolint:nilerr // told to stop
		}
		return fmt.Errorf("follow log: %w", err)
	}
	info, err := r.p.Log.Info(ctx)
	if err != nil {
		return fmt.Errorf("follow log: %w", err)
	}
	queue := make(chan event.Committed, queueRecords)
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		return r.p.Log.Follow(gctx, r.p.Folds.At().Seq+1, func(s eventlog.Stored) error {
			c, err := eventlog.Decode(s.Data, s.Seq, r.p.Keys)
			if err != nil {
				return err
			}
			select {
			case queue <- c:
				return nil
			case <-gctx.Done():
				return gctx.Err()
			}
		})
	})
	g.Go(func() error { return r.fold(gctx, info.Stream, queue) })
	if err := g.Wait(); err != nil && ctx.Err() == nil {
		return fmt.Errorf("follow log: %w", err)
	}
	return nil
}

// fold takes what gathered while the last transaction ran as the next one.
func (r *Follower) fold(ctx context.Context, stream string, queue <-chan event.Committed) error {
	for {
		var batch []event.Committed
		select {
		case <-ctx.Done():
			return ctx.Err()
		case c := <-queue:
			batch = append(batch, c)
		}
		for n := len(batch[0].Events); n < batchEvents; n += len(batch[len(batch)-1].Events) {
			select {
			case c := <-queue:
				batch = append(batch, c)
				continue
			default:
			}
			break
		}
		if err := r.apply(ctx, stream, batch); err != nil {
			return err
		}
		if r.p.Applied != nil {
			r.p.Applied(batch)
		}
	}
}

func (r *Follower) apply(ctx context.Context, stream string, batch []event.Committed) error {
	wait := 50 * time.Millisecond
	for {
		err := r.p.Folds.Apply(ctx, stream, batch)
		if err == nil || ctx.Err() != nil || errors.Is(err, ErrForeign) || errors.Is(err, ErrGap) || r.p.Folds.closed() {
			return err
		}
		r.p.Logger.Error("records not folded yet", "from", batch[0].Seq, "err", err)
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-t.C:
		}
		wait = min(2*wait, 2*time.Second)
	}
}

func (f *Folds) closed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ended
}
