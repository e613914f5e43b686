package main

import (
	_ "embed"
	"runtime/debug"

	"agentdesk/ui"
)

//go:embed NOTICE
var notice string

// about is what the program says of itself: the version that the build recorded, and whose work is inside.
func about() ui.About {
	a := ui.About{Notice: notice}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "(devel)" {
		a.Version = info.Main.Version
	}
	return a
}
