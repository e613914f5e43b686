package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
)

// server is a notification server that a test plays.
type server struct {
	calls  []string
	next   uint32
	click  chan uint32
	closed int
	fail   error
	dials  int
}

func (s *server) dial(context.Context) (wire, error) {
	s.dials++
	if s.fail != nil {
		return nil, s.fail
	}
	s.click = make(chan uint32)
	return s, nil
}

func (s *server) notify(_ context.Context, replaces uint32, _, _, title, text string, _ []string, urgent bool) (uint32, error) {
	id := replaces
	if id == 0 {
		s.next++
		id = s.next
	}
	s.calls = append(s.calls, fmt.Sprint(id, " ", title, " ", text, " ", urgent))
	return id, nil
}

func (s *server) clicks() <-chan uint32 { return s.click }
func (s *server) close()                { s.closed++ }

func bus(t *testing.T, s *server, p Params, f func(b *Bus)) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		b := NewBus(p)
		b.dial = s.dial
		done := make(chan error, 1)
		go func() { done <- b.Run(ctx) }()
		f(b)
		synctest.Wait()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestBus_ReplacesAndHearsClicks(t *testing.T) {
	s := &server{}
	var clicked []string
	bus(t, s, Params{Clicked: func(c string) { clicked = append(clicked, c) }}, func(b *Bus) {
		b.Send(Note{Title: "苏晚晚", Text: "在吗", Conversation: "a"})
		b.Send(Note{Title: "顾明月", Text: "你好", Conversation: "b", Urgent: true})
		b.Send(Note{Title: "苏晚晚", Text: "还在吗", Conversation: "a"})
		synctest.Wait()
		s.click <- 2
		s.click <- 99
		synctest.Wait()
		close(s.click) // the bus went away; the next note finds another
		synctest.Wait()
		b.Send(Note{Title: "三", Conversation: "c"})
	})
	if got, want := strings.Join(s.calls, "|"), "1 苏晚晚 在吗 false|2 顾明月 你好 true|1 苏晚晚 还在吗 false|3 三  false"; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
	if len(clicked) != 1 || clicked[0] != "b" {
		t.Errorf("clicked %q, want b", clicked)
	}
	if s.dials != 2 || s.closed != 2 {
		t.Errorf("%d connections, %d closed; want 2", s.dials, s.closed)
	}
}

func TestBus_WithoutAServerSaysSoOnce(t *testing.T) {
	s := &server{fail: errors.New("no bus")}
	var log bytes.Buffer
	bus(t, s, Params{Log: slog.New(slog.NewTextHandler(&log, nil))}, func(b *Bus) {
		for range 40 {
			b.Send(Note{Title: "x"})
		}
	})
	if n := strings.Count(log.String(), "no notifications"); n != 1 {
		t.Errorf("it was said %d times", n)
	}
}
