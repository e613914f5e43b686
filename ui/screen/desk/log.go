package desk

import (
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// The gaps of the message column.
const (
	logPad    float32 = 20
	itemGap   float32 = 11
	maxColumn float32 = 820
)

// rowHeight is what is known of a row's height.
type rowHeight struct {
	h     float32
	exact bool
}

type heightKey struct {
	key   string
	rev   uint64
	width float32
	open  bool
	query string
}

// messages is the scrolling list of a conversation: the open one, or an earlier one that is only read.
type messages struct {
	d        *Desk
	readOnly bool
	pad      float32 // beside the column
	roll     *look.Roll
	chip     *fyne.Container // "new messages", when one has scrolled up
	bar      *findBar
	body     fyne.CanvasObject
	rows     []logRow
	heights  map[heightKey]rowHeight
	chat     string
	last     *view.Log
	made     map[string]made
	open     map[string]bool // long texts that were unfolded
	unseen   int
	looked   string
	query    string // what is looked for, and marked
	hit      string // the item that was found
	flashed  string // the item that was sought, outlined until
	until    time.Time
	voice    *voices
}

func newMessages(d *Desk) *messages {
	m := &messages{d: d, pad: logPad, chip: look.Layers()}
	m.forget()
	m.roll = look.NewRoll(m.height, m.cell)
	m.roll.Guess = m.guess
	m.roll.Stick, m.roll.Bottom, m.roll.Foot = true, true, 8-itemGap
	m.roll.OnScrolled = func(bottom bool) {
		if bottom && m.unseen > 0 {
			m.unseen = 0
			put(m.chip, look.Space(0, 0))
			m.look()
		}
		if m.last != nil && m.last.Older && !m.last.Loading && m.roll.Top() < 200 && !m.readOnly {
			m.d.env.Act.LoadOlder()
		}
	}
	m.voice = newVoices(d)
	m.bar = newFindBar(m)
	m.body = look.Col(0, m.bar.slot, look.Grow(look.Layers(m.roll, look.Col(0, look.Spacer(), look.Row(0, look.Spacer(), m.chip, look.Spacer())))))
	return m
}

// forget drops what was made for a conversation, or in other colours.
func (m *messages) forget() {
	m.heights, m.made, m.open = map[heightKey]rowHeight{}, map[string]made{}, map[string]bool{}
}

func (m *messages) set(chat string, v *view.Log, now time.Time) {
	if chat != m.chat {
		m.forget()
		m.chat, m.unseen, m.looked = chat, 0, ""
		m.query, m.hit, m.flashed = "", "", ""
		m.voice.stop()
		m.bar.close()
		m.roll.Clear()
		put(m.chip, look.Space(0, 0))
	} else if m.last != nil && !m.roll.AtBottom() {
		if n := fresh(m.last, v); n > 0 {
			m.unseen += n
			label := m.d.env.W.T("log.new", "n", m.unseen)
			put(m.chip, look.Inset(look.Edge{Bottom: 8}, look.NewButton(look.ButtonSpec{Kind: look.Chosen, Icon: "down", Label: label, H: 26, Style: look.Caption.B()},
				func() { m.roll.ToBottom() })))
		}
	}
	m.last = v
	m.rows = m.d.logRows(v, now)
	m.show()
	m.voice.arrived(v)
	if m.roll.AtBottom() {
		m.look()
	}
}

// show hands the rows to the roll, which shows those in view anew.
func (m *messages) show() {
	entries := make([]look.Entry, len(m.rows))
	for i := range m.rows {
		r := &m.rows[i]
		entries[i] = look.Entry{Key: r.key, Kind: string(r.kind)}
		if r.item != nil {
			entries[i].Rev = r.item.Rev
		}
	}
	m.roll.SetRows(entries)
}

// look tells what the agent has seen.
func (m *messages) look() {
	if m.readOnly || m.last == nil || len(m.last.Items) == 0 || m.d.env.Foreground != nil && !m.d.env.Foreground() {
		return
	}
	if id := m.last.Items[len(m.last.Items)-1].ID; id != m.looked {
		m.looked = id
		m.d.env.Act.Looked(id)
	}
}

// fresh counts the customer's messages after the last one that was there.
func fresh(old, now *view.Log) (n int) {
	if len(old.Items) == 0 {
		return 0
	}
	last := old.Items[len(old.Items)-1].ID
	for i := len(now.Items) - 1; i >= 0 && now.Items[i].ID != last; i-- {
		if now.Items[i].By == view.ByCustomer {
			n++
		}
	}
	return n
}

// rowOf is the row of an item, -1 when it isn't there.
func (m *messages) rowOf(id string) int {
	for i := len(m.rows) - 1; i >= 0; i-- {
		if m.rows[i].key == id {
			return i
		}
	}
	return -1
}

// goTo brings an item into view. One that is older than what is loaded asks for more.
func (m *messages) goTo(id string) {
	if i := m.rowOf(id); i >= 0 {
		m.roll.Seek(i)
	} else if m.last != nil && m.last.Older && !m.readOnly {
		m.d.env.Act.LoadOlder()
	}
}

// flashFor is how long the place that a quote points at stays outlined.
const flashFor = 2 * time.Second

// flash brings an item into view and outlines it for a while.
func (m *messages) flash(id string) {
	m.flashed, m.until = id, m.d.env.Now().Add(flashFor)
	m.show()
	m.goTo(id)
}

// tick ends what shows for a while only.
func (m *messages) tick(now time.Time) {
	if m.flashed != "" && !now.Before(m.until) {
		m.flashed = ""
		m.show()
	}
}

// bubbleWidth is the greatest outer width of a bubble in a column.
func bubbleWidth(column float32) float32 {
	return max(200, min(look.Scaled(look.BubbleMax), column-36-88))
}

// column is the width of the text column, and how far it is moved in.
func (m *messages) column(width float32) (w, x float32) {
	w = min(width-2*m.pad, look.Scaled(maxColumn))
	return w, (width - w) / 2
}

func (m *messages) heightKey(r *logRow, width float32) heightKey {
	k := heightKey{r.key, 0, width, m.open[r.key], m.query}
	if r.item != nil {
		k.rev = r.item.Rev
	}
	return k
}

func (m *messages) keep(k heightKey, h float32, exact bool) float32 {
	if len(m.heights) > 40000 {
		m.heights = map[heightKey]rowHeight{}
	}
	m.heights[k] = rowHeight{h + itemGap, exact}
	return h + itemGap
}

// guess is about the height of a row, from counting.
func (m *messages) guess(i int, width float32) (float32, bool) {
	r := &m.rows[i]
	if r.kind != rowBubble && r.kind != rowBuilt {
		return m.height(i, width), true
	}
	k := m.heightKey(r, width)
	if h, ok := m.heights[k]; ok {
		return h.h, h.exact
	}
	w, _ := m.column(width)
	if r.kind == rowBuilt {
		return m.keep(k, guessOf(r.item), false), false
	}
	return m.keep(k, m.guessText(r.item, bubbleWidth(w)), false), false
}

func (m *messages) height(i int, width float32) float32 {
	r := &m.rows[i]
	switch r.kind {
	case rowRule:
		return look.Micro.Height() + itemGap
	case rowTyping:
		return look.Scaled(20) + itemGap
	}
	k := m.heightKey(r, width)
	if h, ok := m.heights[k]; ok && h.exact {
		return h.h
	}
	w, _ := m.column(width)
	if r.kind == rowBuilt {
		return m.keep(k, m.built(*r, w, 0).MinSize().Height, true)
	}
	return m.keep(k, look.BubbleHeight(m.bubble(r.item), bubbleWidth(w)), true)
}

func (m *messages) cell(i int, old fyne.CanvasObject) fyne.CanvasObject {
	r := m.rows[i]
	w, x := m.column(m.roll.Size().Width)
	switch r.kind {
	case rowBubble:
		c, _ := old.(*look.BubbleCell)
		if c == nil {
			c = look.NewBubbleCell()
		}
		c.Inset = x
		m.hooks(c, r.item)
		c.Set(m.bubble(r.item), bubbleWidth(w))
		return c
	case rowBuilt:
		hit := r.key == m.hit || r.key == m.flashed
		if b, ok := m.made[r.key]; ok && b.rev == r.item.Rev && b.width == w && b.hit == hit {
			return b.obj
		}
		if len(m.made) > 64 {
			m.made = map[string]made{}
		}
		o := m.built(r, w, x)
		m.made[r.key] = made{r.item.Rev, w, hit, o}
		return o
	case rowRule:
		return look.Inset(look.Edge{Left: x, Right: x, Bottom: itemGap}, m.d.rule(r))
	}
	var av fyne.CanvasObject
	if r.item != nil && r.item.By == view.ByBot {
		av = look.Disc("bot", look.Bot, look.Panel, 20, 12)
	} else {
		av = look.Avatar(face(m.d.snap.Chat.Head.Face), 20, nil)
	}
	return look.Inset(look.Edge{Left: x, Right: x, Bottom: itemGap}, look.Typing(av, r.text))
}

// hooks gives a cell what it may ask for.
func (m *messages) hooks(c *look.BubbleCell, it *view.Item) {
	act := m.d.env.Act
	c.OnMenu = func(at fyne.Position) { m.menu(it, at) }
	c.OnReply = nil
	if m.mayQuote(it) {
		c.OnReply = func() { m.quote(it.ID) }
	}
	c.OnAction = func() { act.Resend(it.ID) }
	c.OnQuote = nil
	if q := it.Quote; q != nil {
		c.OnQuote = func() { m.flash(q.ID) }
	}
	c.OnMore = func() { m.unfold(it) }
	c.OnCite = func(mark int) {
		if mark <= len(it.Sources) {
			m.d.openSource(it.Sources[mark-1].ID)
		}
	}
}

// unfold shows a long text whole: in its bubble, or on a sheet of its own when it is very long.
func (m *messages) unfold(it *view.Item) {
	if len([]rune(it.Text)) > longRunes {
		m.d.read(it.Name, it.Text)
		return
	}
	m.open[it.ID] = !m.open[it.ID]
	m.roll.Forget()
	m.show()
}

// clock is minutes and seconds of a voice message.
func clock(s int) string { return strconv.Itoa(s/60) + ":" + strconv.Itoa(s/10%6) + strconv.Itoa(s%10) }

// number is a count as text.
func number(n int) string { return strconv.Itoa(n) }

// Scroll moves the messages by units, as the wheel does.
func (d *Desk) Scroll(dy float32) { d.log.roll.ScrollBy(dy) }
