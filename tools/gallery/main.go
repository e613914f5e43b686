// Command gallery draws every screen and state of the desk, in both themes and languages and three widths, to PNG files
// with an index page that sets each beside its target.
//
//	go run -tags sqlite_fts5,ci ./tools/gallery -out docs/gallery
package main

import (
	"errors"
	"flag"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"agentdesk/ui/shot"
)

func main() {
	out := flag.String("out", "docs/gallery", "folder for pictures and index")
	only := flag.String("only", "", "draw only the scenes whose name begins so")
	kept := flag.Bool("kept", false, "draw only the pictures that the repository keeps")
	shots := flag.String("shots", "", "folder with the browser's pictures of shop and chat; they are left out without it")
	flag.Parse()
	n, err := run(*out, *only, *shots, *kept)
	if err != nil {
		slog.Error("gallery", "err", err)
		os.Exit(1)
	}
	slog.Info("gallery", "pictures", n, "folder", *out)
}

func run(dir, only, browser string, kept bool) (int, error) {
	if err := os.MkdirAll(filepath.Join(dir, "pictures"), 0o750); err != nil {
		return 0, fmt.Errorf("make folder: %w", err)
	}
	a := test.NewApp()
	var drawn []plate
	var faults []error
	shots := map[string]image.Image{} // by scene, what the sheet of states is made of
	for _, p := range plates() {
		if !strings.HasPrefix(p.Scene, only) || kept && !p.kept() {
			continue
		}
		img, found, err := take(a, p)
		if err == nil {
			err = write(dir, p, img)
		}
		if err != nil {
			return len(drawn), err
		}
		if p.kept() && p.Width == 1440 && p.Lang != "en" && p.Theme == "light" {
			shots[p.Scene] = img
		}
		for _, f := range found {
			faults = append(faults, fmt.Errorf("%s: %s", p.File(), f))
		}
		drawn = append(drawn, p)
	}
	if only == "" {
		p := plate{Scene: "sheet", Lang: "zh-Hans", Theme: "light", Width: 1440, Target: "states-light.png"}
		img, err := sheet(a, shots)
		if err == nil {
			err = write(dir, p, img)
		}
		if err != nil {
			return len(drawn), err
		}
		drawn = append(drawn, p)
	}
	if browser != "" {
		pages, err := web(dir, browser, kept)
		if err != nil {
			return len(drawn), err
		}
		drawn = append(drawn, pages...)
	}
	return len(drawn), errors.Join(append(faults, index(dir, drawn))...)
}

// take draws a plate and says what is wrong with it.
func take(a fyne.App, p plate) (image.Image, []string, error) {
	img, u, err := shot.Take(p.shot(a))
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", p.File(), err)
	}
	defer u.Window().Close()
	return img, audit(u.Window()), nil
}

func write(dir string, p plate, img image.Image) error {
	f, err := os.Create(filepath.Join(dir, "pictures", p.File())) //nolint:gosec // below the folder that the developer gave
	if err != nil {
		return fmt.Errorf("make picture: %w", err)
	}
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	if err := errors.Join(enc.Encode(f, small(img)), f.Close()); err != nil {
		return fmt.Errorf("%s: %w", p.File(), err)
	}
	return nil
}
