package app

import (
	"os"
	"path/filepath"
	"testing"

	"agentdesk/app/view"
	"agentdesk/sync/event"
	"agentdesk/sync/replica"
)

// crashed is a desk's folder as a crash would leave it now.
func crashed(t *testing.T, a *App, dir string) string {
	t.Helper()
	a.mu.Lock() // between two writes, as a crash is
	defer a.mu.Unlock()
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return copied
}

func TestCrash_WhileAPictureIsOnItsWaySendsItOnce(t *testing.T) {
	f, dir := newFake(t), t.TempDir()
	hold := make(chan struct{})
	f.with(func(r *restFake) { r.hold = hold })
	a, stop := held(t, f, dir)
	a.Attach("一.png", picture(t, 40, 40))
	until(t, a, "it on disk", func(*view.Desk) bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		return len(a.m.files) == 1 && a.m.files[0].kept
	})
	a.SetDraft("请看图")
	a.Send("请看图")
	until(t, a, "the text delivered, the picture on its way", func(d *view.Desk) bool {
		return hasText(d, "请看图", view.Delivered) && images(d, view.Sending) == 1
	})
	after := crashed(t, a, dir)
	f.drop(true)
	stop()
	close(hold)
	f.drop(false)
	b, _ := start(t, Params{Dir: after})
	b.Select(f.conv())
	d := until(t, b, "everything delivered", func(d *view.Desk) bool {
		return d.Chat != nil && images(d, view.Delivered) == 1 && hasText(d, "请看图", view.Delivered) && d.Link.Outbox == 0
	})
	if n := f.posted(event.Image); n != 1 || d.Chat.Composer.Draft != "" || len(d.Chat.Composer.Attached) != 0 {
		t.Errorf("%d pictures sent, draft %q, %d attached", n, d.Chat.Composer.Draft, len(d.Chat.Composer.Attached))
	}
}

func TestCrash_BeforeAPictureIsOnDiskShowsItAsFailed(t *testing.T) {
	f, dir := newFake(t), t.TempDir()
	hold := make(chan struct{})
	f.with(func(r *restFake) { r.hold = hold })
	a, stop := held(t, f, dir)
	a.Attach("一.png", picture(t, 40, 40))
	a.Send("")
	until(t, a, "it on its way and on disk", func(d *view.Desk) bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		return images(d, view.Sending) == 1 && len(a.m.files) == 1 && a.m.files[0].kept
	})
	after := crashed(t, a, dir)
	stop()
	close(hold)
	rep, err := replica.Open(t.Context(), filepath.Join(after, "7869616f6e696e67.db"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := rep.Attachments(t.Context())
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if err := rep.DropAttachment(t.Context(), files[0].ID); err != nil { // as if it had never got there
		t.Fatal(err)
	}
	if err := rep.Close(); err != nil {
		t.Fatal(err)
	}
	b, _ := start(t, Params{Dir: after})
	b.Select(f.conv())
	d := until(t, b, "the failed picture", func(d *view.Desk) bool {
		return d.Chat != nil && images(d, view.Failed) == 1 && d.Link.State == view.Online
	})
	b.Resend(item(d, kind(view.KindImage)).ID)
	b.Send("之后的话")
	until(t, b, "what comes after it not held up", func(d *view.Desk) bool {
		return hasText(d, "之后的话", view.Delivered) && images(d, view.Failed) == 1
	})
	b.Recall(item(d, kind(view.KindImage)).ID)
	until(t, b, "it gone", func(d *view.Desk) bool { return images(d, view.Failed) == 0 })
	if n := f.posted(event.Image); n != 0 {
		t.Errorf("%d pictures sent", n)
	}
}
