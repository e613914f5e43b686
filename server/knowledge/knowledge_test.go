package knowledge_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"agentdesk/assets/demo"
	"agentdesk/server/demo/shopdata"
	"agentdesk/server/knowledge"
	"agentdesk/server/shop"
)

func demoShop(t testing.TB) *shopdata.Memory {
	t.Helper()
	m, err := shopdata.New(shopdata.Params{Files: demo.Shop(), Now: time.Date(2026, 11, 24, 20, 40, 0, 0, shopdata.Zone()), Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func open(t testing.TB, s knowledge.Shop) *knowledge.Store {
	t.Helper()
	k, err := knowledge.New(t.Context(), knowledge.Params{Shop: s})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	})
	return k
}

// sentences are what customers write, with the piece that an answer needs: "id" or "id section". It must be among the first
// three; "!" says that it must be the first.
var sentences = []struct{ say, want string }{
	{"神经酰胺面霜多少钱", "!p-ceramide-cream 价格"},
	{"这个神经酰胺面霜孕妇能用吗", "!p-ceramide-cream 孕期"},
	{"孕22周，那款美白精华可以用吗？", "p-arbutin-serum 孕期"},
	{"过敏了能退吗", "policy-allergy"},
	{"用了脸又红又痒，拆封了还能退吗", "policy-allergy 1.1"},
	{"什么时候发货", "!policy-shipping 1.1"},
	{"我昨天拍的怎么还没发货啊", "policy-shipping 1.2"},
	{"运费谁出 满多少包邮", "!policy-shipping 2.1"},
	{"你们发什么快递？可以发顺丰吗", "!policy-shipping 2.2"},
	{"几天能到成都", "policy-shipping 2.3"},
	{"快递卡住三天不更新了", "!policy-shipping 3.1"},
	{"包裹是不是丢了", "!policy-shipping 3.2"},
	{"地址填错了能改吗", "!policy-shipping 4.1"},
	{"退款什么时候到账", "!policy-return 4.1"},
	{"第三次问了，退款到底哪天到账，一直没退", "policy-return 4.2"},
	{"收到的瓶子碎了", "!policy-return 3.1"},
	{"礼盒里少了一支精华", "policy-return 3.2"},
	{"直播间说好的赠品怎么没有", "!policy-return 3.4"},
	{"拆封了能七天无理由退货吗", "policy-return 2.2"},
	{"气垫想换个色号", "!policy-return 2.3"},
	{"你们家是正品吗", "!policy-return 1.2"},
	{"付款扣了两次钱", "!policy-return 4.5"},
	{"刚买就降价了，能补差价吗", "!policy-price"},
	{"券能和满减叠加吗", "!policy-price 3.1"},
	{"怎么开发票", "!policy-invoice"},
	{"公司报销要专票", "!policy-invoice 1.1"},
	{"黑金会员要消费多少", "policy-member 1.1"},
	{"积分怎么用", "!policy-member 2.1"},
	{"生日有什么福利", "!policy-member 2.2"},
	{"第一次买有优惠吗", "promo-welcome"},
	{"现在满减怎么算", "promo-400-40"},
	{"VC精华和果酸能一起用吗", "p-vc-serum 用法"},
	{"vc精华怎么用", "!p-vc-serum 用法"},
	{"焕亮双抗精华含酒精吗", "!p-vc-serum 成分"},
	{"敏感肌用什么防晒", "!p-sun-mineral"},
	{"有没有给油皮的洗面奶", "p-cleanser-foam"},
	{"舒缓面膜几片装 多少钱", "!p-soothe-mask 价格"},
	{"洁面有补充装吗", "p-cleanser"},
	{"出差带什么小样装", "!p-set-travel"},
	{"送妈妈的礼盒", "p-set-barrier"},
	{"黑眼圈用什么眼霜", "!p-eye-cream"},
	{"A醇晚霜敏感皮能不能用", "!p-retinol-cream"},
	{"鼻子黑头用什么", "p-bha-pad"},
	{"嘴唇起皮有没有润唇膏", "!p-lip-balm"},
	{"小腿干得起皮，身体乳推荐", "!p-body-lotion"},
	{"脸红刺痛今晚怎么护理", "policy-care"},
	{"脸上起水泡了要去医院吗", "!policy-care 3.3"},
	{"什么时候能收到货", "!policy-shipping 2.3"},
	{"退货运费谁承担", "policy-return 2.1"},
	{"果酸水多久用一次", "!p-aha-toner 用法"},
	{"孕期能用的面霜有哪些", "p-ceramide-cream 孕期"},
	{"哺乳期能用烟酰胺吗", "!p-nia-serum 孕期"},
	{"双十一保价吗", "!policy-price 1.1"},
	{"神经酰胺面霜开封后多久用完", "!p-ceramide-cream 用法"},
	{"玻尿酸水光精华60ml什么价", "!p-ha-serum 价格"},
	{"你们几点下班", "!policy-service 1.1"},
	{"礼盒能写祝福卡吗", "!policy-gift 2.1"},
	{"口红可以刻字吗", "!policy-gift 2.3"},
	{"直播的回放还能看吗", "!policy-live 3.2"},
	{"一单能用几张券 店铺券", "!policy-price 3.2"},
	{"快递放驿站了取件码没收到", "!policy-shipping 2.4"},
	{"防晒棒什么时候补货", "policy-shipping 1.3"},
	{"哑光口红有哪些色号", "!p-lipstick-matte"},
	{"有没有给宝宝用的面霜", "p-baby-cream"},
	{"男士洗面奶推荐", "!p-cleanser-men"},
	{"依克多因精华含香精吗", "!p-ecto-serum 成分"},
	{"头皮油用什么洗发水", "p-shampoo-oil"},
	{"377精华孕妇能不能用", "!p-377-serum 孕期"},
	{"粉底液黄皮选什么色号", "p-foundation"},
	{"送老公的套装", "p-set-men"},
	{"坚果过敏能用身体护理油吗", "p-body-oil"},
}

func TestSearch_FindsWhatCustomersAskFor(t *testing.T) {
	k := open(t, demoShop(t))
	for _, s := range sentences {
		hits, err := k.Search(t.Context(), s.say, 3)
		if err != nil {
			t.Fatal(err)
		}
		want, first := strings.CutPrefix(s.want, "!")
		at := -1
		var got []string
		for i, h := range hits {
			name := h.ID + " " + h.Section
			got = append(got, name)
			if at < 0 && (name == want || h.ID == want) {
				at = i
			}
		}
		if at < 0 || first && at > 0 {
			t.Errorf("%q: want %s, got %q", s.say, s.want, got)
		}
	}
}

func TestSearch_IsSureOnlyOfWhatIsWritten(t *testing.T) {
	k := open(t, demoShop(t))
	for _, s := range sentences {
		hits, err := k.Search(t.Context(), s.say, 1)
		if err != nil || len(hits) != 1 || hits[0].Score < knowledge.Sure {
			t.Errorf("%q: %+v, %v", s.say, hits, err)
		}
	}
	for _, say := range []string{"支持货到付款吗", "今天天气怎么样", "男生能用吗", "帮我写个作业", "你是机器人吗", "实体店在哪里", "老板电话多少", "招代理吗", "能不能加个微信"} {
		hits, err := k.Search(t.Context(), say, 1)
		if err != nil || len(hits) > 0 && hits[0].Score >= knowledge.Sure {
			t.Errorf("%q: sure of %+v, %v", say, hits, err)
		}
	}
}

func TestSearch_HitsCiteTheirSource(t *testing.T) {
	m := demoShop(t)
	k := open(t, m)
	for _, s := range sentences {
		hits, err := k.Search(t.Context(), s.say, 10)
		if err != nil {
			t.Fatal(err)
		}
		for i, h := range hits {
			if h.Source.ID != h.ID || h.Source.Kind != h.Kind || h.Source.Title != h.Title || h.Source.Section != h.Section || h.Text == "" {
				t.Errorf("%q: hit %+v", s.say, h)
			}
			if i > 0 && h.Score > hits[i-1].Score {
				t.Errorf("%q: hit %d scores higher than the one before", s.say, i)
			}
			if inner := strings.Trim(h.Snippet, "…"); !strings.Contains(h.Text, inner) || utf8.RuneCountInString(inner) > 60 {
				t.Errorf("snippet %q of %q", h.Snippet, h.Text)
			}
			if h.Kind != knowledge.Policy {
				continue
			}
			p, err := m.Policy(t.Context(), h.ID)
			if err != nil || !holds(p, h.Section, h.Text) {
				t.Errorf("%s §%s doesn't say %q: %v", h.ID, h.Section, h.Text, err)
			}
		}
	}
}

func holds(p shop.Policy, no, text string) bool {
	for _, s := range p.Sections {
		if s.No == no && s.Text == text {
			return true
		}
	}
	return false
}

func TestSearch_FindsNothingForNothing(t *testing.T) {
	k := open(t, demoShop(t))
	for _, q := range []string{"", "？？？", "在吗", "你好", "😀", "the qzxv", `" OR *`, strings.Repeat("吗", 100_000)} {
		if hits, err := k.Search(t.Context(), q, 3); err != nil || len(hits) != 0 {
			t.Errorf("Search(%.20q) = %d hits, %v", q, len(hits), err)
		}
	}
}

func TestSearch_BoundsItsAnswer(t *testing.T) {
	k := open(t, demoShop(t))
	for ask, most := range map[int]int{-1: 1, 0: 1, 5: 5, 1 << 30: 50} {
		hits, err := k.Search(t.Context(), "精华面霜防晒面膜退货发货", ask)
		if err != nil || len(hits) == 0 || len(hits) > most {
			t.Errorf("k = %d gives %d hits, %v; want 1…%d", ask, len(hits), err, most)
		}
	}
}

// changing is a shop whose only policy changes, or that can't be asked.
type changing struct {
	mu   sync.Mutex
	text string
	err  error
}

func (c *changing) set(text string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.text, c.err = text, err
}

func (c *changing) SearchProducts(context.Context, string, int) ([]shop.Product, error) {
	return nil, nil
}
func (c *changing) Promotions(context.Context) ([]shop.Promotion, error) { return nil, nil }
func (c *changing) Policies(context.Context) ([]shop.Policy, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return []shop.Policy{{ID: "p", Title: "政策", Sections: []shop.Section{{No: "1", Title: "时限", Text: c.text}}}}, c.err
}

func TestRefresh_ReplacesTheIndexOrLeavesIt(t *testing.T) {
	s := &changing{text: "三十天内可退"}
	k := open(t, s)
	says := func() string {
		t.Helper()
		hits, err := k.Search(t.Context(), "几天内可退", 1)
		if err != nil || len(hits) != 1 {
			t.Fatalf("%d hits, %v", len(hits), err)
		}
		return hits[0].Text
	}
	down := errors.New("down")
	s.set("", down)
	if err := k.Refresh(t.Context()); !errors.Is(err, down) {
		t.Errorf("Refresh of a shop that is down: %v", err)
	}
	if got := says(); got != "三十天内可退" {
		t.Errorf("after a failed refresh: %q", got)
	}
	s.set("七天内可退", nil)
	if err := k.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := says(); got != "七天内可退" {
		t.Errorf("after a refresh: %q", got)
	}
}

func TestStore_SearchesWhileItIsRefreshed(t *testing.T) {
	k := open(t, demoShop(t))
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			for range 20 {
				hits, err := k.Search(t.Context(), "什么时候发货", 1)
				if err != nil || len(hits) != 1 || hits[0].Section != "1.1" {
					t.Errorf("%d hits, %v", len(hits), err)
					return
				}
			}
		})
	}
	for range 5 {
		if err := k.Refresh(t.Context()); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
}

