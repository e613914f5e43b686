package customers

import (
	"math/rand/v2"
	"strings"
)

// The kinds of slip that people make on a keyboard.
const (
	slipSwap      = "swap"      // two characters change places
	slipHomophone = "homophone" // the input method offered another word of the same sound
	slipPinyin    = "pinyin"    // the input method was off
	slipDrop      = "drop"      // one character is missing
	slipNet       = "net"       // the words of chats
)

func slipKinds() []string { return []string{slipSwap, slipHomophone, slipPinyin, slipDrop, slipNet} }

// words are pairs of what is meant and what stands there, longest first.
func slipWords(kind string) [][2]string {
	switch kind {
	case slipHomophone:
		return [][2]string{{"退货", "腿货"}, {"退款", "腿款"}, {"发货", "发火"}, {"快递", "块递"}, {"客服", "客户服"}, {"过敏", "过民"}, {"面霜", "面双"},
			{"精华", "精滑"}, {"发票", "发漂"}, {"优惠", "有会"}, {"地址", "地之"}, {"包裹", "包过"}, {"什么", "神么"}, {"怎么", "怎莫"}, {"在吗", "再吗"},
			{"已经", "以经"}, {"应该", "因该"}, {"的", "得"}, {"那", "哪"}, {"做", "坐"}}
	case slipPinyin:
		return [][2]string{{"怎么", "zenme"}, {"什么", "shenme"}, {"可以", "keyi"}, {"多少", "duoshao"}, {"快递", "kuaidi"}, {"退款", "tuikuan"},
			{"退货", "tuihuo"}, {"发货", "fahuo"}, {"过敏", "guomin"}, {"你好", "nihao"}, {"谢谢", "xiexie"}, {"没有", "meiyou"}, {"能用", "nengyong"}}
	case slipNet:
		return [][2]string{{"没有", "木有"}, {"什么", "神马"}, {"怎么", "肿么"}, {"是不是", "4不4"}, {"这样子", "酱紫"}, {"喜欢", "稀饭"}, {"我", "偶"},
			{"谢谢", "3q"}, {"不要", "表"}, {"知道", "造"}, {"吗", "嘛"}, {"啊", "鸭"}}
	}
	return nil
}

// slip is a text as it comes out of hasty hands, the same text where nothing in it slips. Two swapped or missing
// characters are put right in a second message, as people do; the rest stands.
func slip(rng *rand.Rand, kind, text string) (slipped, right string) {
	r := []rune(text)
	switch kind {
	case slipSwap, slipDrop:
		if len(r) < 4 {
			return text, ""
		}
		i := rng.IntN(len(r) - 1)
		if kind == slipDrop {
			r = append(r[:i], r[i+1:]...)
		} else {
			r[i], r[i+1] = r[i+1], r[i]
		}
		if string(r) == text || rng.IntN(2) == 0 {
			return string(r), ""
		}
		return string(r), "打错了，" + text
	}
	for _, w := range slipWords(kind) {
		if strings.Contains(text, w[0]) {
			return strings.Replace(text, w[0], w[1], 1), ""
		}
	}
	return text, ""
}
