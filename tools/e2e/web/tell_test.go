package web_test

import (
	"encoding/json"
	"time"

	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

func (d *door) id() string {
	d.ids++
	return event.NewID(time.UnixMilli(d.at), [10]byte{0: byte(d.ids >> 8), 1: byte(d.ids)})
}

func (d *door) open(cid string) {
	if d.conv != "" {
		return
	}
	d.conv = d.id()
	d.addTo(d.conv, event.Opened, event.Actor{Kind: event.Customer}, map[string]string{"channel": "web"}, nil, cid)
}

func (d *door) add(t event.Type, by event.Actor, body, private any, cid string) string {
	return d.addTo(d.conv, t, by, body, private, cid)
}

// addTo stores an event and tells it to every socket. Its time is the door's, a little later than the one before.
func (d *door) addTo(conv string, t event.Type, by event.Actor, body, private any, cid string) string {
	raw := func(v any) json.RawMessage {
		if v == nil {
			return nil
		}
		data, err := json.Marshal(v)
		if err != nil {
			d.t.Error(err)
		}
		return data
	}
	d.seq++
	d.at = max(d.at+1000, min(d.now(), d.at+1000))
	e := event.Placed{Seq: d.seq, Time: d.at, Event: event.Event{ID: d.id(), Type: t, Version: 1, Conv: conv, Actor: by, ClientID: cid, Body: raw(body), Private: raw(private)}}
	d.events = append(d.events, e)
	for ws := range d.socks {
		d.put(ws, wire.Rec{T: wire.TRec, Cursor: d.cursor(), At: d.at, Events: []event.Placed{e}})
	}
	return e.ID
}

// tell stores an event of somebody else than the customer.
func (d *door) tell(t event.Type, kind event.Kind, body, private any) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open("")
	return d.add(t, event.Actor{Kind: kind}, body, private, "")
}

// bot, agent and notice post what one would.
func (d *door) bot(text string, more ...func(*event.PostedBody)) string {
	return d.post(event.Bot, text, more...)
}

func (d *door) agent(text string, more ...func(*event.PostedBody)) string {
	return d.post(event.Agent, text, more...)
}

func (d *door) post(kind event.Kind, text string, more ...func(*event.PostedBody)) string {
	b := event.PostedBody{Kind: event.Text}
	for _, fn := range more {
		fn(&b)
	}
	return d.tell(event.Posted, kind, b, event.PostedPrivate{Text: text})
}

func (d *door) notice(code string, args map[string]string) string {
	return d.tell(event.Posted, event.System, event.PostedBody{Kind: event.Notice, Code: code, Args: args}, nil)
}

// taken lets an agent come, so many seconds after the escalation.
func (d *door) taken(name, id string, after int64) {
	d.mu.Lock()
	since := d.at + 1000
	d.mu.Unlock()
	d.tell(event.Escalated, event.System, map[string]int64{"since": since}, nil)
	d.mu.Lock()
	d.at = since + after*1000 - 1000
	d.mu.Unlock()
	d.tell(event.Taken, event.Agent, map[string]string{"name": name}, nil)
	d.mu.Lock()
	d.at -= 1000
	d.mu.Unlock()
	d.notice("takeover", map[string]string{"name": name, "agent": id})
}

// typing shows that somebody writes.
func (d *door) typing(kind event.Kind, on bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for ws := range d.socks {
		d.put(ws, wire.Live{T: wire.TLive, Kind: wire.LiveTyping, Conv: d.conv, Actor: &event.Actor{Kind: kind}, On: on})
	}
}

// cut ends all sockets without a word.
func (d *door) cut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for ws := range d.socks {
		_ = ws.NetConn().Close()
	}
}

// set changes how the door behaves.
func (d *door) set(fn func(*door)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	fn(d)
}

// commands are those that came of a kind.
func (d *door) commands(kind string) []wire.In {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []wire.In
	for _, c := range d.cmds {
		if string(c.Kind) == kind {
			out = append(out, c)
		}
	}
	return out
}
