package page

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

var (
	importLine = regexp.MustCompile(`(?m)^import (?:\{ ([^}]+) \}|(\w+)) from '\./([\w.-]+)';\n`)
	exportWord = regexp.MustCompile(`(?m)^export ((?:async )?function|const|class) (\w+)`)
	ownLine    = regexp.MustCompile(`(?m)^\s*(?://|/\*\*).*\n`)
	commentEnd = regexp.MustCompile(`(?m)^ \*.*\n`)
)

// bundle makes one script of the ES modules in a folder, from entry down. Each becomes a function of its own, which returns
// what it exports, so that the page that embeds the script sees no names and needs one request. Imports are whole lines of
// the form the expressions above have; an imported .css file is its text. There is nothing to run before a build.
func bundle(files fs.FS, entry string) (string, error) {
	b := bundler{files: files, state: map[string]int{}}
	b.out.WriteString("(() => {\n'use strict';\n")
	if err := b.add(entry); err != nil {
		return "", fmt.Errorf("bundle %s: %w", entry, err)
	}
	b.out.WriteString("})();\n")
	return b.out.String(), nil
}

type bundler struct {
	files fs.FS
	out   strings.Builder
	state map[string]int // 1 being added, 2 added
}

func (b *bundler) add(name string) error {
	switch b.state[name] {
	case 1:
		return fmt.Errorf("%s imports itself, by way of others", name)
	case 2:
		return nil
	}
	b.state[name] = 1
	data, err := fs.ReadFile(b.files, name)
	if err != nil {
		return err
	}
	src := string(data)
	if path.Ext(name) == ".css" {
		text, err := json.Marshal(src)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b.out, "const %s = %s;\n", handle(name), text)
		b.state[name] = 2
		return nil
	}
	for _, m := range importLine.FindAllStringSubmatch(src, -1) {
		if err := b.add(m[3]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	src = importLine.ReplaceAllStringFunc(src, func(line string) string {
		m := importLine.FindStringSubmatch(line)
		if m[2] != "" {
			return fmt.Sprintf("const %s = %s;\n", m[2], handle(m[3]))
		}
		return fmt.Sprintf("const { %s } = %s;\n", m[1], handle(m[3]))
	})
	var exports []string
	for _, m := range exportWord.FindAllStringSubmatch(src, -1) {
		exports = append(exports, m[2])
	}
	src = exportWord.ReplaceAllString(src, "$1 $2")
	if strings.Contains(src, "\nimport ") || strings.HasPrefix(src, "import ") || strings.Contains(src, "\nexport ") {
		return fmt.Errorf("%s has an import or export in a form that is not understood", name)
	}
	src = commentEnd.ReplaceAllString(ownLine.ReplaceAllString(src, ""), "")
	fmt.Fprintf(&b.out, "const %s = (() => {\n%sreturn { %s };\n})();\n", handle(name), src, strings.Join(exports, ", "))
	b.state[name] = 2
	return nil
}

// handle is the name under which a module's exports are found.
func handle(name string) string {
	return "_" + strings.NewReplacer(".", "_", "-", "_").Replace(name)
}
