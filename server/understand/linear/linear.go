// Package linear labels customer messages by a linear model over runs of characters, in Go alone. It is what reads when the
// encoder can't, in a fraction of a millisecond, and a second opinion beside it.
package linear

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"

	"agentdesk/sync/talk"
)

// The heads: emotion grades, intents, reasons to escalate (the first is none).
const (
	Emotions = 6
	Intents  = 26
	Reasons  = 9
	classes  = Emotions + Intents + Reasons
)

// magic begins a model file. Behind it, little endian: uint32 log2 of the number of buckets, uint32 classes, a float32 bias
// and a float32 scale a class, and for each bucket an int8 a class; a weight is the int8 times its class's scale.
const magic = "ADLIN1\n"

// maxLogBuckets bounds what a damaged header can ask for.
const maxLogBuckets = 20

// Limits of what is read of a message, in runes. Of longer ones the beginning and the end are, as in training.
const (
	textRunes = 300
	headRunes = 200
	tailRunes = 100
)

// Input is one message as the model reads it.
type Input struct {
	Context []talk.Turn // the turns before, oldest first
	High    bool        // customer or basket above the shop's high-value line
	Text    string
}

// Output is what the model says of one message: raw scores, larger is likelier.
type Output struct {
	Emotion [Emotions]float32
	Intent  [Intents]float32
	Reason  [Reasons]float32
}

// Model is a trained linear model. It is safe for concurrent use.
type Model struct {
	mask        uint32 // buckets - 1
	bias, scale [classes]float32
	weight      []byte // bucket-major; the file's own bytes, each an int8
}

// Load reads a model file. The model keeps the slice.
func Load(file []byte) (*Model, error) {
	rest, ok := bytes.CutPrefix(file, []byte(magic))
	if !ok || len(rest) < 8 {
		return nil, errors.New("load linear model: not a model file")
	}
	log, n := binary.LittleEndian.Uint32(rest), binary.LittleEndian.Uint32(rest[4:])
	if log > maxLogBuckets || n != classes {
		return nil, fmt.Errorf("load linear model: 2^%d buckets of %d classes, want at most 2^%d of %d", log, n, maxLogBuckets, classes)
	}
	rest = rest[8:]
	if want := 2*4*classes + classes<<log; len(rest) != want {
		return nil, fmt.Errorf("load linear model: %d bytes, want %d", len(rest), want)
	}
	m := &Model{mask: 1<<log - 1}
	for i := range m.bias {
		m.bias[i] = math.Float32frombits(binary.LittleEndian.Uint32(rest[4*i:]))
		m.scale[i] = math.Float32frombits(binary.LittleEndian.Uint32(rest[4*(classes+i):]))
		if !sane(m.bias[i]) || !sane(m.scale[i]) {
			return nil, fmt.Errorf("load linear model: class %d has no sane bias and scale", i)
		}
	}
	m.weight = rest[2*4*classes:]
	return m, nil
}

// sane numbers give finite scores.
func sane(f float32) bool { return math.Abs(float64(f)) < 1e6 }

// Read returns the model's scores for a message.
func (m *Model) Read(in Input) Output {
	b := buckets{mask: m.mask, seen: make([]uint64, m.mask/64+1)}
	b.collect(in)
	var sum [classes]int32
	for _, k := range b.list {
		row := m.weight[int(k)*classes:][:classes]
		for c, w := range row {
			sum[c] += int32(int8(w))
		}
	}
	x := float32(0)
	if len(b.list) > 0 {
		x = float32(1 / math.Sqrt(float64(len(b.list))))
	}
	var all [classes]float32
	for c := range all {
		all[c] = m.bias[c] + m.scale[c]*float32(sum[c])*x
	}
	var out Output
	copy(out.Emotion[:], all[:])
	copy(out.Intent[:], all[Emotions:])
	copy(out.Reason[:], all[Emotions+Intents:])
	return out
}

// buckets gathers a message's features, each once.
type buckets struct {
	mask uint32
	seen []uint64 // a bit a bucket
	list []uint32
}

func (b *buckets) put(hash uint32) {
	k := hash & b.mask
	if bit := uint64(1) << (k & 63); b.seen[k>>6]&bit == 0 {
		b.seen[k>>6] |= bit
		b.list = append(b.list, k)
	}
}

// collect puts the features of a message: runs of its characters, runs of the last turn and of the customer's turn before
// that, and signs for who spoke last, for high value and for length.
func (b *buckets) collect(in Input) {
	text := normalise(in.Text)
	b.list = make([]uint32, 0, 4*len(text)+256)
	b.grams('t', text, 1, 4)
	who := "r0"
	if n := len(in.Context); n > 0 {
		last := in.Context[n-1]
		key := byte('b')
		who = "rb"
		if customer(last) {
			key, who = 'c', "rc"
		}
		b.grams(key, normalise(last.Text), 1, 3)
		for i := n - 2; i >= 0; i-- {
			if customer(in.Context[i]) {
				b.grams('d', normalise(in.Context[i].Text), 2, 3)
				break
			}
		}
	}
	if in.High {
		b.put(fnv("h"))
	}
	b.put(fnv(who))
	b.put(fnv("l" + string(rune('0'+min(9, bits.Len(uint(len(text))))))))
}

func customer(t talk.Turn) bool { return t.Role == talk.Customer }

// grams puts all runs of from to to runes.
func (b *buckets) grams(key byte, text []rune, from, to int) {
	var raw [utf8.UTFMax]byte
	for i := range text {
		h := fnvByte(fnvOffset, key)
		for n := 1; n <= to && i+n <= len(text); n++ {
			for _, c := range raw[:utf8.EncodeRune(raw[:], text[i+n-1])] {
				h = fnvByte(h, c)
			}
			if n >= from {
				b.put(h)
			}
		}
	}
}

// The 32-bit FNV-1a hash, byte by byte, so that a run's hash is the shorter run's carried on.
const (
	fnvOffset = 2166136261
	fnvPrime  = 16777619
)

func fnvByte(h uint32, c byte) uint32 { return (h ^ uint32(c)) * fnvPrime }

func fnv(s string) uint32 {
	h := uint32(fnvOffset)
	for i := range len(s) {
		h = fnvByte(h, s[i])
	}
	return h
}

// normalise folds width, case, digits and blanks, marks both ends, and keeps the beginning and the end of a long text.
func normalise(s string) []rune {
	// Blanks shrink below, so more is read than kept; but a megabyte is not.
	if limit := 16 * textRunes * utf8.UTFMax; len(s) > limit {
		s = strings.ToValidUTF8(s[:limit/2], "") + strings.ToValidUTF8(s[len(s)-limit/2:], "")
	}
	out := make([]rune, 1, len(s)/2+2)
	out[0] = '^'
	blank := true
	for _, r := range s {
		if r >= '！' && r <= '～' {
			r -= 0xFEE0
		}
		if unicode.IsSpace(r) {
			if !blank {
				out = append(out, ' ')
			}
			blank = true
			continue
		}
		blank = false
		if r >= '0' && r <= '9' {
			r = '0'
		}
		out = append(out, unicode.ToLower(r))
	}
	if len(out) > 1 && out[len(out)-1] == ' ' {
		out = out[:len(out)-1]
	}
	out = append(out, '$')
	if len(out) > textRunes {
		out = append(out[:headRunes:headRunes], out[len(out)-tailRunes:]...)
	}
	return out
}
