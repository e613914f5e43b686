package folds_test

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestFolds_SearchSurvivesAnything(t *testing.T) {
	s := newShop(t)
	s.say(s.open("anna"), customerActor("anna"), `he said "NEAR" AND (x* OR y) 精华`)
	s.commit()
	f := open(t, filepath.Join(t.TempDir(), "f.db"))
	catchUp(t, f, s)
	for _, q := range []string{
		`"`, `""`, `'`, `*`, `x*`, `NEAR(`, `AND`, `OR OR`, `NOT`, `body:精华`, `^精`, `{body}:x`, `-x`, "\x00", "\xff\xfe", "精\x00华", `\`, `;DROP TABLE event`,
		strings.Repeat("精华", 5000), strings.Repeat("a ", 5000), `%`, `_`, `(((((`, "\u202e精华", "🙂",
	} {
		if _, err := f.Search(t.Context(), q, 10); err != nil {
			t.Errorf("search %.30q: %v", q, err)
		}
	}
	if hits, err := f.Search(t.Context(), "NEAR", 10); err != nil || len(hits) != 1 {
		t.Errorf("a word that FTS5 reserves: %d hits, %v", len(hits), err)
	}
	if hits, err := f.Search(t.Context(), "精华", -1); err != nil || len(hits) != 0 {
		t.Errorf("limit below nothing: %d, %v", len(hits), err)
	}
}

func FuzzSearch(f *testing.F) {
	s := newShop(f)
	s.say(s.open("anna"), customerActor("anna"), "精华 and more")
	s.commit()
	db := open(f, filepath.Join(f.TempDir(), "f.db"))
	catchUp(f, db, s)
	f.Add(`"精 OR`)
	f.Fuzz(func(t *testing.T, q string) {
		if _, err := db.Search(t.Context(), q, 5); err != nil {
			t.Fatal(err)
		}
	})
}
