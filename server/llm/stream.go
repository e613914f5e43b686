package llm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	openai "github.com/sashabaranov/go-openai"
)

// Bounds of what is taken from a provider.
const (
	maxStream   = 1 << 20          // bytes of a stream, framing included
	maxErrBody  = 4 << 10          // bytes of an error's body
	maxWait     = 10 * time.Minute // of a Retry-After: longer is no plan
	defaultWait = time.Second      // of a 429 that names no time
	// A stream that has begun must go on. A person reads about ten characters a second; half of that is a stall, not an answer.
	paceAfter = 2 * time.Second
	paceRunes = 5                      // a second, once paceAfter has passed since the first token
	fairTime  = 500 * time.Millisecond // a provider that had less is not blamed for a job's deadline
)

// seen is what a response's head said, for go-openai's errors do not keep it.
type seen struct {
	status int
	wait   time.Duration
}

type seenKey struct{}

// guard is the HTTP client that go-openai uses: it keeps the response's head, follows no redirect (a key stays with its host),
// and bounds what is read, which go-openai does not.
type guard struct{ client *http.Client }

// Do implements openai.HTTPDoer.
func (g guard) Do(r *http.Request) (*http.Response, error) {
	res, err := g.client.Do(r)
	if err != nil {
		return nil, err
	}
	if s, ok := r.Context().Value(seenKey{}).(*seen); ok {
		s.status, s.wait = res.StatusCode, retryAfter(res.Header, time.Now())
	}
	limit := int64(maxStream)
	switch {
	case res.StatusCode >= 300 && res.StatusCode < 400:
		_ = res.Body.Close()
		return nil, fmt.Errorf("status %d: redirects are not followed", res.StatusCode)
	case res.StatusCode >= 400:
		limit = maxErrBody
	}
	res.Body = &bounded{ReadCloser: res.Body, left: limit, cut: res.StatusCode >= 400}
	return res, nil
}

// bounded ends a body that is too long: an error's quietly, a stream's with ErrTooLong.
type bounded struct {
	io.ReadCloser
	left int64
	cut  bool
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		if b.cut {
			return 0, io.EOF
		}
		return 0, ErrTooLong
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	return n, err
}

// retryAfter reads when a provider wants to be asked again: milliseconds, seconds, or a date; 0 when it does not say.
func retryAfter(h http.Header, now time.Time) time.Duration {
	ms, s := strings.TrimSpace(h.Get("Retry-After-Ms")), strings.TrimSpace(h.Get("Retry-After"))
	var d time.Duration
	if n, err := strconv.ParseFloat(ms, 64); err == nil && n >= 0 {
		d = time.Duration(min(n, maxWait.Seconds()*1000) * float64(time.Millisecond))
	} else if n, err := strconv.ParseFloat(s, 64); err == nil && n >= 0 && !math.IsNaN(n) {
		d = time.Duration(min(n, maxWait.Seconds()) * float64(time.Second))
	} else if at, err := http.ParseTime(s); err == nil {
		d = at.Sub(now)
	}
	return min(max(d, 0), maxWait)
}

// Message is one message of a request.
type Message struct {
	Role    string `json:"role"` // system, user or assistant
	Content string `json:"content"`
}

// ask is one request to one provider.
type ask struct {
	task      Task
	msgs      []Message
	maxTokens int
	maxRunes  int
	schema    *Schema
	first     time.Duration // until the first token
	probe     bool          // any finished stream will do, also an empty one
}

// reply is what came.
type reply struct {
	text    string
	in, out int // tokens; counted by the provider, else estimated
	counted bool
	first   time.Duration // until the first token
}

