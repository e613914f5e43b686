package bot

import (
	"strings"
	"testing"
	"time"

	"agentdesk/server/demo/shopdata"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// Talks as people hold them, without what a bot leaves (talk.Turn.Did): the newest message is read with those before it.
func TestFacts_ReadAFollowUpWithTheTalk(t *testing.T) {
	e := demoBot(t)
	c, a, b := talk.Customer, talk.Agent, talk.Bot
	for name, x := range map[string]struct {
		who     string
		turns   []talk.Turn
		text    string
		intent  label.Intent
		matter  label.Intent
		product string // title with variant of the first that was asked about
		order   string
		thread  string
	}{
		"another shade": {turns: []talk.Turn{{Role: c, Text: "极细眼线液笔还有吗"}, {Role: a, Text: "眼线液笔棕色有货，69 元。"}}, text: "那黑的呢",
			intent: label.Stock, product: "极细眼线液笔 黑", thread: "极细眼线液笔还有吗"},
		"a smaller one": {turns: []talk.Turn{{Role: c, Text: "屏障霜50g多少钱"}, {Role: a, Text: "50g 券后 289 元。"}}, text: "那小的那瓶呢",
			intent: label.PricePromo, product: "神经酰胺屏障修护面霜 15g"},
		"a person after a parcel": {who: "c-linxiaolu", turns: []talk.Turn{{Role: c, Text: "我的快递到哪了"}, {Role: b, Text: "抱歉，没太明白您的意思。"}}, text: "转人工",
			intent: label.HumanRequest, matter: label.Logistics, order: "CY8800009120", thread: "我的快递到哪了"},
		"two at once": {turns: []talk.Turn{{Role: c, Text: "焕亮双抗精华怎么用"}, {Role: a, Text: "早上洁面后 4 滴。"}}, text: "能跟果酸焕肤水一起用吗",
			intent: label.Suitability, product: "果酸焕肤水 150ml"},
		"an order that was spoken of": {who: "c-chenyutong", turns: []talk.Turn{{Role: c, Text: "9102 那单呢"}, {Role: a, Text: "我看一下。"}}, text: "快递到哪了",
			intent: label.Logistics, order: "CY8800009102"},
	} {
		in, err := e.Facts(t.Context(), Input{CustomerID: x.who, Context: x.turns, Text: x.text, Now: time.Date(2026, 11, 24, 20, 40, 0, 0, shopdata.Zone())})
		if err != nil {
			t.Fatal(err)
		}
		if in.Intent != x.intent || in.Matter != x.matter || !strings.Contains(in.Thread, x.thread) || !strings.HasSuffix(in.Thread, x.text) {
			t.Errorf("%s: %s, matter %q, thread %q", name, in.Intent, in.Matter, in.Thread)
		}
		if x.product != "" && (len(in.Facts.Products) == 0 || !in.Facts.Products[0].Asked || in.Facts.Products[0].Title != x.product) {
			t.Errorf("%s: products %+v", name, in.Facts.Products)
		}
		if x.order != "" && (len(in.Facts.Orders) == 0 || in.Facts.Orders[0].ID != x.order) {
			t.Errorf("%s: orders %+v", name, in.Facts.Orders)
		}
	}
}

func TestFacts_NeverTakeALikenessForTheProduct(t *testing.T) {
	in, err := demoBot(t).Facts(t.Context(), Input{Context: []talk.Turn{{Role: talk.Customer, Text: "这个淡斑精华怎么样"}, {Role: talk.Bot, Text: "主打烟酰胺+传明酸，提亮淡斑"}}, Text: "我53了 用这个够不够温和呀"})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range in.Facts.Products {
		if p.Asked {
			t.Errorf("%s was not asked about", p.Title)
		}
	}
}
