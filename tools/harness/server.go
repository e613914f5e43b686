// Package harness runs the real server binary for tests and measurements: on a port that the kernel chose, with a data
// folder of its own, to be stopped politely or killed; and speaks to its doors through bare sockets.
package harness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Server is the real binary.
type Server struct {
	Bin  string   // see Build
	Data string   // its data folder
	Dir  string   // for the file that tells its address
	Args []string // more flags of serve

	listen string // the port of the first start, which the kernel chose: clients find it again there

	mu   sync.Mutex
	cmd  *exec.Cmd
	url  string
	errs bytes.Buffer
}

// Build compiles the server into dir and gives its path.
func Build(t *testing.T, dir string) string {
	t.Helper()
	bin := filepath.Join(dir, "server")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-tags", "sqlite_fts5", "-o", bin, "agentdesk/server")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return bin
}

// Start runs the server and waits until it is ready.
func (s *Server) Start(ctx context.Context) error {
	addr := filepath.Join(s.Dir, "addr")
	if err := os.Remove(addr); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if s.listen == "" {
		s.listen = "127.0.0.1:0"
	}
	cmd := exec.Command(s.Bin, append([]string{"serve", "-demo", "-listen", s.listen, "-data", s.Data, "-addr-file", addr}, s.Args...)...)
	s.mu.Lock()
	s.errs.Reset()
	cmd.Stderr = &s.errs
	s.mu.Unlock()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute) // when a test gives up, on a machine that does much else
	defer cancel()
	for tick := time.NewTicker(10 * time.Millisecond); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			return fmt.Errorf("the server did not come up: %s", s.errs.String())
		case <-tick.C:
		}
		data, err := os.ReadFile(addr)
		if err != nil || len(data) == 0 {
			continue
		}
		url := strings.TrimSpace(string(data))
		res, err := http.Get(url + "/readyz")
		if err != nil {
			continue
		}
		_ = res.Body.Close()
		if res.StatusCode == http.StatusOK {
			tick.Stop()
			s.mu.Lock()
			s.cmd, s.url, s.listen = cmd, url, strings.TrimPrefix(url, "http://")
			s.mu.Unlock()
			return nil
		}
	}
}

// Kill is kill -9.
func (s *Server) Kill() {
	s.mu.Lock()
	cmd := s.cmd
	s.cmd, s.url = nil, ""
	s.mu.Unlock()
	if cmd == nil {
		return
	}
	_ = cmd.Process.Signal(syscall.SIGKILL)
	_ = cmd.Wait()
}

// Stop asks the server to end, and waits for it.
func (s *Server) Stop() error {
	s.mu.Lock()
	cmd := s.cmd
	s.cmd, s.url = nil, ""
	s.mu.Unlock()
	if cmd == nil {
		return errors.New("the server is not running")
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("the server did not end cleanly: %w\n%s", err, s.errs.String())
	}
	return nil
}

// PID is the server's process, 0 while it is down.
func (s *Server) PID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return 0
	}
	return s.cmd.Process.Pid
}

// URL is the server's address now, "" while it is down.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.url
}
