package agents

import (
	"strings"
	"time"
	"unicode/utf8"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// tellEvery is how often the customer's side is told of typing, whose mark fades by itself.
const tellEvery = 4 * time.Second

// work moves the hands: the chat whose customer has waited longest is read, thought about, and answered.
func (m *mind) work(now time.Time, d *desk) []act {
	if m.hand == nil {
		return m.begin(now, d)
	}
	h := m.hand
	c := d.chats[h.conv]
	if c == nil || !m.mine(d, c) || c.s.Epoch != h.epoch {
		m.hand = nil
		return nil
	}
	if c.s.LastCustomerMsg != h.msg && (!h.typing || m.t.Rereads && h.rereads < 2) {
		// More came: what was read is not all there is.
		h.msg, h.rereads = c.s.LastCustomerMsg, h.rereads+1
		if h.typing {
			h.typing, h.at = false, now.Add(m.at(utf8.RuneCountInString(c.last), m.t.Read))
			return []act{{tell: wire.TTyping, conv: h.conv}}
		}
	}
	if now.Before(h.at) {
		if h.typing && !now.Before(h.again) {
			h.again = now.Add(tellEvery)
			return []act{{tell: wire.TTyping, conv: h.conv, on: true}}
		}
		return nil
	}
	if !h.typing {
		m.compose(c, h)
		h.typing, h.again = true, now.Add(tellEvery)
		typed := utf8.RuneCountInString(h.text)
		switch h.how {
		case event.Adopted:
			typed = 4 // a click
		case event.Edited:
			typed = h.edits
		}
		h.at = now.Add(m.at(typed, m.t.Type) + m.span([2]int64{400, 1200}))
		return []act{
			{kind: conversation.MarkRead, conv: h.conv, payload: conversation.ReadArgs{UpTo: h.msg}},
			{tell: wire.TTyping, conv: h.conv, on: true},
		}
	}
	m.hand = nil
	return m.send(now, d, c, h)
}

// begin takes up the chat that has waited longest.
func (m *mind) begin(now time.Time, d *desk) []act {
	var next *chat
	for _, id := range sorted(d.chats) {
		c := d.chats[id]
		mem := m.mem[id]
		if mem == nil || !m.mine(d, c) || c.s.LastCustomerMsg == "" || mem.answered == c.s.LastCustomerMsg {
			continue
		}
		if next == nil || c.s.LastCustomerAt < next.s.LastCustomerAt {
			next = c
		}
	}
	if next == nil {
		return nil
	}
	m.hand = &hand{conv: next.s.ID, epoch: next.s.Epoch, msg: next.s.LastCustomerMsg, began: now,
		at: now.Add(m.at(max(8, utf8.RuneCountInString(next.last)), m.t.Read) + m.span([2]int64{300, 1500}))}
	return nil
}

// compose thinks of what to say.
func (m *mind) compose(c *chat, h *hand) {
	mem, en := m.mem[h.conv], english(c.last)
	lang := ""
	if en {
		lang = ".en"
	}
	h.greet, h.bye, h.sug, h.how, h.edits = false, false, nil, "", 0
	if !mem.greeted {
		if m.chance(m.t.Greets) {
			h.greet, h.text = true, m.pick("greet"+lang)
			return
		}
		mem.greeted = true
	}
	if c.s.Intent == "thanks_bye" && mem.replies > 0 || mem.replies > 0 && thanks(c.last) {
		h.bye, h.text = true, m.pick("bye"+lang)
		return
	}
	dice := m.rng.Float64()
	if s := suggestion(&c.s); s != nil && !en && dice < m.t.Adopt+m.t.Edit {
		if text := uncited(s.Text); text != mem.said {
			h.sug, h.text, h.how = s, text, event.Adopted
			if dice >= m.t.Adopt {
				add := m.pick("tail")
				if m.chance(0.5) {
					add = m.pick("soften")
					h.text = add + text
				} else {
					h.text = text + add
				}
				h.how, h.edits = event.Edited, utf8.RuneCountInString(add)
			}
			return
		}
	}
	key := "en"
	if !en {
		key = topic(&c.s)
	}
	h.text = m.pick(key)
	if h.text == "" {
		h.text = m.pick(c.s.Reason)
	}
	if h.text == "" || h.text == mem.said {
		h.text = m.pick("more")
	}
}

// send posts what was typed, and thinks of what goes with it.
func (m *mind) send(now time.Time, d *desk, c *chat, h *hand) []act {
	mem := m.mem[h.conv]
	args := conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.Text}, Text: h.text}
	acts := []act{{tell: wire.TTyping, conv: h.conv}}
	if h.sug != nil {
		args.Suggestion = h.sug.ID
		acts = append(acts, act{kind: conversation.UseSuggestion, conv: h.conv, payload: event.SuggestionUsedBody{
			Suggestion: h.sug.ID, How: h.how, Edits: h.edits, AfterMS: now.Sub(h.began).Milliseconds()}})
	}
	acts = append(acts, act{kind: conversation.Post, conv: h.conv, epoch: h.epoch, payload: args})
	mem.said = h.text
	if h.greet {
		mem.greeted = true // the answer itself is still owed
		return acts
	}
	mem.answered, mem.bye = h.msg, mem.bye || h.bye
	mem.replies++
	if h.bye {
		return acts
	}
	m.extras(now, c, mem)
	if mem.replies == 1 && len(c.s.Holders) < 2 && m.chance(m.t.Transfer) {
		to := conversation.TransferArgs{Group: c.s.Group, Note: m.pick("transfer")}
		if who := m.colleague(d); who != "" {
			to.Agent, to.Group = who, ""
		}
		m.soon(now, [2]int64{2000, 6000}, &c.s, act{kind: conversation.Transfer, conv: c.s.ID, epoch: c.s.Epoch, payload: to})
	}
	return acts
}

