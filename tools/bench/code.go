package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// goBenches runs the benchmarks of the packages and takes the two figures with a target out of their output.
func (b *bench) goBenches(ctx context.Context) error {
	pkgs := []string{"./server/floor", "./server/routing", "./server/eventlog", "./server/folds", "./server/understand", "./server/knowledge", "./copilot/comply"}
	var all strings.Builder
	for _, p := range pkgs { // one after another: they share two cores with nobody
		cmd := exec.CommandContext(ctx, "go", "test", "-run", "xxx", "-bench", ".", "-benchmem", "-benchtime", b.code, "-tags", "sqlite_fts5", p)
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		b.say("%s", strings.TrimRight(string(out), "\n"))
		if err != nil {
			return fmt.Errorf("benchmarks of %s: %w", p, err)
		}
		all.Write(out)
	}
	rate, err := metric(all.String(), `^BenchmarkFloor_Durable/64clients\b`, "commands/s")
	if err != nil {
		return err
	}
	b.add("floor alone, durable and sealed, 64 clients", "≥ 20,000 commands/s", fmt.Sprintf("%s commands/s", thousands(int(rate))), rate < 20_000)
	p99, err := metric(all.String(), `^BenchmarkDecision\b`, "p99-µs")
	if err != nil {
		return err
	}
	b.most("routing decision p99, 2,000 agents and 5,000 waiting", time.Duration(p99*1000), 100*time.Microsecond, "")
	return nil
}

// metric finds one figure of one benchmark: the number before its unit.
func metric(out, name, unit string) (float64, error) {
	re, err := regexp.Compile(name)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(out) {
		if !re.MatchString(line) {
			continue
		}
		f := strings.Fields(line)
		for i := 1; i < len(f); i++ {
			if f[i] == unit {
				return strconv.ParseFloat(f[i-1], 64)
			}
		}
	}
	return 0, fmt.Errorf("no benchmark %s gave %s", name, unit)
}

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
