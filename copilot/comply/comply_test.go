package comply

import (
	"testing"
	"unicode/utf8"
)

func TestCheck_TheComposerOfTheDesign(t *testing.T) {
	text := "建议您换用神经酰胺修护面霜，它能根治敏感泛红，100% 不会过敏，拍照前我们一起把状态稳定。"
	found := New().Check(text)
	if len(found) != 2 || !Blocked(found) {
		t.Fatalf("got %+v", found)
	}
	rs := []rune(text)
	for i, want := range []struct{ text, with string }{{"根治", "帮助舒缓"}, {"100% 不会过敏", "建议先在耳后试用"}} {
		f := found[i]
		if string(rs[f.From:f.To]) != want.text || f.Text != want.text || f.Replacement != want.with || f.Level != Forbidden {
			t.Errorf("got %+v, want %+v", f, want)
		}
	}
	fixed := Fix(text, found)
	if want := "建议您换用神经酰胺修护面霜，它能帮助舒缓敏感泛红，建议先在耳后试用，拍照前我们一起把状态稳定。"; fixed != want {
		t.Errorf("got %q", fixed)
	}
	if left := New().Check(fixed); Blocked(left) {
		t.Errorf("still blocked: %+v", left)
	}
}

func TestCheck_Levels(t *testing.T) {
	r := New()
	for text, want := range map[string]Level{
		"这款是最好的面霜": Forbidden, "我保证没问题": Forbidden, "七天美白不反弹": Forbidden, "能治疗湿疹": Forbidden, "全网最低价": Forbidden, "零副作用": Forbidden, "永久不反弹": Forbidden, "百分百有效": Forbidden, "消炎杀菌很好": Forbidden, "销量第一": Forbidden,
		"肯定全额退给您": Conditional, "会赔偿您的": Conditional, "今晚一定发货": Conditional,
		"能美白淡斑": Source, "孕期可用": Source,
		"我们会尽力": "", "最近天气干": "", "最后一步涂面霜": "", "最多三盒": "", "不能保证人人适用": "", "请到医院接受治疗": "", "不能代替治疗": "", "凭肤况照片可全额退": "", "若核实确认丢失会按规则赔付": "", "第一次用先在耳后试用": "", "您好": "", "": "", "标注适合敏感肌，资料显示能舒缓泛红": "",
	} {
		var got Level
		if f := r.Check(text); len(f) > 0 {
			got = f[0].Level
		}
		if got != want {
			t.Errorf("%q: %q, want %q (%+v)", text, got, want, r.Check(text))
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	r := New()
	for b.Loop() {
		r.Check("建议您换用神经酰胺修护面霜，它能根治敏感泛红，100% 不会过敏，拍照前我们一起把状态稳定。")
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("根治100% 不会过敏")
	f.Add("最\xff好")
	r := New()
	f.Fuzz(func(t *testing.T, s string) {
		found := r.Check(s)
		n, at := utf8.RuneCountInString(s), 0
		rs := []rune(s)
		for _, x := range found {
			if x.From < at || x.From >= x.To || x.To > n {
				t.Fatalf("%q: bad span %+v", s, x)
			}
			if utf8.ValidString(s) && string(rs[x.From:x.To]) != x.Text {
				t.Errorf("%q: span holds %q, finding says %q", s, string(rs[x.From:x.To]), x.Text)
			}
			at = x.To
		}
		if fixed := Fix(s, found); len(found) == 0 && utf8.ValidString(s) && fixed != s {
			t.Errorf("%q became %q without a finding", s, fixed)
		}
	})
}
