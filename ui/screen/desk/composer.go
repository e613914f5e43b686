package desk

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// composer is the input below the messages. The draft itself stays the same object for the life of the screen, so that a
// snapshot never takes the keyboard or an input method's half-written word away.
type composer struct {
	d     *Desk
	draft *look.Draft
	back  *look.Box // behind everything: amber for notes
	box   *look.Box
	tools *fyne.Container
	high  *fyne.Container // fixes the height of the draft
	above *fyne.Container // why a draft came back
	warn  *fyne.Container
	foot  *fyne.Container
	body  fyne.CanvasObject

	chat    string
	rev     uint64
	mode    view.Mode
	v       *view.Composer
	sent    string // handed to Send and not answered yet: the same text does not go twice
	focused bool
	rows    int
	count   *look.Text
	button  *look.Button
}

func newComposer(d *Desk) *composer {
	c := &composer{d: d, tools: look.Layers(), above: look.Layers(), warn: look.Layers(), foot: look.Layers()}
	c.draft = look.NewDraft("", d.forward)
	c.draft.OnChanged = c.changed
	c.draft.OnFocus = func(on bool) {
		c.focused = on
		c.recolour()
	}
	c.draft.OnTab = func() bool {
		if c.v == nil || len(fixable(c.v.Findings)) == 0 {
			return false
		}
		d.env.Act.ApplyFixes()
		return true
	}
	c.draft.OnEscape = func() { d.escape() }
	c.high = look.Fix(0, 60, look.Inset(look.Sides(6, 10, 4, 10), c.draft))
	c.back = look.NewBox(look.Panel, "", 0, look.Edge{}, nil)
	c.box = look.NewBox(look.Panel, look.LineStrong, 8, look.Pad(1, 1), look.Col(0, c.above, c.high, c.warn))
	c.body = look.Layers(c.back, look.Col(0, look.HRule(look.Line), look.Inset(look.Sides(0, 16, 12, 16), look.Col(0, c.tools, c.box, c.foot))))
	return c
}

func fixable(rs []view.Risk) (out []view.Risk) {
	for _, r := range rs {
		if r.Fix != "" {
			out = append(out, r)
		}
	}
	return out
}

func blocked(rs []view.Risk) bool {
	for _, r := range rs {
		if r.Level == view.Blocked {
			return true
		}
	}
	return false
}

// fixed is the text with every replacement made. ok is false while the findings belong to an older text, or when a
// blocked wording has no replacement.
func fixed(text string, rs []view.Risk) (out string, ok bool) {
	runes := []rune(text)
	for i := len(rs) - 1; i >= 0; i-- {
		r := rs[i]
		if r.From < 0 || r.To > len(runes) || r.From > r.To || string(runes[r.From:r.To]) != r.Text {
			return text, false
		}
		if r.Fix == "" {
			if r.Level == view.Blocked {
				return text, false
			}
			continue
		}
		if r.Level != view.Blocked {
			continue
		}
		runes = append(append(append([]rune(nil), runes[:r.From]...), []rune(r.Fix)...), runes[r.To:]...)
	}
	return string(runes), true
}

func (c *composer) set(chat string, v *view.Composer) {
	if chat != c.chat || v.DraftRev != c.rev || v.Mode != c.mode || c.v == nil {
		c.chat, c.rev, c.mode, c.sent = chat, v.DraftRev, v.Mode, ""
		c.draft.Limit = v.Limit
		if c.draft.Text() != v.Draft {
			c.draft.SetText(v.Draft)
		}
	}
	c.v = v
	w := c.d.env.W
	c.draft.SetDisabled(v.Denied != "")
	hint := w.T("composer.hint")
	switch {
	case v.Denied != "":
		hint = w.In("deny", v.Denied)
	case v.Mode == view.ModeNote:
		hint = w.T("composer.note.hint")
	}
	c.draft.SetHint(hint)
	put(c.tools, c.toolbar())
	if v.Back != nil {
		put(c.above, look.Inset(look.Sides(6, 6, 0, 6), look.NewBox(look.AccentTint, look.AccentLine, 6, look.Pad(5, 11),
			look.NewPara(look.Caption.In(look.AccentText), c.d.convW()-60, look.T(w.Fill("back", v.Back.Code, v.Back.Args))))))
	} else {
		put(c.above, look.Space(0, 0))
	}
	c.marks()
	c.bottom()
	c.recolour()
	c.fitHeight()
}

