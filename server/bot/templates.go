package bot

import (
	"embed"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"

	"agentdesk/sync/han"
)

//go:embed templates/zh.json
var templateFiles embed.FS

// templates are the scripted texts: several variants a code.
type templates map[string][]string

func loadTemplates() (templates, error) {
	raw, err := templateFiles.ReadFile("templates/zh.json")
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	t := templates{}
	if err := json.Unmarshal(raw, &t); err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	return t, nil
}

// render fills variant n of a code. A code without variants yields "".
func (t templates) render(code string, n int, vars map[string]string) string {
	variants := t[code]
	if len(variants) == 0 {
		return ""
	}
	pairs := make([]string, 0, 2*len(vars))
	for k, v := range vars {
		pairs = append(pairs, "{"+k+"}", v)
	}
	out := strings.NewReplacer(pairs...).Replace(variants[n%len(variants)])
	for { // a variable that nobody filled leaves no trace
		i := strings.IndexByte(out, '{')
		j := strings.IndexByte(out, '}')
		if i < 0 || j < i {
			return han.Space(strings.TrimSpace(out))
		}
		out = out[:i] + out[j+1:]
	}
}

// all renders every variant of a code.
func (t templates) all(code string, vars map[string]string) []string {
	var out []string
	for n := range t[code] {
		out = append(out, t.render(code, n, vars))
	}
	return out
}

// pick chooses variants by conversation and turn, so that the same turn always reads the same.
func pick(conversation string, turn int) int {
	h := fnv.New32a()
	_, _ = fmt.Fprintf(h, "%s/%d", conversation, turn)
	return int(h.Sum32() % 997)
}
