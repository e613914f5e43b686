package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"strings"
	"testing"
	"time"

	"agentdesk/server/llm/llmtest"
)

// The whole way once, short: a provider that is well beside one that is not, and two that are not.
func TestFaults_NobodyIsLeftWithoutAnAnswer(t *testing.T) {
	var out bytes.Buffer
	s, err := openShop(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	asks, err := s.asks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p := params{each: time.Second, rate: 20}
	var all []result
	for _, c := range []struct {
		a, b  llmtest.Fault
		model bool
	}{{llmtest.None, llmtest.Error500, true}, {llmtest.Refused, llmtest.TLSGarbage, false}} {
		r, err := pair(t.Context(), s, asks, p, c.a, c.b)
		if err != nil {
			t.Fatal(err)
		}
		if r.sent != 20 || r.failed != 0 || (r.model > 0) != c.model || len(r.took) != 20 {
			t.Errorf("%s and %s: %+v", c.a, c.b, r)
		}
		all = append(all, r)
	}
	if err := errors.Join(report(&out, all, p), s.close()); err != nil {
		t.Error(err)
	}
	if !strings.Contains(out.String(), "**0 failed, 0 past the deadline**") {
		t.Error(out.String())
	}
	bad := all[0]
	bad.failed = 1
	if err := report(io.Discard, []result{bad}, p); err == nil {
		t.Error("a failed chat is no error")
	}
}

func TestRun_TellsWhatItKnows(t *testing.T) {
	for _, args := range [][]string{nil, {"serve", "-fault", "hiccup"}, {"faults", "-rate", "0"}} {
		if err := run(t.Context(), args, io.Discard, io.Discard); err == nil || errors.Is(err, flag.ErrHelp) {
			t.Errorf("%q: %v", args, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	pr, pw := io.Pipe()
	done := make(chan error)
	go func() { done <- run(ctx, []string{"serve"}, pw, io.Discard) }()
	line := make([]byte, 100)
	n, err := pr.Read(line)
	if err != nil || !strings.HasPrefix(string(line[:n]), "PROVIDER='http://127.0.0.1:") {
		t.Errorf("%q, %v", line[:n], err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
