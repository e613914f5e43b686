package ui

import (
	"strings"

	"agentdesk/app/view"
	"agentdesk/ui/look"
	"agentdesk/ui/notify"
	"agentdesk/ui/sound"
	"agentdesk/ui/words"
)

// alerts tells of what happens: once for each alert, by the preferences.
type alerts struct {
	seen map[string]bool // alerts of the newest snapshot that were told
	pace notify.Pace
	w    *words.Words
}

func (a *alerts) words(w *words.Words) {
	a.w = w
	a.pace.Summary = func(notes []notify.Note) notify.Note {
		var names []string
		for _, n := range notes {
			names = append(names, n.Title)
		}
		return notify.Note{Kind: notes[0].Kind, Title: w.T("alert.many", "n", len(notes)), Text: strings.Join(names, "\n"),
			Conversation: notes[len(notes)-1].Conversation}
	}
}

// pressing orders the kinds of alerts by how much they press: of several at once only one sounds.
func pressing(kind string) int {
	switch kind {
	case "critical":
		return 5
	case "assigned":
		return 4
	case "offer":
		return 3
	case "follow_up":
		return 2
	case "message":
		return 1
	}
	return 0
}

// alert sounds and notifies for what is new among the alerts.
func (u *UI) alert(v *view.Desk) {
	if len(v.Alerts) == 0 && len(u.alerts.seen) == 0 {
		return
	}
	seen := make(map[string]bool, len(v.Alerts))
	loud := ""
	for _, a := range v.Alerts {
		seen[a.ID] = true
		if u.alerts.seen[a.ID] {
			continue
		}
		u.p.Actions.HandledAlert(a.ID)
		if u.prefs.Quiet {
			continue
		}
		away := !u.inForeground()
		if (away || a.Kind != "message") && pressing(a.Kind) > pressing(loud) {
			loud = a.Kind
		}
		if !u.prefs.NoNotes && (away || a.Kind == "critical") {
			name := look.OneLine(a.Name)
			if name == "" {
				name = u.env.W.T("visitor")
			}
			u.alerts.pace.Add(notify.Note{Kind: a.Kind, Title: u.env.W.In("alert", a.Kind, "name", name), Text: look.Clean(a.Text),
				Conversation: a.Conversation, Urgent: a.Kind == "critical"})
		}
	}
	u.alerts.seen = seen
	if loud != "" && !u.prefs.Mute && u.p.Sound != nil {
		u.p.Sound.Cue(sound.Cue(loud))
	}
	u.tell()
}

// tell sends the notifications that are due.
func (u *UI) tell() {
	for _, n := range u.alerts.pace.Take(u.p.Now()) {
		if u.p.Notify != nil {
			u.p.Notify(n)
		}
	}
}

// clicked opens what a notification was about.
func (u *UI) clicked(conversation string) {
	u.win.Show()
	u.win.RequestFocus()
	if conversation != "" {
		u.p.Actions.Goto("chats")
		u.p.Actions.Select(conversation)
	}
}
