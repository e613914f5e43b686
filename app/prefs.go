package app

import (
	"encoding/json"
	"maps"
	"math"
	"os"
	"path/filepath"

	"agentdesk/app/view"
)

const maxWidths = 32 // columns whose width is kept

// SetPrefs implements view.Actions.
func (a *App) SetPrefs(p view.Prefs) { a.change(func(m *model) { m.setPrefs(p) }) }

// SetTheme implements view.Actions.
func (a *App) SetTheme(name string) {
	a.change(func(m *model) { p := m.prefs; p.Theme = name; m.setPrefs(p) })
}

// SetLanguage implements view.Actions.
func (a *App) SetLanguage(lang string) {
	a.change(func(m *model) { p := m.prefs; p.Lang = lang; m.setPrefs(p) })
}

// setPrefs takes choices, to be on disk soon: a column that is dragged changes them with each step.
func (m *model) setPrefs(p view.Prefs) {
	m.prefs, m.prefsDirty = sound(p), true
}

// sound is choices with everything in its range.
func sound(p view.Prefs) view.Prefs {
	for _, f := range []*float32{&p.TextScale, &p.Volume, &p.Width, &p.Height} {
		if f64 := float64(*f); math.IsNaN(f64) || math.IsInf(f64, 0) {
			*f = 0
		}
	}
	if p.TextScale != 0 {
		p.TextScale = min(max(p.TextScale, 1), 1.5)
	}
	p.Volume = min(max(p.Volume, 0), 1)
	p.Width, p.Height = max(p.Width, 0), max(p.Height, 0)
	if len(p.Widths) > maxWidths {
		p.Widths = nil
	}
	p.Widths = maps.Clone(p.Widths) // the face's own map may change
	maps.DeleteFunc(p.Widths, func(_ string, w float32) bool { return !(w > 0 && w < 1e6) })
	return p
}

// keepPrefs stores choices for the next start, whole or not at all.
func (a *App) keepPrefs() {
	data, err := json.Marshal(a.m.prefs)
	if err == nil {
		path := filepath.Join(a.p.Dir, "prefs.json")
		if err = os.WriteFile(path+".new", data, 0o600); err == nil {
			err = os.Rename(path+".new", path)
		}
	}
	a.warn("keep choices", err)
}

// loadPrefs reads them; what the caller of New chose comes first.
func (a *App) loadPrefs() {
	var was view.Prefs
	data, err := os.ReadFile(filepath.Join(a.p.Dir, "prefs.json"))
	if err != nil || json.Unmarshal(data, &was) != nil {
		return
	}
	if a.p.Prefs.Lang != "" {
		was.Lang = a.p.Prefs.Lang
	}
	if a.p.Prefs.Theme != "" {
		was.Theme = a.p.Prefs.Theme
	}
	a.m.prefs = sound(was)
}
