package understand

import (
	"fmt"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What is analysed of a long text: customers put the matter first and the wish last.
const (
	headRunes = 1200
	tailRunes = 800
)

// normaliser brings a text into the form that the lexicon is written in.
type normaliser struct {
	simple map[rune]rune
	typos  *strings.Replacer
	latin  map[string]string // replaced only as whole words
}

func loadNormaliser() (*normaliser, error) {
	n := &normaliser{simple: map[rune]rune{}, latin: map[string]string{}}
	raw, err := lexiconFiles.ReadFile("lexicon/t2s.txt")
	if err != nil {
		return nil, fmt.Errorf("read traditional characters: %w", err)
	}
	for _, pair := range strings.Fields(string(raw)) {
		rs := []rune(pair)
		if len(rs) != 2 {
			return nil, fmt.Errorf("traditional characters: %q is no pair", pair)
		}
		n.simple[rs[0]] = rs[1]
	}
	raw, err = lexiconFiles.ReadFile("lexicon/typo.txt")
	if err != nil {
		return nil, fmt.Errorf("read typos: %w", err)
	}
	var pairs [][2]string
	for i, line := range strings.Split(string(raw), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		at := strings.LastIndexByte(line, ' ')
		if at < 0 {
			return nil, fmt.Errorf("typos:%d: want two words", i+1)
		}
		from, to := n.literal(line[:at]), line[at+1:]
		if from[0] < utf8.RuneSelf {
			n.latin[from] = to
			continue
		}
		pairs = append(pairs, [2]string{from, to})
	}
	sort.SliceStable(pairs, func(i, j int) bool { return len(pairs[i][0]) > len(pairs[j][0]) })
	var flat []string
	for _, p := range pairs {
		flat = append(flat, p[0], p[1])
	}
	n.typos = strings.NewReplacer(flat...)
	return n, nil
}

// literal normalises a piece of a pattern: width, case and script, nothing that depends on what stands around it.
func (n *normaliser) literal(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteRune(n.fold(r))
	}
	return b.String()
}

func (n *normaliser) fold(r rune) rune {
	switch {
	case r == '　':
		return ' '
	case r >= '！' && r <= '～':
		r -= 0xFEE0
	case r == '“' || r == '”':
		return '"'
	case r == '﹖':
		return '?'
	}
	if s, ok := n.simple[r]; ok {
		return s
	}
	return unicode.ToLower(r)
}

// traits are what punctuation and typing show before they are folded away.
type traits struct {
	exclaims  int // exclamation marks
	questions int
	longest   int // longest run of exclamation marks
	truncated bool
	bare      string // the text without punctuation and spaces at its ends
	core      string // bare without the particle at its end, "" when there is none
}

// text normalises a message. Control and format characters go, whitespace between Chinese characters goes (people hide words
// with it), runs of one character shrink to three, typos and other scripts become the usual word.
func (n *normaliser) text(s string) (string, traits) {
	var t traits
	s, t.truncated = clip(s)
	rs := make([]rune, 0, len(s)/2)
	run, prev := 0, rune(0)
	exclaimRun := 0
	for _, r := range s {
		if r == utf8.RuneError || r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) || r == '\uFE0F' {
			continue
		}
		r = n.fold(r)
		switch r {
		case '!':
			t.exclaims++
			exclaimRun++
			t.longest = max(t.longest, exclaimRun)
		case '?':
			t.questions++
			exclaimRun = 0
		default:
			exclaimRun = 0
		}
		if r == endRune {
			r = '¥'
		}
		if unicode.IsSpace(r) && r != '\n' {
			r = ' '
		}
		if r == prev {
			if run++; run >= 3 && !unicode.IsDigit(r) {
				continue
			}
		} else {
			run, prev = 1, r
		}
		rs = append(rs, r)
	}
	out := squeeze(rs)
	out = n.words(out)
	out = n.typos.Replace(out)
	t.bare = strings.TrimFunc(out, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("!,.。~、;:…-_\"'()", r)
	})
	// A modal particle at the end changes nothing for the patterns that look at a whole short message.
	if rs := []rune(t.bare); len(rs) > 2 && len(rs) <= 10 && strings.ContainsRune("呀啊哦呢哈啦嘛噢喔诶哟", rs[len(rs)-1]) && !strings.ContainsRune("人呢", rs[len(rs)-2]) {
		t.core = string(rs[:len(rs)-1])
	}
	return strings.TrimSpace(out), t
}

// squeeze drops spaces and separators that stand between two Chinese characters.
func squeeze(rs []rune) string {
	var b strings.Builder
	for i, r := range rs {
		if r == ' ' || r == '*' || r == '_' {
			p, q := around(rs, i)
			if unicode.Is(unicode.Han, p) && unicode.Is(unicode.Han, q) {
				continue
			}
		}
		b.WriteRune(r)
	}
	return b.String()
}

func around(rs []rune, i int) (before, after rune) {
	for j := i - 1; j >= 0; j-- {
		if rs[j] != ' ' {
			before = rs[j]
			break
		}
	}
	for j := i + 1; j < len(rs); j++ {
		if rs[j] != ' ' {
			after = rs[j]
			break
		}
	}
	return before, after
}

// maxWords is how many Latin words one replacement may span. Pinyin is typed with and without spaces.
const maxWords = 5

// words replaces Latin words and pinyin as wholes, the longest first.
func (n *normaliser) words(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r >= 'a' && r <= 'z' }) < 0 {
		return s
	}
	rs := []rune(s)
	var b strings.Builder
	for i := 0; i < len(rs); {
		if !latin(rs[i]) {
			b.WriteRune(rs[i])
			i++
			continue
		}
		best, bestTo := 0, ""
		j := i
		for w := 0; w < maxWords && j < len(rs); w++ {
			for j < len(rs) && latin(rs[j]) {
				j++
			}
			if to, ok := n.latin[string(rs[i:j])]; ok {
				best, bestTo = j, to
			} else if to, ok := n.latin[strings.ReplaceAll(string(rs[i:j]), " ", "")]; ok && w > 0 {
				best, bestTo = j, to
			}
			if j >= len(rs) || rs[j] != ' ' {
				break
			}
			j++
		}
		if best > 0 {
			b.WriteString(bestTo)
			i = best
			continue
		}
		for i < len(rs) && latin(rs[i]) {
			b.WriteRune(rs[i])
			i++
		}
	}
	return b.String()
}

func latin(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' }

// clip keeps the beginning and the end of a long text. It counts bytes first, so that megabytes cost nothing.
func clip(s string) (string, bool) {
	if len(s) <= headRunes+tailRunes || utf8.RuneCountInString(cut(s, 4*(headRunes+tailRunes)+4)) <= headRunes+tailRunes {
		return s, false
	}
	head := cut(s, 4*headRunes)
	if rs := []rune(head); len(rs) > headRunes {
		head = string(rs[:headRunes])
	}
	tail := s[len(s)-min(len(s), 4*tailRunes):]
	for len(tail) > 0 && !utf8.RuneStart(tail[0]) {
		tail = tail[1:]
	}
	if rs := []rune(tail); len(rs) > tailRunes {
		tail = string(rs[len(rs)-tailRunes:])
	}
	return head + "\n" + tail, true
}

// cut gives at most n bytes, ending at a rune.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
