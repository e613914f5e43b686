package main

import (
	"fmt"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui"
	"agentdesk/ui/fixture"
	"agentdesk/ui/shot"
)

// plate is one picture of the gallery: a scene in a language, theme and width.
type plate struct {
	Scene, Lang, Theme string
	Width, Height      float32
	Focus              bool
	Desk               *view.Desk
	Later              time.Duration // after it was first drawn
	Then               func(*ui.UI)
	Target             string // file in docs/design, "" where the mock has none
	name               string // of a picture that a browser drew
}

// File is the picture's name.
func (p plate) File() string {
	if p.name != "" {
		return p.name
	}
	lang := "zh"
	if p.Lang == "en" {
		lang = "en"
	}
	return fmt.Sprintf("%s-%s-%s-%.0f.png", p.Scene, lang, p.Theme, p.Width)
}

// kept reports whether the repository keeps the picture: every scene once, and the desk itself in all its forms.
func (p plate) kept() bool {
	return p.Scene == "desk" || p.Lang != "en" && p.Theme == "light" && p.Width == 1440
}

func (p plate) shot(a fyne.App) shot.Params {
	return shot.Params{App: a, Desk: p.Desk, Lang: p.Lang, Theme: p.Theme, Width: p.Width, Height: p.Height, Focus: p.Focus, Later: p.Later, Then: p.Then}
}

var heights = map[float32]float32{1024: 768, 1440: 900, 1920: 1080}

// target is the mock that a picture is set beside.
func target(scene, lang, theme string, width float32) string {
	switch {
	case scene != "desk" || lang != "zh-Hans":
		return states(scene)
	case width == 1024 && theme == "light":
		return "desk-1024.png"
	case width == 1440:
		return "desk-" + theme + ".png"
	}
	return ""
}

// states are the scenes that the sheet of states shows.
func states(scene string) string {
	if slices.Contains([]string{"empty", "loading", "offline", "reconnecting", "lost", "send", "waiting"}, scene) {
		return "states-light.png"
	}
	return ""
}

// more are the scenes that are a sample desk and something done to it.
func more() []scenario {
	ask := func(u *ui.UI) { u.Window().Canvas().OnTypedRune()('?') }
	return []scenario{{State: fixture.State{Name: "cheats", Desk: fixture.Desk()}, then: ask}}
}

// scenario is a state with what happens before the picture is taken.
type scenario struct {
	fixture.State
	later time.Duration
	then  func(*ui.UI)
}

// scenarios are all scenes in the order of the index.
func scenarios() []scenario {
	var out []scenario
	for _, s := range fixture.States() {
		c := scenario{State: s}
		if s.Name == "loading" {
			c.later = time.Second // skeletons show after 300 ms
		}
		out = append(out, c)
	}
	return append(out, more()...)
}

// plates are all pictures, scene by scene.
func plates() []plate {
	var out []plate
	for _, s := range scenarios() {
		for _, lang := range []string{"zh-Hans", "en"} {
			for _, theme := range []string{"light", "dark"} {
				for _, w := range []float32{1024, 1440, 1920} {
					out = append(out, plate{Scene: s.Name, Lang: lang, Theme: theme, Width: w, Height: heights[w], Focus: s.Focus,
						Desk: s.Desk, Later: s.later, Then: s.then, Target: target(s.Name, lang, theme, w)})
				}
			}
		}
	}
	return out
}
