package look

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// TestButton_EveryStateCanBeRead goes through all kinds and states on all grounds that buttons lie on.
func TestButton_EveryStateCanBeRead(t *testing.T) {
	useTheme(t)
	th := current()
	for mode, v := range map[string]fyne.ThemeVariant{"light": theme.VariantLight, "dark": theme.VariantDark} {
		th.Force = &v
		for kind := Plain; kind <= Teal; kind++ {
			for _, state := range []string{"rest", "hovered", "down", "off"} {
				for _, ground := range []Ink{Panel, Bg, Sunken, BotTint, WarnTint, NoteTint} {
					b := NewButton(ButtonSpec{Kind: kind, Label: "x", Keys: []string{"J"}}, func() {})
					b.hovered, b.down, b.off = state == "hovered", state == "down", state == "off"
					fill, _, ink := b.inks()
					if fill == "" {
						fill = ground
					}
					if c := contrast(C(ink).(color.NRGBA), C(fill).(color.NRGBA)); c < 4.5 {
						t.Errorf("%s: kind %d %s on %s has contrast %.2f", mode, kind, state, ground, c)
					}
				}
			}
		}
	}
}

// TestRow_EveryTintCanBeRead looks at the texts of a queue row on each of its tints.
func TestRow_EveryTintCanBeRead(t *testing.T) {
	useTheme(t)
	th := current()
	for mode, v := range map[string]fyne.ThemeVariant{"light": theme.VariantLight, "dark": theme.VariantDark} {
		th.Force = &v
		for _, left := range []int{26, 13, 4, -12} {
			for _, d := range []RowData{{Waiting: true, Left: left}, {Selected: true}, {}, {Gone: true}} {
				for _, hovered := range []bool{false, true} {
					q := NewQueueRow(d)
					q.hovered = hovered
					for _, ink := range []Ink{Fg, Fg2, Fg3, BadText} {
						if c := contrast(C(ink).(color.NRGBA), C(q.tint()).(color.NRGBA)); c < 4.5 {
							t.Errorf("%s: %s on %s has contrast %.2f", mode, ink, q.tint(), c)
						}
					}
				}
			}
			_, ink, _ := NewRing(34, 30, left).inks()
			ground := Panel
			if LevelOf(left) == Breached {
				ink, ground = Panel, Bad
			}
			if c := contrast(C(ink).(color.NRGBA), C(ground).(color.NRGBA)); c < 4.5 {
				t.Errorf("%s: a ring with %d left has contrast %.2f", mode, left, c)
			}
		}
	}
}
