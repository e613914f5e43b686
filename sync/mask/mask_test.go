package mask

import (
	"strings"
	"testing"
)

func TestText_MasksWhatTellsWhoAPersonIs(t *testing.T) {
	m := New()
	for _, c := range []struct{ in, want string }{
		{"我电话13812345678，急", "我电话138****5678，急"},
		{"+86 138 1234 5678", "138****5678"},
		{"138-1234-5678", "138****5678"},
		{"身份证110101199003074514", "身份证[证件号]"},
		{"身份证 11010119900307451X", "身份证 [证件号]"},
		{"卡号6222 0202 0011 2233 445", "卡号[卡号]"},
		{"邮箱a.b+c@mail.example.com谢谢", "邮箱[邮箱]谢谢"},
		{"座机010-62345678", "座机[电话]"},
		{"收件人：林小鹿，电话改一下", "收件人：[姓名]，电话改一下"},
		{"我叫林小鹿。", "我叫[姓名]。"},
		{"面霜 50g ¥289，8842 号订单", "面霜 50g ¥289，8842 号订单"},
		{"幺三八零零一三八零零零 打这个", "138****8000 打这个"},
		{"电话１３８００１３８０００", "电话138****8000"},
		{"微信lin_xiaolu88，QQ 12345678", "微信[电话]，QQ [电话]"},
		{"护照号E12345678", "护照号[证件号]"},
		{"香港 +852 9123 4567", "香港 [电话]"},
		{"王建军 13911110000", "[姓名] 139****0000"},
		{"我是王建军，我是来退货的", "我是[姓名]，我是来退货的"},
		{"订单号4392017465839201，快递SF1428837465920，138000元", "订单号4392017465839201，快递SF1428837465920，138000元"},
		{"评论区3楼说5号链接好，我在路上，马上到", "评论区3楼说5号链接好，我在路上，马上到"},
		{"192.168.1.138，2026-11-25 13:00，400-820-8820", "192.168.1.138，2026-11-25 13:00，400-820-8820"},
		{"", ""},
	} {
		if got := m.Text(c.in); got != c.want {
			t.Errorf("%q → %q, want %q", c.in, got, c.want)
		}
	}
	for _, a := range []string{"寄到北京市海淀区中关村大街27号3单元201室吧", "地址上海市浦东新区张江路88弄6号楼502", "改成杭州西湖区文三路90号东部软件园1幢"} {
		if got := m.Text(a); !strings.Contains(got, "[地址]") || strings.ContainsAny(got, "0123456789") {
			t.Errorf("%q → %q", a, got)
		}
	}
	if got := m.Names("小鹿，林小鹿的单子", "林小鹿", "小鹿"); strings.Contains(got, "鹿") {
		t.Errorf("name left in %q", got)
	}
}

// FuzzText: masking twice changes nothing more, what is found lies in the text, and a mobile number that stands alone in it
// does not come through.
func FuzzText(f *testing.F) {
	for _, s := range []string{"13812345678", "1381234567813812345678", "我叫林小鹿 电话", "a@b.cc@d.ee", "海淀区中关村大街27号", "6222020200112233445", "收件人是[姓名]", "联系人0联系人0 ",
		"一三八零零一三八零零零", "＋86 138-0013-8000", "微信lin_88x", "护照E12345678", "小\xff区-1号楼", "卡号4111111111111111 1029384756102938", "No.88 Jianguo Road"} {
		f.Add(s)
	}
	m := New()
	f.Fuzz(func(t *testing.T, s string) {
		once := m.Text(s)
		if twice := m.Text(once); twice != once {
			t.Errorf("%q → %q → %q", s, once, twice)
		}
		at := 0
		for _, sp := range m.Find(s) {
			if sp.From < at || sp.To <= sp.From || sp.To > len(s) || sp.Value == "" {
				t.Errorf("%q: %+v after %d", s, sp, at)
			}
			at = sp.To
		}
		if got := m.Text(s + "\n13700137000\n"); strings.Contains(got, "13700137000") {
			t.Errorf("a number is left in %q", got)
		}
	})
}

func TestFields_MasksByName(t *testing.T) {
	m := New()
	got := m.Fields(map[string]string{"name": "林小鹿", "phone": "13812345678", "street": "西湖区文三路90号", "region": "浙江省杭州市",
		"order": "CY8800008842", "detail": "打 13900001111 找我", "contact": "wx_deer88"})
	want := map[string]string{"name": "林**", "phone": "138****5678", "street": "[地址]", "region": "浙江省杭州市",
		"order": "CY8800008842", "detail": "打 139****1111 找我", "contact": "[电话]"}
	for name, v := range want {
		if got[name] != v {
			t.Errorf("%s: %q, want %q", name, got[name], v)
		}
	}
	if m.Fields(nil) != nil {
		t.Error("fields out of nothing")
	}
}

// FuzzField: masking twice changes nothing more, and what finds a person does not come through whole.
func FuzzField(f *testing.F) {
	for _, name := range []string{"name", "phone", "street", "contact", "detail"} {
		for _, v := range []string{"林小鹿", "13812345678", "a@b.cc", "0571-88889999", "[电话]x", "x****", ""} {
			f.Add(name, v)
		}
	}
	m := New()
	f.Fuzz(func(t *testing.T, name, v string) {
		once := m.Field(name, v)
		if twice := m.Field(name, once); twice != once {
			t.Errorf("%s: %q → %q → %q", name, v, once, twice)
		}
		if got := m.Field(name, "13700137000"); strings.Contains(got, "13700137000") {
			t.Errorf("%s: a number is left in %q", name, got)
		}
	})
}

func BenchmarkText(b *testing.B) {
	m := New()
	for name, s := range map[string]string{"short": "你好，这款面霜敏感肌可以用吗？多少钱", "long": strings.Repeat("长", 20_000), "digits": strings.Repeat("1381234567 ", 5000), "mixed": strings.Repeat("收到的面霜有点漏，麻烦帮我看看订单 8842 的物流，", 800)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				m.Text(s)
			}
		})
	}
}
