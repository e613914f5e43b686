package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRun_PrintsTheTableAndWritesTheDocument(t *testing.T) {
	doc := filepath.Join(t.TempDir(), "doc.md")
	if err := os.WriteFile(doc, []byte("before\n"+beginMark+"\nold\n"+endMark+"\nafter\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	lines := "../../server/understand/corpus/entities.jsonl"
	var out strings.Builder
	if err := run([]string{"-lines", lines, "-part", "dev", "-errors", "-doc", doc}, &out); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(doc)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{out.String(), string(raw)} {
		if !strings.Contains(s, "| phone |") || !strings.Contains(s, "| **all** |") || strings.Contains(s, "old") {
			t.Errorf("no table in %q", s)
		}
	}
	if !strings.HasPrefix(string(raw), "before\n") || !strings.HasSuffix(string(raw), "\nafter\n") {
		t.Errorf("what stands around the marks changed: %q", raw)
	}
	if run([]string{"-lines", lines, "-part", "none"}, &out) == nil || run([]string{"-lines", "missing"}, &out) == nil {
		t.Error("a part or a file that is not there is no error")
	}
}
