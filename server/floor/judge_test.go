package floor

import (
	"context"
	"errors"
	"strings"
	"time"

	"pgregory.net/rapid"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// drainSub reads what a floor that has ended published, which must be the log, record by record.
func (m *model) drainSub(rt *rapid.T) {
	next := m.sub.After() + 1
	_ = m.mem.Reopen(context.Background())
	recs := committed(m.t, m.mem, m.p.Keys)
	for {
		c, err := m.sub.Next(context.Background())
		if errors.Is(err, ErrLagged) || errors.Is(err, ErrEnded) {
			return
		}
		if err != nil {
			rt.Fatalf("subscription: %v", err)
		}
		if c.Seq != next || c.Hash != recs[next-1].Hash {
			rt.Fatalf("published record %d, want %d", c.Seq, next)
		}
		next++
	}
}

// judge holds the log against everything that was answered.
func (m *model) judge(rt *rapid.T) {
	view, err := m.f.View(context.Background())
	if err != nil {
		rt.Fatalf("view: %v", err)
	}
	if err := m.f.end(); err != nil {
		rt.Fatalf("Run: %v", err)
	}
	m.drainSub(rt)
	recs := committed(m.t, m.mem, m.p.Keys)
	if last := recs[len(recs)-1]; view.Cursor.Seq != last.Seq || view.Cursor.Hash != last.Hash {
		rt.Fatalf("view at %d, log ends at %d", view.Cursor.Seq, last.Seq)
	}
	place := m.judgeLog(rt, recs)
	m.judgeAnswers(rt, place)
	m.judgeReplay(rt, view)
}

type spot struct {
	n    int // position in the log
	seq  uint64
	id   event.ID
	conv string
	sum  string
}

// judgeLog walks the log with a reference of seats that knows only the glossary.
func (m *model) judgeLog(rt *rapid.T, recs []event.Committed) map[string]spot {
	type seat struct {
		holder   string // "bot", "", or an agent
		epoch    uint64
		customer string
		closed   bool
	}
	seats, place, texts := map[string]*seat{}, map[string]spot{}, map[string]int{}
	held, openOf := map[string]int{}, map[string]string{}
	n, lastTime, lastTerm, prev := 0, int64(0), uint64(0), ""
	for _, c := range recs {
		if c.Time < lastTime || c.Term < lastTerm || c.Prev != prev {
			rt.Fatalf("record %d: time %d after %d, term %d after %d, chain %v", c.Seq, c.Time, lastTime, c.Term, lastTerm, c.Prev == prev)
		}
		lastTime, lastTerm, prev = c.Time, c.Term, c.Hash
		for i := range c.Events {
			e := &c.Events[i]
			n++
			if e.ClientID != "" {
				key := onceName(e.Actor, e.ClientID)
				if was, twice := place[key]; twice {
					rt.Fatalf("%q is stored twice: records %d and %d", key, was.seq, c.Seq)
				}
				place[key] = spot{n, c.Seq, e.ID, e.Conv, e.ClientSum}
			}
			if e.Conv == "" {
				continue
			}
			s := seats[e.Conv]
			if s == nil {
				s = &seat{}
				seats[e.Conv] = s
			}
			if s.closed {
				rt.Fatalf("%s in a closed conversation", e.Type)
			}
			release := func() {
				if s.holder != "" && s.holder != "bot" {
					held[s.holder]--
				}
			}
			switch e.Type {
			case event.Opened:
				if other := openOf[e.Customer]; other != "" {
					rt.Fatalf("customer %s has two open conversations", e.Customer)
				}
				openOf[e.Customer] = e.Conv
				*s = seat{holder: "bot", epoch: e.Epoch, customer: e.Customer}
			case event.Escalated, event.Returned:
				release()
				s.holder, s.epoch = "", e.Epoch
			case event.HandedBack:
				release()
				s.holder, s.epoch = "bot", e.Epoch
			case event.Taken:
				var b event.TakenBody
				if err := e.Decode(&b, nil); err != nil {
					rt.Fatal(err)
				}
				release()
				s.holder, s.epoch = b.Agent, e.Epoch
				if held[b.Agent]++; held[b.Agent] > modelCapacity {
					rt.Fatalf("%s holds %d chats", b.Agent, held[b.Agent])
				}
			case event.Closed:
				release()
				s.closed = true
				delete(openOf, s.customer)
			case event.Posted:
				m.judgePost(rt, e, s.holder, s.epoch, s.customer, texts)
			}
		}
	}
	return place
}

func (m *model) judgePost(rt *rapid.T, e *event.Event, holder string, epoch uint64, customer string, texts map[string]int) {
	var p event.PostedPrivate
	if err := e.Decode(nil, &p); err != nil {
		rt.Fatal(err)
	}
	if p.Text != "" {
		if texts[p.Text]++; texts[p.Text] > 1 {
			rt.Fatalf("%q is stored twice", p.Text)
		}
	}
	wrong := false
	switch e.Actor.Kind {
	case event.Customer:
		wrong = e.Actor.ID != customer
	case event.Bot:
		wrong = holder != "bot" || e.Epoch != epoch
	case event.Agent:
		wrong = holder != e.Actor.ID || e.Epoch != epoch
	}
	if wrong {
		rt.Fatalf("%s wrote under epoch %d; the holder is %q of epoch %d", e.Actor, e.Epoch, holder, epoch)
	}
}

func (m *model) judgeAnswers(rt *rapid.T, place map[string]spot) {
	type fate struct{ stored, refused, unknown int }
	fates := map[string]*fate{}
	var acked []*try
	for _, x := range m.all {
		key := onceName(x.cmd.Actor, x.cmd.ClientID)
		if fates[key] == nil {
			fates[key] = &fate{}
		}
		switch code := codeOf(x.err); {
		case x.err == nil && x.res.Seq > 0:
			fates[key].stored++
			acked = append(acked, x)
			got, ok := place[key]
			if !ok {
				rt.Fatalf("%s %s was acknowledged in record %d and is lost", x.cmd.Kind, key, x.res.Seq)
			}
			if got.seq != x.res.Seq || got.id != x.res.Event || got.conv != x.res.Conv {
				rt.Fatalf("%s %s was answered %+v and stands at %+v", x.cmd.Kind, key, x.res, got)
			}
			if want, err := ClientSum(&x.cmd); err != nil || want != got.sum {
				rt.Fatalf("%s: acknowledged content that is not what is stored", key)
			}
		case x.err == nil: // true already: nothing stored
			fates[key].refused++
		case code == conversation.Retry, code == conversation.ShuttingDown:
			fates[key].unknown++
		case code != "":
			fates[key].refused++
			if code == conversation.Invalid {
				rt.Fatalf("%s %s: %v", x.cmd.Kind, key, x.err)
			}
		default:
			rt.Fatalf("%s %s: %v", x.cmd.Kind, key, x.err)
		}
	}
	for key := range place {
		if strings.HasPrefix(key, "system:") {
			continue
		}
		if v := fates[key]; v == nil || v.stored == 0 && v.unknown == 0 {
			rt.Fatalf("%q is stored, but it was only ever refused", key)
		}
	}
	// Who sent after an answer stands behind it.
	for _, x := range acked {
		for _, y := range acked {
			a, b := place[onceName(x.cmd.Actor, x.cmd.ClientID)], place[onceName(y.cmd.Actor, y.cmd.ClientID)]
			if x.at <= y.sent && !y.res.Duplicate && !x.res.Duplicate && a.n >= b.n {
				rt.Fatalf("%s was acknowledged before %s was sent, and stands after it", x.cmd.ClientID, y.cmd.ClientID)
			}
		}
	}
}

func (m *model) judgeReplay(rt *rapid.T, view *View) {
	want := asJSON(m.t, view.Convs)
	for name, fold := range map[string]Fold{"log alone": nil, "fold and tail": m.tfd} {
		p := m.p
		p.Fold = fold
		f := &Floor{p: p, hub: hub{subs: map[*Subscription]struct{}{}}, w: writer{ids: newIDMaker(nil), lost: map[string]int64{}}}
		f.p.Clock = systemClock{start: time.Now()}
		if _, err := f.load(context.Background()); err != nil {
			rt.Fatalf("replay from %s: %v", name, err)
		}
		got := f.w.book.view()
		if s := asJSON(m.t, got.Convs); s != want {
			rt.Fatalf("replay from %s gives other states:\n%s\nlive:\n%s", name, s, want)
		}
		for i, a := range got.Agents {
			if a.Load != view.Agents[i].Load {
				rt.Fatalf("replay from %s: %s holds %d, live %d", name, a.ID, a.Load, view.Agents[i].Load)
			}
		}
	}
}
