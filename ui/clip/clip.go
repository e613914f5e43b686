//go:build !ci

// Package clip reads the picture on the clipboard, which the toolkit cannot.
package clip

import (
	"bytes"
	"context"
	"log/slog"

	"golang.design/x/clipboard"
)

// Reader reads pictures. The zero value is not ready: use New.
type Reader struct {
	log  *slog.Logger
	open chan error    // holds what opening the clipboard said, once it was tried
	free chan struct{} // one read at a time: it may wait for a program that never answers
}

// New makes a reader. The clipboard is opened at the first read.
func New(log *slog.Logger) *Reader {
	r := &Reader{log: log, open: make(chan error, 1), free: make(chan struct{}, 1)}
	r.free <- struct{}{}
	return r
}

// Picture is the picture on the clipboard as PNG, nil for none. It asks the program that holds the clipboard, and gives up
// with ctx; while an earlier question is not answered, there is none. It must not be called on the window's goroutine: that
// may be the program that is asked.
func (r *Reader) Picture(ctx context.Context) []byte {
	select {
	case <-r.free:
	default:
		return nil
	}
	got := make(chan []byte, 1)
	go func() { // outlives ctx only while the other program keeps silent
		defer func() { r.free <- struct{}{} }()
		got <- r.read()
	}()
	select {
	case png := <-got:
		return png
	case <-ctx.Done():
		return nil
	}
}

func (r *Reader) read() []byte {
	var err error
	select {
	case err = <-r.open:
	default:
		if err = clipboard.Init(); err != nil {
			r.log.Warn("clipboard: pictures cannot be pasted", "err", err)
		}
	}
	r.open <- err
	if err != nil {
		return nil
	}
	return bytes.Clone(clipboard.Read(clipboard.FmtImage))
}
