package deptest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// TestHouse_KeepsItsRules checks the real import graph, once as the desk's tests see it and once as it is shipped.
func TestHouse_KeepsItsRules(t *testing.T) {
	for _, tags := range []string{"sqlite_fts5,ci,torture", "sqlite_fts5"} {
		t.Run(tags, func(t *testing.T) {
			pkgs := list(t, tags)
			rooms := map[Room]int{}
			for _, p := range pkgs {
				if r, ok := RoomOf(p.ImportPath); ok {
					rooms[r]++
				}
			}
			// A graph in which a room is missing would keep any rule.
			for r := range may {
				if rooms[r] == 0 {
					t.Errorf("no package of %s was found", r)
				}
			}
			for _, s := range Check(pkgs) {
				t.Error(s)
			}
		})
	}
}

func list(t *testing.T, tags string) []Package {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-tags", tags, "-deps",
		"-json=ImportPath,Name,Imports,TestImports,XTestImports,Deps", Module+"/...")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, errs.String())
	}
	var pkgs []Package
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p Package
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return pkgs
		}
		if err != nil {
			t.Fatalf("go list's answer: %v", err)
		}
		pkgs = append(pkgs, p)
	}
}

func TestCheck_SaysWhatIsBroken(t *testing.T) {
	const m = Module
	tests := []struct {
		name string
		p    Package
		want string // in the only sentence; "" when the rules are kept
	}{
		{"face to app", Package{ImportPath: m + "/ui/screen", Imports: []string{m + "/app/view", "fyne.io/fyne/v2", "net/url"}}, ""},
		{"face to server", Package{ImportPath: m + "/ui/screen", Imports: []string{m + "/server/floor"}}, "ui never imports server"},
		{"face to copilot", Package{ImportPath: m + "/ui", Imports: []string{m + "/copilot"}}, "ui never imports copilot"},
		{"face on the network", Package{ImportPath: m + "/ui", Imports: []string{"net/http"}}, "no network"},
		{"face asks SQL", Package{ImportPath: m + "/ui", Imports: []string{"database/sql"}}, "no SQL"},
		{"face holds a socket", Package{ImportPath: m + "/ui", Imports: []string{"github.com/gorilla/websocket"}}, "no network"},
		{"test of the face holds a socket", Package{ImportPath: m + "/ui", TestImports: []string{"net/http"}}, ""},
		{"test of the face needs the server", Package{ImportPath: m + "/ui", XTestImports: []string{m + "/server/gateway"}}, "ui never imports server"},
		{"app to sync and comply", Package{ImportPath: m + "/app/session", Imports: []string{m + "/sync/wire", m + "/copilot/comply", "net/http"}}, ""},
		{"app to copilot", Package{ImportPath: m + "/app/session", Imports: []string{m + "/copilot"}}, "app never imports copilot"},
		{"app to a room beside comply", Package{ImportPath: m + "/app", Imports: []string{m + "/copilot/complyx"}}, "app never imports copilot"},
		{"app to server", Package{ImportPath: m + "/app", Imports: []string{m + "/server/identity"}}, "app never imports server"},
		{"app to face", Package{ImportPath: m + "/app", Imports: []string{m + "/ui"}}, "app never imports ui"},
		{"app with Fyne", Package{ImportPath: m + "/app", Imports: []string{"fyne.io/fyne/v2/widget"}}, "app knows no Fyne"},
		{"app with Fyne behind something", Package{ImportPath: m + "/app", Imports: []string{"example.org/toast"}, Deps: []string{"example.org/toast", "fyne.io/fyne/v2"}}, "through something else"},
		{"test of app with Fyne", Package{ImportPath: m + "/app", TestImports: []string{"fyne.io/fyne/v2/test"}}, "app knows no Fyne"},
		{"server to copilot", Package{ImportPath: m + "/server/work", Imports: []string{m + "/copilot", m + "/copilot/comply", m + "/sync/event"}}, ""},
		{"server to app", Package{ImportPath: m + "/server/gateway", Imports: []string{m + "/app/view"}}, "server never imports app"},
		{"copilot to server", Package{ImportPath: m + "/copilot", Imports: []string{m + "/server/llm"}}, "copilot never imports server"},
		{"comply to copilot", Package{ImportPath: m + "/copilot/comply", Imports: []string{m + "/copilot"}}, "never imports copilot"},
		{"sync to server", Package{ImportPath: m + "/sync/wire", Imports: []string{m + "/server/floor"}}, "sync never imports server"},
		{"test of sync to server", Package{ImportPath: m + "/sync/wire", XTestImports: []string{m + "/server/floor"}}, "sync never imports server"},
		{"sync to app", Package{ImportPath: m + "/sync/wire", Imports: []string{m + "/app/view"}}, "sync never imports app"},
		{"desk's door to server", Package{ImportPath: m, Imports: []string{m + "/server"}}, "main never imports server"},
		{"server to the trained files", Package{ImportPath: m + "/server", Imports: []string{m + "/assets/model"}}, ""},
		{"desk's door to the trained files", Package{ImportPath: m, Imports: []string{m + "/assets/model"}}, "the trained files are the server's"},
		{"app to the trained files", Package{ImportPath: m + "/app", Imports: []string{m + "/assets/model"}}, "the trained files are the server's"},
		{"server to tools", Package{ImportPath: m + "/server", Imports: []string{m + "/tools/harness"}}, "server never imports tools"},
		{"test of server to tools", Package{ImportPath: m + "/server", XTestImports: []string{m + "/tools/harness"}}, ""},
		{"named sync", Package{ImportPath: m + "/sync/x", Name: "sync"}, "a package named sync"},
		{"unknown folder", Package{ImportPath: m + "/lib/x"}, "no room"},
		{"folder that is called main", Package{ImportPath: m + "/main/x"}, "no room"},
		{"somebody else's", Package{ImportPath: m + "er/ui", Name: "sync", Imports: []string{m + "/server"}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Check([]Package{tt.p})
			switch {
			case tt.want == "" && len(got) > 0:
				t.Errorf("allowed, but: %q", got)
			case tt.want != "" && (len(got) != 1 || !strings.Contains(got[0], tt.want)):
				t.Errorf("got %q, want one sentence with %q", got, tt.want)
			}
		})
	}
}
