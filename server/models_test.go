package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"agentdesk/server/bot"
	"agentdesk/server/llm/llmtest"
)

func TestOpenModels_FromTheEnvironment(t *testing.T) {
	std := stdio{out: io.Discard, err: io.Discard, log: slog.New(slog.DiscardHandler)}
	for _, name := range []string{"PROVIDER", "PROVIDERS", "PROVIDER_KEY", "PROVIDER_KEY_1", "PROVIDER_KEY_2"} {
		t.Setenv(name, "")
	}
	m, err := openModels(t.Context(), std, "")
	if err != nil || m != nil || m.level() != "none" || m.figures(prometheus.NewRegistry()) != nil {
		t.Fatalf("without a provider: %+v, %v", m, err)
	}
	t.Setenv("PROVIDER", "nonsense")
	if _, err := openModels(t.Context(), std, ""); err == nil {
		t.Error("nonsense is taken")
	}
	dead, err := llmtest.Listen(t.Context(), llmtest.Script{Fault: llmtest.Refused})
	if err != nil {
		t.Fatal(err)
	}
	well, err := llmtest.Listen(t.Context(), llmtest.Script{})
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PROVIDER", dead.URL+"#one "+well.URL+"#two")
	t.Setenv("PROVIDER_KEY", "k")
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	if m, err = openModels(ctx, std, filepath.Join(dir, "shop.db")); err != nil {
		t.Fatal(err)
	}
	cancel() // as the server's end does: answers that are being written still end
	if m.names != "one, two" {
		t.Errorf("names %q", m.names)
	}
	for range 8 {
		out, err := m.pool.Respond(t.Context(), bot.Draft{Conversation: "c", Customer: "面霜多少钱", Script: "面霜券后 ¥289。", Facts: []bot.Fact{{Text: "面霜券后 ¥289"}}}, nil)
		if err != nil || !out.ByModel {
			t.Errorf("%+v, %v", out, err)
		}
	}
	if m.level() != "degraded" {
		t.Errorf("level %s", m.level())
	}
	reg := prometheus.NewRegistry()
	if err := m.figures(reg); err != nil {
		t.Error(err)
	}
	if got, err := reg.Gather(); err != nil || len(got) < 6 {
		t.Errorf("%d figures, %v", len(got), err)
	}
	if err := m.close(); err != nil {
		t.Error(err)
	}
	if seen := well.Seen(); len(seen) == 0 || seen[0].Key != "k" || seen[0].Model != "two" {
		t.Errorf("%d requests", len(seen))
	}
	raw, err := os.ReadFile(filepath.Join(dir, "llm-budget.json"))
	if err != nil || !strings.Contains(string(raw), `"tokens":`) {
		t.Errorf("budget %s, %v", raw, err)
	}
	for _, c := range []func() error{dead.Close, well.Close} {
		if err := c(); err != nil {
			t.Error(err)
		}
	}
}
