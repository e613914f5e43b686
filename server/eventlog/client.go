package eventlog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"agentdesk/sync/event"
)

// metaIncarnation is the key of the stream's metadata that holds the incarnation.
const metaIncarnation = "agentdesk-incarnation"

// headroom is what the headers of a record may add to event.MaxRecord.
const headroom = 4 << 10

// ClientParams says which shop's stream, over which connection.
type ClientParams struct {
	Conn        *nats.Conn // in process or to a cluster; stays the caller's
	Shop        string     // names stream and subject; letters, digits, - and _
	Replicas    int        // copies of the stream on a cluster; 0 means 1
	MaxBytes    int64      // of the stream; 0 means as much as the cluster allows
	AckTimeout  time.Duration
	Incarnation event.ID // for a stream that has to be created; made by the caller, who has clock and entropy
}

// Client is the log of one shop on any JetStream, one node or many.
type Client struct {
	nc      *nats.Conn
	js      jetstream.JetStream
	stream  jetstream.Stream
	name    string
	subject string
	inc     string
	ack     time.Duration

	ctx    context.Context // ends with the client; its cause is what calls under way answer
	cancel context.CancelCauseFunc
	wg     sync.WaitGroup
	mu     sync.Mutex // guards closed against wg.Add
	closed bool
}

// NewClient finds the shop's stream or creates it.
func NewClient(ctx context.Context, p ClientParams) (*Client, error) {
	if !validShop(p.Shop) {
		return nil, fmt.Errorf("open log: bad shop name %.40q", p.Shop)
	}
	if p.Replicas <= 0 {
		p.Replicas = 1
	}
	if p.MaxBytes <= 0 {
		p.MaxBytes = -1
	}
	if p.AckTimeout <= 0 {
		p.AckTimeout = 5 * time.Second
	}
	js, err := jetstream.New(p.Conn)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	c := &Client{nc: p.Conn, js: js, name: "SHOP_" + p.Shop, subject: "shop." + p.Shop, ack: p.AckTimeout}
	c.stream, err = js.Stream(ctx, c.name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		if !event.ValidID(p.Incarnation) {
			return nil, fmt.Errorf("open log: stream %s has to be created, and %q is no incarnation", c.name, p.Incarnation)
		}
		c.stream, err = js.CreateStream(ctx, c.config(p))
		if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // another node was quicker
			c.stream, err = js.Stream(ctx, c.name)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open log: stream %s: %w", c.name, err)
	}
	if c.inc = c.stream.CachedInfo().Config.Metadata[metaIncarnation]; c.inc == "" {
		return nil, fmt.Errorf("open log: stream %s carries no incarnation: not made by this program", c.name)
	}
	c.ctx, c.cancel = context.WithCancelCause(context.Background())
	return c, nil
}

func (c *Client) config(p ClientParams) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: c.name, Subjects: []string{c.subject}, Storage: jetstream.FileStorage, Retention: jetstream.LimitsPolicy,
		// The log never forgets by itself: full means refused.
		Discard: jetstream.DiscardNew, MaxAge: 0, MaxMsgs: -1, MaxBytes: p.MaxBytes, MaxMsgSize: event.MaxRecord + headroom,
		Replicas: p.Replicas, AllowDirect: true, DenyDelete: true, Duplicates: time.Second,
		Metadata: map[string]string{metaIncarnation: p.Incarnation},
	}
}

func validShop(s string) bool {
	return s != "" && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
}

// enter registers a call; the context it gives ends with the client too. leave must be called.
func (c *Client) enter(ctx context.Context) (_ context.Context, leave func(), err error) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil, nil, ErrClosed
	}
	c.wg.Add(1)
	c.mu.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(c.ctx, cancel)
	return ctx, func() { stop(); cancel(); c.wg.Done() }, nil
}

// why replaces an error that came from the client's own end by its cause.
func (c *Client) why(err error) error {
	if err != nil && c.ctx.Err() != nil {
		return context.Cause(c.ctx)
	}
	return err
}

// fail ends all calls with cause, now and later, as the embedded server does when its disk refuses.
func (c *Client) fail(cause error) { c.cancel(cause) }

