package gateway

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // decoders for what may be uploaded
	_ "image/jpeg" //
	_ "image/png"  //
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	_ "golang.org/x/image/webp" // the same

	"agentdesk/sync/wire"
)

// maxPixels bounds what a viewer has to decode: a small file can hold a huge picture.
const maxPixels = 40_000_000

func (g *Gateway) makeFiles() error {
	if err := os.MkdirAll(g.p.Files, 0o700); err != nil {
		return fmt.Errorf("files folder: %w", err)
	}
	return nil
}

// upload stores one file under the hash of its content. The body is the file itself, with its Content-Type, or a form with
// the field "file".
func (g *Gateway) upload(w http.ResponseWriter, r *http.Request) (any, error) {
	if _, err := g.bearer(r); err != nil {
		return nil, err
	}
	if !g.door.allow("upload", r, 500*time.Millisecond, 20) {
		return nil, refuse(http.StatusTooManyRequests, "rate", "too many uploads: wait a moment")
	}
	data, declared, err := uploaded(w, r)
	if err != nil {
		return nil, err
	}
	u, err := inspect(data, declared)
	if err != nil {
		return nil, err
	}
	if err := g.store(u, data); err != nil {
		return nil, err
	}
	return u, nil
}

func uploaded(w http.ResponseWriter, r *http.Request) ([]byte, string, error) {
	tooLarge := refuse(http.StatusRequestEntityTooLarge, "too_large", "a file is at most 10 MB")
	declared, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, "", refuse(http.StatusUnsupportedMediaType, "unsupported", "Content-Type is missing or malformed")
	}
	r.Body = http.MaxBytesReader(w, r.Body, wire.MaxUpload+64<<10)
	var src io.Reader = r.Body
	if declared == "multipart/form-data" {
		if params["boundary"] == "" {
			return nil, "", refuse(http.StatusBadRequest, "invalid", "the form has no boundary")
		}
		form, err := r.MultipartReader()
		if err != nil {
			return nil, "", refuse(http.StatusBadRequest, "invalid", "the form is malformed")
		}
		for {
			part, err := form.NextPart()
			if err != nil {
				return nil, "", refuse(http.StatusBadRequest, "invalid", "the form has no file")
			}
			if part.FormName() == "file" {
				declared, _, _ = mime.ParseMediaType(part.Header.Get("Content-Type"))
				src = part
				break
			}
		}
	}
	data, err := io.ReadAll(io.LimitReader(src, wire.MaxUpload+1))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over), len(data) > wire.MaxUpload:
		return nil, "", tooLarge
	case err != nil:
		return nil, "", refuse(http.StatusBadRequest, "invalid", "the upload broke off")
	case len(data) == 0:
		return nil, "", refuse(http.StatusBadRequest, "invalid", "the file is empty")
	}
	return data, declared, nil
}

// inspect says what a file is, from its bytes. One that pretends to be something else is refused.
func inspect(data []byte, declared string) (wire.Uploaded, error) {
	sum := sha256.Sum256(data)
	u := wire.Uploaded{Hash: hex.EncodeToString(sum[:]), Size: int64(len(data))}
	sniffed, _, _ := mime.ParseMediaType(http.DetectContentType(data))
	disguised := refuse(http.StatusUnsupportedMediaType, "disguised", "the file is not what it says it is")
	switch sniffed {
	case "image/jpeg", "image/png", "image/gif", "image/webp":
		conf, format, err := image.DecodeConfig(bytes.NewReader(data))
		if err != nil || "image/"+format != sniffed {
			return u, disguised
		}
		if conf.Width <= 0 || conf.Height <= 0 || conf.Width > maxPixels/conf.Height {
			return u, refuse(http.StatusRequestEntityTooLarge, "too_large", "the picture has too many pixels")
		}
		u.Mime, u.W, u.H = sniffed, conf.Width, conf.Height
	case "application/pdf", "audio/mpeg":
		u.Mime = sniffed
	case "audio/wave":
		u.Mime = "audio/wav"
	case "application/ogg":
		u.Mime = "audio/ogg"
	case "video/webm", "video/mp4": // containers that browsers record voice in
		if u.Mime = "audio/" + strings.TrimPrefix(sniffed, "video/"); declared != u.Mime {
			return u, refuse(http.StatusUnsupportedMediaType, "unsupported", "videos are not taken")
		}
	default:
		if allowed(declared) {
			return u, disguised
		}
		return u, refuse(http.StatusUnsupportedMediaType, "unsupported", "pictures, PDF and audio are taken")
	}
	if !same(declared, u.Mime) {
		return u, disguised
	}
	return u, nil
}

func allowed(m string) bool {
	return strings.HasPrefix(m, "image/") || strings.HasPrefix(m, "audio/") || m == "application/pdf"
}

// same compares a declared type with the real one. A client that does not know says application/octet-stream.
func same(declared, real string) bool {
	switch declared {
	case real, "application/octet-stream", "":
		return true
	case "image/jpg":
		return real == "image/jpeg"
	case "audio/wave", "audio/x-wav", "audio/vnd.wave":
		return real == "audio/wav"
	case "audio/mp3":
		return real == "audio/mpeg"
	case "application/ogg", "audio/opus":
		return real == "audio/ogg"
	}
	return false
}

func validHash(h string) bool {
	if len(h) != 64 {
		return false
	}
	for _, c := range h {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func (g *Gateway) path(hash string) string { return filepath.Join(g.p.Files, hash[:2], hash) }

// store writes the file, then its description; a file without one does not exist.
func (g *Gateway) store(u wire.Uploaded, data []byte) error {
	path := g.path(u.Hash)
	if _, err := os.Stat(path + ".json"); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("store file: %w", err)
	}
	if err := writeFile(path, data); err != nil {
		return fmt.Errorf("store file: %w", err)
	}
	if err := writeFile(path+".json", frame(u)); err != nil {
		return fmt.Errorf("store file: %w", err)
	}
	return nil
}

// writeFile writes durably, and under its name only when whole.
func writeFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".part-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

func (g *Gateway) stored(hash string) (wire.Uploaded, error) {
	var u wire.Uploaded
	if !validHash(hash) {
		return u, os.ErrNotExist
	}
	data, err := os.ReadFile(g.path(hash) + ".json")
	if err != nil {
		return u, err
	}
	return u, json.Unmarshal(data, &u)
}

// file serves an upload to whoever knows its hash, which only the events of its conversation tell.
func (g *Gateway) file(w http.ResponseWriter, r *http.Request) {
	hash := chi.URLParam(r, "hash")
	u, err := g.stored(hash)
	if err != nil {
		g.answer(func(http.ResponseWriter, *http.Request) (any, error) {
			return nil, refuse(http.StatusNotFound, "unknown_file", "no such file")
		})(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", u.Mime)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	if !strings.HasPrefix(u.Mime, "image/") && !strings.HasPrefix(u.Mime, "audio/") {
		h.Set("Content-Disposition", "attachment")
	}
	http.ServeFile(w, r, g.path(hash))
}
