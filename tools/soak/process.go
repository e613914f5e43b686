package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is one program under watch.
type process struct {
	name  string
	cmd   *exec.Cmd
	log   *logFile
	url   string
	ended chan error // says once that it ended by itself
	also  *exec.Cmd  // a display that goes with it
	read  chan struct{}
}

// logFile keeps what a program says, and counts what is wrong in it.
type logFile struct {
	path string

	mu         sync.Mutex
	errs       []string
	warns      map[string]int // by message
	last       []string
	goroutines int // of the last line that tells them
}

const keepErrors = 50

// start runs a program whose lines on standard error are its log.
func start(name, logPath string, cmd *exec.Cmd) (*process, error) {
	f, err := os.Create(logPath)
	if err != nil {
		return nil, fmt.Errorf("log of the %s: %w", name, err)
	}
	p := &process{name: name, cmd: cmd, ended: make(chan error, 1), read: make(chan struct{}), log: &logFile{path: logPath, warns: map[string]int{}}}
	pipe, err := cmd.StderrPipe()
	if err != nil {
		return nil, fmt.Errorf("log of the %s: %w", name, err)
	}
	// Ctrl+C goes to all of the terminal's group at once; in a group of its own it ends in our order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the %s: %w", name, err)
	}
	go func() {
		defer close(p.read)
		defer func() { _ = f.Close() }()
		p.log.follow(io.TeeReader(pipe, f))
	}()
	go func() {
		<-p.read
		p.ended <- cmd.Wait()
	}()
	return p, nil
}

func (l *logFile) follow(r io.Reader) {
	lines := bufio.NewReaderSize(r, 64<<10)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			l.note(strings.TrimSuffix(line, "\n"))
		}
		if err != nil {
			return
		}
	}
}

func (l *logFile) note(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = append(l.last, line)
	if len(l.last) > 20 {
		l.last = l.last[1:]
	}
	var n int
	if i := strings.Index(line, "goroutines="); i >= 0 {
		if _, err := fmt.Sscanf(line[i:], "goroutines=%d", &n); err == nil {
			l.goroutines = n
		}
	}
	level, msg := levelOf(line)
	switch level {
	case "ERROR":
		if len(l.errs) < keepErrors {
			l.errs = append(l.errs, line)
		}
	case "WARN":
		if len(l.warns) < 200 || l.warns[msg] > 0 {
			l.warns[msg]++
		}
	}
}

// levelOf reads a line of slog's text; what is no such line, as a panic or what a library prints, counts as an error
// where it looks like one.
func levelOf(line string) (level, msg string) {
	m := regexp.MustCompile(`level=(\w+) msg=("(?:[^"\\]|\\.)*"|\S*)`).FindStringSubmatch(line)
	if m == nil {
		for _, w := range []string{"panic:", "fatal error:", "DATA RACE", "Fyne error", "goroutine 1 "} {
			if strings.Contains(line, w) {
				return "ERROR", line
			}
		}
		return "", ""
	}
	return m[1], strings.Trim(m[2], `"`)
}

func (l *logFile) tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.last, "\n")
}

func (l *logFile) goroutineCount() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.goroutines
}

func (l *logFile) wrong() (errs []string, warns map[string]int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	warns = map[string]int{}
	for k, v := range l.warns {
		warns[k] = v
	}
	return append([]string(nil), l.errs...), warns
}

// stop asks the program to end and waits for it.
func (p *process) stop() error {
	defer p.stopAlso()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	t := time.NewTimer(15 * time.Second)
	defer t.Stop()
	select {
	case err := <-p.ended:
		if err != nil {
			return fmt.Errorf("the %s did not end cleanly: %w", p.name, err)
		}
		return nil
	case <-t.C:
		_ = p.cmd.Process.Kill()
		<-p.ended
		return fmt.Errorf("the %s did not end within 15 s", p.name)
	}
}

func (p *process) stopAlso() {
	if p.also != nil {
		_ = p.also.Process.Signal(syscall.SIGTERM)
		_ = p.also.Wait()
	}
}

func startServer(ctx context.Context, o options) (*process, error) {
	addr := filepath.Join(o.dir, "address")
	cmd := exec.Command(o.server, "serve", "-demo", "-listen", "127.0.0.1:0", "-data", filepath.Join(o.dir, "server"), "-addr-file", addr, //nolint:gosec // our own binary
		"-simulate", fmt.Sprint(o.simulate), "-agents", fmt.Sprint(o.agents), "-timelapse", fmt.Sprint(o.timelapse), "-seed", fmt.Sprint(o.seed),
		fmt.Sprintf("-campaign=%t", o.campaign))
	p, err := start("server", filepath.Join(o.dir, "server.log"), cmd)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil, errors.Join(errors.New("the server did not come up"), p.stop(), errors.New(p.log.tail()))
		case err := <-p.ended:
			return nil, fmt.Errorf("the server ended: %w", errors.Join(err, errors.New(p.log.tail())))
		case <-tick.C:
		}
		data, err := os.ReadFile(addr)
		if err != nil || len(data) == 0 {
			continue
		}
		p.url = strings.TrimSpace(string(data))
		if ready(ctx, p.url) {
			return p, nil
		}
	}
}

func ready(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/readyz", nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// startDesk runs this program again as the desk, so that its memory can be told from ours.
func startDesk(ctx context.Context, o options, url string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	cmd := exec.Command(self, "desk", "-server", url, "-data", filepath.Join(o.dir, "desk"), "-seed", fmt.Sprint(o.seed), fmt.Sprintf("-face=%t", o.face)) //nolint:gosec // this program
	cmd.Env = append(os.Environ(), "LANG=zh_CN.UTF-8", "LC_ALL=")
	var display *exec.Cmd
	if o.face && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		var name string
		if display, name, err = startDisplay(ctx); err != nil {
			return nil, err
		}
		cmd.Env = append(cmd.Env, "DISPLAY="+name)
	}
	p, err := start("desk", filepath.Join(o.dir, "desk.log"), cmd)
	if err != nil {
		return nil, err
	}
	p.also = display
	return p, nil
}

// startDisplay runs Xvfb, which chooses a free number and tells it when it is ready.
func startDisplay(ctx context.Context) (*exec.Cmd, string, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, "", fmt.Errorf("display: %w", err)
	}
	defer func() { _ = r.Close() }()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1440x900x24", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{w}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		_ = w.Close()
		return nil, "", fmt.Errorf("display (-face=false does without): %w", err)
	}
	_ = w.Close()
	if err := r.SetReadDeadline(time.Now().Add(15 * time.Second)); err != nil {
		return nil, "", fmt.Errorf("display: %w", err)
	}
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil || ctx.Err() != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		return nil, "", fmt.Errorf("display: %w", errors.Join(err, ctx.Err()))
	}
	return cmd, ":" + strings.TrimSpace(number), nil
}
