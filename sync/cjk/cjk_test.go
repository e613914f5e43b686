package cjk_test

import (
	"database/sql"
	"strings"
	"testing"
	"unicode/utf8"

	_ "github.com/mattn/go-sqlite3"

	"agentdesk/sync/cjk"
)

func TestIndex_PairsWordsAndTheLastCharacter(t *testing.T) {
	for text, want := range map[string]string{
		"":              "",
		"，。！ ":          "",
		"面":             "面",
		"面霜":            "面霜 霜",
		"VC精华液":         "vc 精华 华液 液",
		"SPF50+ 防晒":     "spf50 防晒 晒",
		"ＡＢＣ１２３":        "abc123",
		"订单CY2026-8842": "订单 单 cy2026 8842",
		"a\xff面\x00霜":   "a 面 霜",
		"3% 神经酰胺 NP":    "3 神经 经酰 酰胺 胺 np",
	} {
		if got := cjk.Index(text); got != want {
			t.Errorf("Index(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestQuery_PhrasesAndPrefixes(t *testing.T) {
	for q, want := range map[string]string{
		"":             "",
		`" OR * (`:     `"or"`,
		"霜":            `"霜"*`,
		"神经酰胺":         `"神经 经酰 酰胺"`,
		"VC精华":         `"vc" "精华"`,
		`面霜" NEAR(乳 x`: `"面霜" "near" "乳"* "x"`,
		"NOT AND":      `"not" "and"`,
	} {
		if got := cjk.Query(q); got != want {
			t.Errorf("Query(%q) = %q, want %q", q, got, want)
		}
	}
}

func TestAny_LeavesOutWhatIsNoTerm(t *testing.T) {
	if got, want := cjk.Any([]string{"面霜", `a" OR "b`, "", "霜", "vc"}), `"面霜" OR "霜"* OR "vc"`; got != want {
		t.Errorf("Any = %q, want %q", got, want)
	}
}

func TestQuery_IsBounded(t *testing.T) {
	long := strings.Repeat("面霜精华", 100_000)
	if n := len(cjk.Query(long)); n > 1000 {
		t.Errorf("a question of %d bytes became an expression of %d", len(long), n)
	}
	if n := len(cjk.Terms(strings.Repeat("a b c ", 10) + long)); n > 64 {
		t.Errorf("%d terms", n)
	}
	word := strings.Repeat("x", 1000)
	if db := open(t); !db.finds(t, word, word) {
		t.Error("a word of 1,000 letters isn't found by itself")
	}
}

func TestQuery_FindsEveryPartOfARun(t *testing.T) {
	db := open(t)
	text := "神经酰胺屏障修护面霜，𠮷野家𫝀 𮯠𰻝面"
	for _, run := range []string{"神经酰胺屏障修护面霜", "𠮷野家𫝀", "𮯠𰻝面"} {
		r := []rune(run)
		for i := range r {
			for j := i + 1; j <= len(r); j++ {
				if q := string(r[i:j]); !db.finds(t, text, q) {
					t.Errorf("%q isn't found in %q", q, text)
				}
			}
		}
	}
	for _, q := range []string{"面霜神经", "霜面", "乳液", "面霜 乳液"} {
		if db.finds(t, text, q) {
			t.Errorf("%q is found in %q", q, text)
		}
	}
}

// FuzzQuery breaks the promise that any question is a valid expression, and that a run of a text is found in it.
func FuzzQuery(f *testing.F) {
	for _, s := range []string{"", "面霜", `"' OR 1=1 --`, "VC精华 50g*", "NEAR(a b)", "{a}:b^", "ＡＢ한국어ひらがな", "\x00\xff𠮷", "é́é", "〇ー々"} {
		f.Add(s, "过敏了能退吗")
	}
	db := open(f)
	f.Fuzz(func(t *testing.T, text, other string) {
		if len(text) > 4096 || len(other) > 4096 {
			return
		}
		if !utf8.ValidString(cjk.Index(text)) {
			t.Fatalf("Index(%q) isn't UTF-8", text)
		}
		if q := cjk.Query(text); q != "" && len(cjk.Terms(text)) < 60 && !db.match(t, text+"，"+other, q) {
			t.Fatalf("%q isn't found in a text that begins with it: %s", text, q)
		}
		for _, q := range []string{cjk.Query(other), cjk.Any(cjk.Terms(other))} {
			if q != "" {
				db.match(t, text, q) // fails the test when SQLite refuses the expression
			}
		}
		if q := cjk.Any(cjk.Terms(text)); q != "" && !db.match(t, text, q) {
			t.Fatalf("no term of %q is found in it: %s", text, q)
		}
	})
}

type base struct{ *sql.DB }

func open(t testing.TB) base {
	t.Helper()
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Exec("CREATE VIRTUAL TABLE f USING fts5(x, tokenize='" + cjk.Tokenizer + "')"); err != nil {
		t.Fatal(err)
	}
	return base{db}
}

func (b base) finds(t testing.TB, text, q string) bool { return b.match(t, text, cjk.Query(q)) }

func (b base) match(t testing.TB, text, expr string) bool {
	t.Helper()
	if _, err := b.Exec("DELETE FROM f"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Exec("INSERT INTO f VALUES (?)", cjk.Index(text)); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := b.QueryRow("SELECT COUNT(*) FROM f WHERE f MATCH ?", expr).Scan(&n); err != nil {
		t.Fatalf("MATCH %s: %v", expr, err)
	}
	return n > 0
}
