// Package look is a presentation kit for Fyne: design tokens as a theme, and
// widgets that draw exact sizes, weights, colours and line heights.
//
// Widgets hold colour names and data, never colours or domain types, so a theme
// switch needs no rebuilding, and they report what happened through callbacks.
package look

import (
	"encoding/json"
	"fmt"
	"image/color"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"agentdesk/assets"
)

// Ink names a colour: a token ("panel"), an emotion part ("e-anxious",
// "e-anxious-t" text, "e-anxious-b" tint), a tier part ("t-black" fill, "t-black-t" text,
// "t-black-l" stroke), or a literal "#RRGGBB" for brand colours outside the tokens.
// The empty Ink draws nothing.
type Ink = fyne.ThemeColorName

// Token inks that the kit itself uses. Any other token works by its name.
const (
	Bg         Ink = "bg"
	Panel      Ink = "panel"
	Sunken     Ink = "sunken"
	Hover      Ink = "hover"
	Selected   Ink = "selected"
	Line       Ink = "line"
	LineStrong Ink = "lineStrong"
	Fg         Ink = "text"
	Fg2        Ink = "text2"
	Fg3        Ink = "text3"
	Accent     Ink = "accent"
	OnAccent   Ink = "onAccent"
	AccentTint Ink = "accentTint"
	AccentLine Ink = "accentLine"
	AccentText Ink = "accentText"
	Bot        Ink = "bot"
	BotTint    Ink = "botTint"
	BotLine    Ink = "botLine"
	BotText    Ink = "botText"
	NoteTint   Ink = "noteTint"
	NoteLine   Ink = "noteLine"
	NoteText   Ink = "noteText"
	OK         Ink = "ok"
	OKTint     Ink = "okTint"
	OKText     Ink = "okText"
	Warn       Ink = "warn"
	WarnTint   Ink = "warnTint"
	WarnText   Ink = "warnText"
	WarnLine   Ink = "warnLine"
	Bad        Ink = "bad"
	BadTint    Ink = "badTint"
	BadText    Ink = "badText"
	BadLine    Ink = "badLine"
	Track      Ink = "track"
)

// Theme is the design tokens as a fyne.Theme. Force, when set, overrides the
// system's light or dark choice. TextScale enlarges all text, and the rows that hold it; 0 means 1. Still ends movement.
type Theme struct {
	Force         *fyne.ThemeVariant
	TextScale     float32
	Still         bool                   // no movements
	colours       [2]map[Ink]color.NRGBA // by fyne.ThemeVariant
	regular, bold fyne.Resource
	widths        *widthCache
	prepared      *resourceCache
}

// NewTheme reads the embedded tokens and fonts.
func NewTheme() (*Theme, error) {
	raw, err := assets.Read("tokens.json")
	if err != nil {
		return nil, fmt.Errorf("read tokens: %w", err)
	}
	var tok struct {
		Color   map[string]map[string]string          `json:"color"`
		Emotion map[string]map[string]json.RawMessage `json:"emotion"`
		Tier    map[string]map[string]json.RawMessage `json:"tier"`
	}
	if err := json.Unmarshal(raw, &tok); err != nil {
		return nil, fmt.Errorf("parse tokens: %w", err)
	}
	t := &Theme{widths: newWidthCache(), prepared: newResourceCache()}
	for v, mode := range map[fyne.ThemeVariant]string{theme.VariantLight: "light", theme.VariantDark: "dark"} {
		m := map[Ink]color.NRGBA{}
		put := func(name, hex string) {
			if c, err := parseHex(hex); err == nil {
				m[Ink(name)] = c
			}
		}
		for k, hex := range tok.Color[mode] {
			put(k, hex)
		}
		for k, e := range tok.Emotion {
			var p struct{ Solid, Text, Tint string }
			if err := json.Unmarshal(e[mode], &p); err != nil {
				return nil, fmt.Errorf("emotion %s: %w", k, err)
			}
			put("e-"+k, p.Solid)
			put("e-"+k+"-t", p.Text)
			put("e-"+k+"-b", p.Tint)
		}
		for k, e := range tok.Tier {
			var p struct{ Fill, Text, Stroke string }
			if err := json.Unmarshal(e[mode], &p); err != nil {
				return nil, fmt.Errorf("tier %s: %w", k, err)
			}
			put("t-"+k, p.Fill)
			put("t-"+k+"-t", p.Text)
			put("t-"+k+"-l", p.Stroke)
		}
		t.colours[v] = m
	}
	t.regular = fyne.NewStaticResource("NotoSansSC-Regular.otf", assets.Font(false))
	t.bold = fyne.NewStaticResource("NotoSansSC-Bold.otf", assets.Font(true))
	return t, nil
}