// Append implements Log.
func (c *Client) Append(ctx context.Context, expectedLast uint64, data []byte) (uint64, error) {
	if len(data) > event.MaxRecord {
		return 0, fmt.Errorf("append %d bytes: %w", len(data), ErrTooLarge)
	}
	ctx, leave, err := c.enter(ctx)
	if err != nil {
		return 0, err
	}
	defer leave()
	ctx, cancel := context.WithTimeout(ctx, c.ack)
	defer cancel()
	msg := &nats.Msg{Subject: c.subject, Data: data, Header: nats.Header{}}
	msg.Header.Set(jetstream.ExpectedLastSeqHeader, strconv.FormatUint(expectedLast, 10))
	ack, err := c.js.PublishMsg(ctx, msg)
	if err == nil {
		return ack.Sequence, nil
	}
	return 0, fmt.Errorf("append after %d: %w", expectedLast, c.appendError(err))
}

// appendError says what a failed publish means. In doubt it is ErrTimeout: resolving that is always right.
func (c *Client) appendError(err error) error {
	if c.ctx.Err() != nil {
		if cause := context.Cause(c.ctx); errors.Is(cause, ErrDead) {
			return cause
		}
		return fmt.Errorf("%w (%w)", ErrTimeout, context.Cause(c.ctx))
	}
	var api *jetstream.APIError
	if errors.As(err, &api) {
		switch api.ErrorCode {
		case 10071, 10164: // wrong last sequence
			return fmt.Errorf("%w (%s)", ErrFence, api.Description)
		case 10002, 10023, 10028, 10047: // resource limits of account, server, memory, storage
			return fmt.Errorf("%w (%s)", ErrFull, api.Description)
		case 10054: // message size exceeds maximum allowed
			return fmt.Errorf("%w (%s)", ErrTooLarge, api.Description)
		case 10077: // store failed: only these two mean that a limit of the stream was met
			if strings.Contains(api.Description, "maximum bytes") || strings.Contains(api.Description, "maximum messages") {
				return fmt.Errorf("%w (%s)", ErrFull, api.Description)
			}
		}
	}
	return fmt.Errorf("%w (%w)", ErrTimeout, err)
}

