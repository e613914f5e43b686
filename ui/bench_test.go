package ui_test

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"agentdesk/app/view"
	"agentdesk/ui"
	"agentdesk/ui/fixture"
)

// BenchmarkRefresh is what one changed part costs the window's goroutine, without painting.
func BenchmarkRefresh(b *testing.B) {
	change := map[string]func(int, *view.Desk){
		"typing": func(i int, d *view.Desk) {
			c, n := *d.Chat, *d.Chat.Composer
			n.Findings = n.Findings[:i%2+1]
			c.Composer = &n
			d.Chat = &c
		},
		"streaming": func(i int, d *view.Desk) {
			c := *d.Copilot
			c.Suggestions = append([]view.Suggestion(nil), c.Suggestions...)
			c.Suggestions[2].Text = "等泛红退下去" + fmt.Sprint(i)
			d.Copilot = &c
		},
		"message": func(i int, d *view.Desk) {
			c, l := *d.Chat, *d.Chat.Log
			l.Items = append(append([]view.Item(nil), l.Items...), view.Item{ID: fmt.Sprint("n", i), Rev: 1, Kind: view.KindText,
				By: view.ByCustomer, At: fixture.Now(), Text: "还在吗"})
			c.Log = &l
			d.Chat = &c
		},
		"queue": func(i int, d *view.Desk) {
			q := *d.Queue
			q.Rows = append([]view.Row(nil), q.Rows...)
			q.Rows[2].Unread = i % 9
			d.Queue = &q
		},
	}
	for _, name := range []string{"typing", "streaming", "message", "queue"} {
		b.Run(name, func(b *testing.B) {
			src := fixture.NewSource(fixture.Desk())
			u, err := ui.New(ui.Params{Source: src, Actions: &fixture.Actions{}, Now: fixture.Now, App: test.NewTempApp(b)})
			if err != nil {
				b.Fatal(err)
			}
			defer u.Window().Close()
			u.Window().Resize(fyne.NewSize(1440, 900))
			i := 0
			for b.Loop() {
				i++
				src.Change(func(d *view.Desk) { change[name](i, d) })
				u.Refresh()
			}
		})
	}
}
