package llm

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"agentdesk/sync/mask"
)

// secrets are the personal data of one request: each is replaced by a numbered place-holder before the text leaves, the same one
// everywhere, and put back into the answer where it may be shown. One goroutine owns it.
type secrets struct {
	mask    *mask.Masker
	names   []string
	holder  map[string]string // value → place-holder
	secrets map[string]*secret
	count   map[string]int // by kind
}

type secret struct {
	kind, value string
	known       bool // the script or a fact states it: it would be shown without a model too
}

// Kinds of place-holder that need a rule of their own.
const (
	kindName  = "姓名"
	kindPlace = "地址"
	kindMail  = "邮箱"
	kindPhone = "电话"
	kindID    = "证件号"
	kindCard  = "卡号"
)

var (
	// masked is what sync/mask leaves in the place of what it hides.
	masked = regexp.MustCompile(`\[(姓名|地址|电话|邮箱|证件号|卡号|账号)\]|\d{3}\*{4}\d{4}`)
	// anyHolder is what looks like one.
	anyHolder = regexp.MustCompile(`\[\p{Han}{2,4}\d*\]`)
	// placeLead is what people write before an address.
	placeLead = regexp.MustCompile(`^(?:我|请|帮|要|的|新|收货|住址|地址|寄到|寄往|送到|发到|改成|改到|改为|换成|住在|在|是|到)*`)
	holder    = regexp.MustCompile(`\[(姓名|地址|电话|邮箱|证件号|卡号|账号)(\d*)\]`)
)

func newSecrets(m *mask.Masker, names []string) *secrets {
	return &secrets{mask: m, names: names, holder: map[string]string{}, secrets: map[string]*secret{}, count: map[string]int{}}
}

// hide masks a text. Known says that the text is the shop's: a script or a fact.
func (s *secrets) hide(text string, known bool) string {
	// What looks like a numbered place-holder already is somebody's invention.
	text = holder.ReplaceAllStringFunc(text, func(h string) string {
		if m := holder.FindStringSubmatch(h); m[2] != "" {
			return "（" + m[1] + m[2] + "）"
		}
		return h
	})
	hidden := s.mask.Names(text, s.names...)
	at := masked.FindAllStringIndex(hidden, -1)
	if at == nil {
		return hidden
	}
	values := originals(text, hidden, at)
	var b strings.Builder
	from := 0
	for i, m := range at {
		b.WriteString(hidden[from:m[0]])
		kind, value := kindOf(hidden[m[0]:m[1]]), values[i]
		if kind == kindPlace {
			// The masker takes the verb before an address with it, which is no part of what is restored elsewhere.
			lead := placeLead.FindString(value)
			b.WriteString(lead)
			value = value[len(lead):]
		}
		b.WriteString(s.place(kind, value, known))
		from = m[1]
	}
	b.WriteString(hidden[from:])
	return b.String()
}

func kindOf(token string) string {
	if m := masked.FindStringSubmatch(token); m != nil && m[1] != "" {
		return m[1]
	}
	return kindPhone
}

// originals finds what stood where the masker put its tokens, by what stands around them: so it follows the masker without
// knowing its patterns. Where that cannot be told, the value is "": hidden all the same, only not to be restored.
func originals(text, hidden string, at [][]int) []string {
	out := make([]string, len(at))
	var re strings.Builder
	re.WriteString(`(?s)^`)
	from := 0
	for _, m := range at {
		re.WriteString(regexp.QuoteMeta(hidden[from:m[0]]))
		re.WriteString(`(.+?)`)
		from = m[1]
	}
	re.WriteString(regexp.QuoteMeta(hidden[from:]) + `$`)
	pattern, err := regexp.Compile(re.String())
	if err != nil { // a text that is no UTF-8
		return out
	}
	if found := pattern.FindStringSubmatch(text); found != nil {
		copy(out, found[1:])
	}
	return out
}

func (s *secrets) place(kind, value string, known bool) string {
	if h, ok := s.holder[value]; ok && value != "" {
		s.secrets[h].known = s.secrets[h].known || known
		return h
	}
	s.count[kind]++
	h := "[" + kind + strconv.Itoa(s.count[kind]) + "]"
	s.secrets[h] = &secret{kind: kind, value: value, known: known}
	if value != "" {
		s.holder[value] = h
	}
	return h
}

// audience is who reads a restored text.
type audience int

const (
	toCustomer audience = iota // whose data it is
	toAgent                    // who may see no more than the script shows
	toTool                     // acts for the customer, and needs what the customer said
)

// restore puts the data back, or says what may not be shown:
//   - a name, always: it is the customer's or one that the customer said;
//   - what the script or a fact states, always: it would be shown without a model too;
//   - address and e-mail, to the customer who wrote them;
//   - numbers of people, papers and cards only to a tool. A chat does not repeat them.
func (s *secrets) restore(text string, who audience) (string, error) {
	var bad error
	out := holder.ReplaceAllStringFunc(text, func(h string) string {
		sec := s.secrets[h]
		switch {
		case sec == nil:
			bad = fmt.Errorf("%w: %s was never said", ErrPrivate, h)
		case sec.value == "":
			bad = fmt.Errorf("%w: %s", ErrPrivate, h)
		case who == toTool, sec.kind == kindName:
			return sec.value
		case sec.kind == kindID, sec.kind == kindCard:
			bad = fmt.Errorf("%w: %s", ErrPrivate, h)
		case sec.known, who == toCustomer && (sec.kind == kindPlace || sec.kind == kindMail):
			return sec.value
		default:
			bad = fmt.Errorf("%w: %s", ErrPrivate, h)
		}
		return h
	})
	return out, bad
}

// clip cuts a text, and what the cut may have made unrecognisable to the masker: half a number or an address of a mailbox.
func clip(s string, runes int) string {
	rs := []rune(s)
	if len(rs) <= runes {
		return s
	}
	n := runes
	for n > 0 && n > runes-64 && rs[n-1] < 0x2e80 && rs[n-1] != '\n' {
		n--
	}
	return string(rs[:n]) + "…"
}