func (c *composer) toolbar() fyne.CanvasObject {
	w, act := c.d.env.W, c.d.env.Act
	tab := func(m view.Mode, key string) fyne.CanvasObject {
		ink, st := look.Ink(""), look.Caption.In(look.Fg2)
		box := look.NewBox("", "", 4, look.Sides(0, 9, 0, 9), look.Row(0, look.NewText(w.T(key), st)))
		if c.v.Mode == m {
			ink, st = look.Line, look.Caption.B()
			fill := look.Panel
			if m == view.ModeNote {
				ink, fill, st = look.NoteLine, look.NoteTint, st.In(look.NoteText)
			}
			box = look.NewBox(fill, ink, 4, look.Sides(0, 10, 0, 10), look.Row(0, look.NewText(w.T(key), st)))
		}
		return look.Fix(0, 20, look.NewTap(box, "", 4, func() { act.SetMode(m) }))
	}
	row := look.Row(2, look.Fix(0, 26, look.NewBox(look.Bg, look.Line, 6, look.Pad(3, 3),
		look.Row(0, tab(view.ModeReply, "composer.reply"), tab(view.ModeNote, "composer.note")))), look.Space(8, 1))
	var right fyne.CanvasObject
	for _, t := range c.v.Tools {
		use := func() { act.UseTool(t) }
		switch t {
		case view.ToolScripts:
			row.Add(look.NewButton(look.ButtonSpec{Kind: look.Ghost, Label: w.T("tool.scripts"), Icon: "slash", H: 24, Style: look.Caption, PadX: 9, Gap: 4}, use))
		case view.ToolTranslate:
			key := "tool.translate"
			if c.d.narrow() {
				key = "tool.translate.short"
			}
			right = look.NewButton(look.ButtonSpec{Kind: look.Ghost, Label: w.T(key), Icon: "globe", IconD: 14, H: 24, Style: look.Caption, PadX: 9, Gap: 4}, use)
		case view.ToolAppeal:
		default:
			row.Add(look.IconButton(toolIcon(t), 17, use))
		}
	}
	row.Add(look.Spacer())
	if right != nil {
		row.Add(right)
	}
	return look.Fix(0, 40, row)
}

func toolIcon(t view.Tool) string {
	switch t {
	case view.ToolEmoji:
		return "smile"
	case view.ToolImage:
		return "image"
	case view.ToolProduct:
		return "bag"
	case view.ToolCoupon:
		return "coupon"
	}
	return "clip"
}

// marks underlines what the wording rules object to and says why.
func (c *composer) marks() {
	w, v := c.d.env.W, c.v
	var rs []look.Range
	n := len([]rune(c.draft.Text()))
	for _, r := range v.Findings {
		if r.From >= 0 && r.From < r.To && r.To <= n {
			rs = append(rs, look.Range{From: r.From, To: r.To})
		}
	}
	c.draft.Mark(rs...)
	if len(v.Findings) == 0 {
		put(c.warn, look.Space(0, 0))
		return
	}
	stop := blocked(v.Findings)
	fill, line, ink, key := look.WarnTint, look.WarnLine, look.WarnText, "risk.warned"
	if stop {
		key = "risk.blocked"
	}
	var rules []string
	seen := map[string]bool{}
	for _, r := range v.Findings {
		if !seen[r.Rule] && r.Rule != "" {
			seen[r.Rule] = true
			rules = append(rules, r.Rule)
		}
	}
	arrow, fix := look.Caption.In(look.Fg3), look.Caption.B().In(look.OKText)
	var pairs []look.Span
	for i, r := range fixable(v.Findings) {
		if i > 0 {
			pairs = append(pairs, look.T("　　"))
		}
		pairs = append(pairs, look.T(r.Text+" "), look.S("→ ", arrow), look.S(r.Fix, fix))
	}
	buttons := look.Row(4)
	for _, t := range v.Tools {
		if t == view.ToolAppeal {
			buttons.Add(look.NewButton(look.ButtonSpec{Kind: look.Ghost, Label: w.T("risk.appeal"), H: 24, Style: look.Caption, PadX: 9},
				func() { c.d.env.Act.UseTool(view.ToolAppeal) }))
		}
	}
	if len(pairs) > 0 {
		buttons.Add(look.NewButton(look.ButtonSpec{Label: w.T("risk.replace"), Keys: []string{"Tab"}, H: 24, Style: look.Caption, PadX: 9, Gap: 4},
			c.d.env.Act.ApplyFixes))
	}
	// Both lines wrap within what the icon and the buttons leave: box, paddings and gaps take 32 + 14 + 22 + 16 + 16.
	room := c.d.convW() - 101 - buttons.MinSize().Width
	lines := look.Col(0, look.NewPara(look.Caption.In(look.Fg2), room, look.S(w.T(key, "n", len(v.Findings)), look.Caption.B()),
		look.T("　"+strings.Join(rules, "、"))))
	if len(pairs) > 0 {
		lines.Add(look.NewPara(look.Caption.In(look.Fg2), room, pairs...))
	}
	put(c.warn, look.Inset(look.Sides(0, 6, 6, 6), look.NewBox(fill, line, 6, look.Pad(7, 11), look.RowA(8, look.Centre,
		look.ColA(0, look.Start, look.Inset(look.Edge{Top: 1}, look.NewIcon("shield", ink, 16)), look.Space(0, 18)),
		look.Grow(lines), buttons))))
}

