package app

import (
	"context"
	"slices"
	"strings"

	"agentdesk/app/view"
	"agentdesk/sync/cjk"
	"agentdesk/sync/event"
	"agentdesk/sync/replica"
)

const (
	maxHits    = 1000 // in one conversation
	maxResults = 100  // in all that the desk holds
	maxQuery   = 200  // runes of a question
)

// finding is a search in the open chat.
type finding struct {
	conv, query string
	busy        bool
	hits        []event.ID
	at          int
}

func clip(q string) string {
	r := []rune(strings.TrimSpace(q))
	return string(r[:min(len(r), maxQuery)])
}

// Find implements view.Actions.
func (a *App) Find(query string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	defer a.touch()
	m := &a.m
	s := a.state(m.selected)
	query = clip(query)
	if query == "" || s == nil || m.rep == nil {
		m.find = nil
		return
	}
	f := &finding{conv: s.ID, query: query, busy: true, at: -1}
	if old := m.find; old != nil && old.conv == s.ID { // shown until the new ones are there
		f.hits, f.at = old.hits, old.at
	}
	m.find = f
	var said []event.ID // as it stands in memory: peeked chats, and what only the seat's holder reads
	if t := m.talk; t != nil && t.conv == s.ID {
		for i := range t.b.items {
			it := &t.b.items[i]
			_, open := m.clear[it.ID]
			if (t.peeked || open) && !it.Recalled && within(it.Text, query) {
				said = append(said, it.ID)
			}
		}
	}
	rep := m.rep
	if !a.pool.add("find", func(ctx context.Context) {
		hits, err := rep.Find(ctx, f.conv, query, maxHits)
		a.warn("find", err)
		hits = append(hits, said...)
		slices.Sort(hits)
		hits = slices.Compact(hits)
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.m.find != f {
			return
		}
		f.busy, f.hits = false, hits
		a.goTo(ctx, len(hits)-1) // the newest first
		a.touch()
	}) {
		f.busy = false
	}
}

// within reports whether every word of a question is in a text, by the rules of full text as far as they matter in one chat.
func within(text, query string) bool {
	fold := func(s string) string { return strings.Map(cjk.Fold, s) }
	text = fold(text)
	words := strings.Fields(fold(query))
	return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// goTo shows a hit, and loads as much of the chat as that takes; a.mu is held.
func (a *App) goTo(ctx context.Context, at int) {
	m := &a.m
	f := m.find
	if f == nil || len(f.hits) == 0 {
		if f != nil {
			f.at = -1
		}
		return
	}
	at = (at%len(f.hits) + len(f.hits)) % len(f.hits)
	t := m.talk
	if t == nil || t.conv != f.conv {
		return
	}
	if _, ok := t.b.at[f.hits[at]]; ok {
		f.at = at
		return
	}
	n, err := m.rep.Depth(ctx, f.hits[at])
	a.warn("find message", err)
	if t.peeked {
		n = len(m.peekEv)
	}
	if n == 0 {
		return
	}
	f.busy = true
	a.readBack(max(m.limit, n+pageEvents/6), func() { // and a little before it
		f.busy, f.at = false, at
		a.touch()
	})
}

// FindStep implements view.Actions.
func (a *App) FindStep(step int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if f := a.m.find; f != nil && f.conv == a.m.selected && len(f.hits) > 0 {
		a.goTo(context.Background(), f.at+step)
		a.touch()
	}
}

// findView is the search for a snapshot.
func (m *model) findView(conv string) *view.Find {
	f := m.find
	if f == nil || f.conv != conv {
		return nil
	}
	return &view.Find{Query: f.query, Busy: f.busy, Hits: f.hits, At: f.at}
}

// Search implements view.Actions.
func (a *App) Search(query string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	defer a.touch()
	query = clip(query)
	if query == "" || a.m.rep == nil {
		a.m.search = nil
		return
	}
	v := &view.Search{Query: query, Busy: true}
	if old := a.m.search; old != nil {
		v.Results = old.Results
	}
	a.m.search = v
	rep := a.m.rep
	if !a.pool.add("search", func(ctx context.Context) {
		evs, err := rep.Search(ctx, query, maxResults)
		a.warn("search", err)
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.m.search != v {
			return
		}
		a.m.search = &view.Search{Query: query, Results: a.m.results(rep, query, evs)}
		a.touch()
	}) {
		a.m.search = &view.Search{Query: query}
	}
}

// results are the conversations whose customer is called so, then the messages found, newest first.
func (m *model) results(rep *replica.Replica, query string, evs []event.Placed) (out []view.Hit) {
	for _, s := range rep.States() {
		if within(s.Name, query) || within(s.Nick, query) {
			out = append(out, view.Hit{Conversation: s.ID, Message: s.SnippetMsg, Name: name(s), Text: s.Snippet, At: m.at(s.LastAt)})
		}
	}
	slices.SortFunc(out, func(x, y view.Hit) int { return y.At.Compare(x.At) })
	out = out[:min(len(out), 20)]
	for i := range evs {
		if s := rep.State(evs[i].Conv); s != nil {
			out = append(out, view.Hit{Conversation: s.ID, Message: evs[i].ID, Name: name(s), Text: replica.Words(&evs[i]), At: m.at(evs[i].Time)})
		}
	}
	return out[:min(len(out), maxResults)]
}
