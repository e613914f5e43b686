package desk

import (
	"context"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// What can go with a message. What the server takes is decided there; these spare a person the way.
const (
	mostFile  = 20 << 20 // bytes that are read of a file; app says what is too large
	mostFiles = 9        // of one drop
)

var pictureExt = []string{".png", ".jpg", ".jpeg", ".webp", ".gif"}

// paste is asked before text goes into the draft. A text that is too long is offered as a file; without a text, a picture on
// the clipboard is attached.
func (c *composer) paste(text string) bool {
	if c.v == nil || c.v.Denied != "" {
		return false
	}
	if text != "" {
		if c.v.Limit <= 0 || len([]rune(text))+len([]rune(c.draft.Text())) <= c.v.Limit {
			return false
		}
		c.raised.pasted = look.Clean(text)
		c.raised.set(c.v)
		return true
	}
	get := c.d.env.ClipboardPicture
	if get == nil || !c.has(view.ToolImage) || c.v.Mode != view.ModeReply {
		return false
	}
	chat := c.chat
	name := c.d.env.W.T("paste.picture") + c.d.env.Now().Format(" 15.04.05") + ".png"
	go func() { // ends with its deadline
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		if png := get(ctx); len(png) > 0 {
			fyne.Do(func() {
				if c.chat == chat {
					c.d.env.Act.Attach(name, png)
				}
			})
		}
	}()
	return true
}

// pick lets the person choose a file.
func (c *composer) pick(pictures bool) {
	o := dialog.NewFileOpen(func(f fyne.URIReadCloser, err error) {
		if err != nil || f == nil {
			return
		}
		c.attach(f)
	}, c.d.env.Window())
	if pictures {
		o.SetFilter(storage.NewExtensionFileFilter(append(slices.Clone(pictureExt), ".PNG", ".JPG", ".JPEG")))
	}
	size := c.d.env.Window().Canvas().Size()
	o.Resize(fyne.NewSize(min(860, size.Width-80), min(600, size.Height-80)))
	o.Show()
}

// attach reads a file and hands it on.
func (c *composer) attach(f fyne.URIReadCloser) {
	data, err := io.ReadAll(io.LimitReader(f, mostFile+1))
	if err = errors.Join(err, f.Close()); err != nil {
		fyne.LogError("read "+f.URI().Name(), err)
		return
	}
	c.d.env.Act.Attach(f.URI().Name(), data)
}

// Drop takes files that were dropped on the window at a place: those over the conversation go with the next message. It says
// whether it took them.
func (d *Desk) Drop(at fyne.Position, files []fyne.URI) bool {
	c := d.composer
	if d.snap == nil || d.snap.Chat == nil || c.v == nil || c.v.Denied != "" || c.v.Mode != view.ModeReply || !c.body.Visible() {
		return false
	}
	pos := fyne.CurrentApp().Driver().AbsolutePositionForObject(d.conv)
	if s := d.conv.Size(); at.X < pos.X || at.Y < pos.Y || at.X > pos.X+s.Width || at.Y > pos.Y+s.Height {
		return false
	}
	took := false
	for _, u := range files[:min(len(files), mostFiles)] {
		picture := slices.Contains(pictureExt, strings.ToLower(path.Ext(u.Name())))
		if picture && !c.has(view.ToolImage) || !picture && !c.has(view.ToolFile) {
			continue
		}
		f, err := storage.Reader(u)
		if err != nil {
			fyne.LogError("read "+u.Name(), err)
			continue
		}
		c.attach(f)
		took = true
	}
	if took {
		d.FocusComposer()
	}
	return took
}
