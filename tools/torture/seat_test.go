//go:build torture

package torture

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"agentdesk/app"
	"agentdesk/app/view"
	"agentdesk/server/identity"
)

// TestMain runs the tests, or, as a child of them, one real desk without a face.
func TestMain(m *testing.M) {
	if url := os.Getenv("TORTURE_DESK"); url != "" {
		if err := sit(context.Background(), url, os.Getenv("TORTURE_USER"), os.Getenv("TORTURE_DIR")); err != nil {
			fmt.Fprintln(os.Stderr, "desk:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// shown is a reply of a real desk, as its agent saw it.
type shown struct {
	user      string
	delivered bool
}

// seat is a real desk in a process of its own, with a folder that survives it.
type seat struct {
	user, dir, url string
	sum            *tally
	cmd            *exec.Cmd
	wg             sync.WaitGroup
}

func (s *seat) start() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "TORTURE_DESK="+s.url, "TORTURE_USER="+s.user, "TORTURE_DIR="+s.dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	s.cmd = cmd
	s.wg.Go(func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			what, text, ok := strings.Cut(lines.Text(), "\t")
			if !ok {
				continue // killed in the middle of a line
			}
			s.sum.mu.Lock()
			sh := s.sum.real[text]
			if sh == nil {
				sh = &shown{user: s.user}
				s.sum.real[text] = sh
			}
			sh.delivered = sh.delivered || what == "delivered"
			s.sum.mu.Unlock()
		}
	})
	return nil
}

func (s *seat) kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill() // kill -9; it may be dead already
	s.wg.Wait()
	_ = s.cmd.Wait() // killed: never a success
	s.cmd = nil
}

// settle waits until everything that this desk sent is delivered, at most for d: a reply whose chat moved on never is.
func (s *seat) settle(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); pause(context.Background(), 50*time.Millisecond) {
		open := 0
		s.sum.mu.Lock()
		for _, sh := range s.sum.real {
			if sh.user == s.user && !sh.delivered {
				open++
			}
		}
		s.sum.mu.Unlock()
		if open == 0 {
			return
		}
	}
}

// closeEvery is after how many answers a desk ends a chat.
const closeEvery = 6

// sit is an agent at the real desk's actions: takes what is offered, answers what customers say, and tells the parent.
func sit(ctx context.Context, url, user, dir string) error {
	a, err := app.New(ctx, app.Params{Dir: dir, Server: url, User: user, Password: identity.DemoPassword, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	changed := make(chan struct{}, 1)
	defer a.Subscribe(func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})()
	failed := make(chan error, 1)
	go func() { failed <- a.Run(ctx) }()
	answered, told := map[string]bool{}, map[string]bool{}
	n := 0
	for {
		select {
		case err := <-failed:
			return err
		case <-changed:
		case <-time.After(200 * time.Millisecond):
		}
		s := a.Snapshot()
		if s.Queue == nil {
			continue
		}
		for _, r := range s.Queue.Waiting {
			if r.Offered {
				a.TakeOver(r.ID)
			}
		}
		c := s.Chat
		if c == nil || c.Seat == nil || c.Seat.State != view.SeatMine || c.Log == nil || len(c.Log.Items) == 0 {
			next(a, s)
			continue
		}
		for _, it := range c.Log.Items {
			if it.Mine && it.Kind == view.KindText && (it.Send == view.Delivered || it.Send == view.Read) && !told[it.Text] {
				told[it.Text] = true
				fmt.Printf("delivered\t%s\n", it.Text)
			}
		}
		last := c.Log.Items[len(c.Log.Items)-1]
		if last.By == view.ByCustomer && !answered[last.ID] {
			answered[last.ID] = true
			n++
			if n%closeEvery == 0 { // the customer goes on in a new chat, which somebody else may get
				a.Close("answered", true, "")
				continue
			}
			text := fmt.Sprintf("%s 第 %d.%d 句答复", user, os.Getpid(), n)
			fmt.Printf("sent\t%s\n", text)
			a.Send(text)
			continue
		}
		next(a, s)
	}
}

// next opens an own chat whose customer waits for an answer.
func next(a *app.App, s *view.Desk) {
	for _, r := range s.Queue.Rows {
		if r.By == view.ByCustomer && (s.Chat == nil || s.Chat.Head == nil || r.ID != s.Chat.Head.ID) {
			a.Select(r.ID)
			return
		}
	}
}
