package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"agentdesk/server/identity"
)

// window is the real desk on a virtual display with software drawing, from the start of its process until the whole desk is
// painted: signing in for the first time, and on later starts from its own copy.
func (b *bench) window(ctx context.Context) (err error) {
	srv, err := b.start(ctx, "window")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Stop()) }()
	s, err := openScreen(ctx, filepath.Join(b.dir, "screen"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	data := filepath.Join(b.dir, "desk")
	start := func(dir string, signIn bool) (time.Duration, error) {
		args := []string{"-server", srv.URL(), "-user", "xiaoning", "-data", dir, "-lang", "zh-Hans", "-theme", "light"}
		if signIn {
			args = append(args, "-password", identity.DemoPassword)
		}
		cmd := exec.CommandContext(ctx, b.desk, args...)
		cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "LC_") || strings.HasPrefix(v, "WAYLAND_") })
		cmd.Env = append(cmd.Env, "DISPLAY="+s.display, "LANG=zh_CN.UTF-8", "LC_CTYPE=C.UTF-8")
		cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
		cmd.WaitDelay = 5 * time.Second
		return s.painted(ctx, cmd)
	}
	const each = 5
	var first, later []time.Duration
	for i := range each {
		took, err := start(fmt.Sprintf("%s-%d", data, i), true)
		if err != nil {
			return err
		}
		first = append(first, took)
		if took, err = start(fmt.Sprintf("%s-%d", data, i), false); err != nil {
			return err
		}
		later = append(later, took)
	}
	for _, f := range []struct {
		what  string
		times []time.Duration
	}{{"desk window up, painted whole, from its own copy", later}, {"desk window up, painted whole, with the first sign-in", first}} {
		slices.Sort(f.times)
		b.most(f.what, at(f.times, .5), time.Second, fmt.Sprintf(" (median of %d, max %s)", each, short(f.times[each-1])))
	}
	return nil
}
