package ui_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
)

func TestLogin_SignsInOnceAndShowsWhatFailed(t *testing.T) {
	b := open(t, &view.Desk{Screen: view.ScreenLogin, Login: &view.Login{Server: "https://desk.example.com", User: "xiaoning"}}, 1024, 768)
	b.type_("geheim") // the keyboard is in the first empty field
	b.Window().Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.want(t, "Login https://desk.example.com xiaoning geheim")
	b.src.Change(func(d *view.Desk) { d.Login = &view.Login{Busy: true} })
	b.Refresh()
	b.tap(t, "正在登录…", 0)
	b.wantNone(t)
	b.src.Change(func(d *view.Desk) {
		d.Login = &view.Login{Err: &view.Problem{Code: "unreachable", Detail: "dial refused"}}
	})
	b.Refresh()
	if !b.shows("连不上服务器") || !b.shows("dial") {
		t.Error("the failure is not shown")
	}
	b.tap(t, "登录", 0)
	b.want(t, "Login https://desk.example.com xiaoning geheim")
}
