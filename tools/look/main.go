// Command look draws the desk's sample screens to PNG files without a display, and compares pictures.
//
//	go run -tags ci ./tools/look -out /tmp/look
//	go run -tags ci ./tools/look -compare docs/design/desk-light.png /tmp/look/desk-light.png
//	go run -tags ci ./tools/look -only waiting -size 1024x720 -theme dark -lang en -text 1.5 -queue 72
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
	var v variant
	only := flag.String("only", "", "draw only the picture of this name")
	flag.StringVar(&v.size, "size", "", "width x height in place of the scene's")
	flag.StringVar(&v.theme, "theme", "", "light or dark, in place of the scene's")
	flag.StringVar(&v.lang, "lang", "", "language in place of the scene's")
	flag.Float64Var(&v.text, "text", 1, "text size, 1 to 1.5")
	flag.Float64Var(&v.queue, "queue", 0, "width of the queue")
	flag.Float64Var(&v.copilot, "copilot", 0, "width of the copilot")
	flag.Parse()
	var err error
	if *compare {
		err = diff(flag.Args())
	} else {
		err = draw(*out, *only, v)
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

// variant is what differs from the scenes as they are.
type variant struct {
	size, theme, lang    string
	text, queue, copilot float64
}

// of is a scene's picture in the variant.
func (v variant) of(s fixture.Scene) (shot.Params, error) {
	p := shot.Params{Desk: s.Desk, Lang: s.Lang, Theme: s.Theme, Width: s.Width, Height: s.Height, Focus: s.Focus}
	if v.size != "" {
		if _, err := fmt.Sscanf(v.size, "%gx%g", &p.Width, &p.Height); err != nil {
			return p, fmt.Errorf("size %q: %w", v.size, err)
		}
	}
	if v.theme != "" {
		p.Theme = v.theme
	}
	if v.lang != "" {
		p.Lang = v.lang
	}
	p.Prefs.TextScale = float32(v.text)
	p.Prefs.Widths = map[string]float32{}
	if v.queue > 0 {
		p.Prefs.Widths["queue"] = float32(v.queue)
	}
	if v.copilot > 0 {
		p.Prefs.Widths["copilot"] = float32(v.copilot)
	}
	return p, nil
}

func draw(dir, only string, v variant) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	a := test.NewApp()
	for _, s := range fixture.Scenes() {
		if only != "" && s.Name != only {
			continue
		}
		p, err := v.of(s)
		if err != nil {
			return err
		}
		p.App = a
		img, u, err := shot.Take(p)
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
