package app

import (
	"cmp"
	"strings"
	"time"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/replica"
)

// message makes the item of one message or notice.
func (b *builder) message(p *event.Placed) {
	var body event.PostedBody
	var said event.PostedPrivate
	if p.Decode(&body, &said) != nil {
		return
	}
	if p.ClientID != "" {
		b.posted[p.ClientID] = true
	}
	if body.Kind == event.Notice {
		b.fixed(p, &body)
		return
	}
	if _, again := b.at[p.ID]; again {
		return
	}
	text := said.Text
	if open := b.m.clear[p.ID].text; open != "" && !body.Gone {
		text = open
	}
	it := view.Item{ID: p.ID, Kind: view.ItemKind(body.Kind), By: view.Speaker(p.Actor.Kind), At: b.m.at(p.Time), Text: text, Sources: refs(body.Sources),
		Recalled: body.Gone}
	own, unnamed := false, false
	switch p.Actor.Kind {
	case event.Customer:
		it.Name, it.Face = name(b.s), b.s.Customer
	case event.Agent:
		it.Name, it.Face = b.names[p.Actor.ID], p.Actor.ID
		unnamed = it.Name == ""
		it.Mine = p.Actor.ID == b.m.session.User.ID
		if it.Mine && !body.Gone {
			it.Unsend = b.m.unsend(p.Time)
			if body.Kind != event.Note {
				it.Send, own = view.Delivered, true
				if b.s.ReadByCustomer >= p.ID {
					it.Send, own = view.Read, false
				}
			}
		}
	}
	var shows []string
	if !body.Gone {
		if body.ReplyTo != "" && body.Kind != event.FormFilled && p.Actor.Kind != event.Bot {
			it.Quote = b.quote(body.ReplyTo)
		}
		shows = b.content(&it, &body, &said)
	}
	i := b.add(it)
	for _, key := range shows {
		b.pics[key] = append(b.pics[key], i)
		if !strings.HasPrefix(key, fullPrefix) {
			b.shows = append(b.shows, shown{i, key})
		}
	}
	if it.Quote != nil {
		b.quoting[body.ReplyTo] = append(b.quoting[body.ReplyTo], i)
	}
	if own {
		b.own = append(b.own, i)
	}
	if unnamed {
		b.unnamed = append(b.unnamed, i)
	}
}

// content fills in what a message holds besides its text, and returns what media shows in it.
func (b *builder) content(it *view.Item, body *event.PostedBody, said *event.PostedPrivate) (shows []string) {
	switch body.Kind {
	case event.ProductCard, event.OrderCard, event.CouponCard:
		c := said.Card
		if c == nil {
			c = &event.Card{ID: body.Ref}
		}
		it.Card = b.m.shopCard(c)
		if c.Picture != "" {
			key := cardKey(c.Picture)
			it.Card.Picture = b.m.media.data(key)
			shows = append(shows, key)
		}
	case event.FormAsked:
		it.Form = &view.Form{Kind: body.Form, Order: body.Ref}
	case event.FormFilled:
		fields := said.Fields
		if open := b.m.clear[it.ID].fields; open != nil && !body.Gone {
			fields = open
		}
		it.Form = filledForm(body.Form, fields)
		b.filled(body.ReplyTo)
	}
	for _, f := range body.Attachments[:min(len(body.Attachments), 1)] { // the desk and the widget send one in each message
		it.Size, it.Seconds, it.Wave = f.Size, f.Secs, wave(f.Wave)
		switch body.Kind {
		case event.Image:
			thumb, full := thumbKey(f.Hash), fullKey(f.Hash)
			it.Picture = &view.Picture{W: f.W, H: f.H, Data: b.m.media.data(thumb), Full: b.m.media.data(full)}
			it.Lacking = cmp.Or(b.m.media.lacks(full), b.m.media.lacks(thumb))
			shows = append(shows, thumb, full)
		case event.Voice:
			key := fullKey(f.Hash)
			it.Sound, it.Lacking = b.m.media.data(key), b.m.media.lacks(key)
			shows = append(shows, key)
		case event.File:
			it.File = fileType(f.Mime)
		}
	}
	return shows
}

