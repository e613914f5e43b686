package bot

import (
	"strings"
	"testing"
	"time"

	"agentdesk/assets/demo"
	"agentdesk/server/demo/shopdata"
)

// asked are questions as people put them, with the section that answers them.
var asked = []struct{ say, want string }{
	{"内蒙包邮吗", "policy-shipping 2.1"}, {"寄西藏慢几天", "policy-shipping 2.1"}, {"发哪家快递的", "policy-shipping 2.2"}, {"顺丰得几天到", "policy-shipping 2.3"},
	{"能指定发顺丰不", "policy-shipping 2.2"}, {"快递搁驿站了，能放几天", "policy-shipping 2.4"}, {"快递三天没动静咋整", "policy-shipping 3.1"}, {"包裹要是丢了你们赔不", "policy-shipping 3.2"},
	{"箱子破了我能不要吗", "policy-shipping 3.3|policy-shipping 4.2"}, {"同事帮我签了算我签了吗", "policy-shipping 2.4"}, {"现在付钱今天能寄出不", "policy-shipping 1.1"}, {"晚上十一点下单啥时候走", "policy-shipping 1.1"},
	{"超两天还不发咋办", "policy-shipping 1.2"}, {"付完钱还能改地址吗", "policy-shipping 4.1"}, {"打包了还能拦下来不", "policy-shipping 4.1"}, {"拒收了钱咋退", "policy-shipping 3.3"},
	{"拆了还能无理由退吗", "policy-return 2.2"}, {"东西没动过，不想要了，几天里头能退", "policy-return 2.1"}, {"退货的运费算谁的", "policy-return 2.1"}, {"退款多会儿到卡上", "policy-return 4.1"},
	{"过敏退要医院开条子吗", "policy-allergy 2.1"}, {"过敏了用了大半瓶也能退不", "policy-allergy 2.2|policy-allergy 1.1"}, {"同意退货后几天内要寄回去", "policy-return 4.3"}, {"退货赠品要不要一起还", "policy-return 4.4"},
	{"一年能用几次过敏退", "policy-allergy 3.2"}, {"换货能换几次", "policy-return 2.3"}, {"换个大瓶的，差的钱咋算", "policy-return 2.3"}, {"色号买黄了，还没开，能给换个不，有时间限制没", "policy-return 2.3"},
	{"收到少了一样，几天内说有效", "policy-return 3.2"}, {"泵头压不出来算质量问题吗", "policy-return 3.1"}, {"赠品碎了管不管", "policy-gift 1.2"}, {"主播讲的和页面不一样听谁的", "policy-live 1.1"},
	{"赠品送光了怎么补", "policy-live 2.2|policy-return 3.4"}, {"双十一买的能保价多少天", "policy-price 1.1"}, {"直播间买的降价了退差吗", "policy-price 1.3|policy-live 1.2"}, {"差价咋算出来的", "policy-price 1.2"},
	{"保价一单能申几回", "policy-price 2.1"}, {"在哪申请保价", "policy-price 2.1"}, {"券跟满减能一起减不", "policy-price 3.1"}, {"店铺券一单能使两张吗", "policy-price 3.2"}, {"两个满减能都用上吗", "policy-price 3.1"},
	{"发票啥时候能给", "policy-invoice 1.2"}, {"名头写岔了能重开吗", "policy-invoice 2.1"}, {"开票要不要税号", "policy-invoice 1.3"}, {"买了俩月了还能补票吗", "policy-invoice 1.2"},
	{"发票金额算不算券", "policy-invoice 1.3"}, {"发票发到哪里", "policy-invoice 1.2"}, {"给公司买的，要能抵税的那种票", "policy-invoice 1.1"}, {"退了货发票咋办", "policy-invoice 2.1"},
	{"一百分顶几块钱", "policy-member 2.1"}, {"积分会过期不", "policy-member 2.1"}, {"银卡要花多少", "policy-member 1.1"}, {"黑卡有啥特别的", "policy-member 3.1"}, {"金卡能保多长时间", "policy-member 1.2"},
	{"会员每个月有券领不", "policy-member 2.3"}, {"退了货等级会掉吗", "policy-member 1.1"}, {"生日月有啥", "policy-member 2.2"}, {"生日券多少起能用", "policy-member 2.3"}, {"头一回买有啥优惠", "policy-member 3.2"},
	{"多扣了一回钱啥时候还", "policy-return 4.5"}, {"钱都扣了，咋还写着等我付钱", "policy-return 4.5"}, {"刷酸跟A醇得隔几天", "policy-care 2.2"}, {"怀孕期间护肤咋弄", "policy-care 4.2"}, {"脸泛红头三天咋护理", "policy-care 3.1"},
	{"口红刻字要等几天", "policy-gift 2.3"}, {"送人的，箱子里会有价钱单子吗", "policy-gift 2.2"}, {"小样一单给几份", "policy-gift 1.3"}, {"分两单买能合着算满赠不", "policy-gift 1.1"}, {"赠品能折成钱吗", "policy-gift 1.2"},
	{"礼盒里能帮写张卡不，最多几个字", "policy-gift 2.1"}, {"付完钱又想改祝福卡的词咋办", "policy-gift 2.1"}, {"半夜十二点后有人吗", "policy-service 1.1|policy-service 2.1"}, {"人工排队要等多久", "policy-service 1.2"},
	{"不满意能找谁", "policy-service 3.2"}, {"直播回放能看多久", "policy-live 3.2"}, {"抖音上你家那个店卖的靠谱不", "policy-return 1.2"}, {"批号上哪查", "policy-return 1.2"}, {"预售的啥时候发", "policy-live 3.1|policy-shipping 1.1"},
}

