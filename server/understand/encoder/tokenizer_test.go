package encoder

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"agentdesk/sync/talk"
)

// table is a small vocabulary: IDs from 4 on are ▁, ▁退款, 退, 款, 退款, q, u, e, r, y, :, ▁query, 客, 机, 人, ：, 高价值, a.
func table(t testing.TB) *Tokenizer {
	t.Helper()
	tok, err := NewTokenizer([]byte(smallPieces), []byte(smallNorm))
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

const smallPieces = "#unk_score\t-20\n<s>\t0\n<pad>\t0\n</s>\t0\n<unk>\t0\n▁\t-2\n▁退款\t-9\n退\t-4\n款\t-4\n退款\t-5\nq\t-5\nu\t-5\ne\t-5\nr\t-5\ny\t-5\n:\t-3\n▁query\t-3\n客\t-4\n机\t-4\n人\t-4\n：\t-3\n高价值\t-6\na\t-4\n"

// The full-width letter becomes a plain one, the tab a blank, the joiner nothing.
const smallNorm = "9\t20\nFF41\t61\n200D\t\n"

func TestPieces_TakesTheLikeliestCut(t *testing.T) {
	tok := table(t)
	for text, want := range map[string][]int64{
		"":                 {4},
		"   ":              {4},
		"退款":               {4, 8},                     // -7 beats ▁退款 of -9 and the single runes of -10
		"退款款":              {4, 8, 7},                  // the longest is not always first
		" 退\t 款  ":         {4, 6, 4, 7, 4},            // runs of blanks are one
		"ａ\u200d退":         {4, 21, 6},                 // replaced and dropped runes
		"猫退":               {4, 3, 6},                  // an unknown rune
		"\xff退\xe9":        {4, 3, 6, 3},               // bytes that are no UTF-8
		"query: 退款":        {15, 14, 4, 8},             // what stands before every message
		"▁退":               {4, 4, 6},                  // the sign itself is no blank
		"query: \u200d\t ": {15, 14, 4},                // nothing is left but a blank
		"机：a":              {4, 17, 19, 21},            //
		"高价值高价":            {4, 20, 3, 3},              //
		"退款退款退款退款":         {4, 8, 8, 8, 8},            //
		"aquery":           {4, 21, 9, 10, 11, 12, 13}, // ▁query needs its blank
	} {
		if got := tok.Pieces(text, 0); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if got := tok.Pieces("退款款", 2); !slices.Equal(got, []int64{4, 8}) {
		t.Errorf("limit: %v", got)
	}
}

func TestBuild_PutsMessageMarkAndTurnsInOrder(t *testing.T) {
	tok := table(t)
	turns := []talk.Turn{{Role: talk.Customer, Text: "退"}, {Role: talk.Agent, Text: "款"}, {Role: talk.Bot, Text: "a"}}
	for _, c := range []struct {
		name string
		in   Input
		want []int64
	}{
		{"alone", Input{Text: "退款"}, []int64{0, 15, 14, 4, 8, 2}},
		{"high", Input{Text: "退", High: true}, []int64{0, 15, 14, 4, 6, 2, 4, 20, 2}},
		{"turns, newest first", Input{Text: "退", Context: turns}, []int64{0, 15, 14, 4, 6, 2, 4, 17, 19, 21, 2, 4, 18, 19, 7, 2, 4, 16, 19, 6, 2}},
	} {
		if got := tok.Build(c.in, 64); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	long := tok.Build(Input{Text: strings.Repeat("退", 30) + strings.Repeat("款", 30)}, 64)
	if len(long) != 42 || long[1] != 15 || long[28] != 6 || long[29] != 7 {
		t.Errorf("a long message is cut to %v", long)
	}
	full := tok.Build(Input{Text: strings.Repeat("a", 60), Context: []talk.Turn{{Role: talk.Bot, Text: strings.Repeat("退", 40)}, {Role: talk.Customer, Text: strings.Repeat("款", 40)}}}, 64)
	if len(full) != 64 || full[57] != 7 || full[58] != end || full[60] != 17 || full[62] != 6 || full[63] != end { // 16 pieces of the last turn, what room there is of the one before
		t.Errorf("a full input is %v", full)
	}
}

func TestClip_KeepsBothEndsOfHugeTexts(t *testing.T) {
	huge := "头" + strings.Repeat("中", 3_000_000) + "尾"
	got := clip(huge)
	if n := utf8.RuneCountInString(got); n != headRunes+tailRunes || !strings.HasPrefix(got, "头") || !strings.HasSuffix(got, "尾") {
		t.Errorf("%d runes", n)
	}
	for _, n := range []int{headRunes - 1, headRunes, headRunes + 1, headRunes + tailRunes} {
		if s := strings.Repeat("中", n); clip(s) != s {
			t.Errorf("%d runes are cut", n)
		}
	}
}

func TestNewTokenizer_RefusesDamagedTables(t *testing.T) {
	good := smallPieces
	for name, c := range map[string][2]string{
		"empty":              {"", smallNorm},
		"no unknown score":   {strings.TrimPrefix(good, "#unk_score\t-20\n"), smallNorm},
		"only signs":         {"#unk_score\t-20\n<s>\t0\n<pad>\t0\n</s>\t0\n<unk>\t0\n", smallNorm},
		"no tab":             {good + "x\n", smallNorm},
		"score":              {good + "x\ty\n", smallNorm},
		"infinite":           {good + "x\t+Inf\n", smallNorm},
		"nameless":           {good + "\t-1\n", smallNorm},
		"no UTF-8":           {good + "\xff\t-1\n", smallNorm},
		"endless piece":      {good + strings.Repeat("x", 65) + "\t-1\n", smallNorm},
		"endless line":       {good + strings.Repeat("x", 1<<17) + "\t-1\n", smallNorm},
		"no rune":            {good, "ZZ\t20\n"},
		"half a surrogate":   {good, "D800\t20\n"},
		"rune without tab":   {good, "41\n"},
		"replaced by no hex": {good, "41\tx\n"},
		"replaced by many":   {good, "41\t" + strings.Repeat("41 ", 65) + "\n"},
	} {
		if _, err := NewTokenizer([]byte(c[0]), []byte(c[1])); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func FuzzNewTokenizer(f *testing.F) {
	f.Add([]byte(smallPieces), []byte(smallNorm), "退款a")
	f.Add([]byte("#unk_score\t1e300\na\t0\nb\t0\nc\t0\nd\t0\na\t1e300\n"), []byte("61\t61 61\n"), "aaaa")
	f.Fuzz(func(t *testing.T, pieces, norm []byte, text string) {
		tok, err := NewTokenizer(pieces, norm)
		if err != nil || len(text) > 4096 {
			return
		}
		for _, id := range tok.Pieces(text, 0) {
			if id < unknown || int(id) >= len(tok.score) {
				t.Fatalf("piece %d of %d", id, len(tok.score))
			}
		}
	})
}

func FuzzBuild(f *testing.F) {
	f.Add("我要退款\xff", "好的\xe9", true, uint8(64))
	f.Add(strings.Repeat("退款 ", 700), "", false, uint8(8))
	tok := table(f)
	f.Fuzz(func(t *testing.T, text, before string, high bool, limit uint8) {
		n := max(8, int(limit))
		in := Input{Text: text, High: high, Context: []talk.Turn{{Role: talk.Bot, Text: before}, {Role: talk.Customer, Text: text}}}
		ids := tok.Build(in, n)
		if len(ids) > n || len(ids) < 2 || ids[0] != begin || ids[len(ids)-1] != end {
			t.Fatalf("%d IDs of at most %d: %v", len(ids), n, ids)
		}
		for _, id := range ids {
			if id < 0 || int(id) >= len(tok.score) {
				t.Fatal(fmt.Sprint("no such piece: ", id))
			}
		}
	})
}
