package desk

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"agentdesk/app/view"
	"agentdesk/ui/fixture"
	"agentdesk/ui/look"
)

func (s *seat) ctrl(k fyne.KeyName) {
	s.shortcut(&desktop.CustomShortcut{KeyName: k, Modifier: fyne.KeyModifierControl})
}

func TestFind_MarksStepsAndEnds(t *testing.T) {
	d := fixture.Long(900)
	s := sit(t, d, 1440, 900)
	s.ctrl(fyne.KeyF)
	s.type_("精华")
	s.asked(t, "Find 精华")
	hits := []string{d.Chat.Log.Items[5].ID, d.Chat.Log.Items[400].ID}
	s.chatIs(func(c *view.Chat) { c.Find = &view.Find{Query: "精华", Hits: hits, At: 1} })
	if !s.shows("2 / 2") || s.log.roll.CellOf(hits[1]) == nil {
		t.Fatal("the place that was found is not in view")
	}
	marked := func() bool {
		found := false
		s.all(func(o fyne.CanvasObject, _ fyne.Position) {
			if p, ok := o.(*look.Para); ok && p.Has("精华", "mark") {
				found = true
			}
		})
		return found
	}
	if !marked() {
		t.Error("what is looked for is not marked")
	}
	s.key(fyne.KeyReturn)
	test.TapCanvas(s.win.Canvas(), s.icon(t, "up", 0))
	s.asked(t, "FindStep -1")
	s.chatIs(func(c *view.Chat) { c.Find = &view.Find{Query: "精华", Hits: hits, At: 0} })
	if s.log.roll.CellOf(hits[0]) == nil {
		t.Error("the step went nowhere")
	}
	s.ctrl(fyne.KeyF)
	s.key(fyne.KeyEscape)
	s.asked(t, "Find ")
	if marked() || s.shows("1 / 2") {
		t.Error("marks or the bar stay after the search")
	}
	s.chatIs(func(c *view.Chat) { c.Find = nil })
	s.ctrl(fyne.KeyF)
	s.chatIs(func(c *view.Chat) { c.Find = &view.Find{Query: "没有", At: -1} })
	if !s.shows("没有找到") {
		t.Error("it does not say that there is nothing")
	}
}

func TestFollowUp_AsksWhenAndWhat(t *testing.T) {
	s := sit(t, fixture.Desk(), 1440, 900)
	open := func() {
		test.TapCanvas(s.win.Canvas(), s.icon(t, "clock", 0))
		if s.win.Canvas().Overlays().Top() == nil {
			t.Fatal("no dialog")
		}
	}
	open()
	s.key(fyne.KeyReturn) // nothing was said yet
	if got := s.act.Calls(); len(got) > 0 {
		t.Fatalf("without words it asked %q", got)
	}
	s.type_("问泛红")
	s.tapLast(t, "1 小时后")
	s.tapLast(t, "设提醒")
	s.asked(t, "SetFollowUp "+s.now.Add(time.Hour).String()+" 问泛红")
	if strings.Contains(strings.Join(s.menuWords(), " "), "今晚") {
		t.Error("tonight is offered after it began")
	}
	s.now = time.Date(2026, 11, 24, 9, 0, 0, 0, time.Local)
	open()
	if !slices.Contains(s.menuWords(), "今晚 20:00") {
		t.Error("in the morning tonight is not offered")
	}
	s.key(fyne.KeyEscape)
	s.Apply(fixture.Promised())
	s.tap(t, "今天 23:41 等 2 项")
	s.tapLast(t, "完成")
	s.asked(t, "DoneFollowUp f2")
	if s.win.Canvas().Overlays().Top() != nil {
		t.Error("the dialog stays with what is done")
	}
	s.tap(t, "完成") // in the customer's panel
	s.asked(t, "DoneFollowUp f1")
}

func TestFollowUp_ReadsTimes(t *testing.T) {
	now := time.Date(2026, 11, 24, 20, 41, 0, 0, time.Local)
	at := func(y int, m time.Month, d, h, min int) time.Time {
		return time.Date(y, m, d, h, min, 0, 0, time.Local)
	}
	for in, want := range map[string]time.Time{
		"21:30":            at(2026, 11, 24, 21, 30),
		"9：05":             at(2026, 11, 25, 9, 5),
		"12-01 15:30":      at(2026, 12, 1, 15, 30),
		"12月1日 15:30":      at(2026, 12, 1, 15, 30),
		"2026/12/1 15:30":  at(2026, 12, 1, 15, 30),
		"1-5 10:00":        at(2027, 1, 5, 10, 0),
		" 20:41 ":          at(2026, 11, 25, 20, 41),
		"":                 {},
		"soon":             {},
		"25:00":            {},
		"13-40 10:00":      {},
		"2026-11-24 20:40": {},
		"2028-01-01 10:00": {},
	} {
		got, ok := parseDue(in, now)
		if ok != !want.IsZero() || ok && !got.Equal(want) {
			t.Errorf("%q is %v, %v; want %v", in, got, ok, want)
		}
	}
}