func TestSearch_SurvivesAnEndedContext(t *testing.T) {
	k := open(t, demoShop(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := k.Search(ctx, "什么时候发货", 1); !errors.Is(err, context.Canceled) {
		t.Errorf("ended context: %v", err)
	}
	if hits, err := k.Search(t.Context(), "什么时候发货", 1); err != nil || len(hits) != 1 {
		t.Errorf("afterwards: %d hits, %v", len(hits), err)
	}
}

func FuzzSearch(f *testing.F) {
	k := open(f, demoShop(f))
	for _, s := range sentences[:8] {
		f.Add(s.say, 3)
	}
	f.Add("\xff\x00\" NEAR(", 1)
	f.Fuzz(func(t *testing.T, q string, n int) {
		hits, err := k.Search(t.Context(), q, n)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range hits {
			if !utf8.ValidString(h.Snippet) || h.ID == "" {
				t.Fatalf("hit %+v", h)
			}
		}
	})
}

func BenchmarkNew(b *testing.B) {
	m := demoShop(b)
	for b.Loop() {
		k, err := knowledge.New(b.Context(), knowledge.Params{Shop: m})
		if err != nil {
			b.Fatal(err)
		}
		if err := k.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSearch(b *testing.B) {
	k := open(b, demoShop(b))
	for i := 0; b.Loop(); i++ {
		if _, err := k.Search(b.Context(), sentences[i%len(sentences)].say, 4); err != nil {
			b.Fatal(err)
		}
	}
}
