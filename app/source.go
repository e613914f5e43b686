package app

import (
	"context"

	"agentdesk/app/view"
	"agentdesk/sync/client"
	"agentdesk/sync/event"
)

// OpenCard implements view.Actions.
func (a *App) OpenCard(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	defer a.touch()
	m := &a.m
	if id == "" {
		m.source = nil
		return
	}
	src, ok := a.cited(id)
	if !ok {
		return
	}
	m.trace = nil // one thing beside the chat
	v := &view.SourceView{ID: src.ID, Kind: src.Kind, Title: src.Title, At: src.Section}
	m.source = v
	if m.web == nil || !m.online() {
		v.Err = &view.Problem{Code: "unreachable"}
		return
	}
	web := m.web
	v.Busy = a.pool.add("source", func(ctx context.Context) {
		got, err := web.Source(ctx, src.Kind, src.ID)
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.m.source != v {
			return
		}
		a.m.source = sourceView(*v, got, err)
		a.touch()
	})
}

func sourceView(v view.SourceView, got client.Source, err error) *view.SourceView {
	v.Busy = false
	if err != nil {
		v.Err = &view.Problem{Code: errCode(err), Detail: err.Error()}
		return &v
	}
	if got.Title != "" {
		v.Title = got.Title
	}
	for _, s := range got.Sections {
		v.Sections = append(v.Sections, view.Section{ID: s.ID, Title: s.Title, Text: s.Text})
	}
	return &v
}

// cited is a source by the ID of a card, a citation in the log, or one of a suggestion; a.mu is held.
func (a *App) cited(id string) (event.Source, bool) {
	m := &a.m
	if p := m.panels[m.selected]; p != nil {
		for i := range p.Cards {
			if c := &p.Cards[i]; c.ID == id {
				src := c.Source
				if src.Kind == "" {
					src.Kind = c.Kind
				}
				if src.ID == "" {
					src.ID = c.ID
				}
				return src, true
			}
		}
	}
	for _, t := range m.talks() {
		for i := len(t.b.items) - 1; i >= 0; i-- {
			for _, r := range t.b.items[i].Sources {
				if r.ID == id {
					return event.Source{ID: r.ID, Kind: r.Kind, Title: r.Title, Section: r.Section}, true
				}
			}
		}
	}
	if s := a.state(m.selected); s != nil {
		all, _ := m.suggestions(s)
		for i := range all {
			for _, r := range all[i].Sources {
				if r.ID == id {
					return event.Source{ID: r.ID, Kind: r.Kind, Title: r.Title, Section: r.Section}, true
				}
			}
		}
	}
	return event.Source{}, false
}

// SendCard implements view.Actions.
func (a *App) SendCard(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if p := a.m.panels[a.m.selected]; p != nil {
		for i := range p.Cards {
			if c := &p.Cards[i]; c.ID == id && c.Kind == "product" {
				a.sendCard("product", id)
				return
			}
		}
	}
}
