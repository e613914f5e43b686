package mask

import (
	"sort"
	"strings"

	"agentdesk/sync/mask/scan"
)

// Kind says what finds a person.
type Kind uint8

// The kinds. Order is no matter.
const (
	Phone   Kind = iota + 1 // mobile, landline or foreign; Value: digits, without +86
	ID                      // identity card, passport, permit; Value: digits and capitals
	Card                    // bank card; Value: digits
	Email                   // Value: lower case
	Account                 // WeChat, QQ and the like; Value: lower case
	Address                 // from a road, village or estate down; Value: as written
	Name                    // Value: as written
)

// Span is one find: bytes From…To of the text.
type Span struct {
	Kind     Kind
	From, To int
	Value    string
	mobile   bool
}

// Find says where in a text something finds a person, in order, without overlaps. Its time grows with the text's length only.
func (m *Masker) Find(s string) []Span {
	if s == "" {
		return nil
	}
	return m.find(scan.New(s))
}

// finder is one text being looked at. Places are runes until the end.
type finder struct {
	*Masker
	*scan.Text
	spans []Span
}

func (m *Masker) find(t *scan.Text) []Span {
	f := &finder{Masker: m, Text: t}
	f.emails()
	f.numbers()
	f.papers()
	f.accounts()
	f.addresses()
	f.persons()
	sort.Slice(f.spans, func(i, j int) bool { return f.spans[i].From < f.spans[j].From })
	for i := range f.spans {
		sp := &f.spans[i]
		sp.From, sp.To = t.At[sp.From], t.At[sp.To]
	}
	return f.spans
}

// taken reports whether something was found there before. Spans are few except in hostile texts, so it looks from the end.
func (f *finder) taken(from, to int) bool {
	for i := len(f.spans) - 1; i >= 0; i-- {
		if s := &f.spans[i]; from < s.To && s.From < to {
			return true
		}
	}
	return false
}

// maxSpans of one text are told apart; what more there is stands in no message of a person.
const maxSpans = 2000

func (f *finder) add(kind Kind, from, to int, value string, mobile bool) {
	if from < to && len(f.spans) < maxSpans && !f.taken(from, to) {
		f.spans = append(f.spans, Span{kind, from, to, value, mobile})
	}
}

// emails finds mailboxes around each @.
func (f *finder) emails() {
	if !strings.ContainsAny(f.S, "@＠") {
		return
	}
	local := func(r rune) bool {
		return scan.Latin(r) || scan.ASCIIDigit(r) || r == '.' || r == '_' || r == '%' || r == '+' || r == '-'
	}
	domain := func(r rune) bool { return scan.Latin(r) || scan.ASCIIDigit(r) || r == '-' || r == '.' }
	last := 0
	for i, r := range f.R {
		if r != '@' {
			continue
		}
		from := i
		for from > last && local(f.R[from-1]) {
			from--
		}
		to := i + 1
		for to < len(f.R) && domain(f.R[to]) {
			to++
		}
		for to > i+1 && (f.R[to-1] == '.' || f.R[to-1] == '-') {
			to--
		}
		last = i + 1
		if from < i && strings.Contains(string(f.R[i+1:to]), ".") && f.R[i+1] != '.' {
			f.add(Email, from, to, string(f.R[from:to]), false)
			last = to
		}
	}
}

// What stands before a number says what it is. The nearest word counts.
type lead uint8

const (
	noLead lead = iota
	leadOrder
	leadCard
	leadID
	leadPhone
	leadOther // something that is counted, but finds nobody
)

// leadRunes is how far before a number its word may stand.
const leadRunes = 14

// leadOf is what the words before a place say. A sentence's end, and what is masked already, cut them off.
func (f *finder) leadOf(at int) lead {
	from := max(0, at-leadRunes)
	for i := at - 1; i >= from; i-- {
		if strings.ContainsRune("。!?;；\n]*", f.R[i]) {
			from = i + 1
			break
		}
	}
	for i := at; i > from; i-- {
		for _, w := range f.leads[f.R[i-1]] {
			if f.EndsAt(i, w.word) && i-len([]rune(w.word)) >= from {
				return w.is
			}
		}
	}
	return noLead
}

// follows reports whether one of the words begins within a few runes behind a place.
func (f *finder) follows(at, within int, words ...string) bool {
	for i := at; i < min(len(f.R), at+within); i++ {
		for _, w := range words {
			if f.Has(i, w) {
				return true
			}
		}
	}
	return false
}

type leadWord struct {
	word string
	is   lead
}

// leadWords are indexed by their last rune, the longest first.
func leadWords() map[rune][]leadWord {
	out := map[rune][]leadWord{}
	for is, words := range map[lead]string{
		leadOrder: "订单 订单号 单号 订单编号 运单 快递 物流 编号 order 货号 条形码 条码 批号 批次 退货 顺丰 圆通 中通 申通 韵达 极兔 德邦 ems 百世 京东 拼多多 淘宝 抖音",
		leadCard:  "卡号 银行卡 储蓄卡 信用卡 借记卡 卡 card visa mastercard amex 银联 账号 帐号 账户 帐户 工行 农行 建行 中行 交行 招行 招商 邮储 农商行 信用社 银行 退到 打到 退款到 汇到 打款到",
		leadID:    "身份证 身份证号 身份 证件 证件号 证号 实名 身份信息 身份号码 id 清关 报关 身份证件",
		leadPhone: "电话 手机 手机号 号码 联系 tel phone mobile 座机",
		leadOther: "imei sn 序列号 积分 会员号 会员卡 备案号 工单号 券码 优惠码 链接 编码",
	} {
		for w := range strings.FieldsSeq(words) {
			rs := []rune(w)
			last := rs[len(rs)-1]
			out[last] = append(out[last], leadWord{w, is})
		}
	}
	for _, list := range out {
		sort.Slice(list, func(i, j int) bool {
			if len(list[i].word) != len(list[j].word) {
				return len(list[i].word) > len(list[j].word)
			}
			return list[i].word < list[j].word
		})
	}
	return out
}
