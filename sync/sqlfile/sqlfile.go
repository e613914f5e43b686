// Package sqlfile is for the house's SQLite files: statements kept by name in .sql files, and the check of a file's version.
package sqlfile

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// Named cuts the text of a .sql file at its "-- name: " lines and gives each statement by its name.
func Named(text string) map[string]string {
	out := map[string]string{}
	for _, part := range strings.Split(text, "-- name: ")[1:] {
		name, body, _ := strings.Cut(part, "\n")
		out[strings.TrimSpace(name)] = strings.TrimSpace(body)
	}
	return out
}

// Create gives an empty database its schema, which sets user_version to version. One that has it already is left alone; one of a
// newer program is refused with an error that wraps newer and names both versions.
func Create(ctx context.Context, db *sql.DB, schema string, version int, newer error) error {
	var v int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&v); err != nil {
		return err
	}
	switch {
	case v > version:
		return fmt.Errorf("%w: it has version %d, this program knows %d", newer, v, version)
	case v == version:
		return nil
	}
	_, err := db.ExecContext(ctx, schema)
	return err
}