func (c *composer) bottom() {
	w, d, v := c.d.env.W, c.d, c.v
	hint := func(key string, keys ...string) fyne.CanvasObject {
		return look.Row(4, look.Key(keys...), look.NewText(w.T(key), look.Micro.In(look.Fg3)))
	}
	var hints []fyne.CanvasObject
	for _, t := range v.Tools {
		if t == view.ToolScripts {
			hints = append(hints, hint("hint.scripts", "/"))
		}
	}
	if v.Mode == view.ModeReply {
		hints = append(hints, hint("hint.adopt", d.env.Alt(), "1–3"))
	}
	hints = append(hints, hint("hint.newline", "⇧", "key-enter"))
	key := "composer.send"
	switch {
	case v.Mode == view.ModeNote:
		key = "composer.save"
	case blocked(v.Findings):
		key = "composer.fixsend"
	}
	c.button = look.NewButton(look.ButtonSpec{Kind: look.Primary, Label: w.T(key), Keys: []string{d.env.Mod(), "key-enter"}, H: 32, Style: look.Body.B(), PadX: 13}, c.submit)
	c.count = look.NewText("", look.Micro.In(look.Fg3))
	c.counted()
	put(c.foot, look.Inset(look.Edge{Top: 8}, look.Row(10, look.Grow(look.Fit(10, hints...)), c.count, c.button)))
}

// counted refreshes the counter and whether the button is live, without making anything.
func (c *composer) counted() {
	text := c.draft.Text()
	n := len([]rune(text))
	c.count.Style.Ink = look.Fg3
	if n >= c.v.Limit && c.v.Limit > 0 {
		c.count.Style.Ink = look.BadText
	}
	c.count.Set(fmt.Sprintf("%d / %d", n, c.v.Limit))
	c.button.SetDisabled(c.v.Denied != "" || strings.TrimSpace(text) == "" || stuck(c.v))
}

// stuck reports a blocked wording that has no replacement.
func stuck(v *view.Composer) bool {
	if v.Mode == view.ModeNote {
		return false
	}
	for _, r := range v.Findings {
		if r.Level == view.Blocked && r.Fix == "" {
			return true
		}
	}
	return false
}

func (c *composer) changed(text string) {
	c.sent = ""
	if c.v != nil {
		c.counted()
	}
	c.fitHeight()
	c.d.env.Act.SetDraft(text)
}

// fitHeight lets the draft grow from two rows to six.
func (c *composer) fitHeight() {
	rows := max(2, min(6, c.draft.Rows(max(100, c.d.convW()-54))))
	if rows == c.rows {
		return
	}
	c.rows = rows
	look.SetFix(c.high, 0, 60+float32(rows-2)*20)
	c.d.relayout()
}

func (c *composer) recolour() {
	fill, stroke, back := look.Panel, look.LineStrong, look.Panel
	if c.focused {
		stroke = look.Accent
	}
	if c.mode == view.ModeNote {
		fill, stroke, back = look.NoteTint, look.NoteLine, look.NoteTint
		if c.focused {
			stroke = look.NoteText
		}
	}
	c.back.SetInk(back, "")
	c.box.SetInk(fill, stroke)
}

// submit sends, or replaces and sends, or keeps the note.
func (c *composer) submit() {
	if c.v == nil || c.v.Denied != "" {
		return
	}
	text := c.draft.Text()
	if strings.TrimSpace(text) == "" || text == c.sent {
		return
	}
	if c.v.Mode == view.ModeNote {
		c.sent = text
		c.d.env.Act.AddNote(text)
		return
	}
	out := text
	if blocked(c.v.Findings) {
		var ok bool
		if out, ok = fixed(text, c.v.Findings); !ok {
			return
		}
	}
	c.sent = text
	c.d.env.Act.Send(out)
}
