package entity

import (
	"fmt"
	"strconv"
	"strings"

	"agentdesk/sync/mask/scan"
)

// measures are the words that count goods.
func measures() []string {
	return []string{"瓶", "支", "盒", "件", "套", "片", "个", "份", "袋", "罐", "箱", "双", "条", "台", "包", "对", "只", "枚", "张", "床", "把", "辆", "桶", "本", "提", "板", "颗", "粒", "组", "单"}
}

// amounts finds money, durations, sizes, shares and counts: a number decides by what stands around it.
func (s *search) amounts() {
	for i := 0; i < len(s.R); i++ {
		if s.taken[i] {
			continue
		}
		if to := s.amount(i); to > i {
			i = to - 1
			continue
		}
		if s.R[i] == '俩' && !s.EndsAt(i, "咱") && !s.EndsAt(i, "你") && !s.EndsAt(i, "我") && !s.EndsAt(i, "他") && !s.EndsAt(i, "她") {
			s.add(Quantity, i, i+1, "2")
		}
	}
}

// amount takes the amount that begins at a place, and says where it ends.
func (s *search) amount(at int) int {
	if s.inside(at) {
		return 0
	}
	i, sign := at, false
	switch {
	case strings.ContainsRune("¥￥$", s.R[at]) && s.R[at] != 0:
		sign, i = true, at+1
		if s.Rune(i) == ' ' {
			i++
		}
	case s.Has(at, "人民币"):
		sign, i = true, at+3
	case s.Has(at, "rmb"):
		sign, i = true, at+3
	}
	n, to := s.number(i)
	if to == i {
		return 0
	}
	if !sign {
		if end := s.measured(at, n, to); end > 0 {
			return end
		}
	}
	return s.money(at, n, to, sign)
}

// inside reports places in the middle of a word or a longer number.
func (s *search) inside(at int) bool {
	r := s.R[at]
	before := s.Rune(at - 1)
	if scan.ASCIIDigit(r) {
		return edge(before) || (before == '.' || before == '/' || before == ':' || before == '*' || before == '×') && edge(s.Rune(at-2))
	}
	return scan.Digit(r) >= 0 && (scan.Digit(before) >= 0 || strings.ContainsRune("十百千万两第", before) && before != 0)
}

// measured takes what a unit makes of a number: shares, sizes, durations, counts.
func (s *search) measured(at int, n numeral, to int) int {
	ranged := s.Rune(at-1) == '-' || s.Rune(at-1) == '~' || s.Rune(to) == '-' || s.Rune(to) == '~'
	if s.Rune(to) == '%' {
		s.add(Percent, at, to+1, strconv.FormatFloat(n.lo, 'f', -1, 64))
		return to + 1
	}
	sp := to
	if s.Rune(sp) == ' ' {
		sp++
	}
	if !n.han && !ranged {
		if k := s.any(sp, []string{"ml", "毫升", "克", "g"}); k > 0 && !edge(s.Rune(sp+k)) {
			s.add(Size, at, sp+k, string(s.R[at:sp+k]))
			return sp + k
		}
	}
	if end := s.duration(at, n, to, ranged); end > 0 {
		return end
	}
	return s.quantity(at, n, sp, ranged)
}

// duration takes 三天, 半个月, 一年半.
func (s *search) duration(at int, n numeral, to int, ranged bool) int {
	half := false // 一个半小时
	if s.Rune(to) == '个' && s.Rune(to+1) == '半' {
		half, to = true, to+2
	}
	i := to
	if s.Rune(i) == '多' {
		i++
	}
	for _, u := range []struct {
		word, pre, post string
		small           float64 // how many of the smaller unit make one; 0: no halves
		pres, posts     string  // how halves are written
	}{
		{"个星期", "P", "W", 7, "P", "D"}, {"个礼拜", "P", "W", 7, "P", "D"}, {"星期", "P", "W", 7, "P", "D"}, {"礼拜", "P", "W", 7, "P", "D"}, {"个多月", "P", "M", 30, "P", "D"}, {"个月", "P", "M", 30, "P", "D"},
		{"个小时", "PT", "H", 60, "PT", "M"}, {"小时", "PT", "H", 60, "PT", "M"}, {"个钟头", "PT", "H", 60, "PT", "M"}, {"个钟", "PT", "H", 60, "PT", "M"}, {"分钟", "PT", "M", 0, "", ""}, {"天", "P", "D", 24, "PT", "H"},
		{"周", "P", "W", 7, "P", "D"}, {"年", "P", "Y", 12, "P", "M"},
	} {
		if !s.Has(i, u.word) {
			continue
		}
		end := i + runes(u.word)
		switch {
		case ranged || n.vague && n.han && n.hi != n.lo, n.lo > 999, u.word == "年" && n.lo > 60, s.Rune(at-1) == '第', s.Rune(at-1) == '每':
			return end
		case n.lo == 1 && s.any(end, []string{"用", "几", "两次", "一次", "三次", "2次", "1次", "3次", "抹", "涂", "敷", "到晚", "吃", "喝"}) > 0:
			return end // how often, not how long
		}
		if s.Rune(end) == '半' && u.small > 0 {
			half, end = true, end+1
		}
		norm := ""
		switch {
		case half:
			norm = fmt.Sprintf("%s%d%s", u.pres, int((n.lo+0.5)*u.small), u.posts)
			if u.post == "M" {
				norm = fmt.Sprintf("P%dD", int((n.lo+0.5)*30))
			}
		case n.lo == 0.5 && u.word == "天":
			return end // 半天: long, not twelve hours
		case n.lo == 0.5 && u.small > 0:
			norm = fmt.Sprintf("%s%d%s", u.pres, int(u.small/2), u.posts)
		case n.lo == 0.5:
			return end
		default:
			norm = u.pre + strconv.FormatFloat(n.lo, 'f', -1, 64) + u.post
		}
		s.add(Duration, at, end, norm)
		return end
	}
	return 0
}

// quantity takes counts of goods.
func (s *search) quantity(at int, n numeral, to int, ranged bool) int {
	k := s.any(to, measures())
	if k == 0 || s.Has(to, "包邮") {
		return 0
	}
	end := to + k
	if n.lo != n.hi || n.vague || ranged || n.point || n.lo > 99_999 || n.lo < 1 || strings.ContainsRune("第每几哪另任用同", s.Rune(at-1)) && at > 0 {
		return end
	}
	if s.any(end, []string{"订单", "单子", "快递", "包裹", "地址", "地方", "问题", "人", "号", "电话", "手机号", "颜色", "小时", "月", "星期", "礼拜", "字", "尺码", "码", "色", "元", "选项", "牌子", "品牌", "链接", "账号", "客服", "装备", "平台", "店", "代发", "半价", "次", "价", "规格", "口味", "样"}) > 0 || s.Has(to, "单") || s.Has(to, "个人") {
		return end
	}
	if n.lo == 1 && (s.any(end, []string{"多少", "能用", "可以用", "几", "多久", "怎么", "用", "够", "的话", "是", "面膜", "大概", "都", "能"}) > 0 || s.ended(at, []string{"用", "送", "得"}) && s.any(at-2, []string{"买一", "买二"}) > 0) {
		return end
	}
	s.add(Quantity, at, end, strconv.FormatFloat(n.lo, 'f', -1, 64))
	return end
}
