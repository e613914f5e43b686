package demo

import (
	"embed"
	"io/fs"
)

//go:embed agents/*.json
var agents embed.FS

// Agents holds who the simulated agents are and how they work: cast.json. Package agents of the server reads it.
func Agents() fs.FS {
	f, err := fs.Sub(agents, "agents")
	if err != nil { // only for a name that is no path: a mistake in this file
		panic(err)
	}
	return f
}
