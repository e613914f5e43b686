package encoder

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	ort "github.com/yalue/onnxruntime_go"
)

// The network's heads: emotion grades, intents, reasons to escalate (the first is none).
const (
	Emotions = 6
	Intents  = 26
	Reasons  = 9
)

// patience is how long a message may wait for its turn, at most: the linear model answers at once, and a customer who waits for the
// better reading waits for the answer. It is chosen; a message takes 5 ms where nothing else wants the processor.
const patience = 250 * time.Millisecond

// ErrBusy says that a message would have waited too long: the queue is full, or its turn comes after patience or its deadline.
var ErrBusy = errors.New("encoder is busy")

// ErrClosed is returned after Close.
var ErrClosed = errors.New("encoder is closed")

// Params is what an Encoder needs. Optional fields say so.
type Params struct {
	Library      string // ONNX Runtime's shared library; see FindRuntime
	Graph        []byte // the network; copied by the library
	Pieces, Norm []byte // the tokenizer's tables
	Tokens       int    // the longest input
	Workers      int    // messages read at once, each on one thread; optional: 2
	Queue        int    // messages that may wait; optional: 32 a worker
}

// Output is what the network says of one message: raw scores, larger is likelier.
type Output struct {
	Emotion [Emotions]float32
	Intent  [Intents]float32
	Reason  [Reasons]float32
}

// Encoder reads messages one by one. Batches would be no faster on one thread, and with an 8-bit network a message's scores
// would depend on its neighbours. It is safe for concurrent use.
type Encoder struct {
	tok     *Tokenizer
	tokens  int
	session *ort.DynamicAdvancedSession
	run     func(w *worker, ids []int64) (Output, error) // infer, but in tests of the queue
	idle    chan *worker
	workers int
	queue   int64
	waiting atomic.Int64
	took    atomic.Int64  // ns a run, a moving average
	closing chan struct{} // closed by Close
	close   func() error  // once
}

// worker is a thread that reads, and the memory of one inference.
type worker struct {
	ids, mask []int64
	outs      [3]*ort.Tensor[float32]
	jobs      chan func() // closed when the worker may end
}

// serve runs jobs on a thread of its own, which yields to all others of the program: a customer's message is stored and
// acknowledged before another one is read.
func (w *worker) serve() {
	runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine, and its priority with it
	yieldToOthers()
	for f := range w.jobs {
		f()
	}
}

// do runs f on the worker's thread.
func (w *worker) do(f func()) {
	done := make(chan struct{})
	w.jobs <- func() { defer close(done); f() }
	<-done
}

// Open loads library and network. An error that is ErrNoRuntime means that only the library is missing.
func Open(p Params) (*Encoder, error) {
	if p.Workers <= 0 {
		p.Workers = min(2, runtime.NumCPU())
	}
	if p.Queue <= 0 {
		p.Queue = 32 * p.Workers
	}
	if p.Tokens < 8 || p.Tokens > 512 {
		return nil, fmt.Errorf("open encoder: %d tokens, want 8 to 512", p.Tokens)
	}
	if len(p.Graph) == 0 {
		return nil, errors.New("open encoder: no network")
	}
	tok, err := NewTokenizer(p.Pieces, p.Norm)
	if err != nil {
		return nil, fmt.Errorf("open encoder: %w", err)
	}
	if err := loadRuntime(p.Library); err != nil {
		return nil, fmt.Errorf("open encoder: %w", err)
	}
	e := newEncoder(tok, p)
	e.run = e.infer
	if err := e.open(p); err != nil {
		return nil, fmt.Errorf("open encoder: %w", errors.Join(err, e.Close()))
	}
	return e, nil
}

func newEncoder(tok *Tokenizer, p Params) *Encoder {
	e := &Encoder{tok: tok, tokens: p.Tokens, workers: p.Workers, queue: int64(p.Queue), idle: make(chan *worker, p.Workers), closing: make(chan struct{})}
	e.close = sync.OnceValue(e.free)
	for range p.Workers {
		w := &worker{ids: make([]int64, p.Tokens), mask: make([]int64, p.Tokens), jobs: make(chan func())}
		for i := range w.mask {
			w.mask[i] = 1
		}
		go w.serve()
		e.idle <- w
	}
	return e
}

