package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestEnding_EndsWithoutThePartThatDoesNotStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var e ending
		var trace bytes.Buffer
		ctx, stop := context.WithCancel(t.Context())
		done, stuck := make(chan struct{}), make(chan struct{})
		go func() { _ = e.run("window", func() error { <-stuck; return nil }) }()
		go func() { _ = e.run("desk", func() error { <-ctx.Done(); return nil }) }()
		code, left := 0, []string(nil)
		var after time.Duration
		var began time.Time
		go e.watch(ctx, done, &trace, func(c int) { code, left, after = c, e.left(), time.Since(began) })
		time.Sleep(time.Hour) // while nobody asks for the end, nothing ends
		synctest.Wait()
		if code != 0 {
			t.Fatal("the desk was ended while it was to run")
		}
		began = time.Now()
		stop()
		time.Sleep(endTime + time.Second)
		synctest.Wait()
		if code != 1 || after != endTime || len(left) != 1 || left[0] != "window" {
			t.Errorf("exit code %d after %v with %q left, want 1 after %v with the window", code, after, left, endTime)
		}
		if !strings.Contains(trace.String(), "TestEnding_EndsWithoutThePart") {
			t.Errorf("the trace does not say what the window waits for:\n%s", trace.String())
		}
		close(stuck)
	})
}

func TestEnding_LeavesOneAloneThatEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var e ending
		ctx, stop := context.WithCancel(t.Context())
		done, want := make(chan struct{}), errors.New("closed")
		go e.watch(ctx, done, &bytes.Buffer{}, func(int) { t.Error("a desk that ended was ended again") })
		stop()
		err := e.run("desk", func() error {
			time.Sleep(endTime - time.Second)
			return want
		})
		close(done)
		time.Sleep(2 * endTime)
		synctest.Wait()
		if !errors.Is(err, want) || len(e.left()) != 0 {
			t.Errorf("the part returned %v and %q are left", err, e.left())
		}
	})
}
