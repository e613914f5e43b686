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

// FuzzText: masking twice changes nothing more, and no mobile number survives.
func FuzzText(f *testing.F) {
	for _, s := range []string{"13812345678", "1381234567813812345678", "我叫林小鹿 电话", "a@b.cc@d.ee", "海淀区中关村大街27号", "6222020200112233445", "收件人是[姓名]", "联系人0联系人0 "} {
		f.Add(s)
	}
	m := New()
	f.Fuzz(func(t *testing.T, s string) {
		once := m.Text(s)
		if twice := m.Text(once); twice != once {
			t.Errorf("%q → %q → %q", s, once, twice)
		}
		if m.phone.MatchString(once) {
			t.Errorf("a number is left in %q", once)
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
		if m.phone.MatchString(once) {
			t.Errorf("%s: a number is left in %q", name, once)
		}
	})
}
