package entity

import (
	"strings"

	"agentdesk/sync/mask/scan"
)

// beforeMoney are words that make a bare number an amount.
func beforeMoney() []string {
	return []string{"预算", "花了", "买了", "消费", "消费了", "付了", "满", "减", "券后", "卖", "定金", "尾款", "到手价", "到手", "原价", "现价", "总价", "总共", "一共", "赔我", "退款", "赔", "补差", "涨到", "降到", "价格",
		"售价", "标价", "打款", "合计", "才", "只要", "现在", "实付", "花", "便宜", "页面", "官网", "你们", "余额", "出价", "就卖", "给你", "价"}
}

// money takes an amount of money that begins at a place.
func (s *search) money(at int, n numeral, to int, sign bool) int {
	lo, hi := n.lo, n.hi
	// A range: 200-300元, 1000到1500元.
	if r := s.Rune(to); (r == '-' || r == '~' || r == '到' || r == '至') && !n.point {
		if m, next := s.number(to + 1); next > to+1 && m.lo > n.lo && (m.digits >= n.digits || m.han) {
			if unit := s.unit(next); unit > 0 || s.priced(at) && r != '至' || sign {
				return s.paid(at, next+unit, n.lo, m.hi)
			}
		}
	}
	sp := to
	if s.Rune(sp) == ' ' {
		sp++
	}
	unit := s.unit(sp)
	if unit > 0 && s.Rune(sp) == '块' && unit == 1 && !s.lump(n, sp+1) {
		return sp + 1
	}
	switch {
	case unit > 0:
		end := sp + unit
		if r := s.R[sp]; r == '毛' || r == '角' {
			return s.paid(at, end, lo/10, hi/10)
		}
		if s.Rune(sp) == '分' {
			return 0
		}
		if d := s.Rune(end); lo == hi && scan.Digit(d) > 0 && !s.counted(end+1) && s.Rune(end-1) == '块' && !strings.ContainsRune("十百千万块", s.Rune(end+1)) { // 88块8, 三块五毛
			e := end + 1
			cents := float64(scan.Digit(d)) / 10
			if scan.ASCIIDigit(d) && scan.ASCIIDigit(s.Rune(e)) {
				return s.paid(at, end, lo, hi)
			}
			if s.Rune(e) == '毛' || s.Rune(e) == '角' {
				e++
			}
			if scan.Han(d) && e == end+1 && s.counted(e) {
				return s.paid(at, end, lo, hi)
			}
			return s.paid(at, e, lo+cents, lo+cents)
		}
		return s.paid(at, end, lo, hi)
	case sign:
		return s.paid(at, to, lo, hi)
	case s.unpriced(at, n, to):
		return 0
	case n.han && n.scaled && lo >= 100, !n.han && n.scaled && lo >= 1000:
		return s.paid(at, to, lo, hi)
	case !n.han && (n.digits >= 2 || n.point) && s.priced(at):
		return s.paid(at, to, lo, hi)
	case n.han && lo >= 10 && lo == hi && s.ended(at, []string{"便宜", "减", "预算", "补", "省"}):
		return s.paid(at, to, lo, hi)
	case !n.han && n.point && s.afterMoney(at):
		return s.paid(at, to, lo, hi)
	}
	return 0
}

// paid adds an amount in yuan.
func (s *search) paid(from, to int, lo, hi float64) int {
	if lo <= 0 || hi > 1e10 {
		return to
	}
	norm := fen(lo)
	if hi != lo {
		norm += "-" + fen(hi)
	}
	s.add(Money, from, to, norm)
	return to
}

// unit is the length of the currency at a place.
func (s *search) unit(at int) int {
	for _, u := range []string{"块钱", "块大洋", "大洋", "块", "元", "圆", "rmb", "人民币", "毛钱", "毛", "角钱"} {
		if s.Has(at, u) {
			if u == "rmb" && scan.Latin(s.Rune(at+3)) || u == "元" && s.any(at+1, []string{"旦", "素", "宵", "气"}) > 0 || u == "毛" && s.any(at+1, []string{"孔", "衣", "巾", "绒", "毯", "一样", "病"}) > 0 {
				return 0
			}
			return runes(u)
		}
	}
	return 0
}

// lump reports whether 块 is money and no lump of something: 两块面膜, 一块去.
func (s *search) lump(n numeral, after int) bool {
	if !n.han || n.lo >= 10 {
		return true
	}
	r := s.Rune(after)
	if scan.Digit(r) > 0 && s.Rune(after+1) != '块' {
		return true
	}
	if n.lo == 1 {
		return false
	}
	return !scan.Han(r) || strings.ContainsRune("的钱多吧吗呢不差补退左以就都运包能也", r)
}

// priced reports whether a word before a number says that it is an amount.
func (s *search) priced(at int) bool {
	if s.Rune(at-1) == ' ' || s.Rune(at-1) == ':' {
		at--
	}
	if s.ended(at, beforeMoney()) {
		return true
	}
	return s.Rune(at-1) == '了' && s.ended(at-1, beforeMoney())
}

// afterMoney reports whether another amount stands right before: 129.9还是139.9.
func (s *search) afterMoney(at int) bool {
	if !s.ended(at, []string{"还是", "和", "到", "或", "变"}) {
		return false
	}
	for _, e := range s.out {
		if e.Kind == Money && s.At[at]-e.To <= 9 && s.At[at] >= e.To {
			return true
		}
	}
	return false
}

// unpriced reports what stands behind numbers that are no amounts.
func (s *search) unpriced(at int, n numeral, to int) bool {
	r := s.Rune(to)
	if n.scaled && s.Rune(to-1) == 'w' && s.any(to, []string{"头", "充", "快充", "功率", " to", "的头", "充电"}) > 0 {
		return true
	}
	if s.ended(at, []string{"前", "第", "粉丝", "播放", "销量", "月销", "浏览", "点赞", "像素", "评论"}) {
		return true
	}
	if n.han && s.Has(to, "分之") || n.scaled && !n.han && (scan.Latin(r) || scan.ASCIIDigit(r)) {
		return true
	}
	if s.counted(to) || s.any(to, []string{"屏", "电视", "分", "条", "粉", "人", "次", "年", "岁", "天", "周", "月", "号", "楼", "米", "cm", "mm", "kg", "斤", "度", "步", "毫安", "mah", "w", "v", "a", "字", "里", "公里", "积分", "折", "倍", "期", "名", "层", "日", "点", "g", "ml", "l", "寸", "码", "张", "站",
		"用户", "评", "销量", "高清", "分辨", "显示", "画质", "好评", "公斤", "平", "匹", "回", "家", "万", "千", "百", "多人", "位", "级", "版", "一", "遍", "户", "赞", "款", "吨", "克", "%", ":", "/", "*", "x", "×", "多遍", "多次", "-", "pro"}) > 0 {
		return true
	}
	return false
}
