package cmalloc_test

import (
	"runtime"
	"testing"

	"agentdesk/sync/cmalloc"
)

func TestLimit_TakesHoldOnLinux(t *testing.T) {
	if got, want := cmalloc.Limit(cmalloc.Arenas), runtime.GOOS == "linux"; got != want { // on musl, which nobody here uses, it has none
		t.Errorf("on %s the limit took hold: %v", runtime.GOOS, got)
	}
}
