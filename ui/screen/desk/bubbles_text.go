package desk

import (
	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// How much of a text shows: longer ones are folded to their beginning; very long ones unfold on a sheet of their own.
const (
	foldWeight = 560
	foldLines  = 16
	keptWeight = 330
	keptLines  = 10
	longRunes  = 4000
)

// fold is the beginning of a long text, and whether there is more. Emoji weigh more, as each is a drawing.
func fold(text string) (string, bool) {
	if len(text) <= keptWeight {
		return text, false
	}
	weight, lines, cut := 0, 1, -1
	for i, r := range text {
		switch {
		case r == '\n':
			lines++
			weight += 4
		case r >= 0x1f000:
			weight += 3
		case r < 0x2e80:
			weight++
		default:
			weight += 2
		}
		if cut < 0 && (weight > 2*keptWeight || lines > keptLines) {
			cut = i
		}
		if weight > 2*foldWeight || lines > foldLines {
			return text[:cut] + "…", true
		}
	}
	return text, false
}

// meta is the small text beside a bubble: how far it got, and when.
func (d *Desk) meta(it *view.Item) string {
	w := d.env.W
	t := it.At.Format("15:04") // rules name the day
	if it.By == view.ByAgent && !it.Mine && it.Name != "" {
		return cutRunes(look.OneLine(it.Name), 8) + " " + t
	}
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

// frame is what all bubbles share: side, face, time and state.
func (m *messages) frame(it *view.Item) look.BubbleData {
	b := look.BubbleData{Meta: m.d.meta(it), Side: side(it), Hit: it.ID == m.hit || it.ID == m.flashed}
	if it.By != view.ByBot {
		b.Face = face(it.Face)
	}
	switch it.Send {
	case view.Sending, view.Queued:
		b.Icon = "clock"
	case view.Failed:
		b.Failed, b.Action = true, m.d.env.W.T("send.again")
	}
	return b
}

// bubble is a text message.
func (m *messages) bubble(it *view.Item) look.BubbleData {
	w := m.d.env.W
	b := m.frame(it)
	b.Cites, b.Find = len(it.Sources), m.query
	text := it.Text
	if short, more := fold(text); more {
		b.More = w.T("unfold")
		if m.open[it.ID] {
			b.More = w.T("fold")
		} else {
			text = short
		}
	}
	b.Text = look.Clean(text)
	if it.Quote != nil {
		b.Quote = m.d.quoted(it.Quote)
	}
	return b
}

// guessText is about the height of a text message: a bubble's, from its words as they came.
func (m *messages) guessText(it *view.Item, width float32) float32 {
	b := look.BubbleData{Text: it.Text}
	if short, more := fold(it.Text); more {
		b.More = "+"
		if !m.open[it.ID] {
			b.Text = short
		}
	}
	if it.Quote != nil {
		b.Quote = "+"
	}
	return look.BubbleGuess(b, width)
}

// quoted is a quoted message in one line.
func (d *Desk) quoted(q *view.Quote) string {
	w := d.env.W
	text := cutRunes(look.OneLine(cutRunes(q.Text, 120)), 60)
	switch {
	case q.Recalled:
		text = w.T("quote.recalled")
	case q.Kind == "":
		text = w.T("quote.gone")
	case text == "":
		text = w.In("kind", string(q.Kind))
	}
	if name := cutRunes(look.OneLine(q.Name), 12); name != "" {
		return w.T("quote.line", "name", name, "text", text)
	}
	return text
}

func side(it *view.Item) look.Side {
	switch it.By {
	case view.ByAgent:
		return look.FromAgent
	case view.ByBot:
		return look.FromBot
	}
	return look.FromCustomer
}

// read shows a very long text on a sheet: only what is seen of it is laid out.
func (d *Desk) read(name, text string) {
	const width = float32(620)
	w := d.env.W
	pieces := chunks(look.Clean(text), 400)
	roll := look.NewRoll(func(i int, width float32) float32 { return look.TextHeight(look.Chat, width-8, look.T(pieces[i])) },
		func(i int, _ fyne.CanvasObject) fyne.CanvasObject {
			return look.NewPara(look.Chat, width-8, look.T(pieces[i]))
		})
	entries := make([]look.Entry, len(pieces))
	for i := range pieces {
		entries[i] = look.Entry{Key: number(i), Kind: "piece"}
	}
	roll.SetRows(entries)
	var done func()
	copyIt := look.NewButton(look.ButtonSpec{Label: w.T("copy")}, func() { fyne.CurrentApp().Clipboard().SetContent(text) })
	shut := look.NewButton(look.ButtonSpec{Kind: look.Primary, Label: w.T("close"), Style: look.Body.B()}, func() { done() })
	high := max(160, d.Size().Height-240)
	done = d.plate(cutRunes(look.OneLine(name), 30), width, look.Fix(width, high, roll), copyIt, shut)
}

// chunks cuts a text into pieces of about n runes, at line ends where there are any.
func chunks(text string, n int) (out []string) {
	rs := []rune(text)
	for len(rs) > 0 {
		end := min(n, len(rs))
		if end < len(rs) {
			for i := end; i > end/2; i-- {
				if rs[i-1] == '\n' {
					end = i
					break
				}
			}
		}
		piece := rs[:end]
		if piece[len(piece)-1] == '\n' {
			piece = piece[:len(piece)-1]
		}
		out = append(out, string(piece))
		rs = rs[end:]
	}
	return out
}
