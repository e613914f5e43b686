package desk

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// marks underlines what the wording rules object to and says why.
func (c *composer) marks() {
	v := c.v
	var rs []look.Flag
	n := len([]rune(c.draft.Text()))
	for _, r := range v.Findings {
		if r.From >= 0 && r.From < r.To && r.To <= n {
			f := look.Flag{From: r.From, To: r.To, Fill: look.BadTint, Under: look.Bad, Ink: look.BadText}
			switch r.Level {
			case view.Condition:
				f.Fill, f.Under, f.Ink = look.WarnTint, look.Warn, look.WarnText
			case view.Sourcing:
				f.Fill, f.Under, f.Ink = look.AccentTint, look.Accent, look.AccentText
			}
			rs = append(rs, f)
		}
	}
	c.draft.Mark(rs...)
	if key := fmt.Sprint(v.Findings, v.Tools, c.d.convW()); key != c.warnFor {
		c.warnFor = key
		put(c.warn, c.warning())
	}
}

// warning says what is objected to, why, and what would stand in its place.
func (c *composer) warning() fyne.CanvasObject {
	w, v := c.d.env.W, c.v
	if len(v.Findings) == 0 {
		return look.Space(0, 0)
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
	return look.Inset(look.Sides(0, 6, 6, 6), look.NewBox(fill, line, 6, look.Pad(7, 11), look.RowA(8, look.Centre,
		look.ColA(0, look.Start, look.Inset(look.Edge{Top: 1}, look.NewIcon("shield", ink, 16)), look.Space(0, 18)),
		look.Grow(lines), buttons)))
}
