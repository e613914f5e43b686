package understand

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"sync/atomic"
	"time"

	"agentdesk/server/understand/encoder"
	"agentdesk/server/understand/linear"
	"agentdesk/sync/label"
)

// calm is how long after the last message that the encoder could not read the model counts as back to itself.
const calm = 30 * time.Second

// ModelParams is what a Model needs. Optional fields say so.
type ModelParams struct {
	Lexicon *Lexicon
	Files   Files  // the trained files, see assets/model
	Library string // ONNX Runtime's shared library; optional: where set-up puts it
	NoGraph bool   // leave the encoder alone: the linear model reads everything
	Workers int    // messages that the encoder reads at once, a thread each; optional: 2
	Queue   int    // messages that may wait for it; optional: 32 a worker
	Logger  *slog.Logger
}

// Model understands by the trained encoder, mixed with a linear model; by the linear model alone while the encoder is
// missing, broken or behind; and by rules above both where these are certain. It is safe for concurrent use.
type Model struct {
	lex    *Lexicon
	m      manifest
	lin    *linear.Model
	enc    *encoder.Encoder // nil without
	why    string           // why there is no encoder
	log    *slog.Logger
	now    func() time.Time
	missed atomic.Int64 // Unix ms of the last message that the encoder should have read and didn't
	read   [2]atomic.Uint64
}

// NewModel opens the trained files. That they are not there is ErrNoModel, and damaged ones are an error; a missing or
// unusable ONNX Runtime is none: it is logged and said by Status.
func NewModel(p ModelParams) (*Model, error) {
	if p.Lexicon == nil || p.Files == nil {
		return nil, errors.New("new model: lexicon and files are needed")
	}
	if p.Logger == nil {
		p.Logger = slog.New(slog.DiscardHandler)
	}
	man, err := openManifest(p.Files)
	if err != nil {
		return nil, fmt.Errorf("new model: %w", err)
	}
	m := &Model{lex: p.Lexicon, m: man, log: p.Logger, now: time.Now}
	raw, err := man.read(p.Files, linearFile)
	if err != nil {
		return nil, fmt.Errorf("new model: %w", err)
	}
	if m.lin, err = linear.Load(raw); err != nil {
		return nil, fmt.Errorf("new model: %w", err)
	}
	if p.NoGraph {
		m.why = "switched off"
		return m, nil
	}
	ep := encoder.Params{Library: p.Library, Tokens: man.Tokens, Workers: p.Workers, Queue: p.Queue}
	for name, to := range map[string]*[]byte{graphFile: &ep.Graph, piecesFile: &ep.Pieces, normFile: &ep.Norm} {
		if *to, err = man.read(p.Files, name); err != nil {
			return nil, fmt.Errorf("new model: %w", err)
		}
	}
	if ep.Library == "" {
		ep.Library, err = encoder.FindRuntime()
	}
	if err == nil {
		m.enc, err = encoder.Open(ep)
	}
	if err != nil {
		m.why = err.Error()
		m.log.Warn("no encoder: the linear model reads the messages", "err", err)
	}
	return m, nil
}

// Close frees the encoder.
func (m *Model) Close() error {
	if m.enc == nil {
		return nil
	}
	return m.enc.Close()
}

// Understand implements Understander.
func (m *Model) Understand(ctx context.Context, in Input) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	r, entities := m.lex.look(in)
	s, by, err := m.score(ctx, in)
	if err != nil {
		return Result{}, err
	}
	threshold := m.m.Escalate
	if by == ByLinear {
		threshold = m.m.LinearEscalate
	}
	e, i, k := decide(s, threshold, m.lex.rule(r, s, threshold))
	if len(in.Context) > 0 && (k == atDispute || k == atAnxiety || k == atAnger) {
		alone := Input{Tier: in.Tier, BasketFen: in.BasketFen, Text: in.Text, Now: in.Now}
		if s2, e2, i2, ok := m.turned(ctx, alone, threshold); ok {
			s, e, i, k = s2, e2, i2, atNone
			r.why = append(r.why, "by itself it asks about goods: the quarrel before it is another matter")
		}
	}
	return Result{Emotion: label.Emotions()[e], Intent: label.Intents()[i], Escalate: k != atNone, Reason: reasons()[k], Entities: entities,
		Confidence: math.Exp(s.intent[i]), By: by, Why: append(r.why, say(by, s, e, i, k)...), Truncated: r.traits.truncated}, nil
}

