// Package login is the log-in screen.
package login

import (
	"strings"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
	"agentdesk/ui/screen"
)

// Login is the screen.
type Login struct {
	env                    screen.Env
	server, user, password *look.Field
	button                 *look.Button
	err                    *fyne.Container
	hold                   *fyne.Container
	body                   fyne.CanvasObject
	filled                 bool
	busy                   bool
}

// New makes the screen.
func New(env screen.Env) *Login {
	w := env.W
	l := &Login{env: env, err: look.Layers(), hold: look.Layers()}
	l.server = look.NewField("https://desk.example.com", nil)
	l.user = look.NewField("", nil)
	l.password = look.NewField("", nil).Password()
	field := func(key string, f *look.Field) fyne.CanvasObject {
		box := look.NewBox(look.Panel, look.LineStrong, 6, look.Pad(2, 8), f)
		f.OnFocus = func(on bool) {
			ink := look.LineStrong
			if on {
				ink = look.Accent
			}
			box.SetInk(look.Panel, ink)
		}
		f.OnSubmitted = func(string) { l.submit() }
		return look.Col(4, look.NewText(w.T(key), look.Caption.In(look.Fg2)), look.Fix(0, 34, box))
	}
	l.setButton(false)
	card := look.Card(look.Line, look.Pad(28, 32), look.Col(14,
		look.Row(12, look.Picture(look.Asset("pictures/logo.svg"), 36, 36, 0), look.Col(0, look.NewText(w.T("app"), look.Title),
			look.NewText(w.T("login.sub"), look.Micro.In(look.Fg3)))),
		look.Space(0, 2),
		field("login.server", l.server), field("login.user", l.user), field("login.password", l.password),
		l.err, look.Fix(0, 34, l.hold)))
	col := look.Col(0, look.Spacer(), look.Row(0, look.Spacer(), look.Fix(380, 0, card), look.Spacer()), look.Spacer(), look.Spacer())
	l.body = look.Layers(look.NewBox(look.Bg, "", 0, look.Edge{}, nil), col)
	return l
}

// Object is what the window shows.
func (l *Login) Object() fyne.CanvasObject { return l.body }

func (l *Login) setButton(busy bool) {
	key := "login.go"
	if busy {
		key = "login.busy"
	}
	l.busy = busy
	label := look.NewButton(look.ButtonSpec{Kind: look.Primary, Label: l.env.W.T(key), H: 34, Style: look.Body.B(), Centre: true}, l.submit)
	label.SetDisabled(busy)
	l.button = label
	l.hold.Objects = []fyne.CanvasObject{label}
	l.hold.Refresh()
}

// Apply shows a snapshot.
func (l *Login) Apply(v *view.Login) {
	if v == nil {
		v = &view.Login{}
	}
	if !l.filled {
		l.filled = true
		l.server.SetText(v.Server)
		l.user.SetText(v.User)
	}
	if v.Busy != l.busy {
		l.setButton(v.Busy)
	}
	l.err.Objects = nil
	if v.Err != nil && !v.Busy {
		w := l.env.W
		title := w.T("error.unknown")
		if w.Has("error." + v.Err.Code) {
			title = w.In("error", v.Err.Code)
		}
		col := look.Col(0, look.NewText(title, look.Caption.B().In(look.BadText)))
		sub := v.Err.Detail
		if w.Has("error." + v.Err.Code + ".sub") {
			sub = w.T("error."+v.Err.Code+".sub", "detail", v.Err.Detail)
		}
		if sub = strings.TrimSpace(sub); sub != "" {
			col.Add(look.NewPara(look.Caption.In(look.Fg2), 290, look.T(look.Clean(sub))))
		}
		l.err.Objects = []fyne.CanvasObject{look.NewBox(look.BadTint, look.BadLine, 6, look.Pad(7, 11), col)}
	}
	l.body.Refresh()
}

func (l *Login) submit() {
	server, user := strings.TrimSpace(l.server.Text()), strings.TrimSpace(l.user.Text())
	if l.busy || server == "" || user == "" {
		return
	}
	l.env.Act.Login(server, user, l.password.Text())
}

// Focus puts the keyboard into the first field that is empty.
func (l *Login) Focus(c fyne.Canvas) {
	f := l.password
	switch "" {
	case l.server.Text():
		f = l.server
	case l.user.Text():
		f = l.user
	}
	c.Focus(f.Focusable())
}