func TestCustomer_TabsShowWhatTheShopKnows(t *testing.T) {
	d := fixture.Desk()
	d.Customer = fixture.Kept()
	c, n := *d.Chat, *d.Chat.Composer
	n.Tools = append(slices.Clone(n.Tools), view.ToolOrder)
	c.Composer, d.Chat = &n, &c
	s := sit(t, d, 1440, 900)
	for tab, want := range map[string][]string{
		"订单 26": {"待发货", "已签收", "已退款", "退货中"},
		"物流 1":  {"派送中", "顺丰"},
		"购物车 3": {"合计", "¥356"},
		"标签":    {"成分党"},
		"历史 3":  {"已发起退款 · 26 条消息", "敏感肌能不能用 VC 精华，先从隔天一次开始"},
	} {
		s.tap(t, tab)
		for _, w := range want {
			if !s.shows(w) && !slices.Contains(s.lines(), w) {
				t.Errorf("under %s there is no %q", tab, w)
			}
		}
	}
	s.tap(t, "订单 26")
	var sends []fyne.Position
	s.all(func(o fyne.CanvasObject, p fyne.Position) {
		if x, ok := o.(*look.Text); ok && x.S == "发送卡片" && p.Y > 500 {
			sends = append(sends, p.AddXY(4, 4))
		}
	})
	test.TapCanvas(s.win.Canvas(), sends[len(sends)-5]) // five orders; the copilot's card comes first
	s.asked(t, "SendPicked order CY8800009107")
}

// lines is every line of text that shows.
func (s *seat) lines() (out []string) {
	s.all(func(o fyne.CanvasObject, _ fyne.Position) {
		if x, ok := o.(*look.Text); ok {
			out = append(out, x.S)
		}
	})
	return out
}

func TestPast_OpensBesideTheChatAndCloses(t *testing.T) {
	d := fixture.Desk()
	d.Customer = fixture.Kept()
	s := sit(t, d, 1440, 900)
	s.tap(t, "历史 3")
	s.tap(t, "10-28")
	s.asked(t, "OpenPast p1")
	s.change(func(v *view.Desk) { v.Past = &view.PastChat{Past: fixture.Kept().Past[0], Busy: true} })
	s.change(func(v *view.Desk) { v.Past = fixture.Earlier() })
	if !s.shows("以往会话 2026-10-28") || !s.shows("好的，下单了") || !s.shows("小鹿正在输入") {
		t.Fatal("the earlier conversation is not beside the chat")
	}
	c, ok := s.beside.log.roll.CellOf("pasta").(*look.BubbleCell)
	if !ok {
		t.Fatal("its first message is not in view")
	}
	c.TappedSecondary(&fyne.PointEvent{AbsolutePosition: fyne.NewPos(1200, 300)})
	if got := s.menuWords(); !slices.Equal(got, []string{"复制"}) {
		t.Errorf("in an earlier conversation a message offers %q", got)
	}
	s.key(fyne.KeyEscape)
	if got := s.act.Calls(); slices.ContainsFunc(got, func(c string) bool { return strings.HasPrefix(c, "Looked") && c != "Looked m6" }) {
		t.Errorf("reading the past told %q", got)
	}
	s.win.Canvas().Unfocus()
	s.key(fyne.KeyEscape)
	s.asked(t, "OpenPast ")
	s.change(func(v *view.Desk) { v.Past = nil })
	if !s.shows("知识卡") || s.shows("好的，下单了") {
		t.Error("the copilot did not come back")
	}
}

func TestPast_OpensADrawerInANarrowWindow(t *testing.T) {
	d := fixture.Desk()
	d.Customer = fixture.Kept()
	s := sit(t, d, 1024, 720)
	s.change(func(v *view.Desk) { v.Past = fixture.Earlier() })
	if !s.shows("好的，下单了") {
		t.Fatal("the earlier conversation does not show")
	}
	s.change(func(v *view.Desk) { v.Past = nil })
	if s.shows("好的，下单了") || s.shows("知识卡") {
		t.Error("the drawer stays open")
	}
}

func TestCopilot_NextActionThatClosesAsksHow(t *testing.T) {
	s := sit(t, fixture.Desk(), 1440, 900)
	s.ctrl(fyne.KeyE)
	s.asked(t, "RunNext")
	s.change(func(v *view.Desk) {
		c := *v.Copilot
		c.Next = &view.NextAction{Code: "close", Title: "结束会话"}
		v.Copilot = &c
	})
	s.ctrl(fyne.KeyE)
	if got := s.act.Calls(); slices.Contains(got, "RunNext") || !s.shows("结束会话，小结是") {
		t.Errorf("it asked %q and no dialog shows", got)
	}
}

func TestHead_KeepsWhatHasRoom(t *testing.T) {
	for w, buttons := range map[float32][]string{1440: {"转交", "交还机器人", "结束"}, 1280: {"转交"}, 1024: {"转交"}} {
		s := sit(t, fixture.Desk(), w, 800)
		for _, b := range []string{"转交", "交还机器人", "结束"} {
			if got := slices.Contains(s.lines(), b); got != slices.Contains(buttons, b) {
				t.Errorf("%v wide, %s shows: %v", w, b, got)
			}
		}
		if w < 1440 {
			test.TapCanvas(s.win.Canvas(), s.icon(t, "more", 0))
			if got := s.menuWords(); !slices.Equal(got, []string{"交还机器人", "结束", "跟进提醒", "在会话中查找"}) {
				t.Errorf("%v wide, the menu offers %q", w, got)
			}
		}
	}
}

func TestCustomer_TabsTakeTheirHeightFromTheCopilot(t *testing.T) {
	d := fixture.Desk()
	d.Customer = fixture.Kept()
	s := sit(t, d, 1440, 900)
	before := s.find(t, "物流 1", 0)
	s.tap(t, "物流 1")
	if got := s.find(t, "物流 1", 0); got.Y >= before.Y-40 {
		t.Errorf("a long track stays in the height of the facts: its tab is at %v, before %v", got.Y, before.Y)
	}
	s.tap(t, "客户")
	if got := s.find(t, "客户", 0); got.Y != before.Y {
		t.Errorf("back at the facts the tabs are at %v, before %v", got.Y, before.Y)
	}
}