// stream asks one provider once. It calls on for each piece; every failure is a *callError. The reply says what had come also
// when it failed, for tokens that were made are paid.
func (p *provider) stream(parent context.Context, a ask, on func(string)) (reply, error) {
	var head seen
	ctx, stop := context.WithCancelCause(context.WithValue(parent, seenKey{}, &head))
	defer stop(nil)
	begun := time.Now()
	first := time.AfterFunc(a.first, func() { stop(ErrSlow) })
	defer first.Stop()
	r := reply{in: estimateAll(a.msgs)}
	var b strings.Builder
	started := false
	end := func(err error) (reply, error) {
		r.text = b.String()
		if !r.counted {
			r.out = estimate(r.text)
		}
		if err == nil {
			return r, nil
		}
		if parent.Err() != nil {
			ce := &callError{err: context.Cause(parent), fault: faultNone}
			if errors.Is(ce.err, context.DeadlineExceeded) {
				ce.err = ErrLate
			}
			// The job's time is over. Who began late in it is not to blame.
			if (errors.Is(ce.err, ErrLate) || errors.Is(ce.err, ErrSlow)) && time.Since(begun) >= fairTime {
				ce.fault = faultProvider
			}
			return r, ce
		}
		switch cause := context.Cause(ctx); {
		case errors.Is(cause, ErrSlow), errors.Is(cause, ErrStalled):
			return r, &callError{err: cause, fault: faultProvider}
		}
		return r, classify(err, started, head)
	}
	st, err := p.client.CreateChatCompletionStream(ctx, p.request(a))
	if err != nil {
		return end(err)
	}
	defer func() { _ = st.Close() }()
	var pace *time.Timer
	runes, finish := 0, openai.FinishReason("")
	for {
		part, err := st.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return end(err)
		}
		if part.Usage != nil && part.Usage.TotalTokens > 0 {
			r.in, r.out, r.counted = part.Usage.PromptTokens, part.Usage.CompletionTokens, true
		}
		for _, c := range part.Choices {
			if c.Index != 0 {
				continue
			}
			if c.FinishReason != "" {
				finish = c.FinishReason
			}
			if c.Delta.Content == "" {
				continue
			}
			if !started {
				started = true
				first.Stop()
				r.first = time.Since(begun)
				pace = time.AfterFunc(paceAfter, func() { stop(ErrStalled) })
				defer pace.Stop()
			}
			b.WriteString(c.Delta.Content)
			runes += utf8.RuneCountInString(c.Delta.Content)
			// Each five characters buy a second more, so a drip ends soon and a stall at once.
			pace.Reset(paceAfter + time.Duration(runes)*time.Second/paceRunes - (time.Since(begun) - r.first))
			if runes > a.maxRunes {
				return end(&callError{err: ErrTooLong, fault: faultQuality})
			}
			on(c.Delta.Content)
		}
	}
	switch {
	case a.probe && (finish != "" || started):
		return end(nil)
	case finish == "":
		started = started || head.status == http.StatusOK // half a stream is not asked for again at the same place
		return end(io.ErrUnexpectedEOF)
	case finish == openai.FinishReasonLength:
		return end(&callError{err: ErrTooLong, fault: faultQuality})
	case finish == openai.FinishReasonContentFilter:
		return end(&callError{err: fmt.Errorf("%w: content filter", ErrRefused), fault: faultRequest})
	case strings.TrimSpace(b.String()) == "":
		return end(&callError{err: ErrEmpty, fault: faultQuality})
	}
	return end(nil)
}

func (p *provider) request(a ask) openai.ChatCompletionRequest {
	req := openai.ChatCompletionRequest{Model: p.model(a.task), Stream: true, Temperature: 0.3, StreamOptions: &openai.StreamOptions{IncludeUsage: true}}
	for _, m := range a.msgs {
		req.Messages = append(req.Messages, openai.ChatCompletionMessage{Role: m.Role, Content: m.Content})
	}
	//lint:ignore SA1019 many compatible servers know only max_tokens
	req.MaxTokens = a.maxTokens
	if a.schema == nil {
		return req
	}
	switch p.cfg.JSON {
	case JSONByObject:
		req.ResponseFormat = &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONObject}
	case JSONByPrompt:
	default:
		req.ResponseFormat = &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: string(a.task), Schema: a.schema, Strict: true}}
	}
	return req
}

// estimate guesses tokens where nobody counted: about three for four Chinese characters, one for three and a half Latin ones.
func estimate(s string) int {
	han, other := 0, 0
	for _, r := range s {
		if r >= 0x2e80 {
			han++
		} else {
			other++
		}
	}
	return (han*3+3)/4 + (other*2+6)/7
}

func estimateAll(msgs []Message) int {
	n := 3
	for _, m := range msgs {
		n += 4 + estimate(m.Content)
	}
	return n
}
