//go:build ci

// Package clip reads the picture on the clipboard, which the toolkit cannot.
package clip

import (
	"context"
	"log/slog"
)

// Reader reads pictures. Without a display there is no clipboard and never a picture.
type Reader struct{}

// New makes a reader.
func New(*slog.Logger) *Reader { return &Reader{} }

// Picture is nil.
func (*Reader) Picture(context.Context) []byte { return nil }
