package app

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
)

// SetFollowUp implements view.Actions.
func (a *App) SetFollowUp(due time.Time, text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.follow(due, text)
}

func (a *App) follow(due time.Time, text string) bool {
	s := a.state(a.m.selected)
	if s == nil || strings.TrimSpace(text) == "" {
		return false
	}
	if !due.After(a.m.now()) {
		a.say("warn", "follow_past", nil)
		return false
	}
	return a.command(conversation.SetFollowUp, s.ID, 0, conversation.FollowUpArgs{Due: due.UnixMilli() + a.m.offset, Text: strings.TrimSpace(text)}, false)
}

// DoneFollowUp implements view.Actions.
func (a *App) DoneFollowUp(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for conv, s := range a.m.board.dueStates() {
		if slices.ContainsFunc(s.FollowUps, func(f conversation.FollowUp) bool { return f.ID == id }) {
			a.command(conversation.DoneFollowUp, conv, 0, conversation.DoneFollowUpArgs{FollowUp: id}, false)
			return
		}
	}
	if s := a.state(a.m.selected); s != nil { // a colleague's, in the open chat
		a.command(conversation.DoneFollowUp, s.ID, 0, conversation.DoneFollowUpArgs{FollowUp: id}, false)
	}
}

func (b *board) dueStates() map[string]*conversation.State {
	if b == nil {
		return nil
	}
	return b.due
}

func (m *model) followUps(s *conversation.State) (out []view.FollowUp) {
	for _, f := range s.FollowUps {
		out = append(out, view.FollowUp{ID: f.ID, Conversation: s.ID, Name: name(s), Text: f.Text, Due: m.at(f.Due), Mine: f.Agent == m.session.User.ID})
	}
	sortDue(out)
	return out
}

func sortDue(l []view.FollowUp) {
	slices.SortFunc(l, func(x, y view.FollowUp) int { return cmp.Or(x.Due.Compare(y.Due), cmp.Compare(x.ID, y.ID)) })
}

// due is this agent's open promises, soonest first.
func (m *model) dueList() (out []view.FollowUp) {
	for _, s := range m.board.dueStates() {
		for _, f := range m.followUps(s) {
			if f.Mine {
				out = append(out, f)
			}
		}
	}
	sortDue(out)
	return out
}
