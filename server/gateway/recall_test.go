package gateway

import (
	"encoding/json"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// What was recalled is gone for who comes later, on the server's own copies, and so is its file.
func TestRecall_IsGoneForWhoComesLater(t *testing.T) {
	w := newWorld(t)
	g := w.guest("anna")
	first := w.say(g, "发错了的SECRET")
	u, _, _ := w.upload(wire.PathUploads, w.visitor("anna"), "image/png", picture(t))
	kept, _, _ := w.upload(wire.PathUploads, w.visitor("anna"), "image/png", picture(t))
	pic := func(hashes ...string) wire.Ack {
		p := conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.Image}}
		for _, h := range hashes {
			p.Attachments = append(p.Attachments, event.Attachment{Hash: h})
		}
		a := w.cmd(g, conversation.Post, "", 0, p)
		if !a.OK {
			t.Fatal(a.Err)
		}
		return a
	}
	second := pic(u.Hash, kept.Hash)
	pic(kept.Hash)
	recall := func(c *client, msg event.ID) wire.Ack {
		return w.cmd(c, conversation.Recall, first.Conv, 0, conversation.RecallArgs{Message: msg})
	}
	if a := recall(w.guest("bert"), first.Events[len(first.Events)-1]); a.OK {
		t.Fatal("a stranger recalled it")
	}
	for _, msg := range []event.ID{first.Events[len(first.Events)-1], second.Events[0]} {
		if a := recall(g, msg); !a.OK {
			t.Fatal(a.Err)
		}
	}
	w.escalate(first.Conv)
	desk := until(w.desk("sunlan", nil, ""), wire.TRec, func(r *wire.Rec) bool { return len(r.Enter) > 0 })
	guest := until(w.guest("anna"), wire.TRec, func(r *wire.Rec) bool { return len(r.Enter) > 0 })
	for name, rec := range map[string]*wire.Rec{"a desk": desk, "the customer": guest} {
		data := string(must(json.Marshal(rec))(t))
		if strings.Contains(data, "SECRET") || strings.Contains(data, u.Hash) || strings.Count(data, `"gone":true`) != 2 || !strings.Contains(data, kept.Hash) {
			t.Errorf("%s is told %s", name, data)
		}
	}
	for w.readable(u.Hash) {
		runtime.Gosched()
	}
	if status, _ := w.get(wire.PathFiles+kept.Hash, w.visitor("anna")); status != http.StatusOK {
		t.Fatalf("a file that another message holds: %d", status)
	}
}

// readable reports whether a file can still be read.
func (w *world) readable(hash string) bool {
	status, _ := w.get(wire.PathFiles+hash, w.visitor("anna"))
	w.g.door = newDoorkeeper() // this asks more often than anybody may
	return status == http.StatusOK
}
