package bot

import (
	"strconv"
	"strings"
	"unicode"

	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// manyFrom is from how many of something a text speaks of a large order: above what any variant of the shop holds in one box.
const manyFrom = 30

// many reports whether a text speaks of a large number of something that is sold: 六十套, 100 盒, 几百份.
func many(text string) bool {
	rs := []rune(strings.ReplaceAll(text, " ", ""))
	for i, r := range rs {
		if !strings.ContainsRune("套盒份瓶支箱件", r) || i < 2 {
			continue
		}
		if tens := rs[i-1]; tens == '百' || tens == '千' || tens == '十' && strings.ContainsRune("三四五六七八九几", rs[i-2]) {
			return true
		}
		from := i
		for from > 0 && unicode.IsDigit(rs[from-1]) {
			from--
		}
		if n, err := strconv.Atoi(string(rs[from:i])); err == nil && n >= manyFrom {
			return true
		}
	}
	return false
}

// bargains is why a person must come where somebody negotiates what no list of prices holds: a dealer's terms or a contract, or a
// price for a large order that was named now or before; "" when nobody does.
func bargains(in Input) label.Reason {
	large := many(in.Text)
	for i := len(in.Context) - 1; i >= 0 && i >= len(in.Context)-4 && !large; i-- {
		large = in.Context[i].Role == talk.Customer && many(in.Context[i].Text)
	}
	switch {
	case large && containsAny(in.Text, "什么价", "多少钱", "便宜", "优惠", "几折", "打折", "最低", "合同"):
		return label.ByHighValue
	case containsAny(in.Text, "供货价", "做代理", "当代理", "加盟", "批发价", "走合同", "签合同"):
		return label.ByOutOfPolicy
	}
	return label.None
}
