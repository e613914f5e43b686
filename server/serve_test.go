package main

import (
	"io"
	"slices"
	"testing"

	"agentdesk/sync/conversation"
)

func TestParseServe_HoursAndOrigins(t *testing.T) {
	std := stdio{out: io.Discard, err: io.Discard}
	f, err := parseServe([]string{"-hours", "09:00-23:00", "-embed-origins", "https://a.example, http://localhost:8090"}, std)
	if err != nil {
		t.Fatal(err)
	}
	if f.hours != (conversation.Hours{From: 540, To: 1380, Zone: 480}) || !slices.Equal(f.origins, []string{"https://a.example", "http://localhost:8090"}) {
		t.Errorf("%+v %v", f.hours, f.origins)
	}
	if f, err = parseServe(nil, std); err != nil || !f.hours.Open(0) || len(f.origins) != 0 {
		t.Errorf("%v %+v", err, f)
	}
	for _, bad := range [][]string{{"-hours", "9-23"}, {"-hours", "09:00-09:00"}, {"-embed-origins", "*"}, {"-embed-origins", "https://a.example/"}, {"-embed-origins", "a.example"},
		{"-embed-origins", "https://A.example"}, {"-embed-origins", "javascript://x"}, {"-demo=false"}, {"what"}} {
		if _, err := parseServe(bad, std); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
}
