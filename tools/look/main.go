// Command look draws the desk's sample screens to PNG files without a display, and compares pictures.
//
//	go run -tags ci ./tools/look -out /tmp/look
//	go run -tags ci ./tools/look -compare docs/design/desk-light.png /tmp/look/desk-light.png
package main

import (
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2/test"

	"agentdesk/ui/fixture"
	"agentdesk/ui/shot"
)

func main() {
	out := flag.String("out", "look", "folder for the pictures")
	compare := flag.Bool("compare", false, "print the mean difference (0 to 255) of two pictures")
	only := flag.String("only", "", "draw only the picture of this name")
	flag.Parse()
	var err error
	if *compare {
		err = diff(flag.Args())
	} else {
		err = draw(*out, *only)
	}
	if err != nil {
		slog.Error("look", "err", err)
		os.Exit(1)
	}
}

func diff(args []string) error {
	if len(args) != 2 {
		return errors.New("give two pictures")
	}
	a, err := shot.Load(args[0])
	if err != nil {
		return err
	}
	b, err := shot.Load(args[1])
	if err != nil {
		return err
	}
	d, err := shot.Diff(a, b)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(os.Stdout, "%.2f\n", d)
	return err
}

func draw(dir, only string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	a := test.NewApp()
	for _, s := range fixture.Scenes() {
		if only != "" && s.Name != only {
			continue
		}
		img, u, err := shot.Take(shot.Params{App: a, Desk: s.Desk, Lang: s.Lang, Theme: s.Theme, Width: s.Width, Height: s.Height, Focus: s.Focus})
		if err != nil {
			return err
		}
		u.Window().Close()
		f, err := os.Create(filepath.Join(dir, s.Name+".png")) //nolint:gosec // below the folder that the developer gave
		if err != nil {
			return fmt.Errorf("make picture: %w", err)
		}
		if err := errors.Join(shot.Write(f, img), f.Close()); err != nil {
			return err
		}
	}
	return nil
}
