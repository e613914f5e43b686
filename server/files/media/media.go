// Package media says what a file is, from its bytes, and cleans it: pictures lose what cameras and phones wrote beside
// them (places, names, previews), voice notes are measured. It is pure.
package media

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif" // decoders for what may be uploaded
	_ "image/jpeg"
	_ "image/png"
	"mime"
	"net/http"
	"strings"

	_ "golang.org/x/image/webp" // the same
)

// Code says why a file is not taken.
type Code string

// The codes.
const (
	Invalid     Code = "invalid"     // broken, empty
	TooLarge    Code = "too_large"   // too many pixels, seconds, frames
	Unsupported Code = "unsupported" // of a kind that is not taken
	Disguised   Code = "disguised"   // not what it says it is
)

// Refusal is an honest no: a code for programs and a sentence for people.
type Refusal struct {
	Code Code
	Text string
}

// Error implements error.
func (r *Refusal) Error() string { return string(r.Code) + ": " + r.Text }

func refuse(code Code, text string) *Refusal { return &Refusal{code, text} }

// Bounds of pictures.
const (
	MaxPixels = 40_000_000 // of one picture; a small file can hold a huge one
	maxFrames = 300        // of an animation
	maxMoving = 300_000_000
)

// File is a file as it is kept.
type File struct {
	Data []byte
	Mime string
	W, H int    // of a picture as it is seen, in pixels
	Secs int    // of a voice note, rounded up
	Wave []byte // of a voice note, see Wave
}

// Clean says what data is and takes out what is nobody's business. declared is the type that the sender names; "" or
// application/octet-stream when it does not know. With voice, only a voice note will do: WAV, 16 kHz, mono, 16 bit, at most
// 60 s. The error is a *Refusal.
func Clean(data []byte, declared string, voice bool) (File, error) {
	f, r := clean(data, declared, voice)
	if r != nil {
		return File{}, r
	}
	return f, nil
}

func clean(data []byte, declared string, voice bool) (File, *Refusal) {
	if len(data) == 0 {
		return File{}, refuse(Invalid, "the file is empty")
	}
	sniffed, _, _ := mime.ParseMediaType(http.DetectContentType(data))
	if isWebP(data) {
		sniffed = "image/webp"
	}
	var f File
	var r *Refusal
	switch sniffed {
	case "image/jpeg":
		f, r = cleanJPEG(data)
	case "image/png":
		f, r = cleanPNG(data)
	case "image/gif":
		f, r = cleanGIF(data)
	case "image/webp":
		f, r = cleanWebP(data)
	case "audio/wave":
		f, r = cleanWAV(data, voice)
	case "application/pdf", "audio/mpeg":
		f = File{Data: data, Mime: sniffed}
	case "application/ogg":
		f = File{Data: data, Mime: "audio/ogg"}
	case "video/webm", "video/mp4": // containers that browsers record voice in
		f = File{Data: data, Mime: "audio/" + strings.TrimPrefix(sniffed, "video/")}
		if declared != f.Mime {
			return File{}, refuse(Unsupported, "videos are not taken")
		}
	default:
		if known(declared) {
			return File{}, disguised()
		}
		return File{}, refuse(Unsupported, "pictures, PDF and audio are taken")
	}
	switch {
	case r != nil:
		return File{}, r
	case voice && f.Mime != "audio/wav":
		return File{}, refuse(Unsupported, "a voice note is a WAV file")
	case !same(declared, f.Mime):
		return File{}, disguised()
	}
	return f, nil
}

func disguised() *Refusal { return refuse(Disguised, "the file is not what it says it is") }

func broken(what string) *Refusal {
	return refuse(Disguised, "the "+what+" is broken off or malformed")
}

func known(m string) bool {
	return strings.HasPrefix(m, "image/") || strings.HasPrefix(m, "audio/") || m == "application/pdf"
}

// same compares a declared type with the real one.
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

// pixels bounds a picture.
func pixels(w, h int) *Refusal {
	switch {
	case w <= 0 || h <= 0:
		return broken("picture")
	case w > MaxPixels/h:
		return refuse(TooLarge, fmt.Sprintf("a picture has at most %d megapixels", MaxPixels/1_000_000))
	}
	return nil
}

// decodable makes sure that the decoder agrees about what a cleaned picture is.
func decodable(data []byte, format string, w, h int) *Refusal {
	conf, got, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || got != format || conf.Width != w || conf.Height != h {
		return broken("picture")
	}
	return nil
}