func TestRulebook_AnswersInTheCustomersWords(t *testing.T) {
	m, err := shopdata.New(shopdata.Params{Files: demo.Shop(), Now: time.Date(2026, 11, 24, 20, 40, 0, 0, shopdata.Zone()), Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	policies, err := m.Policies(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	concepts, err := loadConcepts()
	if err != nil {
		t.Fatal(err)
	}
	says, err := loadSpeech()
	if err != nil {
		t.Fatal(err)
	}
	b := newRulebook(policies, concepts)
	wrong, unsure := 0, 0
	for _, a := range asked {
		got := b.find(says.plain(a.say), nil)
		id := ""
		if len(got) > 0 {
			id = got[0].Source.ID + " " + got[0].Source.Section
			if got[0].score < sureRule {
				unsure++
				t.Logf("%q: %s only %.1f", a.say, id, got[0].score)
			}
		}
		ok := false
		for _, w := range strings.Split(a.want, "|") {
			ok = ok || w == id
		}
		if !ok {
			wrong++
			for _, g := range got {
				t.Logf("%q (%s) is answered by %s %s %.1f, want %s", a.say, says.plain(a.say), g.Source.ID, g.Source.Section, g.score, a.want)
			}
		}
	}
	if wrong*10 > len(asked) {
		t.Errorf("%d of %d are answered by another section, %d unsure", wrong, len(asked), unsure)
	}
	t.Logf("%d of %d wrong, %d unsure", wrong, len(asked), unsure)
	for _, say := range []string{"神经酰胺面霜多少钱", "敏感肌能用修护精华吗", "你好", "谢谢", "推荐一款面霜", "今天天气怎么样", "白泥面膜怎么用", "口红有哪些色号", "燕麦面霜有没有硅油", "防晒棒有货吗", "玻尿酸精华大瓶多少钱", "干皮用哪款粉底液"} {
		if got := b.find(says.plain(say), nil); len(got) > 0 && got[0].score >= sureRule {
			t.Logf("%+v", got[0])
			t.Errorf("%q is no question of rules, but %s %s answers it with %.1f", say, got[0].Source.ID, got[0].Source.Section, got[0].score)
		}
	}
}
