package bot

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed words/*.txt
var wordFiles embed.FS

// lines are the entries of a file of words, without comments.
func lines(name string) ([]string, error) {
	raw, err := wordFiles.ReadFile("words/" + name)
	if err != nil {
		return nil, fmt.Errorf("read words: %w", err)
	}
	var out []string
	for _, l := range strings.Split(string(raw), "\n") {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "#") {
			out = append(out, l)
		}
	}
	return out, nil
}

// speech brings how people say things into the words that the shop and this package are written in, for rules to look at. Nobody
// reads what it makes: names and numbers stay as they were typed.
type speech struct {
	anywhere *strings.Replacer
	last     [][2]string // only where a clause ends
}

func loadSpeech() (*speech, error) {
	list, err := lines("plain.txt")
	if err != nil {
		return nil, err
	}
	s := &speech{}
	var pairs [][2]string
	for _, l := range list {
		from, to, ok := strings.Cut(l, " ")
		if !ok {
			return nil, fmt.Errorf("plain.txt: %q: want two words", l)
		}
		if word, ends := strings.CutSuffix(from, "$"); ends {
			s.last = append(s.last, [2]string{word, to})
		} else {
			pairs = append(pairs, [2]string{from, to})
		}
	}
	slices.SortStableFunc(pairs, func(a, b [2]string) int { return len(b[0]) - len(a[0]) }) // of two that fit, the longest
	var flat []string
	for _, p := range pairs {
		flat = append(flat, p[0], p[1])
	}
	s.anywhere = strings.NewReplacer(flat...)
	return s, nil
}

// plain is a text in the usual words.
func (s *speech) plain(text string) string {
	text = s.anywhere.Replace(text)
	for _, p := range s.last {
		if !strings.Contains(text, p[0]) {
			continue
		}
		for from := 0; from < len(text); {
			i := strings.Index(text[from:], p[0])
			if i < 0 {
				break
			}
			i += from
			end := i + len(p[0])
			from = end
			if i == 0 || end < len(text) && !strings.ContainsAny(text[end:end+1], ",?!; ~") && !strings.HasPrefix(text[end:], "，") && !strings.HasPrefix(text[end:], "。") &&
				!strings.HasPrefix(text[end:], "？") && !strings.HasPrefix(text[end:], "！") && !strings.HasPrefix(text[end:], "；") {
				continue
			}
			if head := text[:i]; p[1] == "了吗" && (strings.HasSuffix(head, "有") || strings.HasSuffix(head, "了")) || p[1] == "吗" && (strings.HasSuffix(head, "是") || strings.HasSuffix(head, "好") && len(head) <= 3 || strings.HasSuffix(head, "对不") || strings.HasSuffix(head, "要") && len(head) <= 3 || strings.HasSuffix(head, "怎") || strings.HasSuffix(head, "什") || strings.HasSuffix(head, "那")) {
				continue
			}
			text = text[:i] + p[1] + text[end:]
			from = i + len(p[1])
		}
	}
	return text
}
