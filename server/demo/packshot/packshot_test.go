package packshot_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"agentdesk/server/demo/packshot"
)

func draw(t testing.TB, s *packshot.Studio, l packshot.Look) [2][]byte {
	t.Helper()
	scene, err := s.Scene(l)
	if err != nil {
		t.Fatal(err)
	}
	card, err := s.Card(l)
	if err != nil {
		t.Fatal(err)
	}
	return [2][]byte{scene, card}
}

func TestStudio_DrawsEveryFormInEveryToneTheSameEverywhere(t *testing.T) {
	s := packshot.New()
	plain := []string{"svg", "defs", "linearGradient", "stop", "rect", "circle", "ellipse", "path"}
	if len(packshot.Forms()) < 20 || len(packshot.Tones()) < 10 {
		t.Fatalf("%d forms, %d tones", len(packshot.Forms()), len(packshot.Tones()))
	}
	seen := map[string]string{}
	for i, form := range packshot.Forms() {
		for j, tone := range packshot.Tones() {
			l := packshot.Look{Form: form, Tone: tone, Label: "CERAMIDE BARRIER CREAM", Size: "50g", Seed: form + strconv.Itoa(j)}
			for k, svg := range draw(t, s, l) {
				if !bytes.Equal(svg, draw(t, s, l)[k]) {
					t.Fatalf("%s in %s isn't the same twice", form, tone)
				}
				if other, ok := seen[string(svg)]; ok {
					t.Fatalf("%s in %s looks like %s", form, tone, other)
				}
				seen[string(svg)] = form + " in " + tone
				if len(svg) > 40_000 {
					t.Errorf("%s in %s is %d bytes", form, tone, len(svg))
				}
				if i == 0 || j == i%12 {
					check(t, form+" in "+tone, svg, plain)
				}
			}
		}
	}
}

// check holds a picture to elements that Fyne draws, to fills that are defined, and to its frame.
func check(t *testing.T, name string, svg []byte, plain []string) {
	t.Helper()
	defined := map[string]bool{}
	d := xml.NewDecoder(bytes.NewReader(svg))
	number := regexp.MustCompile(`-?\d+(\.\d+)?`)
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		el, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		if !slices.Contains(plain, el.Name.Local) {
			t.Errorf("%s holds <%s>", name, el.Name.Local)
		}
		for _, a := range el.Attr {
			switch a.Name.Local {
			case "id":
				defined["url(#"+a.Value+")"] = true
			case "fill":
				if a.Value != "none" && a.Value[0] != '#' && !defined[a.Value] {
					t.Errorf("%s fills with %q", name, a.Value)
				}
			case "d":
				for _, n := range number.FindAllString(a.Value, -1) {
					if f, _ := strconv.ParseFloat(n, 64); f < -30 || f > packshot.Side+30 {
						t.Errorf("%s reaches %s", name, n)
					}
				}
			}
		}
	}
}

func TestStudio_RefusesWhatItCannotDraw(t *testing.T) {
	for _, l := range []packshot.Look{{Form: "spaceship", Tone: "green"}, {Form: "jar", Tone: "plaid"}, {Form: "jar", Tone: "green", Tint: "red"}, {Form: "jar", Tone: "green", Tint: `"><script>`}} {
		if _, err := packshot.New().Scene(l); err == nil {
			t.Errorf("drew %+v", l)
		}
	}
}

func TestStudio_LabelsHoldLettersOnly(t *testing.T) {
	l := packshot.Look{Form: "jar", Tone: "green", Label: `<b>"&'` + "面霜\x00 VERY LONG WORDS THAT NO LABEL HOLDS AT ALL", Size: "礼盒装"}
	svg := draw(t, packshot.New(), l)[0]
	check(t, "a label of anything", svg, []string{"svg", "defs", "linearGradient", "stop", "rect", "ellipse", "path"})
}

func BenchmarkScene(b *testing.B) {
	s := packshot.New()
	for b.Loop() {
		if _, err := s.Scene(packshot.Look{Form: "jar", Tone: "green", Label: "CERAMIDE BARRIER CREAM", Size: "50g"}); err != nil {
			b.Fatal(err)
		}
	}
}
