package app

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"agentdesk/app/view"
	"agentdesk/assets"
	"agentdesk/sync/client"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/replica"
	"agentdesk/sync/wire"
)

// model is what snapshots are made from.
type model struct {
	now func() time.Time

	// The session.
	rep     *replica.Replica
	cl      *client.Client
	web     *client.Web        // nil while signed out
	stop    context.CancelFunc // of the connection
	done    chan struct{}
	login   view.Login
	session wire.Session
	renewed time.Time // when the session's token was
	server  string
	screen  view.Screen
	place   string // of the rail

	prefs      view.Prefs
	prefsDirty bool
	groups     map[string]map[string]string // language → key → name

	// The connection.
	status     client.Status
	caught     bool // the copy is up to date since the last welcome
	goal       uint64
	tail       bool // the last welcome continued a copy that had been connected before
	missed     int  // customers' messages that came while catching up
	view       string
	syncedAt   time.Time
	syncedKept time.Time // as it is on disk
	latency    int       // ms, as shown
	offset     int64     // floor clock minus this machine's, ms
	clock      wire.Clock
	presence   view.Presence
	outdated   bool
	pruned     time.Time

	// The queue.
	segment   view.Segment
	selected  string
	board     *board
	rows      map[string]*cachedRow
	customers map[string][]string // customer → conversations of the copy
	floor     *wire.Floor
	health    *wire.Health // nil while it is not known
	team      *view.Team   // made from floor
	teamOf    *wire.Floor
	teamLang  string
	bots      map[string]*conversation.State
	botOrder  []string
	botTotal  int
	botFrom   int // first row that is asked for
	botOffset int // first row that is there

	// The chats.
	peek    *conversation.State
	peekEv  []event.Placed
	talk    *talk
	reading *reading
	typing  map[string]typing // by conversation
	panels  map[string]*wire.Panel
	streams map[string]*stream
	clear   map[event.ID]unmasked // by message
	limit   int                   // events of the open chat
	history map[string]*history   // by customer
	past    *pastChat
	find    *finding
	source  *view.SourceView
	trace   *tracing
	search  *view.Search
	media   *media

	// What is written.
	mode    view.Mode
	drafts  map[draftKey]*draft
	unsaved map[draftKey]bool
	quotes  map[string]event.ID // by conversation: what the next Send quotes
	files   []*file
	picker  *picker
	picked  map[string]*view.ShopCard // command → the card as it was picked
	outbox  []*replica.Waiting
	asked   map[string]ask      // commands whose answer is shown
	ignored map[string]string   // suggestion → how, before the log says so
	seen    map[string]bool     // assignments answered
	read    map[string]event.ID // chat → newest message read, before the log says so

	// What is told.
	lost     *view.Lost
	lostIn   string
	toasts   []view.Toast
	alerts   *alerts
	reminded map[event.ID]bool
	wakeAt   time.Time // when to look again, zero for no reason
}

type typing struct {
	kind event.Kind
	at   time.Time
}

type ask struct {
	kind conversation.Kind
	conv string
}

// The rail.
const (
	placeChats    = "chats"
	placeSettings = "settings"
)

func newModel(p Params) model {
	m := model{now: p.Now, prefs: p.Prefs, screen: view.ScreenLogin, presence: view.Present, place: placeChats,
		login: view.Login{Server: p.Server, User: p.User}, media: newMedia()}
	m.drafts, m.unsaved, m.quotes = map[draftKey]*draft{}, map[draftKey]bool{}, map[string]event.ID{}
	m.ignored, m.asked, m.picked = map[string]string{}, map[string]ask{}, map[string]*view.ShopCard{}
	m.reminded, m.history = map[event.ID]bool{}, map[string]*history{}
	m.alerts = newAlerts()
	m.forget()
	return m
}

// forget drops what was only true while connected.
func (m *model) forget() {
	m.bots, m.botOrder, m.botTotal, m.botOffset, m.peek, m.peekEv, m.floor, m.health = map[string]*conversation.State{}, nil, 0, 0, nil, nil, nil, nil
	m.typing, m.panels, m.streams = map[string]typing{}, map[string]*wire.Panel{}, map[string]*stream{}
	m.clear, m.seen, m.read = map[event.ID]unmasked{}, map[string]bool{}, map[string]event.ID{}
	m.rows = map[string]*cachedRow{}
	m.talk = nil
	m.caught = false
	m.restate()
}

// restate makes anew what is kept up from the copy's states.
func (m *model) restate() {
	m.customers = map[string][]string{}
	if m.rep == nil {
		m.board = newBoard(m.session.User.ID, m.clock.AgeStep, nil)
		return
	}
	all := m.rep.States()
	m.board = newBoard(m.session.User.ID, m.clock.AgeStep, all)
	for _, s := range all {
		m.customers[s.Customer] = append(m.customers[s.Customer], s.ID)
	}
}

// changed notes conversations of the copy that are different now.
func (m *model) changed(ids []string) {
	for _, id := range ids {
		s := m.rep.State(id)
		m.board.set(id, s)
		if s == nil {
			m.forgetRow(id)
			delete(m.alerts.told, id)
			continue
		}
		if l := m.customers[s.Customer]; len(l) == 0 || l[len(l)-1] != id && !contains(l, id) {
			m.customers[s.Customer] = append(l, id)
		}
	}
}

func contains(l []string, v string) bool {
	for _, x := range l {
		if x == v {
			return true
		}
	}
	return false
}

// online reports whether frames reach the server.
func (m *model) online() bool { return m.cl != nil && m.status.Phase == client.Online }

// at is a floor time on this machine's clock.
func (m *model) at(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms - m.offset)
}

// loadGroups reads the words for the groups' keys: names of groups are data in snapshots.
func (m *model) loadGroups() error {
	m.groups = map[string]map[string]string{}
	for _, lang := range []string{"zh-Hans", "en"} {
		raw, err := assets.Read("i18n/" + lang + ".json")
		if err != nil {
			return err
		}
		var all map[string]string
		if err := json.Unmarshal(raw, &all); err != nil {
			return fmt.Errorf("parse words of %s: %w", lang, err)
		}
		m.groups[lang] = map[string]string{}
		for k, v := range all {
			if key, ok := strings.CutPrefix(k, "group."); ok {
				m.groups[lang][key] = v
			}
		}
	}
	return nil
}

// group is a group's name in the person's language; a key without one shows itself.
func (m *model) group(key string) string {
	lang := "zh-Hans"
	if strings.HasPrefix(strings.ToLower(m.prefs.Lang), "en") {
		lang = "en"
	}
	if n := m.groups[lang][key]; n != "" {
		return n
	}
	return key
}
