package desk

import (
	"fmt"
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

// rowKind is what a row of the log is drawn with.
type rowKind string

const (
	rowBubble rowKind = "bubble"
	rowBuilt  rowKind = "built" // made anew when it comes into view: cards, pictures, notes
	rowRule   rowKind = "rule"
	rowTyping rowKind = "typing"
)

type logRow struct {
	key  string
	kind rowKind
	item view.Item
	text string // of a rule or typing row
}

type heightKey struct {
	key   string
	rev   uint64
	width float32
}

// messages is the scrolling list of a conversation.
type messages struct {
	d       *Desk
	roll    *look.Roll
	chip    *fyne.Container // "new messages", when one has scrolled up
	body    fyne.CanvasObject
	rows    []logRow
	heights map[heightKey]float32
	chat    string
	last    *view.Log
	made    map[string]made
	unseen  int
	looked  string
}

func newMessages(d *Desk) *messages {
	m := &messages{d: d, chip: look.Layers(), heights: map[heightKey]float32{}, made: map[string]made{}}
	m.roll = look.NewRoll(m.height, m.cell)
	m.roll.Stick, m.roll.Bottom, m.roll.Foot = true, true, 8-itemGap
	m.roll.OnScrolled = func(bottom bool) {
		if bottom && m.unseen > 0 {
			m.unseen = 0
			put(m.chip, look.Space(0, 0))
			m.look()
		}
		if m.last != nil && m.last.Older && !m.last.Loading && m.roll.Top() < 200 {
			m.d.env.Act.LoadOlder()
		}
	}
	m.body = look.Layers(m.roll, look.Col(0, look.Spacer(), look.Row(0, look.Spacer(), m.chip, look.Spacer())))
	return m
}

func (m *messages) set(chat string, v *view.Log, now time.Time) {
	if chat != m.chat {
		m.heights, m.made = map[heightKey]float32{}, map[string]made{}
		m.chat, m.unseen, m.looked = chat, 0, ""
		m.roll.Clear()
		put(m.chip, look.Space(0, 0))
	} else if m.last != nil && !m.roll.AtBottom() {
		if n := fresh(m.last, v); n > 0 {
			m.unseen += n
			label := m.d.env.W.T("log.new", "n", m.unseen)
			put(m.chip, look.NewButton(look.ButtonSpec{Kind: look.Chosen, Icon: "down", Label: label, H: 26, Style: look.Caption.B()},
				func() { m.roll.ToBottom() }))
		}
	}
	m.last = v
	m.rows = m.d.logRows(v, m.d.snap.Chat.Head, now)
	entries := make([]look.Entry, len(m.rows))
	for i, r := range m.rows {
		entries[i] = look.Entry{Key: r.key, Kind: string(r.kind)}
	}
	m.roll.SetRows(entries)
	if m.roll.AtBottom() {
		m.look()
	}
}

// look tells what the agent has seen.
func (m *messages) look() {
	if m.last == nil || len(m.last.Items) == 0 || m.d.env.Foreground != nil && !m.d.env.Foreground() {
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

// logRows puts rules between days and the typing row at the end.
func (d *Desk) logRows(v *view.Log, h *view.Head, now time.Time) []logRow {
	w := d.env.W
	rows := make([]logRow, 0, len(v.Items)+3)
	if v.Older || v.Loading {
		rows = append(rows, logRow{key: "older", kind: rowRule, text: w.T("log.older")})
	}
	day := ""
	for _, it := range v.Items {
		if it.Kind == view.KindNotice {
			text := w.Fill("notice", it.Code, it.Args)
			if it.Code == "opened" {
				day = it.At.Format(time.DateOnly)
				text = w.T("notice.opened", "day", w.Day(it.At, now), "time", it.At.Format("15:04"))
			}
			rows = append(rows, logRow{key: it.ID, kind: rowRule, item: it, text: text})
			continue
		}
		if k := it.At.Format(time.DateOnly); k != day {
			if day != "" || len(rows) == 0 {
				rows = append(rows, logRow{key: "day" + k, kind: rowRule, text: w.Day(it.At, now)})
			}
			day = k
		}
		kind := rowBuilt
		if it.Kind == view.KindText {
			kind = rowBubble
		}
		rows = append(rows, logRow{key: it.ID, kind: kind, item: it})
	}
	switch {
	case v.Typing:
		rows = append(rows, logRow{key: "typing", kind: rowTyping, text: w.T("log.typing", "name", short(h.Name))})
	case v.Writing != "":
		rows = append(rows, logRow{key: "writing", kind: rowTyping, text: w.T("log.typing", "name", v.Writing), item: view.Item{By: view.ByBot}})
	}
	return rows
}

// short drops a Chinese family name, as people do in talk.
func short(name string) string {
	rs := []rune(look.OneLine(name))
	if len(rs) == 3 && rs[0] >= 0x4e00 && rs[0] <= 0x9fff {
		return string(rs[1:])
	}
	return string(rs)
}

// bubbleWidth is the greatest outer width of a bubble in a column.
func bubbleWidth(column float32) float32 {
	return max(200, min(look.BubbleMax, column-36-88))
}

// column is the width of the text column, and how far it is moved in.
func column(width float32) (w, x float32) {
	w = min(width-2*logPad, maxColumn)
	return w, (width - w) / 2
}

func (m *messages) height(i int, width float32) float32 {
	r := m.rows[i]
	k := heightKey{r.key, r.item.Rev, width}
	if h, ok := m.heights[k]; ok {
		return h
	}
	w, _ := column(width)
	var h float32
	switch r.kind {
	case rowBubble:
		h = look.BubbleHeight(bubbleData(m.d, r.item), bubbleWidth(w))
	case rowBuilt:
		h = m.d.built(r.item, w).MinSize().Height
	case rowRule:
		h = 16
	default:
		h = 20
	}
	if len(m.heights) > 40000 {
		m.heights = map[heightKey]float32{}
	}
	m.heights[k] = h + itemGap
	return h + itemGap
}

func (m *messages) cell(i int, old fyne.CanvasObject) fyne.CanvasObject {
	r := m.rows[i]
	w, x := column(m.roll.Size().Width)
	switch r.kind {
	case rowBubble:
		c, _ := old.(*look.BubbleCell)
		if c == nil {
			c = look.NewBubbleCell()
		}
		c.Inset = x
		c.Set(bubbleData(m.d, r.item), bubbleWidth(w))
		item := r.item
		c.OnMenu = func(at fyne.Position) { m.menu(item, at) }
		c.OnAction = func() { m.d.env.Act.Resend(item.ID) }
		return c
	case rowBuilt:
		if b, ok := m.made[r.key]; ok && b.rev == r.item.Rev && b.width == w {
			return b.obj
		}
		if len(m.made) > 64 {
			m.made = map[string]made{}
		}
		o := look.Inset(look.Edge{Left: x, Right: x, Bottom: itemGap}, m.d.built(r.item, w))
		tap := look.NewTap(o, "", 0, nil)
		if item := r.item; item.Text != "" {
			tap.OnMenu = func(at fyne.Position) { m.menu(item, at) }
		}
		m.made[r.key] = made{r.item.Rev, w, tap}
		return tap
	case rowRule:
		return look.Inset(look.Edge{Left: x, Right: x, Bottom: itemGap}, look.DayRule(r.text))
	}
	var av fyne.CanvasObject
	if r.item.By == view.ByBot {
		av = look.Disc("bot", look.Bot, look.Panel, 20, 12)
	} else {
		av = look.Avatar(face(m.d.snap.Chat.Head.Face), 20, nil)
	}
	return look.Inset(look.Edge{Left: x, Right: x, Bottom: itemGap}, look.Typing(av, r.text))
}

func (m *messages) menu(it view.Item, at fyne.Position) {
	w := m.d.env.W
	items := []look.MenuItem{look.MenuItem{Word: w.T("copy"), Run: func() { fyne.CurrentApp().Clipboard().SetContent(it.Text) }}}
	if it.Send == view.Failed || it.Send == view.Queued {
		items = append(items, look.MenuItem{Word: w.T("send.again"), Run: func() { m.d.env.Act.Resend(it.ID) }},
			look.MenuItem{Word: w.T("send.recall"), Run: func() { m.d.env.Act.Recall(it.ID) }})
	}
	m.d.menu(items, m.body, at.Subtract(fyne.CurrentApp().Driver().AbsolutePositionForObject(m.body)))
}

// meta is the small text beside a bubble: how far it got, and when.
func (d *Desk) meta(it view.Item) string {
	w := d.env.W
	t := w.Clock(it.At, d.env.Now())
	if it.By != view.ByAgent || !it.Mine {
		return t
	}
	switch it.Send {
	case view.Sending:
		return w.T("send.sending")
	case view.Delivered:
		return w.T("send.delivered", "time", t)
	case view.Read:
		return w.T("send.read", "time", t)
	case view.Failed:
		return w.T("send.failed")
	case view.Queued:
		return w.T("send.queued")
	}
	return t
}

func bubbleData(d *Desk, it view.Item) look.BubbleData {
	b := look.BubbleData{Text: look.Clean(it.Text), Meta: d.meta(it), Cites: len(it.Sources)}
	switch it.By {
	case view.ByBot:
		b.Side = look.FromBot
	case view.ByAgent:
		b.Side, b.Face = look.FromAgent, face(it.Face)
		if !it.Mine {
			b.Meta = it.Name + " " + b.Meta
		}
		switch it.Send {
		case view.Sending, view.Queued:
			b.Icon = "clock"
		case view.Failed:
			b.Failed, b.Action = true, d.env.W.T("send.again")
		}
	default:
		b.Face = face(it.Face)
	}
	return b
}

// clock is minutes and seconds of a voice message.
func clock(s int) string { return fmt.Sprintf("%d:%02d", s/60, s%60) }

// number is a count as text.
func number(n int) string { return strconv.Itoa(n) }
