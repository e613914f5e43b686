package app

import (
	"encoding/binary"
	"hash/crc32"
	"net/http"
	"strings"
	"testing"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// bomb is a small PNG that says it is huge.
func bomb() []byte {
	ihdr := []byte("IHDR\x00\x01\x86\xa0\x00\x01\x86\xa0\x08\x06\x00\x00\x00") // 100,000 × 100,000
	out := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), ihdr...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(ihdr))
}

func toasted(d *view.Desk, code string) bool {
	for _, t := range d.Toasts {
		if t.Code == code {
			return true
		}
	}
	return false
}

func images(d *view.Desk, send view.SendState) (n int) {
	if d.Chat == nil || d.Chat.Log == nil {
		return 0
	}
	for _, it := range d.Chat.Log.Items {
		if it.Kind == view.KindImage && it.Mine && it.Send == send {
			n++
		}
	}
	return n
}

func TestAttach_RefusesWhatCannotBeSent(t *testing.T) {
	f := newFake(t)
	a, _ := held(t, f, t.TempDir())
	for code, data := range map[string][]byte{"attach_empty": {}, "attach_large": make([]byte, wire.MaxUpload+1), "attach_kind": []byte("MZ\x90 a program"),
		"attach_pixels": bomb()} {
		a.Attach("x\u202e\n.png", data)
		d := until(t, a, code, func(d *view.Desk) bool { return toasted(d, code) })
		if len(d.Chat.Composer.Attached) != 0 {
			t.Errorf("%s: attached all the same", code)
		}
	}
	if kind, _, _, code := sniff([]byte("\x89PNG\r\n\x1a\n broken")); code != "attach_kind" {
		t.Errorf("a broken picture is %q %q", kind, code)
	}
	for _, name := range []string{"C:\\secret\\脸.jpg", "/home/me/脸.jpg", " 脸.jpg\x00\u202e"} {
		if got := fileName(name); got != "脸.jpg" {
			t.Errorf("%q is shown as %q", name, got)
		}
	}
}

func TestAttach_TextAndPicturesLeaveInOrderOnce(t *testing.T) {
	f := newFake(t)
	hold := make(chan struct{})
	f.with(func(r *restFake) { r.hold = hold })
	a, _ := held(t, f, t.TempDir())
	a.Attach("一.png", picture(t, 900, 600))
	a.Attach("二.png", picture(t, 30, 20))
	d := until(t, a, "previews", func(d *view.Desk) bool {
		at := d.Chat.Composer.Attached
		return len(at) == 2 && at[0].Preview != nil && at[1].Preview != nil
	})
	if at := d.Chat.Composer.Attached; at[0].Name != "一.png" || at[0].Part >= 1 || at[0].Size == 0 {
		t.Errorf("attached %+v", at[0])
	}
	if c, _, _, code := sniff(d.Chat.Composer.Attached[0].Preview); c != "image/png" || code != "" {
		t.Errorf("preview is %q %q", c, code)
	}
	a.Send("请看两张图")
	until(t, a, "the text gone, pictures waiting for their upload", func(d *view.Desk) bool {
		return hasText(d, "请看两张图", view.Delivered) && images(d, view.Sending) == 2 && len(d.Chat.Composer.Attached) == 0
	})
	a.Send("后面这句要等图片")
	if n := f.posted(event.Text); n != 2 { // the customer's first, and ours
		t.Fatalf("%d texts while pictures wait", n)
	}
	close(hold)
	d = until(t, a, "all delivered", func(d *view.Desk) bool {
		return images(d, view.Delivered) == 2 && hasText(d, "后面这句要等图片", view.Delivered)
	})
	var order []string
	for _, it := range d.Chat.Log.Items {
		if it.Mine {
			order = append(order, string(it.Kind)+it.Text)
			if it.Picture != nil && it.Picture.Data == nil {
				t.Error("an own picture has to be fetched from the server")
			}
		}
	}
	if got := strings.Join(order, " "); got != "text请看两张图 image image text后面这句要等图片" {
		t.Errorf("order %s", got)
	}
	if f.rest.uploads != 2 || f.posted(event.Image) != 2 {
		t.Errorf("%d uploads, %d messages", f.rest.uploads, f.posted(event.Image))
	}
	_, b, _ := f.lastMessage(event.Image)
	if len(b.Attachments) != 1 || f.rest.files[b.Attachments[0].Hash] == nil {
		t.Errorf("attachments %+v name what the server stored", b.Attachments)
	}
}

