package llmtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// Client is an HTTP client whose requests go to handlers by the host of their URL, without a socket. So it works inside a
// testing/synctest bubble, where time is fake and sockets do not count as waiting.
func Client(hosts map[string]http.Handler) *http.Client {
	return &http.Client{Transport: memory(hosts)}
}

type memory map[string]http.Handler

// RoundTrip implements http.RoundTripper.
func (m memory) RoundTrip(r *http.Request) (*http.Response, error) {
	h, ok := m[r.URL.Host]
	if !ok {
		return nil, &url.Error{Op: "dial", URL: r.URL.String(), Err: errors.New("connection refused")}
	}
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		_ = r.Body.Close()
	}
	ctx, cancel := context.WithCancel(r.Context())
	pr, pw := io.Pipe()
	in := r.Clone(ctx)
	in.Body = io.NopCloser(bytes.NewReader(body))
	w := &writer{header: http.Header{}, pipe: pw, head: make(chan struct{})}
	stop := context.AfterFunc(ctx, func() { _ = pr.CloseWithError(context.Cause(ctx)) })
	go func() {
		defer stop()
		defer func() {
			if why := recover(); why != nil {
				_ = pw.CloseWithError(fmt.Errorf("%w: %v", io.ErrUnexpectedEOF, why))
			}
			w.WriteHeader(http.StatusOK)
			_ = pw.Close()
		}()
		h.ServeHTTP(w, in)
	}()
	select {
	case <-r.Context().Done():
		cancel()
		return nil, context.Cause(r.Context())
	case <-w.head:
	}
	return &http.Response{StatusCode: w.status, Status: strings.TrimSpace(fmt.Sprint(w.status, " ", http.StatusText(w.status))), Proto: "HTTP/1.1",
		ProtoMajor: 1, ProtoMinor: 1, Header: w.header, Body: closer{pr, cancel}, ContentLength: -1, Request: r}, nil
}

// closer tells the handler that nobody reads any more, as a connection that is closed does.
type closer struct {
	*io.PipeReader
	cancel context.CancelFunc
}

func (c closer) Close() error {
	c.cancel()
	return c.PipeReader.Close()
}

type writer struct {
	header http.Header
	pipe   *io.PipeWriter
	once   sync.Once
	head   chan struct{}
	status int
}

func (w *writer) Header() http.Header { return w.header }

func (w *writer) WriteHeader(status int) {
	w.once.Do(func() {
		w.status = status
		w.header = w.header.Clone()
		close(w.head)
	})
}

func (w *writer) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.pipe.Write(p)
}

func (w *writer) Flush() { w.WriteHeader(http.StatusOK) }
