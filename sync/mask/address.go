package mask

import (
	"strings"

	"agentdesk/sync/mask/scan"
)

// Words of addresses. Ways and estates carry a name before them and a house behind.
const (
	ways    = "路 街 大道 道 巷 弄 胡同 大街"
	estates = "小区 花园 公寓 大厦 村 苑 社区 广场 新村 家园 城 湾 庭 府 园 公馆 里 院 校区 大学 学院 医院 学校 中学 小学 宿舍 镇 乡 国际 中心 天街 区 一期 二期 三期 四期 五期 江南 大楼 写字楼 酒店 厂 山庄 水岸 名邸 豪庭 园区 街道 团 农场"
	units   = "号院 号楼 号 栋 幢 座 弄 单元 室 层 楼 户 舍 组 队 塔 #"
	tails   = "大厦 中心 广场 公寓 花园 小区 苑 写字楼 办公楼 软件园 科技园 生态园 产业园 创业园 soho 塔 座 栋 幢 室 楼 层 单元 号 号院 号楼 户 舍 驿站 丰巢柜 丰巢 快递柜 柜 社区 宿舍 护士站 大院 院 园 城 店 门 大楼 公司 前台 店铺 国际"
	// stops are runes that no name of a place holds.
	stops = "的了是我你他她您们有要吗啊呢买看还再那这哪个么吧呀没不"
	// leads stand before an address and are no part of it.
	placeLeads = "收货地址 新地址 地址 住址 寄到 寄往 寄给 送到 送往 发到 发往 改成 改到 改为 换成 换到 住在 搬到 邮到 送去 送货到 填 寄 送 住 放 到 在 是 改 换 去 家 公司 学校 宿舍 请 帮 我 麻烦 单位 老家 现在 改地址"
)

type places struct {
	ways, estates, units, tails, leads map[rune][]string // by their last rune, the longest first; units and tails by their first
	provinces                          []string
}

func newPlaces() *places {
	return &places{ways: byLast(ways), estates: byLast(estates), units: byFirst(units), tails: byFirst(tails), leads: byLast(placeLeads),
		provinces: strings.Fields("北京 上海 天津 重庆 河北 山西 内蒙古 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 广西 海南 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 香港 澳门 台湾")}
}

func byLast(words string) map[rune][]string {
	out := map[rune][]string{}
	for w := range strings.FieldsSeq(words) {
		rs := []rune(w)
		out[rs[len(rs)-1]] = longestFirst(out[rs[len(rs)-1]], w)
	}
	return out
}

func byFirst(words string) map[rune][]string {
	out := map[rune][]string{}
	for w := range strings.FieldsSeq(words) {
		r := []rune(w)[0]
		out[r] = longestFirst(out[r], w)
	}
	return out
}

func longestFirst(list []string, w string) []string {
	for i, have := range list {
		if len(w) > len(have) {
			return append(list[:i:i], append([]string{w}, list[i:]...)...)
		}
	}
	return append(list, w)
}

// ending is the length of the word of a list that ends before a place.
func (f *finder) ending(list map[rune][]string, at int) int {
	if at == 0 {
		return 0
	}
	for _, w := range list[f.R[at-1]] {
		if f.EndsAt(at, w) {
			return len([]rune(w))
		}
	}
	return 0
}

// beginning is the length of the word of a list that begins at a place.
func (f *finder) beginning(list map[rune][]string, at int) int {
	if at >= len(f.R) {
		return 0
	}
	for _, w := range list[f.R[at]] {
		if f.Has(at, w) {
			return len([]rune(w))
		}
	}
	return 0
}

func placeRune(r rune) bool {
	return scan.Han(r) || scan.ASCIIDigit(r) || scan.Latin(r) || r == '-' || r == '#'
}

// addresses finds addresses: each in a run of letters and digits, with single spaces where a region stands before them.
func (f *finder) addresses() {
	for i := 0; i < len(f.R); {
		if !placeRune(f.R[i]) {
			i++
			continue
		}
		to := i
		for to < len(f.R) && (placeRune(f.R[to]) || f.R[to] == ' ' && to > i && scan.Han(f.R[to-1]) && to+1 < len(f.R) && placeRune(f.R[to+1])) {
			to++
		}
		f.place(i, to)
		i = to
	}
	f.western()
}

