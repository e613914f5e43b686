package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// sample is what was seen at one moment. Memory is in bytes.
type sample struct {
	at                  time.Duration
	serverRSS, heap     float64
	goroutines, fds     float64
	guests, desks, open float64
	deskRSS             float64
	deskGoroutines      float64
	errors, warnings    int
	taken, inTime, lost int // takeovers; within 30 s; late although somebody was free
	waiting             int
	contained           float64 // share of closed chats
	closed              int
	reply, words        time.Duration // medians: first answer; a person's first words after the takeover
}

const (
	csvHead   = "s,server_rss,heap,goroutines,fds,guests,desks,open,desk_rss,desk_goroutines,errors,warnings,taken,in_time,broken,waiting,closed,contained,reply_ms,words_ms"
	tableHead = "   min  server MB  heap MB  gorout.  fds  guests  open | desk MB  gorout. | taken  ≤30 s  broken  waiting | closed  bot alone | first answer  person's | err  warn"
)

func (s *sample) csv() string {
	return fmt.Sprintf("%.0f,%.0f,%.0f,%.0f,%.0f,%.0f,%.0f,%.0f,%.0f,%.0f,%d,%d,%d,%d,%d,%d,%d,%.4f,%d,%d", s.at.Seconds(), s.serverRSS, s.heap, s.goroutines, s.fds,
		s.guests, s.desks, s.open, s.deskRSS, s.deskGoroutines, s.errors, s.warnings, s.taken, s.inTime, s.lost, s.waiting, s.closed, s.contained,
		s.reply.Milliseconds(), s.words.Milliseconds())
}

func (s *sample) row() string {
	return fmt.Sprintf("%6.1f  %9.1f  %7.1f  %7.0f  %3.0f  %6.0f  %4.0f | %7.1f  %7.0f | %5d  %4.0f%%  %6d  %7d | %6d  %8.0f%% | %10.2f s  %6.1f s | %3d  %4d",
		s.at.Minutes(), s.serverRSS/1e6, s.heap/1e6, s.goroutines, s.fds, s.guests, s.open, s.deskRSS/1e6, s.deskGoroutines,
		s.taken, share(s.inTime, s.taken), s.lost, s.waiting, s.closed, s.contained*100, s.reply.Seconds(), s.words.Seconds(), s.errors, s.warnings)
}

func share(n, of int) float64 {
	if of == 0 {
		return 100
	}
	return 100 * float64(n) / float64(of)
}

func take(ctx context.Context, at time.Duration, srv, dsk *process, w *watch) (sample, error) {
	s := sample{at: at}
	m, err := metrics(ctx, srv.url)
	if err != nil {
		return s, err
	}
	s.serverRSS, s.heap, s.goroutines, s.fds = m["process_resident_memory_bytes"], m["go_memstats_heap_inuse_bytes"], m["go_goroutines"], m["process_open_fds"]
	s.guests, s.desks, s.open = m["agentdesk_guests"], m["agentdesk_desks"], m["agentdesk_floor_open"]
	if s.deskRSS, err = resident(dsk.cmd.Process.Pid); err != nil {
		return s, err
	}
	s.deskGoroutines = float64(dsk.log.goroutineCount())
	for _, l := range []*logFile{srv.log, dsk.log} {
		errs, warns := l.wrong()
		s.errors += len(errs)
		for _, n := range warns {
			s.warnings += n
		}
	}
	r := w.result()
	s.taken, s.inTime, s.lost, s.waiting = r.taken, r.inTime, len(r.broken), r.waiting
	s.closed, s.contained, s.reply, s.words = r.closed, r.containment(), median(r.replies), median(r.words)
	return s, nil
}

// metrics reads the plain figures of the server's page for Prometheus.
func metrics(ctx context.Context, url string) (map[string]float64, error) {
	ctx, cancel := context.WithTimeout(ctx, 8*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/metrics", nil)
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	out := map[string]float64{}
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		name, value, ok := strings.Cut(lines.Text(), " ")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		if v, err := strconv.ParseFloat(value, 64); err == nil {
			out[name] = v
		}
	}
	return out, lines.Err()
}

// resident is a process's resident memory, as the kernel counts it.
func resident(pid int) (float64, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("memory of the desk: %w", err)
	}
	for line := range strings.Lines(string(data)) {
		var kb float64
		if n, _ := fmt.Sscanf(line, "VmRSS: %f kB", &kb); n == 1 {
			return kb * 1024, nil
		}
	}
	return 0, fmt.Errorf("memory of process %d is not told", pid)
}
