package app

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/label"
)

const maxWave = 40 // bars of a voice note

// builder makes the items of one chat from its events, one after another, and mends earlier ones as later events ask. What
// a snapshot has is never written to again: the first change after one copies the list.
type builder struct {
	m     *model
	s     *conversation.State
	names map[string]string // of agents
	items []view.Item
	at    map[string]int // item ID → place in items

	shared int          // so many items are in a snapshot
	stale  map[int]bool // their Rev is to be made anew

	posted  map[string]bool  // client IDs that the log has
	pics    map[string][]int // what media is to bring → items that show it
	shows   []shown          // what is fetched without being asked for, oldest first
	quoting map[string][]int // message → items that quote it
	own     []int            // messages of this agent that the customer may read
	unnamed []int            // of agents whose name is not known
	handoff int              // place of the last handoff card, -1 for none
	views   int              // place of the last item where that says what the customer looked at, -1 otherwise

	felt, taken conversation.Trend // now; at the last takeover
	flag        string             // what the customer said must not be forgotten
	rated       string             // what the customer said to the rating
}

func newBuilder(m *model, s *conversation.State) *builder {
	b := &builder{m: m, s: s, names: map[string]string{m.session.User.ID: m.session.User.Name}, at: map[string]int{}, stale: map[int]bool{},
		posted: map[string]bool{}, pics: map[string][]int{}, quoting: map[string][]int{}, handoff: -1, views: -1}
	b.learnNames()
	return b
}

// shown is a thumbnail or card picture of the item at a place.
type shown struct {
	place int
	key   string
}

// learnNames takes the names of agents from the floor's last glance.
func (b *builder) learnNames() {
	if b.m.floor == nil {
		return
	}
	for _, r := range b.m.floor.Agents {
		b.names[r.ID] = r.Name
	}
	b.unnamed = slices.DeleteFunc(b.unnamed, func(i int) bool {
		n := b.names[b.items[i].Face]
		if n != "" {
			b.edit(i).Name = n
		}
		return n != ""
	})
}

// add appends an item and returns its place.
func (b *builder) add(it view.Item) int {
	i := len(b.items)
	b.items = append(b.items, it)
	b.at[it.ID] = i
	b.stale[i] = true
	b.views = -1
	return i
}

// edit is an item that may be written to.
func (b *builder) edit(i int) *view.Item {
	if i < b.shared {
		b.items = append(make([]view.Item, 0, len(b.items)+len(b.items)/8+16), b.items...)
		b.shared = 0
	}
	b.stale[i] = true
	return &b.items[i]
}

// snapshot is the items as they are now, never to be written to again, and whether anything changed since the last call.
func (b *builder) snapshot() (items []view.Item, changed bool) {
	for i := range b.stale {
		b.items[i].Rev = rev(&b.items[i])
		changed = true
	}
	clear(b.stale)
	b.shared = len(b.items)
	return b.items[:len(b.items):len(b.items)], changed
}

func (b *builder) notice(p *event.Placed, code string, args map[string]string) {
	b.add(view.Item{ID: p.ID, Kind: view.KindNotice, By: view.BySystem, At: b.m.at(p.Time), Code: code, Args: args})
}