// filled notes that the customer answered a form.
func (b *builder) filled(asked event.ID) {
	i, ok := b.at[asked]
	if !ok || b.items[i].Form == nil || b.items[i].Form.Filled {
		return
	}
	it := b.edit(i)
	f := *it.Form
	f.Filled = true
	it.Form = &f
}

// fileType is what a file is, in a word.
func fileType(mime string) string {
	_, t, _ := strings.Cut(mime, "/")
	return strings.ToUpper(t)
}

// fixed makes the item of a notice.
func (b *builder) fixed(p *event.Placed, body *event.PostedBody) {
	args := map[string]string{}
	for k, v := range body.Args {
		args[k] = v
	}
	if body.Code == conversation.NoticeHandedBack && args["name"] == "" {
		for i := len(b.s.Holders) - 1; i >= 0 && args["name"] == ""; i-- {
			args["name"] = b.names[b.s.Holders[i]]
		}
	}
	if body.Code == conversation.NoticeTransfer && args["name"] == "" {
		args["name"] = b.m.group(args["group"])
	}
	code := body.Code
	if code == conversation.NoticeClosed && args["by"] == "customer" {
		code = "closed.customer"
	}
	b.notice(p, code, args)
}

// brought renews what shows a piece of media.
func (b *builder) brought(key string) {
	for _, i := range b.pics[key] {
		it := &b.items[i]
		if it.Recalled {
			continue
		}
		it = b.edit(i)
		switch {
		case it.Card != nil:
			c := *it.Card
			c.Picture = b.m.media.data(key)
			it.Card = &c
		case it.Picture != nil:
			pic := *it.Picture
			_, hash, _ := strings.Cut(key, ":")
			thumb, full := thumbKey(hash), fullKey(hash)
			pic.Data, pic.Full = b.m.media.data(thumb), b.m.media.data(full)
			it.Lacking = cmp.Or(b.m.media.lacks(full), b.m.media.lacks(thumb))
			it.Picture = &pic
		case it.Kind == view.KindVoice:
			it.Sound, it.Lacking = b.m.media.data(key), b.m.media.lacks(key)
		}
	}
}

// waiting is the item of a message in the outbox.
func (b *builder) waiting(w *replica.Waiting) view.Item {
	p := argsOf(w)
	it := view.Item{ID: w.Frame.ID, Kind: view.ItemKind(p.Kind), By: view.ByAgent, Mine: true, Name: b.m.session.User.Name, Face: b.m.session.User.ID,
		At: time.UnixMilli(w.At), Text: p.Text, Send: view.Sending}
	switch w.State {
	case replica.Held:
		it.Send = view.Queued
	case replica.Failed:
		it.Send = view.Failed
	}
	if p.ReplyTo != "" {
		it.Quote = b.quote(p.ReplyTo)
	}
	switch p.Kind {
	case event.FormAsked:
		it.Form = &view.Form{Kind: p.Form, Order: p.Ref}
	case event.ProductCard, event.OrderCard, event.CouponCard:
		it.Card = b.m.picked[w.Frame.ID]
		if it.Card == nil {
			it.Card = &view.ShopCard{ID: p.Ref}
		}
	}
	if f := b.m.fileOf(w.Frame.ID); f != nil {
		it.Size, it.File, it.Lacking = f.Size, fileType(f.Mime), f.err
		if p.Kind == event.Image {
			it.Picture = &view.Picture{W: f.W, H: f.H, Data: f.preview}
		}
	}
	it.Rev = rev(&it)
	return it
}

// shopCard is a card as the desk shows it, without its picture.
func (m *model) shopCard(c *event.Card) *view.ShopCard {
	return &view.ShopCard{ID: c.ID, Title: c.Title, Variant: c.Variant, PriceFen: c.Price, ListFen: c.List, MinFen: c.Min, Stock: c.Stock, State: c.State,
		Lines: c.Lines, At: m.at(c.At), Until: m.at(c.Until)}
}
