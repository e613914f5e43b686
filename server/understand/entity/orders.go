package entity

import (
	"slices"
	"strings"

	"agentdesk/sync/mask/scan"
)

// What the words before a number make of it. The nearest wins; of two that end together the longer.
type sense uint8

const (
	senseless sense = iota
	ofOrder
	ofParcel
	ofOther // finds nothing that the shop keeps by number
)

type senseWord struct {
	word string
	is   sense
}

// senses are indexed by their last rune, the longest first.
func senses() map[rune][]senseWord {
	out := map[rune][]senseWord{}
	for is, words := range map[sense]string{
		ofOrder:  "订单号 订单编号 订单尾号 订单 单号 单子 尾号 末四位 后四位 末尾四位 编号 order 的单 下的单 京东单 淘宝单",
		ofParcel: "快递单号 快递号 快递 运单号 运单 物流单号 物流号 物流 退货单号 退货单 中通 申通 韵达 圆通 极兔 顺丰 ems 邮政 百世 德邦 tracking 中通单号 申通单号 韵达单号 圆通单号 顺丰单号 极兔单号 百世的单号 的快递单号",
		ofOther:  "手机尾号 手机号后四位 手机后四位 电话尾号 卡尾号 卡号尾数 卡后四位 手机号 手机 电话 身份证后四位 身份证 银行卡 银行卡后四位 卡号 会员号 会员 货号 条形码 条码 批号 批次号 批次 备案号 备案 型号 编码 商品编码 序列号 sn imei 验证码 取件码 优惠码 券码 积分 工单号 密码 尺寸 版本 链接 工号 工号后四位 开头尾号",
	} {
		for w := range strings.FieldsSeq(words) {
			rs := []rune(w)
			last := rs[len(rs)-1]
			out[last] = append(out[last], senseWord{w, is})
		}
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b senseWord) int {
			if d := len(b.word) - len(a.word); d != 0 {
				return d
			}
			return strings.Compare(a.word, b.word)
		})
	}
	return out
}

// sense looks back from a number. It also says how many runes stand between the word and the number.
func (s *search) sense(at int) (sense, int) {
	if s.sensed.at != at+1 {
		is, gap := s.look(at)
		s.sensed.at, s.sensed.is, s.sensed.gap = at+1, is, gap
	}
	return s.sensed.is, s.sensed.gap
}

func (s *search) look(at int) (sense, int) {
	for i := at; i > max(0, at-12); i-- {
		switch s.R[i-1] {
		case '。', '!', '?', ';', '\n':
			return senseless, 0
		}
		for _, w := range s.names.senses[s.R[i-1]] {
			if s.EndsAt(i, w.word) {
				return w.is, at - i
			}
		}
	}
	return senseless, 0
}

// couriers are the letters that a parcel's number begins with.
func couriers() []string {
	return []string{"sf", "yt", "jt", "jd", "jdv", "jdx", "jdvb", "jdvc", "jdvd", "zto", "sto", "yd", "ems", "dpk", "dpl", "db", "zt", "yunda"}
}

// mostDigits of the number of an order or a parcel.
const mostDigits = 24

// numbers finds the numbers of orders and parcels.
func (s *search) numbers() {
	s.codes()
	for _, run := range s.Runs() {
		for i := 0; i < len(run); i++ {
			n, digits := i, 0
			for n < len(run) && run[n].ASCII && digits < mostDigits && s.free(run[n].From, run[n].To) && (n == i || run[n].From > run[n-1].To && s.R[run[n].From-1] != '.' && s.R[run[n].From-1] != '(') {
				digits += len(run[n].Digits)
				n++
			}
			if n == i {
				continue
			}
			for ; n > i; n-- {
				if s.long(run[i:n]) {
					i = n - 1
					break
				}
			}
		}
	}
}

