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

	raised                     *composerTop // what goes with the text: a quote, pictures, files
	picks                      *picks       // open popovers
	chat                       string
	rev                        uint64
	mode                       view.Mode
	v                          *view.Composer
	sent                       string // handed to Send and not answered yet: the same text does not go twice
	focused                    bool
	rows                       int
	toolsFor, footFor, warnFor string // what the parts were made for
	count                      *look.Text
	button                     *look.Button
}

func newComposer(d *Desk) *composer {
	c := &composer{d: d, tools: look.Layers(), above: look.Layers(), warn: look.Layers(), foot: look.Layers()}
	c.raised, c.picks = newComposerTop(c), newPicks(c)
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
	c.draft.OnPaste = c.paste
	c.draft.OnEnter = func() bool {
		if !d.enterSends() {
			return false
		}
		c.submit()
		return true
	}
	c.high = look.Fix(0, 60, look.Inset(look.Sides(6, 10, 4, 10), c.draft))
	c.back = look.NewBox("", "", 0, look.Edge{}, nil)
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
	if chat != c.chat {
		c.raised.pasted = ""
	}
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
	if key := c.toolKey(); key != c.toolsFor { // anew only when it changes, so that a press is never lost while one types
		c.toolsFor = key
		put(c.tools, c.toolbar())
	}
	c.raised.set(v)
	c.picks.set(v)
	c.marks()
	if key := c.footKey(); key != c.footFor {
		c.footFor = key
		c.bottom()
	}
	c.counted()
	c.recolour()
	c.fitHeight()
}

// toolKey and footKey name what the toolbar and the foot show.
func (c *composer) toolKey() string {
	return fmt.Sprint(c.v.Mode, c.v.Tools, c.v.CanAsk, c.d.narrow(), c.d.convW() < 600, c.d.env.W.Lang)
}

func (c *composer) footKey() string {
	return fmt.Sprint(c.v.Mode, blocked(c.v.Findings), c.v.Tools, c.d.enterSends())
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
	newline, send := []string{"⇧", "key-enter"}, []string{d.env.Mod(), "key-enter"}
	if d.enterSends() {
		newline, send = send, []string{"key-enter"}
	}
	hints = append(hints, hint("hint.newline", newline...))
	key := "composer.send"
	switch {
	case v.Mode == view.ModeNote:
		key = "composer.save"
	case blocked(v.Findings):
		key = "composer.fixsend"
	}
	c.button = look.NewButton(look.ButtonSpec{Kind: look.Primary, Label: w.T(key), Keys: send, H: 32, Style: look.Body.B(), PadX: 13}, c.submit)
	c.count = look.NewText("", look.Micro.In(look.Fg3))
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
	c.button.SetDisabled(c.v.Denied != "" || !c.ready(text) || stuck(c.v))
}

// ready reports whether there is anything to send, and nothing that can't be sent.
func (c *composer) ready(text string) bool {
	if c.v.Mode == view.ModeNote {
		return strings.TrimSpace(text) != ""
	}
	for _, a := range c.v.Attached {
		if a.Err != "" {
			return false
		}
	}
	return strings.TrimSpace(text) != "" || len(c.v.Attached) > 0
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
	c.d.typed(true)
	c.d.env.Act.SetDraft(text)
}

// fitHeight lets the draft grow from two rows to as many as the window has room for.
func (c *composer) fitHeight() {
	most := 6 + max(0, min(6, int((c.d.Size().Height-760)/20)))
	rows := max(2, min(most, c.draft.Rows(max(100, c.d.convW()-54))))
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
	c.back.SetInk(look.OnGround(back), "")
	c.box.SetInk(fill, stroke)
}

// submit sends, or replaces and sends, or keeps the note.
func (c *composer) submit() {
	if c.v == nil || c.v.Denied != "" {
		return
	}
	text := c.draft.Text()
	key := text
	for _, a := range c.v.Attached {
		key += "\x00" + a.ID
	}
	if !c.ready(text) || key == c.sent {
		return
	}
	if c.v.Mode == view.ModeNote {
		c.sent = key
		c.d.typed(false)
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
	c.sent = key
	c.d.typed(false)
	c.d.env.Act.Send(out)
}

// typed tells the window that somebody types, or is done.
func (d *Desk) typed(on bool) {
	if d.env.Typed != nil {
		d.env.Typed(on)
	}
}

// enterSends reports whether the person wants Enter to send.
func (d *Desk) enterSends() bool { return d.snap != nil && d.snap.Prefs.EnterSend }

// modEnter is Enter with the main modifier: it sends, or is a new line where Enter sends.
func (c *composer) modEnter() {
	if c.d.enterSends() {
		c.draft.Insert("\n")
		return
	}
	c.submit()
}
