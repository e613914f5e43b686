// Package model carries the trained files by which the server understands messages. `make model` writes them; package
// server/understand reads them. Only the server imports it: the desk has no use for a network.
package model

import (
	_ "embed"
	"fmt"
	"io/fs"
)

// Each in the binary's own pages: a file system would copy them.
var (
	//go:embed model.json
	manifest []byte
	//go:embed encoder.onnx
	encoder []byte
	//go:embed tokenizer.tsv
	tokenizer []byte
	//go:embed norm.tsv
	norm []byte
	//go:embed linear.bin
	linear []byte
)

// Read returns a file by its name; an unknown one is fs.ErrNotExist. What it returns must not be changed.
func Read(name string) ([]byte, error) {
	switch name {
	case "model.json":
		return manifest, nil
	case "encoder.onnx":
		return encoder, nil
	case "tokenizer.tsv":
		return tokenizer, nil
	case "norm.tsv":
		return norm, nil
	case "linear.bin":
		return linear, nil
	}
	return nil, fmt.Errorf("read model: %w", &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist})
}