// A message that by itself is a calm question before a purchase, this surely, has left what the turns before were about. 0.8 is chosen, not
// fitted.
const turnedSurely = 0.8

// turned reads a message without the turns before it, and reports whether it is a plain question about goods: the models take somebody
// who was angry a minute ago for angry still, whatever is asked now.
func (m *Model) turned(ctx context.Context, alone Input, threshold float64) (s *scores, emotion, intent int, ok bool) {
	r, _ := m.lex.look(alone)
	s, _, err := m.score(ctx, alone)
	if err != nil {
		return nil, 0, 0, false
	}
	e, i, k := decide(s, threshold, m.lex.rule(r, s, threshold))
	return s, e, i, k == atNone && e < feelAnxious && i < beforeSale && s.intent[i] >= math.Log(turnedSurely)
}

// score asks the models for calibrated log-probabilities, and says which answered.
func (m *Model) score(ctx context.Context, in Input) (*scores, string, error) {
	high := highTier(in.Tier) || in.BasketFen >= highBasketFen
	var lin scores
	lo := m.lin.Read(linear.Input{Context: in.Context, High: high, Text: in.Text})
	logSoftmax(lin.emotion[:], lo.Emotion[:], m.m.LinearTemperature.Emotion)
	logSoftmax(lin.intent[:], lo.Intent[:], m.m.LinearTemperature.Intent)
	logSoftmax(lin.reason[:], lo.Reason[:], m.m.LinearTemperature.Reason)
	if m.enc == nil {
		m.read[1].Add(1)
		return &lin, ByLinear, nil
	}
	out, err := m.enc.Read(ctx, encoder.Input{Context: in.Context, High: high, Text: in.Text})
	if err != nil {
		if ctx.Err() != nil {
			return nil, "", ctx.Err()
		}
		m.miss(err)
		m.read[1].Add(1)
		return &lin, ByLinear, nil
	}
	m.read[0].Add(1)
	var s scores
	logSoftmax(s.emotion[:], out.Emotion[:], m.m.Temperature.Emotion)
	logSoftmax(s.intent[:], out.Intent[:], m.m.Temperature.Intent)
	logSoftmax(s.reason[:], out.Reason[:], m.m.Temperature.Reason)
	mix(s.emotion[:], lin.emotion[:], m.m.Mix.Emotion)
	mix(s.intent[:], lin.intent[:], m.m.Mix.Intent)
	mix(s.reason[:], lin.reason[:], m.m.Mix.Reason)
	return &s, ByEncoder, nil
}

// miss notes a message that the encoder should have read, and logs the first of a row.
func (m *Model) miss(err error) {
	now := m.now().UnixMilli()
	if last := m.missed.Swap(now); now-last > calm.Milliseconds() {
		m.log.Warn("the encoder can't follow: the linear model reads messages", "err", err)
	}
}

// Status is how messages are read now.
type Status struct {
	By  string // ByEncoder, or ByLinear when the encoder is missing or could not follow within the last half minute
	Why string // why it is not the encoder; "" when it is
}

// Status says how messages are read now.
func (m *Model) Status() Status {
	switch {
	case m.enc == nil:
		return Status{By: ByLinear, Why: m.why}
	case m.now().UnixMilli()-m.missed.Load() <= calm.Milliseconds():
		return Status{By: ByLinear, Why: "the encoder can't follow"}
	}
	return Status{By: ByEncoder}
}

// Counts says how many messages each of encoder and linear model has read, and how many wait for the encoder now.
func (m *Model) Counts() (byEncoder, byLinear uint64, waiting int) {
	if m.enc != nil {
		waiting = m.enc.Waiting()
	}
	return m.read[0].Load(), m.read[1].Load(), waiting
}

func highTier(tier string) bool {
	switch strings.ToLower(tier) {
	case "platinum", "black", "铂金", "黑金":
		return true
	}
	return false
}
