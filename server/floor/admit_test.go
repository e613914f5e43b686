package floor

import (
	"strings"
	"testing"
	"testing/synctest"

	"agentdesk/server/eventlog"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

func TestDo_ForeignConversation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, paramsFor(eventlog.NewMemory()))
		conv := f.must(customerPost("c1", "m1", "一")).Conv
		c := customerPost("c2", "m1", "我是谁")
		c.Conv = conv
		f.refused(c, conversation.Forbidden)
		f.refused(conversation.Command{
			Kind: conversation.Close, ClientID: "x", Conv: conv, Actor: event.Actor{Kind: event.Customer, ID: "c2"}, Payload: conversation.CloseArgs{},
		}, conversation.Forbidden)
	})
}

func TestAdmit_RefusesWhatNoDoorMayLetIn(t *testing.T) {
	good := func(c *conversation.Command) {}
	for name, tc := range map[string]struct {
		change func(c *conversation.Command)
		code   conversation.Code
	}{
		"good":    {good, ""},
		"large":   {func(c *conversation.Command) { c.Payload = text(strings.Repeat("x", event.MaxText+1)) }, conversation.TooLarge},
		"largest": {func(c *conversation.Command) { c.Payload = text(strings.Repeat("x", event.MaxText)) }, ""},
		"emoji": {func(c *conversation.Command) {
			c.Payload = text("好的👌🏽 👨‍👩‍👧 ①②③ ～\r\n\t")
		}, ""},
		"control":       {func(c *conversation.Command) { c.Payload = text("a\x00b") }, conversation.Invalid},
		"escape":        {func(c *conversation.Command) { c.Payload = text("\x1b[31m") }, conversation.Invalid},
		"c1":            {func(c *conversation.Command) { c.Payload = text("\u0085") }, conversation.Invalid},
		"private use":   {func(c *conversation.Command) { c.Payload = text("\ue000") }, conversation.Invalid},
		"unassigned":    {func(c *conversation.Command) { c.Payload = text("\U000e1000") }, conversation.Invalid},
		"noncharacter":  {func(c *conversation.Command) { c.Payload = text("\uffff") }, conversation.Invalid},
		"not UTF-8":     {func(c *conversation.Command) { c.Payload = text("\xff") }, conversation.Invalid},
		"replacement":   {func(c *conversation.Command) { c.Payload = text("\ufffd") }, ""},
		"name":          {func(c *conversation.Command) { c.Opening.Private.Name = "\x07" }, conversation.Invalid},
		"no client ID":  {func(c *conversation.Command) { c.ClientID = "" }, conversation.Invalid},
		"long ID":       {func(c *conversation.Command) { c.ClientID = strings.Repeat("x", 129) }, conversation.Invalid},
		"forged":        {func(c *conversation.Command) { c.Customer = "other" }, conversation.Forbidden},
		"nobody":        {func(c *conversation.Command) { c.Actor.ID = "" }, conversation.Invalid},
		"unknown kind":  {func(c *conversation.Command) { c.Actor.Kind = "ghost" }, conversation.Invalid},
		"the floor's":   {func(c *conversation.Command) { c.Kind = conversation.Return }, conversation.Forbidden},
		"system, no ID": {func(c *conversation.Command) { c.Actor, c.ClientID = system, "" }, ""},
		"replies, large": {func(c *conversation.Command) {
			c.Payload = conversation.HandBackArgs{Instruction: strings.Repeat("x", event.MaxText+1)}
		}, conversation.TooLarge},
	} {
		c := customerPost("c1", "m1", "好")
		tc.change(&c)
		code := conversation.Code("")
		if r := admit(&c); r != nil {
			code = r.Code
		}
		if code != tc.code {
			t.Errorf("%s: %q, want %q", name, code, tc.code)
		}
	}
}

func FuzzCheckText(f *testing.F) {
	f.Add("你好")
	f.Add("\x00\ue000\xff")
	f.Fuzz(func(t *testing.T, s string) {
		if CheckText(s) == nil && (len(s) > event.MaxText || strings.ContainsAny(s, "\x00\x1b\x7f") || strings.ToValidUTF8(s, "") != s) {
			t.Errorf("%q was let in", s)
		}
	})
}
