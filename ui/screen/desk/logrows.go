package desk

import (
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// rowKind is what a row of the log is drawn with.
type rowKind string

const (
	rowBubble rowKind = "bubble"
	rowBuilt  rowKind = "built" // made anew when it comes into view: cards, pictures, notes
	rowRule   rowKind = "rule"
	rowTyping rowKind = "typing"
)

// logRow is one row. Items are never written to once a snapshot was handed out, so that rows point at them.
type logRow struct {
	key  string
	kind rowKind
	item *view.Item // nil for days and the like
	text string     // of a rule or typing row
	icon string     // before the text of a rule
}

// logRows puts rules between days and the typing row at the end.
func (d *Desk) logRows(v *view.Log, now time.Time) []logRow {
	w := d.env.W
	rows := make([]logRow, 0, len(v.Items)+8)
	if v.Older || v.Loading {
		text := "log.older"
		if v.Loading {
			text = "log.loading"
		}
		rows = append(rows, logRow{key: "older", kind: rowRule, text: w.T(text)})
	}
	var from, to time.Time // the day that was named last
	for i := range v.Items {
		it := &v.Items[i]
		newDay := it.At.Before(from) || !it.At.Before(to)
		if newDay {
			y, m, day := it.At.Date()
			from = time.Date(y, m, day, 0, 0, 0, 0, it.At.Location())
			to = from.AddDate(0, 0, 1)
		}
		if it.Kind == view.KindNotice && it.Code == "opened" {
			rows = append(rows, logRow{key: it.ID, kind: rowRule, item: it,
				text: w.T("notice.opened", "day", w.Day(it.At, now), "time", it.At.Format("15:04"))})
			continue
		}
		if newDay {
			rows = append(rows, logRow{key: "day" + it.At.Format(time.DateOnly) + it.ID, kind: rowRule, text: w.Day(it.At, now)})
		}
		r := logRow{key: it.ID, kind: rowBuilt, item: it}
		switch {
		case it.Recalled:
		case it.Kind == view.KindText:
			r.kind = rowBubble
		case it.Kind == view.KindNotice:
			r.kind, r.text = rowRule, w.Fill("notice", it.Code, it.Args)
		case it.Kind == view.KindActed:
			r.kind, r.text, r.icon = rowRule, d.acted(it), actIcon(it.Code)
		case it.Kind == view.KindRated:
			r.kind, r.text, r.icon = rowRule, d.rated(it), "star"
		}
		rows = append(rows, r)
	}
	switch {
	case v.Typing:
		name := ""
		if d.snap.Chat != nil {
			name = d.snap.Chat.Head.Name
		}
		rows = append(rows, logRow{key: "typing", kind: rowTyping, text: w.T("log.typing", "name", cutRunes(short(name), 20))})
	case v.Writing != "":
		rows = append(rows, logRow{key: "writing", kind: rowTyping, text: w.T("log.typing", "name", cutRunes(look.OneLine(v.Writing), 20)), item: &view.Item{By: view.ByBot}})
	}
	return rows
}

// rule is a hairline with what happened in the middle.
func (d *Desk) rule(r logRow) fyne.CanvasObject {
	if r.icon == "" {
		return look.DayRule(strings.ReplaceAll(look.Clean(r.text), "\n", " "))
	}
	ink := look.Fg3
	text := look.NewSoft(look.OneLine(r.text), look.Micro.In(look.Fg2))
	if r.icon == "star" {
		ink = look.WarnText
	}
	return look.RuleOf(look.Soft(look.Row(5, look.NewIcon(r.icon, ink, 13), text)))
}

// acted says what the customer did in the shop.
func (d *Desk) acted(it *view.Item) string {
	w := d.env.W
	args := map[string]string{"title": "", "price": "", "qty": "1", "order": ""}
	for k, v := range it.Args {
		args[k] = look.OneLine(v)
	}
	for k, v := range args {
		args[k] = cutRunes(v, 28)
	}
	if fen, err := strconv.ParseInt(args["fen"], 10, 64); err == nil && fen != 0 {
		args["price"] = w.Yuan(fen)
	}
	return strings.TrimSuffix(strings.Join(strings.Fields(w.Fill("act", it.Code, args)), " "), " ·")
}

// actIcon is the picture of a step in the shop.
func actIcon(code string) string {
	switch code {
	case "cart_added", "cart_removed":
		return "cart"
	case "coupon_claimed":
		return "coupon"
	case "paid":
		return "check"
	case "return_requested":
		return "undo"
	case "address_changed":
		return "truck"
	case "viewed":
		return "search"
	}
	return "bag"
}

// rated is the customer's rating: stars, reasons and words.
func (d *Desk) rated(it *view.Item) string {
	n, err := strconv.Atoi(it.Args["stars"])
	if err != nil {
		n = 0
	}
	out := d.env.W.T("rated", "stars", stars(n))
	if text := look.OneLine(it.Text); text != "" {
		out += "　" + cutRunes(text, 60)
	}
	return out
}

// stars draws a rating of five.
func stars(n int) string {
	n = max(0, min(5, n))
	return strings.Repeat("★", n) + strings.Repeat("☆", 5-n)
}

// short drops a Chinese family name, as people do in talk.
func short(name string) string {
	rs := []rune(look.OneLine(name))
	if len(rs) == 3 && rs[0] >= 0x4e00 && rs[0] <= 0x9fff {
		return string(rs[1:])
	}
	return string(rs)
}

// cutRunes keeps the first n runes, with an ellipsis for the rest.
func cutRunes(s string, n int) string {
	rs := []rune(s)
	if len(rs) <= n {
		return s
	}
	return string(rs[:n]) + "…"
}
