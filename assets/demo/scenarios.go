package demo

import (
	"embed"
	"io/fs"
)

//go:embed scenarios/*.json
var scenarios embed.FS

// Scenarios holds what the simulated customers play: arrays of scenarios. Package customers reads them.
func Scenarios() fs.FS {
	f, err := fs.Sub(scenarios, "scenarios")
	if err != nil { // only for a name that is no path: a mistake in this file
		panic(err)
	}
	return f
}
