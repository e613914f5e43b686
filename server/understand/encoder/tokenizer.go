// Package encoder runs the trained network that reads customer messages: it cuts a text into the pieces that the network
// knows, builds its input from message and turns before, and asks ONNX Runtime for the raw scores.
package encoder

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The network's own signs among the pieces.
const (
	begin   = 0 // <s>
	end     = 2 // </s>, between parts too
	unknown = 3 // <unk>
	special = 4 // so many signs stand before the pieces
)

// space is how SentencePiece writes a blank.
const space = '▁'

// Limits of the tables. They keep a damaged file from eating memory; the real ones have 33,113 pieces of at most 16 runes.
const (
	maxPieces     = 1 << 20
	maxPieceRunes = 64
)

// Tokenizer cuts texts into pieces as SentencePiece's unigram model does: of all cuts the one whose pieces' log-probabilities
// have the highest sum (Kudo, 2018). It is safe for concurrent use.
type Tokenizer struct {
	next     map[uint64]int32 // a trie: node<<32 | rune → node
	piece    []int32          // by node; 0 where no piece ends
	score    []float64        // by piece
	norm     map[rune][]rune
	unkScore float64
}

// NewTokenizer reads the tables that `make model` writes. Pieces: a line "#unk_score TAB number", then a line
// "piece TAB log-probability" for each ID from 0. Norm: "rune TAB runes" in hex, what a rune is replaced by.
func NewTokenizer(pieces, norm []byte) (*Tokenizer, error) {
	t := &Tokenizer{next: map[uint64]int32{}, piece: []int32{0}, norm: map[rune][]rune{}}
	if err := t.readPieces(pieces); err != nil {
		return nil, fmt.Errorf("tokenizer's pieces: %w", err)
	}
	if err := t.readNorm(norm); err != nil {
		return nil, fmt.Errorf("tokenizer's replacements: %w", err)
	}
	return t, nil
}

func (t *Tokenizer) readPieces(table []byte) error {
	n := -1 // of the piece; the first line is none
	for line, err := range lines(table) {
		if err != nil {
			return err
		}
		at := strings.LastIndexByte(line, '\t')
		if at < 0 {
			return fmt.Errorf("line %d: no tab", n+2)
		}
		score, err := strconv.ParseFloat(line[at+1:], 64)
		if err != nil || math.IsNaN(score) || math.IsInf(score, 0) {
			return fmt.Errorf("line %d: %q is no score", n+2, line[at+1:])
		}
		if n++; n == 0 {
			if line[:at] != "#unk_score" {
				return errors.New("line 1: want #unk_score")
			}
			t.unkScore = score
			continue
		}
		if n > maxPieces {
			return fmt.Errorf("more than %d pieces", maxPieces)
		}
		if id := int32(len(t.score)); id >= special {
			if err := t.add(line[:at], id); err != nil {
				return fmt.Errorf("line %d: %w", n+1, err)
			}
		}
		t.score = append(t.score, score)
	}
	if len(t.score) <= special {
		return errors.New("no pieces")
	}
	return nil
}

func (t *Tokenizer) add(piece string, id int32) error {
	if piece == "" || !utf8.ValidString(piece) || utf8.RuneCountInString(piece) > maxPieceRunes {
		return fmt.Errorf("%.80q is no piece", piece)
	}
	node := int32(0)
	for _, r := range piece {
		to, ok := t.next[edge(node, r)]
		if !ok {
			to = int32(len(t.piece))
			t.piece = append(t.piece, 0)
			t.next[edge(node, r)] = to
		}
		node = to
	}
	t.piece[node] = id
	return nil
}

func edge(node int32, r rune) uint64 { return uint64(uint32(node))<<32 | uint64(uint32(r)) }

func (t *Tokenizer) readNorm(table []byte) error {
	n := 0
	for line, err := range lines(table) {
		if err != nil {
			return err
		}
		n++
		from, to, ok := strings.Cut(line, "\t")
		r, err := hexRune(from)
		if err != nil || !ok {
			return fmt.Errorf("line %d: %q is no rune", n, from)
		}
		fields := strings.Fields(to)
		if len(fields) > maxPieceRunes {
			return fmt.Errorf("line %d: %d runes for one", n, len(fields))
		}
		rs := make([]rune, 0, len(fields))
		for _, f := range fields {
			x, err := hexRune(f)
			if err != nil {
				return fmt.Errorf("line %d: %q is no rune", n, f)
			}
			rs = append(rs, x)
		}
		t.norm[r] = rs
	}
	return nil
}

func hexRune(s string) (rune, error) {
	n, err := strconv.ParseUint(s, 16, 32)
	if err != nil {
		return 0, err
	}
	if n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
		return 0, strconv.ErrRange
	}
	return rune(n), nil
}

// lines yields the lines of a table without their ends.
func lines(table []byte) func(yield func(string, error) bool) {
	return func(yield func(string, error) bool) {
		sc := bufio.NewScanner(bytes.NewReader(table))
		for sc.Scan() {
			if !yield(sc.Text(), nil) {
				return
			}
		}
		if err := sc.Err(); err != nil {
			yield("", err)
		}
	}
}

// Pieces cuts a text and returns at most limit IDs, or all when limit is 0. The first piece begins with a blank. Bytes that
// are no UTF-8 read as U+FFFD. Time and memory grow with the text, so callers clip it first.
func (t *Tokenizer) Pieces(text string, limit int) []int64 {
	s := t.normalise(text)
	// best[i] is the highest sum for the first i runes; the piece of that cut begins at from[i].
	best, from, id := make([]float64, len(s)+1), make([]int32, len(s)+1), make([]int32, len(s)+1)
	for i := range best {
		best[i] = math.Inf(-1)
	}
	best[0] = 0
	for i := range s {
		node := int32(0)
		for e := i; e < len(s); e++ {
			to, ok := t.next[edge(node, s[e])]
			if !ok {
				break
			}
			node = to
			if k := t.piece[node]; k != 0 && best[i]+t.score[k] > best[e+1] {
				best[e+1], from[e+1], id[e+1] = best[i]+t.score[k], int32(i), k
			}
		}
		if v := best[i] + t.unkScore; v > best[i+1] {
			best[i+1], from[i+1], id[i+1] = v, int32(i), unknown
		}
	}
	n := 0
	for i := int32(len(s)); i > 0; i = from[i] {
		n++
	}
	out := make([]int64, n)
	for i := int32(len(s)); i > 0; i = from[i] {
		n--
		out[n] = int64(id[i])
	}
	if limit > 0 && len(out) > limit {
		out = out[:limit]
	}
	return out
}

// normalise replaces runes by the table, makes runs of blanks one, and begins with one.
func (t *Tokenizer) normalise(text string) []rune {
	s := make([]rune, 0, len(text)/2+8)
	s = append(s, space)
	blank := true
	put := func(r rune) {
		if r == ' ' {
			if !blank {
				s = append(s, space)
			}
			blank = true
			return
		}
		s = append(s, r)
		blank = false
	}
	for _, r := range text {
		to, ok := t.norm[r]
		if !ok {
			put(r)
			continue
		}
		for _, x := range to {
			put(x)
		}
	}
	return s
}
