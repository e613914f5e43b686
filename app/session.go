package app

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"agentdesk/app/view"
	"agentdesk/sync/client"
	"agentdesk/sync/event"
	"agentdesk/sync/replica"
	"agentdesk/sync/wire"
)

// last is which user's copy to show at the start.
type last struct{ Server, User string }

// resume opens the last user's copy.
func (a *App) resume(ctx context.Context) {
	var l last
	data, err := os.ReadFile(filepath.Join(a.p.Dir, "last.json"))
	if err != nil || json.Unmarshal(data, &l) != nil || l.User == "" {
		return
	}
	if a.p.User != "" && a.p.User != l.User {
		return
	}
	a.m.login.Server, a.m.login.User = l.Server, l.User
	if err := a.open(ctx, l.User); err != nil {
		a.m.login.Err = &view.Problem{Code: "replica", Detail: err.Error()}
		return
	}
	s, err := a.m.rep.Meta(ctx, "session")
	a.warn("read session", err)
	if s != "" && json.Unmarshal([]byte(s), &a.m.session) == nil && a.m.session.Refresh != "" {
		a.m.server, a.m.screen = l.Server, view.ScreenDesk
	}
	a.m.restate()
}

// open takes a user's copy in place of the one before; a.mu is held.
func (a *App) open(ctx context.Context, user string) error {
	rep, err := replica.Open(ctx, a.path(user))
	if err != nil {
		return err
	}
	m := &a.m
	if old := m.rep; old != nil {
		a.save(ctx)
		a.warn("close replica", old.Close())
	}
	m.rep, m.selected, m.segment, m.mode, m.place = rep, "", view.SegMine, view.ModeReply, placeChats
	m.drafts, m.unsaved, m.quotes, m.limit = map[draftKey]*draft{}, map[draftKey]bool{}, map[string]event.ID{}, pageEvents
	m.picked, m.history, m.alerts = map[string]*view.ShopCard{}, map[string]*history{}, newAlerts()
	m.media, m.syncedAt = newMedia(), time.Time{}
	m.search, m.find, m.source, m.picker, m.past = nil, nil, nil, nil, nil
	m.forget()
	m.reading = nil
	if err := a.loadReminded(ctx); err != nil {
		return err
	}
	if err := a.loadSynced(ctx); err != nil {
		return err
	}
	return a.loadOutbox(ctx)
}

// loadSynced reads when this copy was last up to date; a.mu is held.
func (a *App) loadSynced(ctx context.Context) error {
	v, err := a.m.rep.Meta(ctx, "synced")
	if ms, bad := strconv.ParseInt(v, 10, 64); err == nil && v != "" && bad == nil {
		a.m.syncedAt = time.UnixMilli(ms)
		a.m.syncedKept = a.m.syncedAt
	}
	return err
}

// Login implements view.Actions.
func (a *App) Login(server, user, password string) {
	a.mu.Lock()
	if a.m.login.Busy {
		a.mu.Unlock()
		return
	}
	a.m.login = view.Login{Server: server, User: user, Busy: true}
	a.mu.Unlock()
	a.touch()
	a.job(func(ctx context.Context) {
		s, err := client.Login(ctx, a.p.HTTP, server, user, password)
		if err == nil {
			a.disconnect()
			a.keepFiles(ctx)
			err = a.signedIn(ctx, server, s)
		}
		a.mu.Lock()
		a.m.login.Busy = false
		a.m.login.Err = problem(err)
		a.mu.Unlock()
		a.touch()
		if err == nil {
			a.connect(ctx, server)
		}
	})
}

func problem(err error) *view.Problem {
	var re *client.RESTError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, client.ErrAddress):
		return &view.Problem{Code: "bad_address"}
	case errors.As(err, &re):
		switch re.Status {
		case http.StatusUnauthorized, http.StatusForbidden:
			return &view.Problem{Code: "wrong_password"}
		case http.StatusTooManyRequests:
			return &view.Problem{Code: "locked"}
		}
		return &view.Problem{Code: "unknown", Detail: err.Error()}
	case errors.Is(err, replica.ErrNewer):
		return &view.Problem{Code: "replica", Detail: err.Error()}
	}
	return &view.Problem{Code: "unreachable", Detail: err.Error()}
}

func (a *App) signedIn(ctx context.Context, server string, s wire.Session) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.open(ctx, s.User.ID); err != nil {
		return err
	}
	a.m.session, a.m.server, a.m.screen, a.m.outdated = s, server, view.ScreenDesk, false
	a.m.renewed = time.Now()
	a.m.restate()
	a.keepSession(ctx)
	data, err := json.Marshal(last{server, s.User.ID})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(a.p.Dir, "last.json"), data, 0o600)
}

func (a *App) keepSession(ctx context.Context) {
	data, err := json.Marshal(a.m.session)
	if err == nil {
		err = a.m.rep.SetMeta(ctx, "session", string(data))
	}
	a.warn("keep session", err)
}

