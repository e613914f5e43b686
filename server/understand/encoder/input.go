package encoder

import (
	"strings"
	"unicode/utf8"

	"agentdesk/sync/talk"
)

// How a message and the turns before it become the network's input. The network was trained on exactly this; tools/train
// builds the same, and the parity test holds both together.
const (
	prefix    = "query: " // what the network was trained with before every text
	bodyLimit = 40        // pieces of the message; of a longer one the beginning and the end are read
	bodyHead  = 28
	bodyTail  = 12
	turnLimit = 16 // pieces of each turn before
	maxTurns  = 4  // turns before, the newest ones
	highMark  = "高价值"
)

// What is cut into pieces at most. A piece has at most 16 runes, so that these hold more than what is kept of them.
const (
	headRunes = 640
	tailRunes = 320
)

// Input is one message as the network reads it.
type Input struct {
	Context []talk.Turn // the turns before, oldest first
	High    bool        // customer or basket above the shop's high-value line
	Text    string
}

// Build gives the IDs for an input, at most limit of them (which must be at least 8).
func (t *Tokenizer) Build(in Input, limit int) []int64 {
	body := t.Pieces(prefix+clip(in.Text), 0)
	if len(body) > bodyLimit {
		body = append(body[:bodyHead:bodyHead], body[len(body)-bodyTail:]...)
	}
	ids := append(make([]int64, 0, limit+turnLimit+2), begin)
	ids = append(ids, body...)
	if in.High {
		ids = append(ids, end)
		ids = append(ids, t.Pieces(highMark, 0)...)
	}
	for i := 1; i <= min(maxTurns, len(in.Context)) && len(ids) < limit-1; i++ {
		turn := in.Context[len(in.Context)-i]
		ids = append(ids, end)
		ids = append(ids, t.Pieces(mark(turn.Role)+first(turn.Text, turnLimit*maxPieceRunes), turnLimit)...)
	}
	return append(ids[:min(len(ids), limit-1)], end)
}

func mark(r talk.Role) string {
	switch r {
	case talk.Customer:
		return "客："
	case talk.Bot:
		return "机："
	}
	return "人："
}

// clip keeps the beginning and the end of a long text, whole runes of it.
func clip(s string) string {
	if len(s) <= headRunes+tailRunes {
		return s
	}
	head := first(s, headRunes)
	if len(head) == len(s) {
		return s
	}
	tail := s[max(len(head), len(s)-tailRunes*utf8.UTFMax):]
	skip := max(0, utf8.RuneCountInString(tail)-tailRunes)
	for i := range tail {
		if skip == 0 {
			return head + strings.ToValidUTF8(tail[i:], "")
		}
		skip--
	}
	return head
}

// first is at most n runes of a text.
func first(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