// codes finds numbers that begin with letters, and permits of the post (KA019283746CN).
func (s *search) codes() {
	for i := 0; i < len(s.R); i++ {
		if !scan.Latin(s.R[i]) || i > 0 && (edge(s.R[i-1]) || s.R[i-1] == '-' || s.R[i-1] == '_') {
			continue
		}
		to := i
		for to < len(s.R) && scan.Latin(s.R[to]) {
			to++
		}
		prefix := string(s.R[i:to])
		if to-i > 5 {
			continue
		}
		at, digits := to, 0
		var b strings.Builder
		for at < len(s.R) && digits < 24 {
			if scan.ASCIIDigit(s.R[at]) {
				b.WriteRune(s.R[at])
				digits++
			} else if !((s.R[at] == ' ' || s.R[at] == '-' || s.R[at] == '_') && scan.ASCIIDigit(s.Rune(at+1))) {
				break
			}
			at++
		}
		norm := strings.ToUpper(prefix) + b.String()
		switch {
		case slices.Contains(couriers(), prefix) && digits >= 8 && digits <= 18 && !scan.Latin(s.Rune(at)):
			s.add(Tracking, i, at, norm)
		case len(prefix) == 2 && digits == 9 && scan.Latin(s.Rune(at)) && scan.Latin(s.Rune(at+1)) && !scan.Latin(s.Rune(at+2)):
			s.add(Tracking, i, at+2, norm+strings.ToUpper(string(s.R[at:at+2])))
		case slices.Contains([]string{"cy", "so", "no", "dd"}, prefix) && digits >= 6 && digits <= 22 && !scan.Latin(s.Rune(at)):
			s.add(Order, i, at, norm)
		case digits >= 6 && len(prefix) <= 3 && !scan.Latin(s.Rune(at)):
			if is, gap := s.sense(i); is == ofOrder && gap <= 4 {
				s.add(Order, i, at, norm)
			}
		}
		i = at - 1
	}
}

// long decides what a run of digits is by its length and the words around it.
func (s *search) long(run scan.Run) bool {
	from, to := run[0].From, run[len(run)-1].To
	var b strings.Builder
	for _, g := range run {
		b.WriteString(g.Digits)
	}
	d := b.String()
	if len(run) > 1 && len(d) < 9 || len(d) < 4 || len(d) > mostDigits || scan.Latin(s.Rune(from-1)) || scan.Latin(s.Rune(to)) || s.Rune(from-1) == '.' || s.Rune(from-1) == '/' || s.Rune(to) == '/' ||
		strings.ContainsRune("¥￥$", s.Rune(from-1)) {
		return false
	}
	is, gap := s.sense(from)
	if is == ofOrder && s.bound(from) {
		is = ofParcel
	}
	if is == ofOrder && len(d) >= 10 && s.any(to+1, []string{"中通", "韵达", "圆通", "申通"})+s.any(to, []string{"中通", "韵达", "圆通", "申通"}) > 0 {
		is = ofParcel
	}
	switch {
	case len(run) > 1 && len(d) < 12 && is != ofParcel && (is != ofOrder || len(d) < 9):
		return false
	case is == ofParcel && len(d) >= 9 && len(d) <= 18:
		return s.add(Tracking, from, to, d)
	case is == ofOther, is == ofOrder && len(d) <= 6 && s.personal(from), len(d) <= 8 && s.any(to, []string{"的手机", "的电话", "的卡", "的银行卡"}) > 0:
		return false
	case is == ofOrder && gap <= 4 && (len(d) >= 10 || len(d) <= 8 && len(run) == 1) && s.led(from, gap):
		return s.add(Order, from, to, d)
	case len(run) == 1 && len(d) <= 6 && s.any(to, []string{"结尾", "这个订单", "那个订单", "这单", "那单", "号订单", " 号订单", "的订单", "那笔订单", "这笔订单", "那一单"}) > 0:
		return s.add(Order, from, to, d)
	case len(d) >= 12 && (len(run) == 1 || steady(run)):
		return s.add(Order, from, to, d)
	}
	return false
}

// personal reports whether the last digits are those of a phone or a card: 收货人手机，尾号0000.
func (s *search) personal(at int) bool {
	w := string(s.R[max(0, at-9):at])
	return (strings.Contains(w, "尾号") || strings.Contains(w, "位")) && !strings.Contains(w, "单") &&
		(strings.Contains(w, "手机") || strings.Contains(w, "电话") || strings.Contains(w, "卡") || strings.Contains(w, "证"))
}

// bound reports whether the number's clause speaks of a parcel: 中通的单号.
func (s *search) bound(at int) bool {
	w := string(s.R[max(0, at-12):at])
	if strings.Contains(w, "订单") {
		return false
	}
	for _, c := range []string{"快递", "运单", "物流", "中通", "申通", "韵达", "圆通", "极兔", "顺丰", "百世", "邮政", "德邦", "退货", "ems"} {
		if strings.Contains(w, c) {
			return true
		}
	}
	return false
}

// led reports whether only little words stand between a lead and its number.
func (s *search) led(at, gap int) bool {
	for _, r := range s.R[at-gap : at] {
		if !strings.ContainsRune(" :是为号的#'\"“,", r) {
			return false
		}
	}
	return true
}

// steady reports groups that one number is spelled in: fours, or six and the rest.
func steady(run scan.Run) bool {
	if len(run) == 2 {
		return len(run[0].Digits) == 6 && len(run[1].Digits) >= 12
	}
	for _, g := range run[:len(run)-1] {
		if len(g.Digits) != 4 {
			return false
		}
	}
	return true
}