// Logout implements view.Actions. The copy stays, drafts and all, for the next log-in.
func (a *App) Logout() {
	a.job(func(ctx context.Context) {
		a.disconnect()
		a.signOut(ctx)
	})
}

func (a *App) signOut(ctx context.Context) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.m.forget()
	a.m.web = nil
	a.m.login = view.Login{Server: a.m.server, User: a.m.session.User.ID}
	a.m.session.Token, a.m.session.Refresh = "", ""
	if a.m.rep != nil {
		a.keepSession(ctx)
	}
	a.m.screen = view.ScreenLogin
	a.touch()
}

// connect starts the connection; only Run's goroutine calls it.
func (a *App) connect(ctx context.Context, server string) {
	a.disconnect()
	ctx, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	a.mu.Lock()
	cl := client.New(client.Params{Server: server, Token: a.token, Hello: a.m.rep.Cursor, Handler: handler{a, ctx}, Device: "desk",
		Lang: a.m.prefs.Lang, HTTP: a.p.HTTP, Logger: a.log})
	a.m.cl, a.m.stop, a.m.done = cl, stop, done
	a.m.web = &client.Web{HTTP: a.slow, Server: server, Token: a.token}
	for _, w := range a.m.outbox {
		if w.State == replica.Sent { // no answer yet: the same command again
			cl.Command(w.Frame)
		}
	}
	a.mu.Unlock()
	go func() {
		defer close(done)
		err := cl.Run(ctx)
		if err == nil {
			return
		}
		a.log.Warn("connection is over", "err", err)
		a.job(func(ctx context.Context) {
			a.disconnect()
			var te *client.TerminalError
			if errors.As(err, &te) && te.Code == wire.CloseVersion {
				a.mu.Lock()
				a.m.outdated = true
				a.mu.Unlock()
				a.touch()
				return
			}
			a.signOut(ctx)
			a.toast("warn", "expired", nil)
		})
	}()
}

// disconnect ends the connection and waits for it.
func (a *App) disconnect() {
	a.mu.Lock()
	stop, done := a.m.stop, a.m.done
	a.m.cl, a.m.stop, a.m.done = nil, nil, nil
	a.m.status, a.m.caught = client.Status{}, false
	a.mu.Unlock()
	if stop != nil {
		stop()
		<-done
	}
	a.touch()
}

// fresh is how long a renewed token is taken for good: who found the one before it expired may ask a little later.
const fresh = 5 * time.Second

// token is the session's, renewed when it is about to end. Any goroutine may ask; one renews at a time.
func (a *App) token(ctx context.Context, renew bool) (string, error) {
	select {
	case a.signing <- struct{}{}:
		defer func() { <-a.signing }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	a.mu.Lock()
	s, server, at := a.m.session, a.m.server, a.m.renewed
	a.mu.Unlock()
	if time.Since(at) < fresh {
		renew = false
	}
	if !renew && s.Token != "" && s.Expires-time.Now().UnixMilli() > (30*time.Second).Milliseconds() {
		return s.Token, nil
	}
	if s.Refresh == "" {
		return "", client.ErrSignedOut
	}
	n, err := client.Refresh(ctx, a.p.HTTP, server, s.Refresh)
	if err != nil {
		var re *client.RESTError
		if errors.As(err, &re) && (re.Status == http.StatusUnauthorized || re.Status == http.StatusForbidden) {
			return "", client.ErrSignedOut
		}
		return "", err
	}
	if n.Refresh == "" {
		n.Refresh = s.Refresh
	}
	if n.User.ID == "" {
		n.User = s.User
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.m.session.User.ID != s.User.ID || a.m.session.Refresh == "" { // signed out, or as somebody else, meanwhile
		return "", client.ErrSignedOut
	}
	a.m.session, a.m.renewed = n, time.Now()
	if a.m.rep != nil {
		a.keepSession(ctx)
	}
	return n.Token, nil
}

// give sends a command whose refusal is shown; a.mu is held. It reports false, with a toast, when offline.
func (a *App) give(in wire.In, kind ask) bool {
	if !a.m.online() {
		a.say("warn", "offline", nil)
		return false
	}
	a.m.asked[in.ID] = kind
	if !a.m.cl.Command(in) {
		delete(a.m.asked, in.ID)
		return false
	}
	return true
}

// quiet sends a command that nobody asked for; a.mu is held.
func (a *App) quiet(in wire.In) bool {
	return a.m.online() && a.m.cl.Command(in)
}

func (a *App) toast(kind, code string, args map[string]string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.say(kind, code, args)
}

// say shows a toast; a.mu is held.
func (a *App) say(kind, code string, args map[string]string) {
	ts := append([]view.Toast(nil), a.m.toasts...)
	if len(ts) >= 4 {
		ts = ts[1:]
	}
	a.m.toasts = append(ts, view.Toast{ID: newID(), Kind: kind, Code: code, Args: args, Until: a.p.Now().Add(5 * time.Second)})
	a.touch()
}
