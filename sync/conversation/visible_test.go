package conversation

import (
	"testing"
	"time"

	"agentdesk/sync/event"
)

// TestVisible has one row for each cell of the design's table "Who sees what".
func TestVisible(t *testing.T) {
	held := func(t testing.TB) *room { return heldBy(t, "ann") }
	closed := func(t testing.TB) *room {
		r := heldBy(t, "ann")
		return r.do(r.by("ann", Close, CloseArgs{Disposition: "x"}))
	}
	botClosed := func(t testing.TB) *room { r := opened(t); return r.do(byBot(r, Close, CloseArgs{})) }
	handedBack := func(t testing.TB) *room { r := heldBy(t, "ann"); return r.do(r.by("ann", HandBack, HandBackArgs{})) }
	toOut := func(t testing.TB) *room {
		r := heldBy(t, "ann")
		return r.do(r.by("ann", Transfer, TransferArgs{Agent: "out"}))
	}
	bobHas := func(t testing.TB) *room {
		r := heldBy(t, "ann")
		return r.do(r.by("ann", HandBack, HandBackArgs{})).do(r.by("bob", Claim, nil))
	}
	const day = 24 * time.Hour
	for _, tc := range []struct {
		name string
		from func(testing.TB) *room
		who  string
		age  time.Duration
		want Level
	}{
		{"agent, own chat", held, "ann", 0, Live},
		{"agent, a colleague's chat", held, "bob", 0, None},
		{"agent, a colleague's that was own", bobHas, "ann", 0, Kept},
		{"agent, waiting of own group", waiting, "bob", 0, Live},
		{"agent, waiting of another group", waiting, "out", 0, None},
		{"agent, transferred to them across groups", toOut, "out", 0, Live},
		{"agent, sender of a transfer", toOut, "ann", 0, Live},
		{"agent, bot's of own group", opened, "ann", 0, Row},
		{"agent, bot's of another group", opened, "out", 0, None},
		{"agent, handed back by them", handedBack, "ann", 0, Kept},
		{"agent, handed back by another", handedBack, "bob", 0, Row},
		{"agent, own closed", closed, "ann", 30 * day, Kept},
		{"agent, own closed long ago", closed, "ann", 30*day + time.Second, None},
		{"agent, a colleague's closed", closed, "bob", 0, None},
		{"agent, closed by the bot", botClosed, "ann", 0, None},
		{"lead, held in the team", held, "lee", 0, Live},
		{"lead, waiting in the team", waiting, "lee", 0, Live},
		{"lead, bot's of the team", opened, "lee", 0, Row},
		{"lead, team's closed", closed, "lee", 90 * day, Kept},
		{"lead, team's closed by the bot", botClosed, "lee", 90 * day, Kept},
		{"lead, team's closed long ago", closed, "lee", 90*day + time.Second, None},
		{"lead of another team, held", held, "lead2", 0, None},
		{"lead of another team, waiting", waiting, "lead2", 0, None},
		{"lead of another team, closed", closed, "lead2", 0, None},
		{"supervisor, held", held, "sup", 0, Live},
		{"supervisor, waiting", waiting, "sup", 0, Live},
		{"supervisor, bot's", opened, "sup", 0, Live},
		{"supervisor, closed", closed, "sup", 90 * day, Kept},
		{"supervisor, closed long ago", closed, "sup", 90*day + time.Second, None},
		{"admin, held", held, "adm", 0, None},
		{"admin, waiting", waiting, "adm", 0, None},
		{"admin, bot's", opened, "adm", 0, None},
		{"admin, closed", closed, "adm", 0, None},
		{"no role", held, "", 0, None},
		{"no conversation", newRoom, "sup", 0, None},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := tc.from(t)
			a := r.agents[tc.who]
			if tc.who == "lead2" {
				a = Agent{ID: "lead2", Role: RoleLead, Groups: []string{"hair"}}
			}
			who := Viewer{ID: a.ID, Role: a.Role, Groups: a.Groups}
			if got := Visible(r.s, who, r.now+tc.age.Milliseconds()); got != tc.want {
				t.Fatalf("level %d, want %d", got, tc.want)
			}
		})
	}
	r := waiting(t).do(offer("bob"))
	if r.s.Wait.offer("bob") != 0 || Visible(r.s, Viewer{ID: "bob", Role: RoleAgent}, r.now) != Live {
		t.Fatal("who is offered a chat does not see it")
	}
	r.do(r.by("ann", Claim, nil))
	if Visible(r.s, Viewer{ID: "bob", Role: RoleAgent, Groups: []string{group}}, r.now) != None || r.events[0].Type != event.Taken {
		t.Fatal("who lost the race still sees the chat")
	}
}
