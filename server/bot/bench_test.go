package bot

import (
	"fmt"
	"testing"
	"time"

	"agentdesk/sync/talk"
)

// BenchmarkTurn is a bot turn over the demo shop, without a model, in a talk that has gone on for a while.
func BenchmarkTurn(b *testing.B) {
	e := demoBot(b)
	lines := []string{"神经酰胺屏障修护面霜多少钱", "敏感肌能用修护精华吗", "积雪草面膜怎么用", "发票怎么开", "氨基酸温和洁面乳有货吗", "会员积分怎么用",
		"养肤气垫霜有货吗", "七天无理由怎么退货", "护手霜多少钱", "运费怎么算", "油皮用哪个面霜不闷", "多久能发货"}
	var turns []talk.Turn
	for i := range 24 {
		if i%2 == 0 {
			turns = append(turns, talk.Turn{Role: talk.Customer, Text: lines[i/2]})
		} else {
			turns = append(turns, talk.Turn{Role: talk.Bot, Text: fmt.Sprintf("好的，关于%s，请看这里。", lines[i/2])})
		}
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if _, err := e.Turn(b.Context(), Input{Conversation: "c", Context: turns, Text: lines[i%len(lines)], Now: time.UnixMilli(1790000000000)}, nil); err != nil {
			b.Fatal(err)
		}
		i++
	}
}
