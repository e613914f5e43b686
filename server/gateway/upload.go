package gateway

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"agentdesk/server/files"
	"agentdesk/server/files/media"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// Bounds of uploads.
const (
	perMegabyte = 10 * time.Second // how long each may take to arrive
	cleanWithin = 30 * time.Second // how long one may wait for its turn and be cleaned
)

func guestLimits() files.Limits { return files.Limits{PerMinute: 30, PerDay: 200 << 20} }

// deskLimits are wider: an agent sends for many customers.
func deskLimits() files.Limits { return files.Limits{PerMinute: 120, PerDay: 2 << 30} }

// caller is who asks for a file: a customer, or a desk.
type caller struct {
	sender   string // kind:id
	customer string // of a customer
	desk     bool
	who      conversation.Viewer // of a desk
}

// bearer says who a request comes from.
func (g *Gateway) bearer(r *http.Request) (caller, error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || len(token) > 4096 {
		return caller{}, refuse(http.StatusUnauthorized, "bad_token", "a token is needed")
	}
	if v, err := g.p.Visitors.Verify(token); err == nil {
		return caller{sender: event.Actor{Kind: event.Customer, ID: v.Customer}.String(), customer: v.Customer}, nil
	}
	who, err := g.deskUser(r.Context(), r)
	if err != nil {
		return caller{}, err
	}
	return caller{sender: event.Actor{Kind: event.Agent, ID: who.ID}.String(), desk: true, who: who}, nil
}

// upload stores one file. The body is the file itself, with its Content-Type, or a form with the field "file". A desk names
// the conversation that it is for; kind=voice takes a voice note only.
func (g *Gateway) upload(w http.ResponseWriter, r *http.Request) (any, error) {
	c, err := g.bearer(r)
	if err != nil {
		return nil, err
	}
	u := files.Upload{Customer: c.customer, Sender: c.sender, Voice: r.URL.Query().Get("kind") == string(event.Voice), Limits: guestLimits()}
	if c.desk {
		st, err := g.seen(r.Context(), r, c.who)
		if err != nil {
			return nil, err
		}
		u.Customer, u.Limits = st.Customer, deskLimits()
	}
	if !g.door.allow("upload", r, 250*time.Millisecond, 60) {
		return nil, tooOften()
	}
	if r.ContentLength > wire.MaxUpload+maxFormHead {
		return nil, tooLarge()
	}
	end, err := g.p.Files.Begin(r.Context(), u.Sender, max(r.ContentLength, 0), u.Limits)
	if err != nil {
		return nil, notStored(err)
	}
	defer end()
	if u.Data, u.Declared, err = uploaded(w, r); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), cleanWithin)
	defer cancel()
	m, err := g.p.Files.Put(ctx, u)
	if err != nil {
		return nil, notStored(err)
	}
	return wire.Uploaded{Hash: m.Hash, Mime: m.Mime, Size: m.Size, W: m.W, H: m.H, Secs: m.Secs, Wave: m.Wave}, nil
}

func tooLarge() error {
	return refuse(http.StatusRequestEntityTooLarge, "too_large", "a file is at most 10 MB")
}

func tooOften() error {
	return refuse(http.StatusTooManyRequests, "rate", "too many uploads: wait a moment")
}

// notStored is what a sender hears of a file that was not taken.
func notStored(err error) error {
	var r *media.Refusal
	switch {
	case errors.As(err, &r):
		status := http.StatusUnsupportedMediaType
		switch r.Code {
		case media.TooLarge:
			status = http.StatusRequestEntityTooLarge
		case media.Invalid:
			status = http.StatusBadRequest
		}
		return refuse(status, string(r.Code), r.Text)
	case errors.Is(err, files.ErrRate):
		return tooOften()
	case errors.Is(err, files.ErrDay):
		return refuse(http.StatusTooManyRequests, "rate", "the day's limit of uploads is reached: go on tomorrow")
	case errors.Is(err, files.ErrFull):
		return refuse(http.StatusInsufficientStorage, "disk_full", "the disk is full: nothing was stored")
	case errors.Is(err, context.DeadlineExceeded):
		return refuse(http.StatusServiceUnavailable, "busy", "too many files wait: try again in a moment")
	}
	return err
}

