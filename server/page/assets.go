package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// asset is a file as it is served, made once.
type asset struct {
	ctype, tag    string
	plain, packed []byte
}

func newAsset(name string, data []byte) (*asset, error) {
	sum := sha256.Sum256(data)
	a := &asset{ctype: mime.TypeByExtension(path.Ext(name)), tag: `"` + hex.EncodeToString(sum[:8]) + `"`, plain: data}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(data); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	a.packed = b.Bytes()
	return a, nil
}

// ServeHTTP answers with the packed form to whoever takes it. A new version is seen at the next visit.
func (a *asset) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.ctype)
	h.Set("Cache-Control", "no-cache")
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin") // other sites embed it
	h.Set("Access-Control-Allow-Origin", "*")             // and load the recorder as a module; nothing in it is anybody's
	body, tag := a.plain, a.tag
	if takesGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body, tag = a.packed, a.tag[:len(a.tag)-1]+`-z"`
	}
	h.Set("ETag", tag)
	if slices.Contains(strings.Split(strings.ReplaceAll(r.Header.Get("If-None-Match"), " ", ""), ","), tag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

func takesGzip(r *http.Request) bool {
	for _, e := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		if name, q, _ := strings.Cut(strings.TrimSpace(e), ";"); name == "gzip" && strings.TrimSpace(q) != "q=0" {
			return true
		}
	}
	return false
}

// assets serves what is the same for everybody.
func (g *pages) assets(mux *http.ServeMux) error {
	widget, err := fs.Sub(files, "widget")
	if err != nil {
		return err
	}
	script, err := bundle(widget, "main.js")
	if err != nil {
		return err
	}
	all := map[string][]byte{"widget.js": []byte(script)}
	for served, name := range map[string]string{"widget-recorder.js": "widget/recorder.js", "shop.css": "static/shop.css", "shop.js": "static/shop.js", "icon.svg": "static/icon.svg"} {
		if all[served], err = files.ReadFile(name); err != nil {
			return err
		}
	}
	for name, data := range all {
		a, err := newAsset(name, data)
		if err != nil {
			return fmt.Errorf("pack %s: %w", name, err)
		}
		mux.Handle("GET /"+name, a)
	}
	mux.Handle("GET /pictures/", embeddable(http.StripPrefix("/pictures/", http.FileServerFS(g.Pictures))))
	if g.Faces != nil {
		mux.HandleFunc("GET /faces/{agent}", g.face)
	}
	return nil
}

func embeddable(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		w.Header().Set("Cache-Control", "max-age=3600")
		next.ServeHTTP(w, r)
	})
}

// faces is how many drawn faces there are.
const faces = 8

// face serves an agent's drawn face: the demo's agents have theirs, others one that hangs on the ID.
func (g *pages) face(w http.ResponseWriter, r *http.Request) {
	id, ok := strings.CutSuffix(r.PathValue("agent"), ".svg")
	if !ok {
		http.NotFound(w, r)
		return
	}
	n := slices.Index([]string{"xiaoning", "chenmo", "lisiqi", "wangyu"}, id)
	if n < 0 {
		h := fnv.New32a()
		_, _ = h.Write([]byte(id))
		n = int(h.Sum32() % faces)
	}
	data, err := fs.ReadFile(g.Faces, fmt.Sprintf("face-%d.svg", n))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "image/svg+xml")
	h.Set("Cache-Control", "max-age=3600")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}
