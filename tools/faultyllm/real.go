package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"agentdesk/server/llm/llmtest"
	"agentdesk/sync/event"
	"agentdesk/tools/harness"
)

const (
	// pause is the longest that the bot waits for the rest of what a customer types; it is part of what is measured here.
	pause = 1800 * time.Millisecond
	// giveUp is when a chat counts as failed: nothing was answered.
	giveUp = 15 * time.Second
)

// realPair is a pairing behind the real server: each message opens a chat of its own through the customer door, and what counts is
// the bot's answer in that chat, from the acknowledgement on. Visitors without a name ask, so that no order has to be looked for.
func realPair(ctx context.Context, p params, a, b llmtest.Fault) (_ result, err error) {
	r := result{a: a, b: b}
	var urls []string
	for i, f := range []llmtest.Fault{a, b} {
		srv, err := llmtest.Listen(ctx, p.script(f))
		if err != nil {
			return r, err
		}
		defer func() { err = errors.Join(err, srv.Close()) }()
		urls = append(urls, fmt.Sprintf("%s#m%d", srv.URL, i+1))
	}
	dir, err := os.MkdirTemp("", "faultyllm-")
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	// The server inherits it.
	if err := os.Setenv("PROVIDER", strings.Join(urls, " ")); err != nil {
		return r, err
	}
	s := harness.Server{Bin: p.server, Data: dir + "/data", Dir: dir, Args: []string{"-visitor-rate", "2000"}}
	if err := s.Start(ctx); err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	var ids harness.IDs
	var anybody []string
	for _, l := range lines {
		if l.who == "" {
			anybody = append(anybody, l.text)
		}
	}
	r.sample(ctx, p, deadline+pause, func(n int) (bool, time.Duration) {
		took, err := chat(ctx, s.URL(), ids.Next(), anybody[n%len(anybody)])
		return err == nil, took
	})
	r.model, r.trips, err = figures(ctx, s.URL())
	return r, err
}

// chat opens one, says a line and waits for the bot's answer.
func chat(ctx context.Context, url, id, text string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, giveUp)
	defer cancel()
	c, err := harness.DialCustomer(ctx, url, "")
	if err != nil {
		return 0, err
	}
	defer c.Cut()
	if _, err := c.Say(ctx, id, text); err != nil {
		return 0, err
	}
	begun := time.Now()
	for {
		select {
		case f := <-c.In:
			for _, e := range f.Ev {
				if e.Type == event.Posted && e.Actor.Kind == event.Bot {
					return time.Since(begun), nil
				}
			}
		case <-c.Dead:
			return 0, harness.ErrNoAck
		case <-ctx.Done():
			return giveUp, ctx.Err()
		}
	}
}

// figures are what the server counts: answers by a model, and providers that are down or asked to wait.
func figures(ctx context.Context, url string) (model int, down int64, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/metrics", nil)
	if err != nil {
		return 0, 0, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = res.Body.Close() }()
	for sc := bufio.NewScanner(res.Body); sc.Scan(); {
		name, value, _ := strings.Cut(sc.Text(), "} ")
		n, err := strconv.ParseFloat(value, 64)
		switch {
		case err != nil:
		case strings.HasPrefix(name, `agentdesk_llm_texts_total{outcome="ok",task="answer"`):
			model += int(n)
		case strings.HasPrefix(name, "agentdesk_llm_up{") && n == 0:
			down++
		}
	}
	return model, down, nil
}

// sample calls ask at the rate, whether or not the calls before have ended, and keeps what they took.
func (r *result) sample(ctx context.Context, p params, within time.Duration, ask func(n int) (ok bool, took time.Duration)) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	tick := time.NewTicker(time.Second / time.Duration(p.rate))
	defer tick.Stop()
	total := int(p.each.Seconds() * float64(p.rate))
	for n := range total {
		select {
		case <-ctx.Done():
			wg.Wait()
			return
		case <-tick.C:
		}
		wg.Go(func() {
			ok, took := ask(n)
			mu.Lock()
			defer mu.Unlock()
			r.sent++
			r.took = append(r.took, took)
			if !ok {
				r.failed++
			}
			if took > within+allowance {
				r.late++
			}
			if n >= total/2 {
				r.settled = max(r.settled, took)
			}
		})
	}
	wg.Wait()
	r.sort()
}