// Read implements Log. It asks any replica for a batch; where that one lags behind, the leader for one record.
func (c *Client) Read(ctx context.Context, from uint64, max int) ([]Stored, error) {
	ctx, leave, err := c.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	if from == 0 {
		return nil, fmt.Errorf("read from 0: %w", ErrBelowFirst)
	}
	if max <= 0 {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	got, err := c.batch(ctx, from, min(max, 4096))
	if err == nil && len(got) == 0 {
		var info Info
		if info, err = c.info(ctx); err == nil && from <= info.Last {
			if from < info.First {
				return nil, fmt.Errorf("read from %d, first is %d: %w", from, info.First, ErrBelowFirst)
			}
			got, err = c.one(ctx, from)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read from %d: %w", from, c.why(err))
	}
	return got, nil
}

func (c *Client) batch(ctx context.Context, from uint64, max int) ([]Stored, error) {
	inbox := c.nc.NewRespInbox()
	sub, err := c.nc.SubscribeSync(inbox)
	if err != nil {
		return nil, err
	}
	defer func() { _ = sub.Unsubscribe() }()
	req := fmt.Appendf(nil, `{"seq":%d,"batch":%d,"max_bytes":%d}`, from, max, maxReadBytes)
	if err := c.nc.PublishRequest("$JS.API.DIRECT.GET."+c.name, inbox, req); err != nil {
		return nil, err
	}
	out := make([]Stored, 0, min(max, 256))
	for {
		m, err := sub.NextMsgWithContext(ctx)
		if err != nil {
			return nil, err
		}
		switch status := m.Header.Get("Status"); status {
		case "":
		case "204", "404": // end of batch; nothing there
			return out, nil
		default:
			return nil, fmt.Errorf("direct get: %s %s", status, m.Header.Get("Description"))
		}
		seq, err := strconv.ParseUint(m.Header.Get("Nats-Sequence"), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("direct get: bad sequence: %w", err)
		}
		// The server steps over what is gone; records in the middle are never deleted.
		if want := from + uint64(len(out)); seq != want {
			return nil, fmt.Errorf("record %d is gone, next is %d: %w", want, seq, ErrBelowFirst)
		}
		out = append(out, Stored{Seq: seq, Data: m.Data})
	}
}

// one asks the leader.
func (c *Client) one(ctx context.Context, seq uint64) ([]Stored, error) {
	m, err := c.nc.RequestWithContext(ctx, "$JS.API.STREAM.MSG.GET."+c.name, fmt.Appendf(nil, `{"seq":%d}`, seq))
	if err != nil {
		return nil, err
	}
	var resp struct {
		Error *jetstream.APIError `json:"error"`
		Msg   struct {
			Seq  uint64 `json:"seq"`
			Data []byte `json:"data"`
		} `json:"message"`
	}
	if err := json.Unmarshal(m.Data, &resp); err != nil {
		return nil, err
	}
	if resp.Error != nil {
		return nil, resp.Error
	}
	return []Stored{{Seq: resp.Msg.Seq, Data: resp.Msg.Data}}, nil
}

// Follow implements Log.
func (c *Client) Follow(ctx context.Context, from uint64, fn func(Stored) error) error {
	inner, leave, err := c.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	err = c.follow(inner, max(from, 1), fn)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return c.why(err)
}

func (c *Client) follow(ctx context.Context, from uint64, fn func(Stored) error) error {
	info, err := c.info(ctx)
	if err != nil {
		return fmt.Errorf("follow from %d: %w", from, err)
	}
	if from < info.First {
		return fmt.Errorf("follow from %d, first is %d: %w", from, info.First, ErrBelowFirst)
	}
	cons, err := c.stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: from, MaxResetAttempts: 20,
	})
	if err != nil {
		return fmt.Errorf("follow from %d: %w", from, err)
	}
	iter, err := cons.Messages(jetstream.PullMaxMessages(512))
	if err != nil {
		return fmt.Errorf("follow from %d: %w", from, err)
	}
	defer iter.Stop()
	for next := from; ; next++ {
		m, err := iter.Next(jetstream.NextContext(ctx))
		if err != nil {
			return fmt.Errorf("follow at %d: %w", next, err)
		}
		meta, err := m.Metadata()
		if err != nil {
			return fmt.Errorf("follow at %d: %w", next, err)
		}
		if seq := meta.Sequence.Stream; seq != next {
			return fmt.Errorf("record %d is gone, next is %d: %w", next, seq, ErrBelowFirst)
		}
		if err := fn(Stored{Seq: next, Data: m.Data()}); err != nil {
			return &fnError{err}
		}
	}
}

// fnError marks what a follower's own function said, which no restart can mend.
type fnError struct{ error }

// Unwrap gives the function's error.
func (e *fnError) Unwrap() error { return e.error }

// Info implements Log.
func (c *Client) Info(ctx context.Context) (Info, error) {
	ctx, leave, err := c.enter(ctx)
	if err != nil {
		return Info{}, err
	}
	defer leave()
	i, err := c.info(ctx)
	if err != nil {
		return Info{}, fmt.Errorf("log info: %w", c.why(err))
	}
	return i, nil
}

func (c *Client) info(ctx context.Context) (Info, error) {
	ctx, cancel := context.WithTimeout(ctx, c.ack)
	defer cancel()
	si, err := c.stream.Info(ctx)
	if err != nil {
		return Info{}, err
	}
	i := Info{Stream: c.inc, First: si.State.FirstSeq, Last: si.State.LastSeq}
	if si.State.Msgs == 0 {
		i.First = i.Last + 1
	}
	return i, nil
}

// ForgetBelow forgets the records before first, once they are archived.
func (c *Client) ForgetBelow(ctx context.Context, first uint64) error {
	ctx, leave, err := c.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	if err := c.stream.Purge(ctx, jetstream.WithPurgeSequence(first)); err != nil {
		return fmt.Errorf("drop records below %d: %w", first, c.why(err))
	}
	return nil
}

// Close ends the calls under way and waits for them. The connection stays open: it is the caller's.
func (c *Client) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.cancel(ErrClosed)
	c.wg.Wait()
	return nil
}
