package desk

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"agentdesk/app/view"
	"agentdesk/ui/fixture"
)

func TestTrace_OpensFromABubbleOfTheBotAndByKeys(t *testing.T) {
	s := sit(t, fixture.Desk(), 1440, 900)
	s.cellOf(t, "m1").OnMenu(fyne.NewPos(300, 200))
	if slices.Contains(s.menuWords(), "为什么这样答") {
		t.Error("a customer's message is explained")
	}
	s.key(fyne.KeyEscape)
	s.cellOf(t, "m2").OnMenu(fyne.NewPos(300, 200))
	s.tapLast(t, "为什么这样答")
	s.asked(t, "OpenTrace m2")
	s.ctrl(fyne.KeyI)
	s.asked(t, "OpenTrace m2")
	s.change(func(v *view.Desk) { v.Trace = fixture.TracedModel() })
	for _, want := range []string{"为什么这样答", "改订单", "done.cancel_order", "¥358", "状态不允许", "当天送达", "说了事实里没有的", "线性模型（降级）"} {
		if !s.shows(want) {
			t.Errorf("%q does not show", want)
		}
	}
	if s.shows("知识卡") || s.log.flashed != "m2" {
		t.Error("the copilot is not in its place, or the answer is not pointed at")
	}
	s.ctrl(fyne.KeyI)
	s.asked(t, "StepTrace -1")
	s.shortcut(&desktop.CustomShortcut{KeyName: fyne.KeyI, Modifier: fyne.KeyModifierControl | fyne.KeyModifierShift})
	s.asked(t, "StepTrace 1")
	s.tap(t, "神经酰胺屏障修护面霜")
	s.asked(t, "OpenCard p-cream")
	s.win.Canvas().Unfocus()
	s.key(fyne.KeyEscape)
	s.asked(t, "OpenTrace ")
	s.change(func(v *view.Desk) { v.Trace = nil })
	if !s.shows("知识卡") {
		t.Error("the copilot did not come back")
	}
}

func TestTrace_SaysThatItIsGoneOrNotReached(t *testing.T) {
	s := sit(t, scene(t, "trace-gone"), 1440, 900)
	if !s.shows("这条回答的经过已不在") || s.shows("决定") {
		t.Error("it does not say that the trace is gone")
	}
	s.change(func(v *view.Desk) {
		v.Trace = &view.TraceView{Item: "m2", Err: &view.Problem{Code: "unreachable"}}
	})
	s.tap(t, "重试")
	s.asked(t, "OpenTrace m2")
}

func TestStatus_SaysWhatIsNotWellAndClears(t *testing.T) {
	for _, size := range []fyne.Size{fyne.NewSize(1440, 900), fyne.NewSize(1024, 768)} {
		s := sit(t, fixture.Desk(), size.Width, size.Height)
		for _, c := range []struct {
			h    view.Health
			says string
		}{
			{view.Health{Models: "scripts"}, "大模型失联，脚本应答"},
			{view.Health{Models: "budget"}, "额度用完，脚本应答"},
			{view.Health{Models: "degraded"}, "部分大模型失联"},
			{view.Health{Linear: true}, "理解已降级"},
			{view.Health{Linear: true, Models: "scripts"}, "大模型失联，脚本应答 · 理解已降级"},
		} {
			s.change(func(v *view.Desk) { v.Health = c.h })
			if !s.shows(c.says) {
				t.Errorf("%v: %+v does not show %q", size, c.h, c.says)
			}
			s.change(func(v *view.Desk) { v.Health = view.Health{} })
			if s.shows(c.says) {
				t.Errorf("%v: %q stays", size, c.says)
			}
		}
	}
}