func TestAttach_OfflineIsKeptThroughARestart(t *testing.T) {
	f, dir := newFake(t), t.TempDir()
	a, stop := held(t, f, dir)
	f.drop(true)
	until(t, a, "offline", func(d *view.Desk) bool { return d.Link.State != view.Online })
	a.Attach("一.png", picture(t, 40, 40))
	until(t, a, "attached", func(d *view.Desk) bool { return len(d.Chat.Composer.Attached) == 1 })
	a.Send("离线发图")
	until(t, a, "queued", func(d *view.Desk) bool { return images(d, view.Queued) == 1 && hasText(d, "离线发图", view.Queued) })
	a.Attach("二.png", picture(t, 50, 50))
	until(t, a, "another in the composer", func(d *view.Desk) bool {
		return len(d.Chat.Composer.Attached) == 1 && d.Chat.Composer.Attached[0].Preview != nil
	})
	stop()
	a, stop = start(t, Params{Dir: dir})
	a.Select(f.conv())
	until(t, a, "both again", func(d *view.Desk) bool {
		return d.Chat != nil && images(d, view.Queued) == 1 && len(d.Chat.Composer.Attached) == 1 && d.Chat.Composer.Attached[0].Preview != nil
	})
	f.drop(false)
	a.RetryLink()
	until(t, a, "sent once, the other uploaded", func(d *view.Desk) bool {
		return images(d, view.Delivered) == 1 && hasText(d, "离线发图", view.Delivered) && d.Chat.Composer.Attached[0].Part == 1
	})
	a.Detach(a.Snapshot().Chat.Composer.Attached[0].ID)
	until(t, a, "detached", func(d *view.Desk) bool { return len(d.Chat.Composer.Attached) == 0 })
	stop()
	if f.posted(event.Image) != 1 {
		t.Errorf("%d pictures sent", f.posted(event.Image))
	}
	b, _ := start(t, Params{Dir: dir})
	b.Select(f.conv())
	until(t, b, "nothing left over", func(d *view.Desk) bool {
		return d.Chat != nil && len(d.Chat.Composer.Attached) == 0 && images(d, view.Delivered) == 1
	})
}

func TestAttach_RefusedUploadFailsAndComesBack(t *testing.T) {
	f := newFake(t)
	hold := make(chan struct{})
	f.with(func(r *restFake) { r.hold, r.refuse = hold, http.StatusUnsupportedMediaType })
	a, _ := held(t, f, t.TempDir())
	a.Attach("一.png", picture(t, 40, 40))
	a.Send("")
	until(t, a, "on its way", func(d *view.Desk) bool { return images(d, view.Sending) == 1 })
	close(hold)
	d := until(t, a, "failed", func(d *view.Desk) bool { return images(d, view.Failed) == 1 })
	last := d.Chat.Log.Items[len(d.Chat.Log.Items)-1]
	if last.Lacking != "unsupported" {
		t.Errorf("item %+v", last)
	}
	a.Recall(last.ID)
	d = until(t, a, "in the composer", func(d *view.Desk) bool { return len(d.Chat.Composer.Attached) == 1 })
	if d.Chat.Composer.Attached[0].Err != "unsupported" {
		t.Errorf("attached %+v", d.Chat.Composer.Attached[0])
	}
	a.Send("不会发出")
	until(t, a, "the reason", func(d *view.Desk) bool { return toasted(d, "attach_failed") })
	f.with(func(r *restFake) { r.refuse = 0 })
	a.Detach(d.Chat.Composer.Attached[0].ID)
	a.Attach("二.png", picture(t, 41, 40))
	a.Send("会发出")
	until(t, a, "delivered", func(d *view.Desk) bool {
		return images(d, view.Delivered) == 1 && hasText(d, "会发出", view.Delivered)
	})
}

func TestAttach_ChatTakenMeanwhileComesBack(t *testing.T) {
	f := newFake(t)
	hold := make(chan struct{})
	f.with(func(r *restFake) { r.hold = hold })
	a, _ := held(t, f, t.TempDir())
	a.Attach("一.png", picture(t, 40, 40))
	a.Send("")
	until(t, a, "on its way", func(d *view.Desk) bool { return images(d, view.Sending) == 1 })
	f.must(conversation.Command{Kind: conversation.Transfer, Epoch: f.state.Epoch, Actor: event.Actor{Kind: event.Agent, ID: "xiaoning"},
		Payload: conversation.TransferArgs{Group: "pre"}})
	f.must(conversation.Command{Kind: conversation.Claim, Actor: event.Actor{Kind: event.Agent, ID: "xiaoning"}})
	until(t, a, "the seat again", func(d *view.Desk) bool { return d.Chat.Seat.State == view.SeatMine })
	close(hold)
	d := until(t, a, "back in the composer", func(d *view.Desk) bool { return len(d.Chat.Composer.Attached) == 1 && d.Chat.Composer.Back != nil })
	if b := d.Chat.Composer.Back; b.Code != "stale" || f.posted(event.Image) != 0 {
		t.Errorf("back %+v, %d sent", b, f.posted(event.Image))
	}
}
