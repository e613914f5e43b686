package app

import (
	"bytes"
	"context"
	"image"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"agentdesk/app/view"
	"agentdesk/sync/event"
	"agentdesk/sync/replica"
	"agentdesk/sync/wire"
)

// Bounds of what waits to be sent.
const (
	maxAttached  = 9         // in one composer
	maxKept      = 200 << 20 // bytes of all attachments on this desk
	previewWidth = 320       // pixels
	maxName      = 120       // runes of a file's name
	uploadAgain  = 5 * time.Second
)

// file is an attachment while this desk has it.
type file struct {
	replica.Attachment
	data    []byte // until it is on disk and uploaded; then read back where needed
	preview []byte
	part    float32
	err     string // "error.<code>"
	kept    bool   // on disk
	busy    bool   // being uploaded
	looked  bool   // a preview was tried
	again   time.Time
}

// sniff says what a file is, from its bytes; code is the refusal of one that can't be sent.
func sniff(data []byte) (mime string, w, h int, code string) {
	switch {
	case len(data) == 0:
		return "", 0, 0, "attach_empty"
	case len(data) > wire.MaxUpload:
		return "", 0, 0, "attach_large"
	}
	mime, _, _ = strings.Cut(http.DetectContentType(data), ";")
	switch mime {
	case "image/jpeg", "image/png", "image/gif", "image/webp":
		c, format, err := image.DecodeConfig(bytes.NewReader(data))
		if err != nil || "image/"+format != mime || c.Width <= 0 || c.Height <= 0 {
			return "", 0, 0, "attach_kind"
		}
		if c.Width > maxPixels/c.Height {
			return "", 0, 0, "attach_pixels"
		}
		return mime, c.Width, c.Height, ""
	case "application/pdf", "audio/mpeg":
		return mime, 0, 0, ""
	case "audio/wave":
		return "audio/wav", 0, 0, ""
	case "application/ogg":
		return "audio/ogg", 0, 0, ""
	}
	return "", 0, 0, "attach_kind"
}

// fileName is a name as it can be shown: one line, without control characters.
func fileName(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, name)
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	r := []rune(strings.TrimSpace(name))
	return string(r[:min(len(r), maxName)])
}

// Attach implements view.Actions.
func (a *App) Attach(name string, data []byte) {
	mime, w, h, code := sniff(data)
	a.mu.Lock()
	defer a.mu.Unlock()
	m := &a.m
	s := a.state(m.selected)
	switch {
	case s == nil || !m.mine(s):
		a.say("warn", "attach_denied", nil)
		return
	case m.mode == view.ModeNote:
		a.say("warn", "attach_note", nil)
		return
	}
	n, kept := 0, int64(len(data))
	for _, f := range m.files {
		kept += f.Size
		if f.Conv == s.ID && f.Cmd == "" {
			n++
		}
	}
	switch {
	case code != "":
	case n >= maxAttached:
		code = "attach_many"
	case kept > maxKept:
		code = "attach_full"
	}
	if code != "" {
		a.say("warn", code, map[string]string{"name": fileName(name)})
		return
	}
	f := &file{Attachment: replica.Attachment{ID: newID(), Conv: s.ID, Name: fileName(name), Mime: mime, W: w, H: h, Size: int64(len(data)),
		At: m.now().UnixMilli()}, data: bytes.Clone(data)}
	m.files = append(m.files, f)
	a.pool.add("keep "+f.ID, func(ctx context.Context) { a.keepFile(context.WithoutCancel(ctx), f) })
	a.preview(f)
	a.upload(f)
	a.touch()
}

// keepFile brings a new attachment to disk. The caller does not hold a.mu: it may be large.
func (a *App) keepFile(ctx context.Context, f *file) {
	a.mu.Lock()
	was, rep, data := f.Attachment, a.m.rep, f.data
	kept := f.kept || rep == nil || !slices.Contains(a.m.files, f)
	a.mu.Unlock()
	if kept {
		return
	}
	err := rep.PutAttachment(ctx, &was, data)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.warn("keep attachment", err)
	f.kept = err == nil
	if f.kept && (f.Cmd != was.Cmd || f.Uploaded.Hash != was.Uploaded.Hash) {
		a.warn("keep attachment", rep.SetAttachment(ctx, &f.Attachment))
	}
	if f.kept && !slices.Contains(a.m.files, f) { // taken out meanwhile
		a.warn("drop attachment", rep.DropAttachment(ctx, f.ID))
	}
	a.letGo(f)
}

// keepFiles brings to disk what is not there yet.
func (a *App) keepFiles(ctx context.Context) {
	a.mu.Lock()
	files := a.m.files
	a.mu.Unlock()
	for _, f := range files {
		a.keepFile(ctx, f)
	}
}

// content is a file's bytes, from memory or disk.
func (a *App) content(f *file) []byte {
	a.mu.Lock()
	data, rep := f.data, a.m.rep
	a.mu.Unlock()
	if data != nil || rep == nil {
		return data
	}
	data, err := rep.AttachmentData(f.ID)
	a.warn("read attachment", err)
	return data
}

