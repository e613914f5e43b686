// Package faces carries the drawn faces alone, for programs that have no use for the desk's other files.
package faces

import "embed"

// Files holds face-0.svg … face-7.svg.
//
//go:embed *.svg
var Files embed.FS
