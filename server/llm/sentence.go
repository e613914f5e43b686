package llm

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"agentdesk/copilot/comply"
)

// sentences cuts a text behind each end of a sentence. Joined they are the text.
func sentences(s string) []string {
	var out []string
	from := 0
	for i, r := range s {
		if !ender(r) {
			continue
		}
		next := i + utf8.RuneLen(r)
		if following, _ := utf8.DecodeRuneInString(s[next:]); next < len(s) && (ender(following) || strings.ContainsRune("”’）」』", following)) {
			continue
		}
		out = append(out, s[from:next])
		from = next
	}
	if from < len(s) {
		out = append(out, s[from:])
	}
	return out
}

func ender(r rune) bool { return strings.ContainsRune("。！？!?\n…；", r) }

// desk checks a text sentence by sentence as it comes, strikes what it may not say, and releases the rest. One goroutine owns it.
type desk struct {
	p      *Pool
	hidden *secrets
	facts  []string // masked
	who    audience
	trace  tracer
	show   func(string) // nil: nothing is shown before the end

	pending string // not yet a whole sentence
	masked  strings.Builder
	out     strings.Builder
	struck  int
	why     error // of the last strike
	shown   bool
}

// take adds a piece. It reports whether anything was shown.
func (d *desk) take(piece string) bool {
	d.pending += piece
	if d.show == nil {
		return false
	}
	list := sentences(d.pending)
	// The last one may go on, also behind its full stop: a bracket may follow.
	for i := 0; i+1 < len(list); i++ {
		d.sentence(list[i])
		d.pending = d.pending[len(list[i]):]
	}
	return d.shown
}

// reset forgets what came of a provider that failed. Nothing was shown.
func (d *desk) reset() {
	d.pending, d.struck, d.why = "", 0, nil
	d.masked.Reset()
	d.out.Reset()
}

// finish checks what is left.
func (d *desk) finish() {
	for _, s := range sentences(d.pending) {
		d.sentence(s)
	}
	d.pending = ""
}

func (d *desk) sentence(s string) {
	if d.out.Len() == 0 {
		s = strings.TrimLeftFunc(s, unicode.IsSpace)
	}
	s = strings.NewReplacer("！", "。", "!", "。").Replace(s)
	if strings.TrimSpace(s) == "" {
		return
	}
	text, err := d.judge(s)
	if err != nil {
		d.struck++
		d.why = err
		d.trace.strike(d.p.mask.Text(s), err)
		return
	}
	d.masked.WriteString(s)
	d.out.WriteString(text)
	if d.show != nil {
		d.show(text)
		d.shown = true
	}
}

// judge restores a sentence, or says why it may not be said.
func (d *desk) judge(s string) (string, error) {
	if missing := d.p.check.Missing(s, d.facts); len(missing) > 0 {
		return "", fmt.Errorf("%w: %s", ErrUngrounded, strings.Join(missing, ", "))
	}
	if comply.Blocked(d.p.rules.Check(s)) {
		return "", ErrWording
	}
	if strings.ContainsAny(s, "<>{}") || strings.Contains(s, "```") {
		return "", fmt.Errorf("%w: markup", ErrWording)
	}
	for _, m := range anyHolder.FindAllString(s, -1) {
		if !holder.MatchString(m) && !strings.Contains(strings.Join(d.facts, "\n"), m) {
			return "", fmt.Errorf("%w: %s was never said", ErrPrivate, m)
		}
	}
	for _, m := range masked.FindAllString(d.p.mask.Text(s), -1) {
		// "收货人姓名" looks like a name to the masker; a number or an address does not happen by chance.
		if kindOf(m) != kindName && !strings.Contains(s, m) {
			return "", fmt.Errorf("%w: data that nobody sent", ErrPrivate)
		}
	}
	return d.hidden.restore(s, d.who)
}

// foreign says whether a text is in another language than its script. Only a clear case counts: names of goods are Latin often.
func foreign(text, script string) bool {
	han, other, alien := letters(text)
	if h, o, _ := letters(script); h < o {
		return false // the script itself is no Chinese
	}
	all := han + other + alien
	return all >= 4 && (alien*5 > all || han*10 < all*3)
}

// letters counts Han, other letters that a Chinese text may hold, and letters of scripts that it may not.
func letters(s string) (han, other, alien int) {
	for _, r := range s {
		switch {
		case !unicode.IsLetter(r):
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.Is(unicode.Latin, r), unicode.Is(unicode.Greek, r):
			other++
		default:
			alien++
		}
	}
	return han, other, alien
}
