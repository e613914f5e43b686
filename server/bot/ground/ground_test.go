package ground

import "testing"

func TestMissing(t *testing.T) {
	c := New()
	facts := []string{"神经酰胺面霜 50g 原价 ¥329，券后 ¥289，库存 1,284 件，神经酰胺 3%", "七天无理由退货：签收后 7 天内可退，运费由商家承担", "顺丰速运 SF1234567890123 运输中，11 月 24 日 17:30 到达，预计 11 月 25 日送达"}
	for _, text := range []string{"券后 289 元，原价 ￥329。", "七天内可退，运费我们承担。", "签收7天内可以退", "还有 1284 件", "包裹 SF1234567890123，11月25日到", "11 月 24 日 17:30 到达", "您好，请问有什么可以帮您？", "我看一下，稍等一会儿，两款都行", "立减 289"} {
		if m := c.Missing(text, facts); len(m) > 0 {
			t.Errorf("%q is grounded, but %v is missed", text, m)
		}
	}
	if m := c.Missing("乙酰基六肽-8 0.5%", []string{"主要成分 乙酰基六肽-8", "浓度 0.5%"}); len(m) > 0 {
		t.Errorf("a number behind a name that ends in one: %v", m)
	}
	if m := c.Missing("乙酰基六肽-8  3%", []string{"乙酰基六肽-8，0.5%"}); len(m) != 1 || m[0] != "3%" {
		t.Errorf("the share is another: %v", m)
	}
	for _, text := range []string{"券后 ¥279", "十五天内可退", "15 天内可退", "还有 128 件", "包邮", "预计 11 月 26 日送达", "18:30 到达", "单号 SF1234567890124", "浓度 5%", "已签收", "可以补差价", "买一送一", "三折", "三个工作日到账", "¥2890", "¥28.9", "满 400 减 99", "能治湿疹", "百分百有效", "今天免单"} {
		if m := c.Missing(text, facts); len(m) == 0 {
			t.Errorf("%q passes although no fact holds it", text)
		}
	}
}

func FuzzMissing(f *testing.F) {
	f.Add("券后 ¥289，七天内，11 月 3 日 10:30，SF1234567，3%")
	f.Add("１２３4元 二十一天 ,1,2,")
	c := New()
	f.Fuzz(func(t *testing.T, s string) {
		if m := c.Missing(s, []string{s}); len(m) > 0 {
			t.Errorf("%q does not ground itself: %q", s, m)
		}
	})
}