// event takes the next event of the conversation.
func (b *builder) event(p *event.Placed) {
	switch p.Type {
	case event.Opened:
		at := b.m.at(p.Time)
		b.notice(p, "opened", map[string]string{"day": at.Format("2006-01-02"), "time": at.Format("15:04")})
	case event.Posted:
		b.message(p)
	case event.Recalled:
		var r event.RecalledBody
		if p.Decode(&r, nil) == nil {
			b.recalled(r.Message)
		}
	case event.Understood:
		b.understood(p)
	case event.Escalated:
		var e event.EscalatedBody
		if p.Decode(&e, nil) != nil {
			return
		}
		h := &view.Handoff{EscalatedAt: b.m.at(p.Time), Tags: []view.Tag{{Key: e.Reason, Alarm: alarming(e.Reason)}}}
		if e.High && e.Reason != "high_value" {
			h.Tags = append(h.Tags, view.Tag{Key: "high_value"})
		}
		b.handoff = b.add(view.Item{ID: p.ID, Kind: view.KindHandoff, By: view.BySystem, At: b.m.at(p.Time), Handoff: h})
	case event.Summarised:
		var sum event.SummaryPrivate
		if p.Decode(nil, &sum) == nil {
			b.card(func(h *view.Handoff) {
				h.Ask, h.Done, h.Clues, h.Unresolved = sum.Ask, sum.Done, sum.Clues, sum.Unresolved
			})
		}
	case event.Taken:
		var t event.TakenBody
		if p.Decode(&t, nil) != nil {
			return
		}
		b.names[t.Agent] = t.Name
		b.taken = b.felt
		if b.handoff >= 0 && b.items[b.handoff].Handoff.TakenAt.IsZero() {
			b.card(func(h *view.Handoff) { h.TakenAt, h.TakenBy = b.m.at(p.Time), t.Name })
		}
	case event.Returned:
		b.notice(p, "returned", nil)
	case event.Nudged:
		b.notice(p, "nudge", nil)
	case event.HandedBack:
		var to event.HandedBackPrivate
		if p.Decode(nil, &to) == nil && to.Instruction != "" {
			b.notice(p, "instruction", map[string]string{"text": to.Instruction})
		}
	case event.Acted:
		b.acted(p)
	case event.Rated:
		var r event.RatedBody
		var say event.RatedPrivate
		if p.Decode(&r, &say) == nil {
			b.rated = say.Text
			b.add(view.Item{ID: p.ID, Kind: view.KindRated, By: view.ByCustomer, Name: name(b.s), Face: b.s.Customer, At: b.m.at(p.Time), Text: say.Text,
				Args: map[string]string{"stars": strconv.Itoa(r.Stars), "reasons": strings.Join(r.Reasons, ",")}})
		}
	case event.FollowUpSet:
		var f event.FollowUpBody
		var say event.FollowUpPrivate
		if p.Decode(&f, &say) == nil {
			b.notice(p, "followup.set", map[string]string{"text": say.Text, "due": b.m.at(f.Due).Format("01-02 15:04")})
		}
	case event.FollowUpDone:
		b.notice(p, "followup.done", nil)
	}
}

// card changes the last handoff card.
func (b *builder) card(f func(*view.Handoff)) {
	if b.handoff < 0 {
		return
	}
	it := b.edit(b.handoff)
	h := *it.Handoff
	f(&h)
	it.Handoff = &h
}

// acted says what the customer did in the shop. Looking at one product after another is one line: the newest.
func (b *builder) acted(p *event.Placed) {
	var a event.ActedBody
	var say event.ActedPrivate
	if p.Decode(&a, &say) != nil {
		return
	}
	args := map[string]string{"title": say.Title, "order": a.Order}
	if a.Qty != 0 {
		args["qty"] = strconv.Itoa(a.Qty)
	}
	if a.Fen != 0 {
		args["fen"] = strconv.FormatInt(a.Fen, 10)
	}
	if a.What == event.DidView && b.views >= 0 {
		it := b.edit(b.views)
		it.At, it.Args = b.m.at(p.Time), args
		return
	}
	i := b.add(view.Item{ID: p.ID, Kind: view.KindActed, By: view.ByCustomer, Name: name(b.s), Face: b.s.Customer, At: b.m.at(p.Time), Code: a.What, Args: args})
	if a.What == event.DidView {
		b.views = i
	}
}

func (b *builder) understood(p *event.Placed) {
	var u event.UnderstoodBody
	var found event.UnderstoodPrivate
	if p.Decode(&u, &found) != nil {
		return
	}
	if e := label.Emotion(u.Emotion); e.Grade() > 0 {
		b.felt.Add(e)
		if i, ok := b.at[u.Message]; ok && b.items[i].Kind == view.KindVoice && b.items[i].Mood != e {
			b.edit(i).Mood = e
		}
	}
	i, ok := b.at[u.Message]
	if !ok {
		return
	}
	for _, e := range found.Entities {
		if e.Kind == "date" {
			if f := hurry(b.items[i].Text, e.Text); f != "" {
				b.flag = f
			}
		}
	}
}

