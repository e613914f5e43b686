// Package model carries the trained files by which the server understands messages. `make model` writes them; package
// server/understand reads them. Only the server imports it: the desk has no use for 30 MB of network.
package model

import (
	"embed"
	"fmt"
)

//go:embed *
var files embed.FS

// Read returns a file by its name. It must not be changed.
func Read(name string) ([]byte, error) {
	b, err := files.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	return b, nil
}