// colleague is somebody who is there and has room, "" for none or where the group is asked instead.
func (m *mind) colleague(d *desk) string {
	if d.floor == nil || m.chance(0.5) {
		return ""
	}
	var free []string
	for _, a := range d.floor.Agents {
		if a.ID != d.me.ID && a.Status == event.Online && a.Load < a.Capacity-1 {
			free = append(free, a.ID)
		}
	}
	if len(free) == 0 {
		return ""
	}
	return free[m.rng.IntN(len(free))]
}

func (m *mind) soon(now time.Time, in [2]int64, s *conversation.State, a act) {
	if len(m.later) < 64 {
		m.later = append(m.later, later{at: now.Add(m.span(in)), conv: s.ID, epoch: s.Epoch, act: a})
	}
}

// extras are a note, a product, a coupon, a form: each at most once a chat.
func (m *mind) extras(now time.Time, c *chat, mem *memory) {
	if mem.extras {
		return
	}
	mem.extras = true
	s := &c.s
	post := func(b event.PostedBody, text string) act {
		return act{kind: conversation.Post, conv: s.ID, epoch: s.Epoch, payload: conversation.PostArgs{PostedBody: b, Text: text}}
	}
	if m.chance(m.t.Note) {
		m.soon(now, [2]int64{1500, 5000}, s, post(event.PostedBody{Kind: event.Note}, m.pick("note")))
	}
	switch s.Intent {
	case "recommend", "suitability", "compare", "stock", "usage", "ingredient", "price_promo":
		if p := product(c.panel); p != "" && m.chance(m.t.Card) {
			m.soon(now, [2]int64{1500, 4000}, s, post(event.PostedBody{Kind: event.ProductCard, Ref: p}, ""))
		}
		if m.chance(m.t.Coupon) {
			m.soon(now, [2]int64{4000, 8000}, s, act{fetch: "coupons", conv: s.ID, epoch: s.Epoch})
		}
	case "return_refund", "exchange", "damaged_missing", "adverse_reaction":
		if o := order(c.panel); o != "" && m.chance(m.t.Form) {
			m.soon(now, [2]int64{2000, 5000}, s, post(event.PostedBody{Kind: event.FormAsked, Form: event.FormReturn, Ref: o}, ""))
		}
	case "change_order":
		if o := order(c.panel); o != "" && m.chance(m.t.Form) {
			m.soon(now, [2]int64{2000, 5000}, s, post(event.PostedBody{Kind: event.FormAsked, Form: event.FormAddress, Ref: o}, ""))
		}
	case "complaint", "promise_dispute", "price_protection":
		if m.chance(m.t.Coupon) {
			m.soon(now, [2]int64{4000, 8000}, s, act{fetch: "coupons", conv: s.ID, epoch: s.Epoch})
		}
	}
}

func suggestion(s *conversation.State) *conversation.Suggestion {
	var best *conversation.Suggestion
	for i := range s.Suggestions {
		g := &s.Suggestions[i]
		if g.Message == s.LastCustomerMsg && g.Used == "" && g.Text != "" && (best == nil || g.Rank < best.Rank) {
			best = g
		}
	}
	return best
}

func product(p *wire.Panel) string {
	if p == nil {
		return ""
	}
	for i := range p.Cards {
		if p.Cards[i].Kind == "product" {
			return p.Cards[i].ID
		}
	}
	return ""
}

func order(p *wire.Panel) string {
	if p == nil || p.Facts == nil || len(p.Facts.Recent) == 0 {
		return ""
	}
	return p.Facts.Recent[0].ID
}

// uncited takes the marks [1]…[9] out: they are for the agent's eye.
func uncited(text string) string {
	for n := '1'; n <= '9'; n++ {
		text = strings.ReplaceAll(text, "["+string(n)+"]", "")
	}
	return text
}

func english(text string) bool {
	letters, han := 0, 0
	for _, r := range text {
		switch {
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
			letters++
		case r > 0x2E80:
			han++
		}
	}
	return letters > 8 && han == 0
}

func thanks(text string) bool {
	for _, w := range []string{"谢谢", "多谢", "好的，那", "没事了", "不用了", "thank"} {
		if strings.Contains(strings.ToLower(text), w) {
			return true
		}
	}
	return false
}
