package llm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// Why a model's text was not used. They are told in bot.Text.Fallback, in traces and in metrics.
var (
	ErrSlow       = errors.New("no first token in time")
	ErrStalled    = errors.New("too few tokens in time")
	ErrLate       = errors.New("not finished in time")
	ErrCut        = errors.New("cut off in the middle")
	ErrEmpty      = errors.New("empty answer")
	ErrTooLong    = errors.New("answer too long")
	ErrLanguage   = errors.New("answer in another language")
	ErrSchema     = errors.New("answer does not fit its schema")
	ErrUngrounded = errors.New("answer states what the facts do not")
	ErrWording    = errors.New("answer breaks the wording rules")
	ErrPrivate    = errors.New("answer shows data that may not be shown")
	ErrLimited    = errors.New("provider asks to wait")
	ErrRefused    = errors.New("provider refuses the request")
	ErrBudget     = errors.New("budget of the hour is spent")
	ErrNone       = errors.New("no provider is available")
	ErrLostHedge  = errors.New("another provider was faster")
	ErrClosed     = errors.New("pool is closed")
)

// fault is what an error says about the provider, and what may be done next.
type fault int

const (
	// faultProvider: broken transport, 5xx, silence, half a stream, a wrong key. The breaker counts it; another provider is asked.
	faultProvider fault = iota
	// faultQuality: the whole answer came and is useless. The breaker counts it; another provider is asked, the same one never.
	faultQuality
	// faultLimited: 429. Nobody is broken; the provider gets no request until it said.
	faultLimited
	// faultRequest: the request's own fault (400, 413, 422, a content filter). A customer can cause it, so the breaker does not count it.
	faultRequest
	// faultText: the text came and does not fit what was asked of it. Nothing is broken; it may be asked for once more.
	faultText
	// faultNone: nobody's fault: the caller left, or lost a race.
	faultNone
)

// callError is a failed call.
type callError struct {
	err    error
	fault  fault
	again  bool          // the same provider may be asked once more: nothing had come, and it may be a passing trouble
	wait   time.Duration // faultLimited: not before
	status int           // HTTP, 0 for none
}

func (e *callError) Error() string { return e.err.Error() }
func (e *callError) Unwrap() error { return e.err }

// asCall gives every error a class.
func asCall(err error) *callError {
	var ce *callError
	if errors.As(err, &ce) {
		return ce
	}
	return &callError{err: err, fault: faultProvider}
}

// classify says what an error of the HTTP client means. Started says that a token had come before.
func classify(err error, started bool, seen seen) *callError {
	status := seen.status
	if ce := (*callError)(nil); errors.As(err, &ce) {
		ce.status = status
		return ce
	}
	var api *openai.APIError
	var req *openai.RequestError
	switch {
	case errors.As(err, &api) && api.HTTPStatusCode != 0:
		status = api.HTTPStatusCode
	case errors.As(err, &req):
		status = req.HTTPStatusCode
	}
	switch {
	case errors.Is(err, context.Canceled) && !started && status == 0:
		return &callError{err: err, fault: faultNone}
	case errors.Is(err, ErrTooLong):
		return &callError{err: ErrTooLong, fault: faultQuality, status: status}
	case status == http.StatusTooManyRequests:
		return &callError{err: fmt.Errorf("%w: %w", ErrLimited, err), fault: faultLimited, again: !started, wait: seen.wait, status: status}
	case status == http.StatusBadRequest, status == http.StatusRequestEntityTooLarge, status == http.StatusUnprocessableEntity:
		return &callError{err: fmt.Errorf("%w: %w", ErrRefused, err), fault: faultRequest, status: status}
	case status >= 400 && status < 500 && status != http.StatusRequestTimeout:
		// A wrong key, model or path: it stays wrong, and it is not the request's fault.
		return &callError{err: err, fault: faultProvider, status: status}
	case started:
		return &callError{err: fmt.Errorf("%w: %w", ErrCut, err), fault: faultProvider, status: status}
	}
	wait := time.Duration(0)
	if status == http.StatusServiceUnavailable {
		wait = seen.wait
	}
	return &callError{err: err, fault: faultProvider, again: true, wait: wait, status: status}
}