// letGo lets go of a file's bytes when they are on disk and nothing needs them; a.mu is held.
func (a *App) letGo(f *file) {
	if f.kept && !f.busy && (f.looked || f.W == 0) {
		f.data = nil
	}
}

// preview makes the small picture of an attachment; a.mu is held.
func (a *App) preview(f *file) {
	if f.W == 0 || f.looked {
		return
	}
	f.looked = a.pool.add("preview "+f.ID, func(context.Context) {
		data := a.content(f)
		small, err := a.scaled(data, previewWidth)
		a.mu.Lock()
		defer a.mu.Unlock()
		if err == nil {
			f.preview = small
			a.own(f)
		}
		a.letGo(f)
		a.touch()
	})
}

// own gives the picture of an uploaded attachment to the messages that show it: it need not come back from the server.
// a.mu is held.
func (a *App) own(f *file) {
	if f.Uploaded.Hash != "" && f.preview != nil && a.m.media.by[thumbKey(f.Uploaded.Hash)] == nil {
		a.brought(append(a.m.media.put(thumbKey(f.Uploaded.Hash), f.preview), thumbKey(f.Uploaded.Hash))...)
	}
}

// upload brings an attachment to the server; a.mu is held.
func (a *App) upload(f *file) {
	m := &a.m
	if f.busy || f.Uploaded.Hash != "" || m.web == nil || !m.online() || m.now().Before(f.again) {
		return
	}
	web := m.web
	f.busy = a.pool.add("upload "+f.ID, func(ctx context.Context) {
		data := a.content(f)
		if data == nil {
			a.uploaded(ctx, f, wire.Uploaded{}, "gone")
			return
		}
		var told time.Time
		up, err := web.Upload(ctx, f.Conv, f.Mime, data, func(n int64) {
			a.mu.Lock()
			defer a.mu.Unlock()
			f.part = min(0.99, float32(n)/float32(max(1, f.Size)))
			if now := time.Now(); now.Sub(told) > 80*time.Millisecond {
				told = now
				a.touch()
			}
		})
		code := ""
		if err != nil {
			code = errCode(err)
		}
		a.uploaded(ctx, f, up, code)
	})
	if f.busy {
		f.err, f.part = "", 0
	}
}

// uploaded notes what became of an upload.
func (a *App) uploaded(ctx context.Context, f *file, up wire.Uploaded, code string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	defer a.touch()
	f.busy = false
	if !slices.Contains(a.m.files, f) { // taken out meanwhile
		return
	}
	switch {
	case code == "":
		f.Uploaded, f.part, f.err = up, 1, ""
		if f.kept && a.m.rep != nil {
			a.warn("keep attachment", a.m.rep.SetAttachment(ctx, &f.Attachment))
		}
		a.own(f)
		a.letGo(f)
		a.pump(ctx, f.Conv)
	case passing(code):
		f.part, f.again = 0, a.m.now().Add(uploadAgain)
		if code != "unreachable" {
			f.err = code
		}
	default:
		f.part, f.err = 0, code
		f.again = a.m.now().Add(1000 * time.Hour) // only when asked
		if w := a.boxed(f.Cmd); w != nil {
			w.State = replica.Failed
			a.warn("keep command", a.m.rep.Put(ctx, w))
			a.pump(ctx, f.Conv)
		}
	}
}

// uploads brings to the server what is not there yet; a.mu is held.
func (a *App) uploads() {
	for _, f := range a.m.files {
		if f.Uploaded.Hash == "" {
			a.upload(f)
		}
		if f.preview == nil {
			a.preview(f)
		}
	}
}

// fileOf is the attachment of a command, nil for none; a.mu is held.
func (m *model) fileOf(cmd string) *file {
	if cmd == "" {
		return nil
	}
	for _, f := range m.files {
		if f.Cmd == cmd {
			return f
		}
	}
	return nil
}

// attached is what goes with the next Send of a chat; a.mu is held.
func (m *model) attached(conv string) (out []*file) {
	for _, f := range m.files {
		if f.Conv == conv && f.Cmd == "" {
			out = append(out, f)
		}
	}
	return out
}

// dropFile forgets an attachment; a.mu is held.
func (a *App) dropFile(ctx context.Context, f *file) {
	a.m.files = slices.DeleteFunc(slices.Clone(a.m.files), func(x *file) bool { return x == f })
	if f.kept {
		a.warn("drop attachment", a.m.rep.DropAttachment(ctx, f.ID))
	}
}

// Detach implements view.Actions.
func (a *App) Detach(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, f := range a.m.files {
		if f.ID == id && f.Cmd == "" {
			a.dropFile(context.Background(), f)
			break
		}
	}
	a.touch()
}

// kindOf is the form of the message that a file makes.
func (f *file) kindOf() event.MessageKind {
	if f.W > 0 {
		return event.Image
	}
	return event.File
}