const maxFormHead = 64 << 10 // bytes of a form around its file

func uploaded(w http.ResponseWriter, r *http.Request) ([]byte, string, error) {
	declared, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, "", refuse(http.StatusUnsupportedMediaType, "unsupported", "Content-Type is missing or malformed")
	}
	r.Body = http.MaxBytesReader(w, &paced{ReadCloser: r.Body, conn: http.NewResponseController(w), began: time.Now()}, wire.MaxUpload+maxFormHead)
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
		return nil, "", tooLarge()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, "", refuse(http.StatusRequestTimeout, "too_slow", "the upload took longer than 10 seconds a megabyte")
	case err != nil:
		return nil, "", refuse(http.StatusBadRequest, "invalid", "the upload broke off")
	case len(data) == 0:
		return nil, "", refuse(http.StatusBadRequest, "invalid", "the file is empty")
	}
	return data, declared, nil
}

// paced gives each megabyte of a body its time: who sends slower holds a connection and a place for nothing.
type paced struct {
	io.ReadCloser
	conn  *http.ResponseController
	began time.Time
	n     int
}

// Read implements io.Reader.
func (p *paced) Read(b []byte) (int, error) {
	// A writer without deadlines is no socket's, and needs none.
	_ = p.conn.SetReadDeadline(p.began.Add(perMegabyte * time.Duration(1+p.n>>20)))
	n, err := p.ReadCloser.Read(b)
	p.n += n
	return n, err
}

// file serves an upload to its customer, and to desks that may see a conversation of that customer. With w, of a picture: made
// small.
func (g *Gateway) file(w http.ResponseWriter, r *http.Request) {
	data, kind, err := g.open(r)
	if err != nil {
		g.answer(func(http.ResponseWriter, *http.Request) (any, error) { return nil, err })(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, max-age=3600")
	h.Set("Vary", "Authorization")
	if !strings.HasPrefix(kind, "image/") && !strings.HasPrefix(kind, "audio/") {
		h.Set("Content-Disposition", "attachment")
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

// open reads a file for whoever asks, or says why not. Nobody learns that a file exists which they may not see.
func (g *Gateway) open(r *http.Request) (data []byte, kind string, err error) {
	c, err := g.bearer(r)
	if err != nil {
		return nil, "", err
	}
	if !g.door.allowKey("files "+c.sender, 20*time.Millisecond, 200) {
		return nil, "", refuse(http.StatusTooManyRequests, "rate", "too many requests: wait a moment")
	}
	ctx, cancel := context.WithTimeout(r.Context(), cleanWithin)
	defer cancel()
	unknown := refuse(http.StatusNotFound, "unknown_file", "no such file")
	m, err := g.p.Files.Stat(ctx, chi.URLParam(r, "hash"))
	if errors.Is(err, files.ErrUnknown) {
		return nil, "", unknown
	}
	if err != nil {
		return nil, "", err
	}
	may := c.customer == m.Customer
	if c.desk {
		if may, err = g.sees(ctx, c.who, m.Customer, conversation.Row); err != nil {
			return nil, "", err
		}
	}
	if !may {
		return nil, "", unknown
	}
	if wide := r.URL.Query().Get("w"); wide != "" && strings.HasPrefix(m.Mime, "image/") {
		n, err := strconv.Atoi(wide)
		if err != nil || n <= 0 {
			return nil, "", refuse(http.StatusBadRequest, "invalid", "w is a width in pixels")
		}
		data, kind, err = g.p.Files.Small(ctx, m, n)
		return data, kind, notRead(err)
	}
	data, err = g.p.Files.Open(m)
	return data, m.Mime, notRead(err)
}

func notRead(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, files.ErrErased):
		return refuse(http.StatusGone, "erased", "the customer was erased")
	case errors.Is(err, files.ErrUnknown):
		return refuse(http.StatusNotFound, "unknown_file", "no such file")
	}
	return notStored(err)
}
