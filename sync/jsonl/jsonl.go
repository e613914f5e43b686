// Package jsonl serves JSON lines: one request a line in, one answer a line out. A bad line is answered with its number and
// the rest goes on, so that one broken export cannot stop a batch.
package jsonl

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MaxLine bounds one line in bytes; a longer one is skipped and answered with an error.
const MaxLine = 64 << 20

// Problem answers a line that could not be served.
type Problem struct {
	Line  int    `json:"line"` // from 1, blank lines counted
	Error string `json:"error"`
}

// errTooLong is answered for a line above MaxLine.
var errTooLong = errors.New("line is longer than 64 MB")

// Serve reads lines until the end of r, calls handle for each that is not blank, and writes and flushes one line for each.
// It returns nil at the end of input, the context's error when ctx ended, or the error of r or w.
func Serve(ctx context.Context, r io.Reader, w io.Writer, handle func(ctx context.Context, line []byte) (any, error)) error {
	in := bufio.NewReaderSize(r, 64<<10)
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for n := 1; ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		line, err := readLine(in)
		last := errors.Is(err, io.EOF)
		if err != nil && !last && !errors.Is(err, errTooLong) {
			return fmt.Errorf("read line %d: %w", n, err)
		}
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if line = bytes.TrimSpace(line); len(line) > 0 || errors.Is(err, errTooLong) {
			var answer any
			if errors.Is(err, errTooLong) {
				answer = Problem{n, errTooLong.Error()}
			} else if answer, err = handle(ctx, line); err != nil {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				answer = Problem{n, err.Error()}
			}
			if err := enc.Encode(answer); err != nil {
				return fmt.Errorf("write answer %d: %w", n, err)
			}
			if err := out.Flush(); err != nil {
				return fmt.Errorf("write answer %d: %w", n, err)
			}
		}
		if last {
			return nil
		}
	}
}

// readLine reads up to and without '\n'. A line above MaxLine is read to its end and thrown away.
func readLine(in *bufio.Reader) ([]byte, error) {
	var buf []byte
	long := false
	for {
		part, err := in.ReadSlice('\n')
		if !long {
			if len(buf)+len(part) > MaxLine {
				long, buf = true, nil
			} else {
				buf = append(buf, part...)
			}
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil:
			if long && errors.Is(err, io.EOF) {
				return nil, errTooLong // the next read meets the end
			}
			return buf, err
		case long:
			return nil, errTooLong
		}
		return buf, nil
	}
}

// Strict decodes one JSON value and refuses what follows it.
func Strict(line []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(line))
	if err := dec.Decode(v); err != nil {
		return fmt.Errorf("not a request: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("not a request: more than one JSON value on the line")
	}
	return nil
}
