package han

import "testing"

func TestSpace(t *testing.T) {
	for in, want := range map[string]string{
		"请先停用 焕亮双抗精华 30ml，现在¥199": "请先停用焕亮双抗精华 30ml，现在 ¥199", "订单8842 （面霜） 已发货": "订单 8842（面霜）已发货", "  a  b  ": "a b",
		"签收后7天内可退": "签收后 7 天内可退", "VC精华": "VC 精华", "": "", "11 月 24 日": "11 月 24 日", "SPF50+ PA++++": "SPF50+ PA++++", "¥ 289": "¥ 289",
	} {
		if got := Space(in); got != want {
			t.Errorf("%q → %q, want %q", in, got, want)
		}
	}
}

func FuzzSpace(f *testing.F) {
	f.Add("订单8842 （面霜） 已发货")
	f.Fuzz(func(t *testing.T, s string) {
		if once := Space(s); Space(once) != once {
			t.Errorf("%q → %q → %q", s, once, Space(once))
		}
	})
}