func (e *Encoder) open(p Params) (err error) {
	opts, err := ort.NewSessionOptions()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opts.Destroy()) }()
	// Lengths differ from message to message: remembered memory patterns would pile up for each.
	if err := errors.Join(opts.SetIntraOpNumThreads(1), opts.SetInterOpNumThreads(1), opts.SetMemPattern(false)); err != nil {
		return err
	}
	if e.session, err = ort.NewDynamicAdvancedSessionWithONNXData(p.Graph, []string{"input_ids", "attention_mask"}, []string{"emotion", "intent", "reason"}, opts); err != nil {
		return fmt.Errorf("the network: %w", err)
	}
	for range p.Workers {
		w := <-e.idle
		e.idle <- w // at the end of the row, and before the tensors, so that Close finds them
		for i, n := range []int64{Emotions, Intents, Reasons} {
			if w.outs[i], err = ort.NewEmptyTensor[float32](ort.NewShape(1, n)); err != nil {
				return err
			}
		}
	}
	// The first run of a network is slow, and shows whether inputs and heads are what they should be.
	_, err = e.Read(context.Background(), Input{Text: "你好"})
	e.took.Store(0)
	return err
}

// IDs are what the network is given for a message.
func (e *Encoder) IDs(in Input) []int64 { return e.tok.Build(in, e.tokens) }

// Read returns the network's scores for a message. It waits for a worker as long as ctx allows, and gives up at once with
// ErrBusy when that can't be in time.
func (e *Encoder) Read(ctx context.Context, in Input) (Output, error) {
	if err := ctx.Err(); err != nil {
		return Output{}, err
	}
	select {
	case <-e.closing:
		return Output{}, ErrClosed
	default:
	}
	w, err := e.take(ctx)
	if err != nil {
		return Output{}, err
	}
	defer func() { e.idle <- w }()
	began := time.Now()
	ids := e.tok.Build(in, e.tokens)
	var out Output
	w.do(func() { out, err = e.run(w, ids) })
	if err != nil {
		return Output{}, fmt.Errorf("read a message: %w", err)
	}
	// Two workers may overwrite each other's average: it only has to be about right.
	if old := e.took.Load(); old == 0 {
		e.took.Store(int64(time.Since(began)))
	} else {
		e.took.Store(old + (int64(time.Since(began))-old)/16)
	}
	return out, nil
}

// take waits for a worker.
func (e *Encoder) take(ctx context.Context) (*worker, error) {
	select {
	case w := <-e.idle:
		return w, nil
	default:
	}
	ahead := e.waiting.Add(1)
	defer e.waiting.Add(-1)
	if ahead > e.queue {
		return nil, ErrBusy
	}
	// Those ahead, those at work, and this one.
	need := time.Duration(e.took.Load() * (ahead/int64(e.workers) + 2))
	if by, ok := ctx.Deadline(); need > patience || ok && time.Until(by) < need {
		return nil, ErrBusy
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case w := <-e.idle:
		return w, nil
	case <-late.C:
		return nil, ErrBusy
	case <-e.closing:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// infer asks the library.
func (e *Encoder) infer(w *worker, ids []int64) (out Output, err error) {
	n := copy(w.ids, ids)
	shape := ort.NewShape(1, int64(n))
	in, err := ort.NewTensor(shape, w.ids[:n])
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, in.Destroy()) }()
	mask, err := ort.NewTensor(shape, w.mask[:n])
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, mask.Destroy()) }()
	if err := e.session.Run([]ort.Value{in, mask}, []ort.Value{w.outs[0], w.outs[1], w.outs[2]}); err != nil {
		return out, err
	}
	copy(out.Emotion[:], w.outs[0].GetData())
	copy(out.Intent[:], w.outs[1].GetData())
	copy(out.Reason[:], w.outs[2].GetData())
	return out, nil
}

// Waiting is how many messages wait for a worker now.
func (e *Encoder) Waiting() int { return int(e.waiting.Load()) }

// Close waits for the messages being read and frees the network; those in the queue get ErrClosed. The library stays loaded.
func (e *Encoder) Close() error { return e.close() }

func (e *Encoder) free() error {
	close(e.closing)
	var errs []error
	for range e.workers {
		w := <-e.idle
		close(w.jobs)
		for _, t := range w.outs {
			if t != nil {
				errs = append(errs, t.Destroy())
			}
		}
	}
	if e.session != nil {
		errs = append(errs, e.session.Destroy())
	}
	return errors.Join(errs...)
}
