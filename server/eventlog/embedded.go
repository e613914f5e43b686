package eventlog

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"agentdesk/sync/event"
)

// DefaultMinFree is the free-space watermark when none is given: room for folds, keys and a calm restart.
const DefaultMinFree = 256 << 20

// EmbeddedParams says where the embedded log lives.
type EmbeddedParams struct {
	Dir      string // the log's own folder; locked against other processes
	Shop     string
	MaxBytes int64  // of the stream; 0 means 1 TiB
	MinFree  uint64 // bytes that appends leave free on the disk; 0 means DefaultMinFree
	// FreeBytes tells the free space of a folder; nil means the file system's answer.
	FreeBytes  func(dir string) (uint64, error)
	AckTimeout time.Duration // of one append; 0 means 5 s
	Logger     *slog.Logger  // what the storage server warns of; nil means nowhere
}

// Embedded is the log inside the server binary: a JetStream server without a listener that syncs each record.
type Embedded struct {
	p    EmbeddedParams
	lock *DirLock

	restart sync.Mutex // one Reopen or Close at a time

	mu      sync.Mutex
	run     *running      // nil while the server is down
	changed chan struct{} // closed and replaced when run changes
	closed  bool
}

// running is one life of the server.
type running struct {
	srv    *server.Server
	nc     *nats.Conn
	client *Client
	nurse  sync.WaitGroup
	sick   chan struct{} // something was logged that may mean a write error
	stop   chan struct{}
}

// OpenEmbedded locks p.Dir and starts the log in it. ErrLocked: another process owns the folder.
func OpenEmbedded(ctx context.Context, p EmbeddedParams) (*Embedded, error) {
	if p.MaxBytes <= 0 {
		p.MaxBytes = 1 << 40
	}
	if p.MinFree == 0 {
		p.MinFree = DefaultMinFree
	}
	if p.FreeBytes == nil {
		p.FreeBytes = FreeBytes
	}
	if p.Logger == nil {
		p.Logger = slog.New(slog.DiscardHandler)
	}
	lock, err := LockDir(p.Dir)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	e := &Embedded{p: p, lock: lock, changed: make(chan struct{})}
	if e.run, err = e.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open log: %w", err), lock.Unlock())
	}
	return e, nil
}

func (e *Embedded) start(ctx context.Context) (*running, error) {
	r := &running{sick: make(chan struct{}, 1), stop: make(chan struct{})}
	srv, err := server.NewServer(&server.Options{
		ServerName: "agentdesk-log", DontListen: true, NoSigs: true, JetStream: true, StoreDir: filepath.Join(e.p.Dir, "jetstream"),
		SyncAlways: true, MaxPayload: event.MaxRecord + 2*headroom,
		JetStreamMaxMemory: 64 << 20, JetStreamMaxStore: e.p.MaxBytes + 1<<30,
	})
	if err != nil {
		return nil, fmt.Errorf("start log server: %w", err)
	}
	r.srv = srv
	srv.SetLoggerV2(&serverLog{log: e.p.Logger, sick: r.sick}, false, false, false)
	srv.Start()
	if !srv.ReadyForConnections(30*time.Second) || !srv.JetStreamEnabled() {
		return nil, errors.Join(errors.New("start log server: storage did not come up"), r.end(nil))
	}
	if r.nc, err = nats.Connect("", nats.InProcessServer(srv), nats.NoReconnect(), nats.Name("agentdesk")); err != nil {
		return nil, errors.Join(fmt.Errorf("connect to log server: %w", err), r.end(nil))
	}
	var ent [10]byte
	if _, err := rand.Read(ent[:]); err != nil {
		return nil, errors.Join(err, r.end(nil))
	}
	r.client, err = NewClient(ctx, ClientParams{
		Conn: r.nc, Shop: e.p.Shop, MaxBytes: e.p.MaxBytes, AckTimeout: e.p.AckTimeout, Incarnation: event.NewID(time.Now(), ent),
	})
	if err != nil {
		return nil, errors.Join(err, r.end(nil))
	}
	r.nurse.Go(r.watch)
	return r, nil
}

// watch turns a write error, which JetStream only logs and then answers with silence, into ErrDead at once.
func (r *running) watch() {
	for {
		select {
		case <-r.stop:
			return
		case <-r.sick:
			if err := r.health(); err != nil {
				r.client.fail(fmt.Errorf("%w: %w", ErrDead, err))
			}
		}
	}
}

func (r *running) health() error {
	if !r.srv.JetStreamEnabled() {
		return errors.New("storage is disabled")
	}
	if h := r.srv.Healthz(&server.HealthzOptions{}); h.StatusCode >= 300 {
		return errors.New(h.Error)
	}
	return nil
}

// end stops this life; calls under way answer cause.
func (r *running) end(cause error) error {
	var err error
	if r.client != nil {
		if cause != nil {
			r.client.fail(cause)
		}
		err = r.client.Close()
		close(r.stop)
		r.nurse.Wait()
	}
	if r.nc != nil {
		r.nc.Close()
	}
	r.srv.Shutdown()
	r.srv.WaitForShutdown()
	return err
}

func (e *Embedded) current() (*running, <-chan struct{}, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.closed:
		return nil, e.changed, ErrClosed
	case e.run == nil:
		return nil, e.changed, fmt.Errorf("%w: the last restart failed", ErrDead)
	}
	return e.run, e.changed, nil
}

