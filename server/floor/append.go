package floor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"agentdesk/server/eventlog"
	"agentdesk/sync/event"
)

// What an append can come to, beside success.
var (
	errNoRoom  = errors.New("no room, nothing stored")
	errEncode  = errors.New("record cannot be encoded, nothing stored")
	errForeign = errors.New("another record stands in this one's place")
	errDead    = errors.New("log is dead, unknown whether stored")
)

// job is one record to append.
type job struct {
	expected uint64
	rec      event.Record
}

// outcome is what became of it.
type outcome struct {
	err  error // one of the four above, or what ended the log
	hash string
	size int    // bytes stored
	term uint64 // of errForeign: the other record's term, 0 when it is unknown
	took time.Duration
}

// appendAll seals, encodes and appends, one record after the other, off the deciding goroutine.
func (f *Floor) appendAll(ctx context.Context, jobs <-chan job, results chan<- outcome) {
	for j := range jobs {
		start := f.p.Clock.Mono()
		out := f.appendOne(ctx, &j)
		out.took = f.p.Clock.Mono() - start
		results <- out // one place, and one job at a time: never waits
	}
}

func (f *Floor) appendOne(ctx context.Context, j *job) outcome {
	if err := eventlog.EnsureKeys(ctx, f.p.Keys, &j.rec); err != nil {
		// The keys live on the same disk: without them nothing may be stored, and nothing was.
		return outcome{err: fmt.Errorf("%w: make keys: %w", errNoRoom, err)}
	}
	data, err := eventlog.Encode(&j.rec, f.p.Keys)
	if err != nil {
		return outcome{err: fmt.Errorf("%w: %w", errEncode, err)}
	}
	term, err := f.place(ctx, j.expected, data)
	return outcome{err: err, term: term, hash: eventlog.Hash(data), size: len(data)}
}

// place appends data at expected+1 and finds out whether it is there, however the log answers. It gives the term of a
// record that stands there instead.
func (f *Floor) place(ctx context.Context, expected uint64, data []byte) (term uint64, err error) {
	wait := 5 * time.Millisecond
	for {
		try, cancel := context.WithTimeout(ctx, f.p.AppendTimeout)
		_, err := f.p.Log.Append(try, expected, data)
		cancel()
		switch {
		case err == nil:
			return 0, nil
		case errors.Is(err, eventlog.ErrDead):
			return 0, fmt.Errorf("%w: %w", errDead, err)
		case errors.Is(err, eventlog.ErrClosed):
			return 0, err
		case errors.Is(err, eventlog.ErrTooLarge):
			return 0, fmt.Errorf("%w: %w", errEncode, err)
		case errors.Is(err, eventlog.ErrFull), errors.Is(err, eventlog.ErrFence):
			full := errors.Is(err, eventlog.ErrFull)
			// An earlier try may have been stored though it timed out: what stands in the place tells.
			mine, other, rerr := f.standing(ctx, expected+1, data)
			switch {
			case rerr != nil:
				f.p.Logger.Warn("cannot read what stands in a record's place", "seq", expected+1, "err", rerr)
				if errors.Is(rerr, eventlog.ErrDead) {
					return 0, fmt.Errorf("%w: %w", errDead, rerr)
				}
				if errors.Is(rerr, eventlog.ErrClosed) {
					return 0, rerr
				}
			case mine:
				return 0, nil
			case full && other == nil:
				return 0, fmt.Errorf("%w: %w", errNoRoom, err)
			default:
				if other != nil {
					term = other.Term
				}
				return term, errForeign
			}
		default: // a timeout, or trouble on the way: the record may be stored, so it is sent again as it is
			f.p.Logger.Warn("append got no answer: sending the same record again", "seq", expected+1, "err", err)
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			t.Stop()
			return 0, fmt.Errorf("append record %d: %w", expected+1, ctx.Err())
		case <-t.C:
		}
		wait = min(2*wait, 500*time.Millisecond)
	}
}

// standing reads the record at seq: is it this one, or whose?
func (f *Floor) standing(ctx context.Context, seq uint64, data []byte) (mine bool, other *event.Committed, err error) {
	try, cancel := context.WithTimeout(ctx, f.p.AppendTimeout)
	defer cancel()
	got, err := f.p.Log.Read(try, seq, 1)
	if err != nil {
		return false, nil, err
	}
	if len(got) == 0 || got[0].Seq != seq {
		return false, nil, nil
	}
	// A record carries its ULID: equal bytes are the same record.
	if bytes.Equal(got[0].Data, data) {
		return true, nil, nil
	}
	c, err := eventlog.Decode(got[0].Data, seq, f.p.Keys)
	if err != nil {
		// Another's record all the same; what is wrong with it the refold will say.
		return false, &event.Committed{Seq: seq}, nil //nolint:nilerr // see above
	}
	return false, &c, nil
}
