// Package eventlog is a shop's durable, totally ordered log of records: append under a fence, read, follow.
//
// Two implementations pass one contract suite (eventlog/logtest): JetStream (embedded in the server, or a cluster that
// the caller connects to) and Memory for tests, which can fail on demand and works under testing/synctest.
//
// What an appender does with an error:
//
//   - ErrFence: somebody else appended. Read the record at expectedLast+1: one's own record ID there means that an
//     earlier try was stored; anything else means another owner. Throw the floor away and refold.
//   - ErrTimeout: it is unknown whether the record is stored. Append the identical bytes with the same expectedLast
//     again; a try that was stored shows as ErrFence. Resolve does exactly this.
//   - ErrFull: nothing was stored; the log still works and takes records when there is room again.
//   - ErrDead: a write failed and the log takes nothing more until Reopen (see Reopener). It is unknown whether the
//     record is stored. After Reopen, refold.
//   - ErrClosed: this side closed the log.
package eventlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"
)

// The errors of a log. They come wrapped; test with errors.Is.
var (
	ErrFence      = errors.New("log: another record stands at the expected place")
	ErrTimeout    = errors.New("log: no answer in time, the record may be stored")
	ErrFull       = errors.New("log: no room, nothing stored")
	ErrDead       = errors.New("log: dead after a write error, must be reopened")
	ErrClosed     = errors.New("log: closed")
	ErrBelowFirst = errors.New("log: older than the first record kept")
	ErrTooLarge   = errors.New("log: record too large")
	ErrCorrupt    = errors.New("log: record is not readable")
	ErrLocked     = errors.New("log: data folder is owned by another process")
)

// Stored is a record as the log holds it.
type Stored struct {
	Seq  uint64 // from 1, without gaps
	Data []byte // as given to Append; read only
}

// Info describes the log as of now, answered by whoever would accept an append.
type Info struct {
	Stream string // incarnation: a ULID made when the stream was created; a restored or new stream has another one
	First  uint64 // first sequence kept; Last+1 when the log is empty
	Last   uint64 // last sequence stored, 0 before the first
}

// Log is one shop's log. It is safe for concurrent use; records appear in one order to everybody.
type Log interface {
	// Append stores data as the record at expectedLast+1, durably, or fails with one of the errors above.
	Append(ctx context.Context, expectedLast uint64, data []byte) (seq uint64, err error)
	// Read gives up to max records from sequence from on, in order. It may give fewer than are there (a read is bounded
	// in bytes as well), but gives none only when from is above the last. Below the first: ErrBelowFirst.
	Read(ctx context.Context, from uint64, max int) ([]Stored, error)
	// Follow calls fn for every record from sequence from on, in order and once each, also across a Reopen, until ctx
	// ends (its error is returned), fn fails (that error) or the log is closed (ErrClosed).
	Follow(ctx context.Context, from uint64, fn func(Stored) error) error
	// Info describes the log.
	Info(ctx context.Context) (Info, error)
	// Close ends all work on this log and waits for it.
	Close() error
}

// Reopener is a log that can be brought back after ErrDead.
type Reopener interface {
	// Reopen restarts the storage under the log. Followers go on where they were; sequences stay as they are.
	Reopen(ctx context.Context) error
}

// Outcome is what Resolve found out.
type Outcome int

// The outcomes.
const (
	Mine    Outcome = iota + 1 // the record is stored at expectedLast+1
	Foreign                    // another record is: step down and refold
)

// Resolve settles an append that ended in ErrTimeout: it sends the identical record until the log answers and, where
// the fence refuses it, compares what stands in its place. It gives up when ctx ends or on ErrFull, ErrDead, ErrClosed,
// with the last error: then it is still unknown.
func Resolve(ctx context.Context, l Log, expectedLast uint64, data []byte) (Outcome, error) {
	wait := 5 * time.Millisecond
	for {
		_, err := l.Append(ctx, expectedLast, data)
		switch {
		case err == nil:
			return Mine, nil
		case errors.Is(err, ErrFence):
			out, rerr := compare(ctx, l, expectedLast, data)
			if rerr == nil {
				return out, nil
			}
			err = rerr
		case !errors.Is(err, ErrTimeout):
			return 0, err
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			t.Stop()
			return 0, fmt.Errorf("resolve append after %d: %w (%w)", expectedLast, err, ctx.Err())
		case <-t.C:
		}
		wait = min(2*wait, 500*time.Millisecond)
	}
}

func compare(ctx context.Context, l Log, expectedLast uint64, data []byte) (Outcome, error) {
	got, err := l.Read(ctx, expectedLast+1, 1)
	if err != nil {
		return 0, err
	}
	if len(got) == 0 {
		// The fence refused an expectation above the end: the log is another, shorter one.
		return Foreign, nil
	}
	// A record carries a ULID, so equal bytes are the same record.
	if got[0].Seq == expectedLast+1 && bytes.Equal(got[0].Data, data) {
		return Mine, nil
	}
	return Foreign, nil
}
