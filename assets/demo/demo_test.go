package demo_test

import (
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"slices"
	"testing"

	"agentdesk/assets/demo"
)

func TestPictures_AreDrawnTheSameEverywhere(t *testing.T) {
	list, err := fs.Glob(demo.Pictures(), "*.svg")
	if err != nil || len(list) < 20 {
		t.Fatalf("%d pictures, %v", len(list), err)
	}
	plain := []string{"svg", "defs", "linearGradient", "stop", "rect", "circle", "ellipse", "path"}
	for _, name := range list {
		f, err := demo.Pictures().Open(name)
		if err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(f)
		for {
			tok, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
				break
			}
			if el, ok := tok.(xml.StartElement); ok && !slices.Contains(plain, el.Name.Local) {
				t.Errorf("%s holds <%s>, which Fyne doesn't draw", name, el.Name.Local)
			}
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestShop_IsThere(t *testing.T) {
	for _, name := range []string{"products/sets", "customers", "orders", "carts", "promotions", "policies", "reviews"} {
		if info, err := fs.Stat(demo.Shop(), name+".json"); err != nil || info.Size() < 100 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
