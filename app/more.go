package app

import (
	"time"

	"agentdesk/app/view"
)

// Attach implements view.Actions.
func (a *App) Attach(name string, data []byte) {}

// Detach implements view.Actions.
func (a *App) Detach(id string) {}

// Quote implements view.Actions.
func (a *App) Quote(item string) {}

// Unsend implements view.Actions.
func (a *App) Unsend(item string) {}

// Pick implements view.Actions.
func (a *App) Pick(kind, query string) {}

// SendPicked implements view.Actions.
func (a *App) SendPicked(kind, id string) {}

// AskForm implements view.Actions.
func (a *App) AskForm(kind, order string) {}

// Fetch implements view.Actions.
func (a *App) Fetch(item string) {}

// Find implements view.Actions.
func (a *App) Find(query string) {}

// FindStep implements view.Actions.
func (a *App) FindStep(step int) {}

// SetFollowUp implements view.Actions.
func (a *App) SetFollowUp(due time.Time, text string) {}

// DoneFollowUp implements view.Actions.
func (a *App) DoneFollowUp(id string) {}

// OpenPast implements view.Actions.
func (a *App) OpenPast(conversation string) {}

// SetPrefs implements view.Actions.
func (a *App) SetPrefs(p view.Prefs) { a.change(func(m *model) { m.prefs = p; a.keepPrefs() }) }

// HandledAlert implements view.Actions.
func (a *App) HandledAlert(id string) {}

// SetWindow implements view.Actions.
func (a *App) SetWindow(offset int) {}