// place looks for addresses in one run.
func (f *finder) place(from, to int) {
	for i := from + 1; i <= to; i++ {
		n := f.ending(f.where.ways, i)
		way := n > 0
		if !way {
			n = f.ending(f.where.estates, i)
		}
		if n == 0 || f.taken(i-n, i) {
			continue
		}
		if n == 1 && f.R[i-1] == '区' && f.numeral(i, to) > i {
			continue // 评论区3楼: a district has a road before its house
		}
		end := f.house(i, to, way)
		if end < 0 && !way {
			end = f.locker(i, to)
		}
		if end < 0 && (way || !f.settlement(i)) {
			continue
		}
		start, named := f.named(from, i-n)
		if end < 0 && i-start >= 6 && f.region(start, i) {
			end = i // a village behind its county needs no number
		}
		if end < 0 || !named {
			continue
		}
		end = f.rest(end, to)
		if f.taken(start, end) { // cut at what was found before: a number in the same run
			for _, s := range f.spans {
				if s.From < end && s.From > i {
					end = s.From
				}
			}
		}
		f.add(Address, start, end, f.Slice(start, end), false)
		from, i = end, end
	}
}

// named goes back from a way or an estate to where its name, and the region before it, begin.
func (f *finder) named(from, at int) (int, bool) {
	start := at
	for start > from && at-start < 30 {
		r := f.R[start-1]
		if !scan.Han(r) && !scan.ASCIIDigit(r) && !(r == ' ' && start-1 > from) || strings.ContainsRune(stops, r) {
			break
		}
		if n := f.ending(f.where.leads, start); n > 0 && at-start >= 1 && !f.inRegion(from, start) {
			break
		}
		start--
	}
	if p := f.firstProvince(start, at); p > start {
		start = p
	}
	for start < at && (f.R[start] == ' ' || scan.ASCIIDigit(f.R[start]) && at-start < 2) {
		start++
	}
	word := at
	for word > start && f.R[word-1] != ' ' {
		word--
	}
	for i := word; i < at; i++ {
		if scan.Han(f.R[i]) && !strings.ContainsRune("半一上下前后大小在第楼老新旧群家店屋包箱柜车夜心", f.R[i]) {
			return start, true
		}
	}
	return start, false
}

// inRegion reports whether a lead's last rune belongs to a region's name: 海南省, 家 in 石家庄.
func (f *finder) inRegion(from, at int) bool {
	for _, w := range []string{"石家庄", "张家", "李家", "王家", "刘家", "陈家", "杨家", "赵家", "徐家", "宋家"} {
		for k := 1; k < 3; k++ {
			if at-k >= from && f.Has(at-k, w) && at-k+len([]rune(w)) > at {
				return true
			}
		}
	}
	return false
}

// firstProvince is where the last province before a place begins, if one stands there.
func (f *finder) firstProvince(from, at int) int {
	for i := from; i < at; i++ {
		for _, p := range f.where.provinces {
			if f.Has(i, p) {
				return i
			}
		}
	}
	return from
}

// numeral steps over a house's number: digits, Chinese ones, letters and dashes.
func (f *finder) numeral(at, to int) int {
	for at < to {
		r := f.R[at]
		if scan.Digit(r) < 0 && r != '十' && r != '百' && r != '-' && !scan.Latin(r) {
			break
		}
		at++
	}
	return at
}

