package sqlfile

import (
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3" // the driver
)

func TestNamed_CutsAtNames(t *testing.T) {
	got := Named("-- about the file\n-- name: one\nSELECT 1;\n\n-- name: two\n-- why\nSELECT 2;\n")
	if len(got) != 2 || got["one"] != "SELECT 1;" || got["two"] != "-- why\nSELECT 2;" {
		t.Errorf("%q", got)
	}
}

func TestCreate_OnceAndNeverBackwards(t *testing.T) {
	db, err := sql.Open("sqlite3", filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	newer := errors.New("newer")
	const schema = "CREATE TABLE a (b TEXT); PRAGMA user_version = 1;"
	for range 2 {
		if err := Create(t.Context(), db, schema, 1, newer); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.ExecContext(t.Context(), "PRAGMA user_version = 7"); err != nil {
		t.Fatal(err)
	}
	if err := Create(t.Context(), db, schema, 1, newer); !errors.Is(err, newer) || !strings.Contains(err.Error(), "7") {
		t.Errorf("a newer file: %v", err)
	}
}
