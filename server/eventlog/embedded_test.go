package eventlog_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"agentdesk/server/eventlog"
	"agentdesk/server/eventlog/logtest"
)

// helperEnv makes the test binary act as another process of the product.
const helperEnv = "AGENTDESK_EVENTLOG_HELPER"

func helper(mode string) int {
	name, arg, _ := strings.Cut(mode, "=")
	var err error
	switch name {
	case "append":
		err = helperAppend(arg)
	case "lock":
		err = helperLock(arg)
	case "diskfull":
		err = helperDiskFull(arg)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func runHelper(t *testing.T, mode string, wrap ...string) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	args := append(wrap, exe)
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...) //nolint:gosec // this test's own binary
	cmd.Env = append(os.Environ(), helperEnv+"="+mode)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("helper %s: %v\n%s", mode, err, out)
	}
	return string(out)
}

func helperLock(dir string) error {
	e, err := eventlog.OpenEmbedded(context.Background(), eventlog.EmbeddedParams{Dir: dir, Shop: "demo"})
	if err == nil {
		return errors.Join(errors.New("the folder was opened a second time"), e.Close())
	}
	if !errors.Is(err, eventlog.ErrLocked) {
		return err
	}
	fmt.Println("refused:", err)
	return nil
}

func TestEmbedded_SecondProcessIsRefused(t *testing.T) {
	dir := t.TempDir()
	e := open(t, dir, nil)
	out := runHelper(t, "lock="+dir)
	if !strings.Contains(out, "refused:") || !strings.Contains(out, strconv.Itoa(os.Getpid())) {
		t.Fatalf("the second process says %q", out)
	}
	if _, err := eventlog.OpenEmbedded(t.Context(), eventlog.EmbeddedParams{Dir: dir, Shop: "demo"}); !errors.Is(err, eventlog.ErrLocked) {
		t.Fatalf("a second owner in this process: %v", err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, dir, nil) // and free again
}

func TestEmbedded_SurvivesRestart(t *testing.T) {
	dir := t.TempDir()
	e := open(t, dir, nil)
	before, err := e.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range uint64(10) {
		if _, err := e.Append(t.Context(), i, []byte("record")); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	e = open(t, dir, nil)
	if after, err := e.Info(t.Context()); err != nil || after.Stream != before.Stream || after.Last != 10 {
		t.Fatalf("was %+v, is %+v, %v", before, after, err)
	}
}

func TestEmbedded_RefusesBelowTheWatermark(t *testing.T) {
	var free atomic.Uint64
	free.Store(1 << 30)
	e := open(t, t.TempDir(), func(p *eventlog.EmbeddedParams) {
		p.MinFree = 100
		p.FreeBytes = func(string) (uint64, error) { return free.Load(), nil }
	})
	appendOne := func(after uint64) error {
		_, err := e.Append(t.Context(), after, []byte("record"))
		return err
	}
	if err := appendOne(0); err != nil {
		t.Fatal(err)
	}
	free.Store(99)
	if err := appendOne(1); !errors.Is(err, eventlog.ErrFull) {
		t.Fatalf("below the watermark: %v", err)
	}
	if got, err := e.Read(t.Context(), 1, 10); err != nil || len(got) != 1 {
		t.Fatalf("reads must go on: %d, %v", len(got), err)
	}
	free.Store(100)
	if err := appendOne(1); err != nil {
		t.Fatalf("freed again: %v", err)
	}
}

func TestEmbedded_StreamLimitIsHonestlyFull(t *testing.T) {
	e := open(t, t.TempDir(), func(p *eventlog.EmbeddedParams) { p.MaxBytes = 64 << 10 })
	data := make([]byte, 8<<10)
	var n uint64
	var err error
	for ; n < 100; n++ {
		if _, err = e.Append(t.Context(), n, data); err != nil {
			break
		}
	}
	if !errors.Is(err, eventlog.ErrFull) || n == 0 {
		t.Fatalf("after %d records: %v", n, err)
	}
	// Nothing old was dropped to make room, and what is freed can be used.
	if i, err := e.Info(t.Context()); err != nil || i.First != 1 || i.Last != n {
		t.Fatalf("%+v, %v", i, err)
	}
	if err := e.ForgetBelow(t.Context(), 4); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Append(t.Context(), n, data); err != nil {
		t.Fatalf("freed again: %v", err)
	}
}

// helperDiskFull meets a real write error: a limit on the size of files stands for the full disk, and needs no root.
func helperDiskFull(dir string) error {
	signal.Ignore(syscall.SIGXFSZ)
	ctx := context.Background()
	e, err := eventlog.OpenEmbedded(ctx, eventlog.EmbeddedParams{Dir: dir, Shop: "demo", MinFree: 1})
	if err != nil {
		return err
	}
	data := []byte(strings.Repeat("x", 4<<10))
	var last uint64
	for ; last < 20; last++ {
		if _, err := e.Append(ctx, last, data); err != nil {
			return err
		}
	}
	var lim syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &lim); err != nil {
		return err
	}
	tight := lim
	tight.Cur = 100_000
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &tight); err != nil {
		return err
	}
	start := time.Now()
	for ; last < 100; last++ {
		if _, err = e.Append(ctx, last, data); err != nil {
			break
		}
	}
	fmt.Printf("acknowledged %d, then after %v: %v\n", last, time.Since(start).Round(time.Millisecond), err)
	if !errors.Is(err, eventlog.ErrDead) {
		return fmt.Errorf("a write error must show as ErrDead, got %w", err)
	}
	if _, err := e.Append(ctx, last, data); !errors.Is(err, eventlog.ErrDead) {
		return fmt.Errorf("a dead log answers %w", err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &lim); err != nil {
		return err
	}
	if err := e.Reopen(ctx); err != nil {
		return err
	}
	if out, err := eventlog.Resolve(ctx, e, last, data); err != nil || out != eventlog.Mine {
		return fmt.Errorf("resolve: %v %w", out, err)
	}
	i, err := e.Info(ctx)
	if err != nil {
		return err
	}
	got, err := e.Read(ctx, 1, 1000)
	if err != nil {
		return err
	}
	if i.First != 1 || i.Last != last+1 || uint64(len(got)) != last+1 {
		return fmt.Errorf("after reopening the log is %+v with %d records, acknowledged %d and resolved 1", i, len(got), last)
	}
	fmt.Println("nothing lost")
	return e.Close()
}

func TestEmbedded_DiskFullAndFreedAgain(t *testing.T) {
	if out := runHelper(t, "diskfull="+t.TempDir()); !strings.Contains(out, "nothing lost") {
		t.Fatal(out)
	} else {
		t.Log(out)
	}
}

func helperAppend(arg string) error {
	count, dir, _ := strings.Cut(arg, ",")
	n, err := strconv.ParseUint(count, 10, 64)
	if err != nil {
		return err
	}
	ctx := context.Background()
	e, err := eventlog.OpenEmbedded(ctx, eventlog.EmbeddedParams{Dir: dir, Shop: "demo", MinFree: 1})
	if err != nil {
		return err
	}
	i, err := e.Info(ctx)
	if err != nil {
		return err
	}
	for at := i.Last; at < i.Last+n; at++ {
		if _, err := e.Append(ctx, at, []byte("an acknowledged record")); err != nil {
			return err
		}
	}
	return e.Close()
}

// Promise 1: a sync stands between an append and its acknowledgement. Killing a process cannot show that, since the
// kernel keeps what it was given; counting system calls can. Opening and closing sync too, so a run without appends is
// taken off.
func TestEmbedded_SyncsEveryAcknowledgedRecord(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Fatal("strace is needed to count syncs: install it (Debian: apt-get install strace)")
	}
	dir := t.TempDir()
	runHelper(t, "append=1,"+dir) // the stream exists from here on
	calls := regexp.MustCompile(`(?m)^\d+ +(?:f(?:data)?sync)\(`)
	osync := regexp.MustCompile(`(?m)^\d+ +openat\(.*\.blk".*O_SYNC`)
	count := func(n int) int {
		trace := filepath.Join(t.TempDir(), "trace")
		runHelper(t, fmt.Sprintf("append=%d,%s", n, dir), strace, "-f", "-qq", "-e", "trace=fsync,fdatasync,openat", "-o", trace)
		data, err := os.ReadFile(trace) //nolint:gosec // written above
		if err != nil {
			t.Fatal(err)
		}
		if osync.Match(data) {
			t.Log("blocks are written with O_SYNC")
		}
		return len(calls.FindAll(data, -1))
	}
	const records = 200
	base, with := count(0), count(records)
	t.Logf("%d syncs for %d appends (%d of opening and closing taken off)", with-base, records, base)
	if with-base < records {
		t.Fatalf("%d acknowledged appends made only %d syncs", records, with-base)
	}
}

