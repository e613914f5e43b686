package llm

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
	"text/template"
	"unicode"
)

// Prompts are files named TASK.vN.tmpl; the highest version of a task is used. A file that was ever used is not changed: its
// checksum stands in prompts/sums.txt, and traces name the version. The system part is the same for every chat of a shop, so
// that providers can keep it in their cache; what varies comes last, and what varies most at the very end.
//
//go:embed prompts
var promptFiles embed.FS

type prompts struct{ by map[Task]prompt }

type prompt struct {
	name   string // e.g. answer.v1
	system string
	user   *template.Template
}

// promptData is what a prompt is filled with. All of it is masked and fenced before.
type promptData struct {
	Brand, Persona    string
	Turns             []promptTurn
	Facts             []string
	Script            string
	Emotion, Strategy string
	Text              string
	Tools             []promptTool
}

type promptTurn struct{ Who, Text string }

type promptTool struct{ Name, About, Args string }

var promptName = regexp.MustCompile(`^([a-z]+)\.v([1-9][0-9]{0,3})\.tmpl$`)

func loadPrompts(files fs.FS, brand, persona string) (*prompts, error) {
	list, err := fs.ReadDir(files, "prompts")
	if err != nil {
		return nil, fmt.Errorf("prompts: %w", err)
	}
	out := &prompts{by: map[Task]prompt{}}
	newest := map[Task]int{}
	for _, f := range list {
		m := promptName.FindStringSubmatch(f.Name())
		if m == nil {
			continue
		}
		task := Task(m[1])
		n, err := strconv.Atoi(m[2])
		if err != nil || n <= newest[task] {
			continue
		}
		raw, err := fs.ReadFile(files, path.Join("prompts", f.Name()))
		if err != nil {
			return nil, fmt.Errorf("prompts: %w", err)
		}
		t, err := template.New(f.Name()).Option("missingkey=error").Parse(string(raw))
		if err != nil {
			return nil, fmt.Errorf("prompt %s: %w", f.Name(), err)
		}
		var system strings.Builder
		if err := t.ExecuteTemplate(&system, "system", promptData{Brand: brand, Persona: persona}); err != nil {
			return nil, fmt.Errorf("prompt %s: %w", f.Name(), err)
		}
		if t.Lookup("user") == nil {
			return nil, fmt.Errorf("prompt %s: no part named user", f.Name())
		}
		out.by[task] = prompt{name: strings.TrimSuffix(f.Name(), ".tmpl"), system: strings.TrimSpace(system.String()), user: t.Lookup("user")}
		newest[task] = n
	}
	for _, t := range Tasks() {
		if _, ok := out.by[t]; !ok {
			return nil, fmt.Errorf("prompts: none for %s", t)
		}
	}
	return out, nil
}

// messages fills a prompt.
func (p prompt) messages(d promptData) ([]Message, error) {
	var b strings.Builder
	if err := p.user.Execute(&b, d); err != nil {
		return nil, fmt.Errorf("prompt %s: %w", p.name, err)
	}
	return []Message{{Role: "system", Content: p.system}, {Role: "user", Content: strings.TrimSpace(b.String())}}, nil
}

// fence makes a text of somebody else stay inside its place: no brackets that would end it, no line of its own, nothing that
// nobody sees.
func fence(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '<':
			return '＜'
		case r == '>':
			return '＞'
		case r == '\n', r == '\r', r == '\t', r == '\u2028', r == '\u2029', r == '\u0085':
			return ' '
		case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Cc, r), r == unicode.ReplacementChar, r >= 0xe0000 && r <= 0xe0fff, r >= 0xfe00 && r <= 0xfe0f:
			return -1
		}
		return r
	}, s))
}

func checksum(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}
