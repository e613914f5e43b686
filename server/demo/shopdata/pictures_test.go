package shopdata_test

import (
	"bytes"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"testing"

	"agentdesk/assets/demo"
)

func TestPictures_EveryProductAndVariantHasABigAndASmallOne(t *testing.T) {
	m := open(t, evening())
	files := m.Pictures(demo.Pictures())
	for _, p := range catalogue(t, m) {
		names := []string{p.Picture, p.Thumb}
		for _, v := range p.Variants {
			names = append(names, v.ID+".svg", v.ID+"-card.svg")
		}
		for _, name := range names {
			if svg, err := fs.ReadFile(files, name); err != nil || !bytes.HasPrefix(svg, []byte("<svg ")) {
				t.Errorf("%s: %d bytes, %v", name, len(svg), err)
			}
		}
	}
	for name, want := range map[string]bool{"detail-leaf.svg": true, "p-no-such.svg": false, "p-lip-balm": false, "../products.json": false} {
		_, err := fs.ReadFile(files, name)
		if (err == nil) != want || err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPictures_AreServed(t *testing.T) {
	m := open(t, evening())
	w := httptest.NewRecorder()
	http.FileServerFS(m.Pictures(demo.Pictures())).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/p-ceramide-cream.svg", nil))
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/svg+xml" || w.Body.Len() < 1000 {
		t.Errorf("%d %v, %d bytes", w.Code, w.Header(), w.Body.Len())
	}
}
