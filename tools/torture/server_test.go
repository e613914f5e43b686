//go:build torture

package torture

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

// server is the real binary on a port that the kernel chose.
type server struct {
	bin, data, dir string

	mu   sync.Mutex
	cmd  *exec.Cmd
	url  string
	errs bytes.Buffer
}

func build(t *testing.T, dir string) string {
	bin := filepath.Join(dir, "server")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-tags", "sqlite_fts5", "-o", bin, "agentdesk/server")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return bin
}

func (s *server) start(ctx context.Context) error {
	addr := filepath.Join(s.dir, "addr")
	if err := os.Remove(addr); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	cmd := exec.Command(s.bin, "serve", "-demo", "-bot=false", "-listen", "127.0.0.1:0", "-data", s.data, "-addr-file", addr)
	s.mu.Lock()
	s.errs.Reset()
	cmd.Stderr = &s.errs
	s.mu.Unlock()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for tick := time.NewTicker(10 * time.Millisecond); ; {
		select {
		case <-ctx.Done():
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
			s.cmd, s.url = cmd, url
			s.mu.Unlock()
			return nil
		}
	}
}

// kill is kill -9.
func (s *server) kill() {
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

func (s *server) stop() error {
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

// where is the server's address now, "" while it is down.
func (s *server) where() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.url
}