// shift is how many grades the mood moved since the takeover; below 0 is calmer.
func (b *builder) shift() int {
	was, is := b.taken.Emotion().Grade(), b.felt.Emotion().Grade()
	if was == 0 || is == 0 {
		return 0
	}
	return is - was
}

// hurry is the part of a text that names a day to come, when it states something: a question about a day is none.
func hurry(text, day string) string {
	if day == "" || !coming(day) {
		return ""
	}
	for _, part := range strings.FieldsFunc(strings.NewReplacer("?", "?,", "？", "？,").Replace(text), func(r rune) bool { return strings.ContainsRune(",，。；;！!、\n~～…", r) }) {
		part = strings.TrimSpace(part)
		if !strings.Contains(part, day) {
			continue
		}
		for _, q := range []string{"?", "？", "吗", "呢", "么", "什么", "几", "哪", "能不能", "可以", "是不是", "有没有", "多久"} {
			if strings.Contains(part, q) {
				return ""
			}
		}
		if r := []rune(part); len(r) > 18 || len(r) <= len([]rune(day))+1 {
			return ""
		}
		return part
	}
	return ""
}

func coming(day string) bool {
	for _, d := range []string{"今天", "今晚", "明天", "明早", "明晚", "后天", "大后天", "下周", "这周", "周", "星期", "月底", "下个月"} {
		if strings.HasPrefix(day, d) {
			return true
		}
	}
	return false
}

// read marks own messages that the customer has read.
func (b *builder) read(upTo event.ID) {
	b.own = slices.DeleteFunc(b.own, func(i int) bool {
		if b.items[i].ID > upTo {
			return false
		}
		if b.items[i].Send == view.Delivered {
			b.edit(i).Send = view.Read
		}
		return true
	})
}

// recalled takes a message's content away.
func (b *builder) recalled(id event.ID) {
	i, ok := b.at[id]
	if !ok || b.items[i].Recalled {
		return
	}
	it := b.edit(i)
	*it = view.Item{ID: it.ID, Kind: it.Kind, By: it.By, Mine: it.Mine, Name: it.Name, Face: it.Face, At: it.At, Recalled: true}
	b.requote(id)
}

// requote renews what quotes a message.
func (b *builder) requote(id event.ID) {
	for _, i := range b.quoting[id] {
		if q := b.quote(id); !b.items[i].Recalled && b.items[i].Quote != nil && *b.items[i].Quote != *q {
			b.edit(i).Quote = q
		}
	}
}

const maxQuote = 120 // runes

// quote is a message as it is quoted.
func (b *builder) quote(id event.ID) *view.Quote {
	i, ok := b.at[id]
	if !ok {
		if p, found := b.m.messageOf(id); found && p.Conv == b.s.ID {
			one := newBuilder(b.m, b.s)
			for k, v := range b.names {
				one.names[k] = v
			}
			one.message(&p)
			if len(one.items) == 1 {
				return quoteOf(&one.items[0])
			}
		}
		return &view.Quote{ID: id}
	}
	return quoteOf(&b.items[i])
}

func quoteOf(it *view.Item) *view.Quote {
	q := &view.Quote{ID: it.ID, Name: it.Name, Kind: it.Kind, Recalled: it.Recalled, Text: it.Text}
	if it.Card != nil {
		q.Text = it.Card.Title
	}
	if r := []rune(q.Text); len(r) > maxQuote {
		q.Text = string(r[:maxQuote]) + "…"
	}
	return q
}

// wave draws a wave form in at most maxWave bars: the loudest of each part.
func wave(in []byte) []uint8 {
	if len(in) <= maxWave {
		return slices.Clone(in)
	}
	out := make([]uint8, maxWave)
	for i := range out {
		out[i] = slices.Max(in[i*len(in)/maxWave : max((i+1)*len(in)/maxWave, i*len(in)/maxWave+1)])
	}
	return out
}

// unsend is until when a message may be taken back, zero for not any more.
func (m *model) unsend(at int64) time.Time {
	ms := m.clock.Recall
	if ms == 0 {
		ms = 120_000
	}
	if end := m.at(at + ms); end.After(m.now()) {
		return end
	}
	return time.Time{}
}
