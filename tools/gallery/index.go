package main

import (
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
)

//go:embed index.html
var page string

// scene is the pictures of one state.
type scene struct {
	Name   string
	Target string // of the whole scene
	Plates []plate
}

// index writes the page that sets each picture beside its target.
func index(dir string, drawn []plate) error {
	t, err := template.New("index").Parse(page)
	if err != nil {
		return fmt.Errorf("read index page: %w", err)
	}
	var scenes []scene
	for _, p := range drawn {
		if n := len(scenes); n == 0 || scenes[n-1].Name != p.Scene {
			scenes = append(scenes, scene{Name: p.Scene})
		}
		s := &scenes[len(scenes)-1]
		s.Plates = append(s.Plates, p)
		if s.Target == "" {
			s.Target = states(p.Scene)
		}
	}
	f, err := os.Create(filepath.Join(dir, "index.html")) //nolint:gosec // below the folder that the developer gave
	if err != nil {
		return fmt.Errorf("make index: %w", err)
	}
	if err := errors.Join(t.Execute(f, scenes), f.Close()); err != nil {
		return fmt.Errorf("write index: %w", err)
	}
	return nil
}