// Nothing may assume one node: the client part keeps the contract over a connection it was given.
func TestClient_Contract(t *testing.T) {
	logtest.Run(t, func(t *testing.T) eventlog.Log {
		srv, err := server.NewServer(&server.Options{
			ServerName: "elsewhere", Host: "127.0.0.1", Port: -1, NoSigs: true, NoLog: true, JetStream: true, StoreDir: t.TempDir(), SyncAlways: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		srv.Start()
		t.Cleanup(func() { srv.Shutdown(); srv.WaitForShutdown() })
		if !srv.ReadyForConnections(20 * time.Second) {
			t.Fatal("server did not come up")
		}
		nc, err := nats.Connect(srv.ClientURL())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(nc.Close)
		c, err := eventlog.NewClient(t.Context(), eventlog.ClientParams{Conn: nc, Shop: "demo", Incarnation: "01JDEXAMP0000000000000000A"})
		if err != nil {
			t.Fatal(err)
		}
		return reopening{c, nc, t}
	})
}

// reopening gives the client the contract's Reopen by what it means on a cluster: the connection breaks and comes back.
type reopening struct {
	*eventlog.Client
	nc *nats.Conn
	t  *testing.T
}

// Reopen implements eventlog.Reopener.
func (r reopening) Reopen(context.Context) error {
	back := make(chan struct{}, 1)
	r.nc.SetReconnectHandler(func(*nats.Conn) { back <- struct{}{} })
	if err := r.nc.ForceReconnect(); err != nil {
		return err
	}
	<-back
	return nil
}

func BenchmarkEmbedded_AppendCAS(b *testing.B) {
	e := open(b, b.TempDir(), nil)
	data := make([]byte, 20<<10)
	b.SetBytes(int64(len(data)))
	for i := 0; b.Loop(); i++ {
		if _, err := e.Append(b.Context(), uint64(i), data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEmbedded_Read(b *testing.B) {
	e := open(b, b.TempDir(), nil)
	const n = 2000
	for i := range uint64(n) {
		if _, err := e.Append(b.Context(), i, make([]byte, 600)); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	for b.Loop() {
		for at := uint64(1); at <= n; {
			got, err := e.Read(b.Context(), at, 1000)
			if err != nil {
				b.Fatal(err)
			}
			at += uint64(len(got))
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "records/s")
}