// stock maps Fyne's own colour names onto tokens, so that stock widgets (Entry,
// Scroll, menus) fit in.
var stock = map[fyne.ThemeColorName]Ink{
	theme.ColorNameBackground:          Ground,
	theme.ColorNameForeground:          Fg,
	theme.ColorNamePrimary:             Accent,
	theme.ColorNameForegroundOnPrimary: OnAccent,
	theme.ColorNameButton:              Panel,
	theme.ColorNameDisabled:            Fg3,
	theme.ColorNameDisabledButton:      Hover,
	theme.ColorNameError:               Bad,
	theme.ColorNameFocus:               AccentTint,
	theme.ColorNameHover:               Hover,
	theme.ColorNamePressed:             Line,
	theme.ColorNameMenuBackground:      Panel,
	theme.ColorNameOverlayBackground:   Panel,
	theme.ColorNameHeaderBackground:    Sunken,
	theme.ColorNamePlaceHolder:         Fg3,
	theme.ColorNameScrollBar:           LineStrong,
	theme.ColorNameSelection:           AccentTint,
	theme.ColorNameSeparator:           Line,
	theme.ColorNameSuccess:             OK,
	theme.ColorNameWarning:             Warn,
	theme.ColorNameHyperlink:           AccentText,
}

// Color implements fyne.Theme.
func (t *Theme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	if t.Force != nil {
		v = *t.Force
	}
	if c, ok := t.colours[v&1][name]; ok {
		return c
	}
	if alias, ok := stock[name]; ok {
		return t.colours[v&1][alias]
	}
	if strings.HasPrefix(string(name), "#") {
		if c, err := parseHex(string(name)); err == nil {
			return c
		}
	}
	switch name {
	case theme.ColorNameShadow: // the design has strokes, no shadows
		return color.Transparent
	case theme.ColorNameInputBackground, theme.ColorNameInputBorder: // marks lie behind entries; boxes bring fill and border
		return color.Transparent
	}
	return theme.DefaultTheme().Color(name, v)
}

// Font implements fyne.Theme. There are two weights, and no italic or monospace.
func (t *Theme) Font(s fyne.TextStyle) fyne.Resource {
	if s.Symbol {
		return theme.DefaultTheme().Font(s)
	}
	if s.Bold {
		return t.bold
	}
	return t.regular
}

// Icon implements fyne.Theme.
func (t *Theme) Icon(n fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(n) }

// Size implements fyne.Theme.
func (t *Theme) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case theme.SizeNameText: // only stock widgets read it: the composer's size, without a second font load
		return Chat.Size * t.scale()
	case theme.SizeNameCaptionText:
		return Micro.Size * t.scale()
	case theme.SizeNameSubHeadingText, theme.SizeNameHeadingText:
		return Title.Size * t.scale()
	case theme.SizeNameInputRadius: // the frame of an entry is clipped away, and round ones are drawn displaced by software
		return 0
	case theme.SizeNameSelectionRadius:
		return 2
	case theme.SizeNameInputBorder: // also the width of the caret
		return 2
	case theme.SizeNameSeparatorThickness:
		return 1
	case theme.SizeNameInnerPadding:
		return 8
	case theme.SizeNamePadding:
		return 4
	case theme.SizeNameScrollBarSmall:
		return 4
	}
	return theme.DefaultTheme().Size(n)
}

func (t *Theme) scale() float32 {
	if t.TextScale == 0 {
		return 1
	}
	return t.TextScale
}

// TextScale is the person's text size, from 1 to 1.5.
func TextScale() float32 {
	if t := current(); t != nil {
		return t.scale()
	}
	return 1
}

// Scaled is a length that follows the text size, in whole units.
func Scaled(v float32) float32 {
	if k := TextScale(); k != 1 {
		return round(v * k)
	}
	return v
}

// C resolves an ink in the current theme.
func C(i Ink) color.Color {
	if i == "" {
		return color.Transparent
	}
	return theme.Color(i)
}

// variant says whether the current theme draws light or dark; file names of the
// emotion glyphs depend on it.
func variant() string {
	r, g, b, _ := C(Panel).RGBA()
	if r+g+b < 3*0x8000 {
		return "dark"
	}
	return "light"
}

func parseHex(s string) (color.NRGBA, error) {
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32)
	if err != nil || len(s) != 7 {
		return color.NRGBA{}, fmt.Errorf("colour %q is not #RRGGBB", s)
	}
	return color.NRGBA{R: uint8(n >> 16), G: uint8(n >> 8), B: uint8(n), A: 0xff}, nil
}

func hexOf(c color.Color) string {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	return fmt.Sprintf("#%02X%02X%02X", n.R, n.G, n.B)
}