func (e *Embedded) set(r *running, closed bool) *running {
	e.mu.Lock()
	defer e.mu.Unlock()
	old := e.run
	e.run, e.closed = r, closed
	close(e.changed)
	e.changed = make(chan struct{})
	return old
}

// Append implements Log.
func (e *Embedded) Append(ctx context.Context, expectedLast uint64, data []byte) (uint64, error) {
	r, _, err := e.current()
	if err != nil {
		return 0, fmt.Errorf("append after %d: %w", expectedLast, err)
	}
	free, err := e.p.FreeBytes(e.p.Dir)
	if err != nil {
		return 0, fmt.Errorf("append after %d: %w: %w", expectedLast, ErrFull, err)
	}
	if free < e.p.MinFree {
		return 0, fmt.Errorf("append after %d, %d MB free: %w", expectedLast, free>>20, ErrFull)
	}
	seq, err := r.client.Append(ctx, expectedLast, data)
	if errors.Is(err, ErrTimeout) && r.client.ctx.Err() == nil {
		if sick := r.health(); sick != nil {
			err = fmt.Errorf("append after %d: %w: %w", expectedLast, ErrDead, sick)
			r.client.fail(err)
		}
	}
	return seq, err
}

// Read implements Log. Reads go on while appends answer ErrFull; after ErrDead they wait for Reopen as well, since memory may
// hold a record that the disk refused.
func (e *Embedded) Read(ctx context.Context, from uint64, max int) ([]Stored, error) {
	r, _, err := e.current()
	if err != nil {
		return nil, err
	}
	return r.client.Read(ctx, from, max)
}

// Info implements Log.
func (e *Embedded) Info(ctx context.Context) (Info, error) {
	r, _, err := e.current()
	if err != nil {
		return Info{}, err
	}
	return r.client.Info(ctx)
}

// ForgetBelow forgets the records before first, once they are archived.
func (e *Embedded) ForgetBelow(ctx context.Context, first uint64) error {
	r, _, err := e.current()
	if err != nil {
		return err
	}
	return r.client.ForgetBelow(ctx, first)
}

// Follow implements Log. It survives Reopen and hiccups of the storage server.
func (e *Embedded) Follow(ctx context.Context, from uint64, fn func(Stored) error) error {
	next := max(from, 1)
	for {
		r, changed, err := e.current()
		if errors.Is(err, ErrClosed) {
			return err
		}
		if err == nil {
			err = r.client.Follow(ctx, next, func(s Stored) error {
				if err := fn(s); err != nil {
					return err
				}
				next = s.Seq + 1
				return nil
			})
			var own *fnError
			switch {
			case errors.As(err, &own):
				return own.error
			case ctx.Err() != nil:
				return ctx.Err()
			case errors.Is(err, ErrBelowFirst):
				return err
			}
			e.p.Logger.Warn("following the log broke off, going on", "shop", e.p.Shop, "seq", next, "err", err)
		}
		t := time.NewTimer(250 * time.Millisecond)
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-changed:
			t.Stop()
		case <-t.C:
		}
	}
}

// Reopen implements Reopener: it ends the storage server and starts it on the same folder, which stays locked.
func (e *Embedded) Reopen(ctx context.Context) error {
	e.restart.Lock()
	defer e.restart.Unlock()
	if _, _, err := e.current(); errors.Is(err, ErrClosed) {
		return err
	}
	if old := e.set(nil, false); old != nil {
		if err := old.end(fmt.Errorf("%w: being reopened", ErrDead)); err != nil {
			e.p.Logger.Warn("ending the log server", "err", err)
		}
	}
	r, err := e.start(ctx)
	if err != nil {
		return fmt.Errorf("reopen log: %w: %w", ErrDead, err)
	}
	e.set(r, false)
	return nil
}

// Close implements Log and gives the folder up.
func (e *Embedded) Close() error {
	e.restart.Lock()
	defer e.restart.Unlock()
	if _, _, err := e.current(); errors.Is(err, ErrClosed) {
		return nil
	}
	var err error
	if old := e.set(nil, true); old != nil {
		err = old.end(ErrClosed)
	}
	return errors.Join(err, e.lock.Unlock())
}

// serverLog passes the storage server's words on and notes those that may tell of a broken disk.
type serverLog struct {
	log  *slog.Logger
	sick chan struct{}
}

func (l *serverLog) hint() {
	select {
	case l.sick <- struct{}{}:
	default:
	}
}

// Noticef implements server.Logger.
func (l *serverLog) Noticef(format string, v ...any) { l.log.Debug(fmt.Sprintf(format, v...)) }

// Warnf implements server.Logger.
func (l *serverLog) Warnf(format string, v ...any) { l.log.Warn(fmt.Sprintf(format, v...)); l.hint() }

// Fatalf implements server.Logger.
func (l *serverLog) Fatalf(format string, v ...any) { l.log.Error(fmt.Sprintf(format, v...)); l.hint() }

// Errorf implements server.Logger.
func (l *serverLog) Errorf(format string, v ...any) { l.log.Error(fmt.Sprintf(format, v...)); l.hint() }

// Debugf implements server.Logger.
func (l *serverLog) Debugf(string, ...any) {}

// Tracef implements server.Logger.
func (l *serverLog) Tracef(string, ...any) {}