// house finds the first number of a house behind a way or an estate, and says where it ends; -1 for none.
func (f *finder) house(at, to int, way bool) int {
	for i := at; i < to && i-at <= 10; i++ {
		r := f.R[i]
		if strings.ContainsRune(stops, r) {
			return -1
		}
		end := f.numeral(i, to)
		if end == i {
			continue
		}
		if n := f.beginning(f.where.units, end); n > 0 && end+n <= to && !strings.ContainsRune("色链", f.Rune(end+n)) && !f.Has(end, "号线") {
			return end + n
		}
		dashed := strings.ContainsRune(string(f.R[i:end]), '-') && scan.ASCIIDigit(r) && scan.ASCIIDigit(f.R[end-1])
		if dashed && i == at || way && i == at && scan.ASCIIDigit(r) && end == to && end-i <= 5 {
			return end
		}
		if !way && scan.Latin(r) && end == to && end-i >= 3 && scan.ASCIIDigit(f.R[end-1]) {
			return end
		}
		i = end - 1
	}
	return -1
}

// region reports whether a province, city, county or town stands between two places.
func (f *finder) region(from, to int) bool {
	for i := from; i < to; i++ {
		switch f.R[i] {
		case '省', '市', '县', '镇', '乡', '区', '旗':
			if i > from && i+1 < to {
				return true
			}
		}
	}
	return false
}

// settlement reports whether a village or an institution ends before a place: behind a region it needs no number.
func (f *finder) settlement(at int) bool {
	for _, w := range []string{"村", "社区", "小区", "花园", "大学", "学院", "医院", "公寓", "大厦", "家园", "苑", "广场", "写字楼"} {
		if f.EndsAt(at, w) && !strings.ContainsRune("区县市镇乡街", f.Rune(at)) {
			return true
		}
	}
	return false
}

// locker finds where parcels wait, behind an estate.
func (f *finder) locker(at, to int) int {
	for i := at; i < to && i-at <= 5; i++ {
		for _, w := range []string{"丰巢柜", "丰巢", "菜鸟驿站", "驿站", "快递柜"} {
			if f.Has(i, w) {
				return i + len([]rune(w))
			}
		}
		if strings.ContainsRune(stops, f.R[i]) {
			break
		}
	}
	return -1
}

// rest takes the buildings, floors and rooms behind the house along.
func (f *finder) rest(at, to int) int {
	for at < to {
		best := -1
		for i := at; i < to && i-at <= 14; i++ {
			if strings.ContainsRune(stops+"收电手", f.R[i]) {
				break
			}
			if n := f.beginning(f.where.tails, i); n > 0 && i+n <= to && (i > at || n > 1 || f.numeral(i+n, to) > i+n) {
				best = i + n
				break
			}
		}
		if best < 0 {
			break
		}
		at = best
	}
	if end := f.room(at, to); end > 0 {
		return end
	}
	if f.Rune(at) == ' ' {
		return at
	}
	if end := f.numeral(at, to); end > at && scan.Digit(f.R[at]) < 0 {
		return end
	} else if end > at && (end == to || end-at >= 2) {
		return end
	}
	return at
}

// room is where a building's name and a number that close the run end, 0 without.
func (f *finder) room(at, to int) int {
	for i := at; i < to && i-at <= 8; i++ {
		if strings.ContainsRune(stops+"收电手", f.R[i]) {
			break
		}
		if scan.ASCIIDigit(f.R[i]) && i > at+1 && to-i >= 2 && f.numeral(i, to) == to {
			return to
		}
	}
	return 0
}

// western finds addresses in English: a number, and a way behind it.
func (f *finder) western() {
	for _, w := range []string{"road", "street", "avenue", "lane", "district", " rd", " st."} {
		for end := range f.places(w) {
			from, digit := end, -1
			for from > 0 && end-from < 40 && (scan.Latin(f.R[from-1]) || scan.ASCIIDigit(f.R[from-1]) || strings.ContainsRune(" .,-", f.R[from-1])) {
				from--
				if scan.ASCIIDigit(f.R[from]) {
					digit = from
				}
			}
			if digit < 0 || scan.Latin(f.Rune(end)) {
				continue
			}
			if f.EndsAt(digit, "no.") {
				digit -= 3
			}
			for end < len(f.R) && (scan.Latin(f.R[end]) || f.R[end] == ',' && f.Rune(end+1) == ' ' || f.R[end] == ' ' && scan.Latin(f.Rune(end+1))) {
				end++
			}
			f.add(Address, digit, end, f.Slice(digit, end), false)
		}
	}
}
