package shop

import "time"

// Product is one product with what the shop states about it.
type Product struct {
	ID, Title   string
	Aliases     []string // what customers call it: VC精华, ...
	Category    string   // 面霜, 精华, 防晒, ...
	Department  string   // where the shop puts the category: 护肤, 彩妆, 身体, 母婴, 男士, 套装
	Summary     string   // one sentence
	Points      []string
	Variants    []Variant // at least one; the first is the main one
	Actives     []Active
	Ingredients []string // the full list as printed, by falling amount
	Free        []string // what it is made without: 酒精, 香精, ...
	Allergens   []string // what in it people react to, by group: 香料（芳樟醇、柠檬烯）, 坚果（甜扁桃油）, ...
	Skins       []string // skin types it suits: 干皮, 油皮, 混合皮, 中性皮, 敏感肌
	Concerns    []string // what it is for: 泛红, 暗沉, 干燥, ...
	Pregnancy   Pregnancy
	Pregnant    string // the shop's statement for pregnant and nursing customers, one sentence
	Usage       string
	Step        string   // place in the routine: 洁面 … 防晒
	When        string   // 早, 晚, 早晚, 每周 1–2 次
	Lasts       string   // how long the main variant lasts, e.g. 约 2 个月
	ShelfLife   string   // unopened and after opening
	Conflicts   []string // product IDs not to be used on the same evening; holds both ways
	Contains    []string // of a set: the IDs of the variants (or products, in sample sizes) in it
	Cautions    []string
	Filing      string // 备案号 or 注册证号
	Picture     string // file name of the picture, e.g. p-lip-balm.svg; the demo's are drawn, see shopdata.Memory.Pictures
	Thumb       string // file name of a small picture for cards; "" when there is none
	Rating      int    // tenths: 49 is 4.9
	Reviews     int    // how many rated it
	UpdatedAt   time.Time
}

// Variant is what can be put into a cart.
type Variant struct {
	ID        string
	Name      string // 50g, 15g, 补充装 100ml, ...
	Tint      string // of a shade its colour, #RRGGBB; "" of others
	Picture   string // of a shade its own picture; "" when the product's shows it
	ListFen   int64  // 原价
	CouponFen int64  // 券后价; 0 when no coupon applies
	Stock     int
	RestockAt time.Time // when Stock is 0 and a date is known; zero otherwise
}

// PayFen is what a customer pays for one: after coupon where there is one.
func (v Variant) PayFen() int64 {
	if v.CouponFen > 0 {
		return v.CouponFen
	}
	return v.ListFen
}

// Main is the product's first variant, the zero Variant when it has none.
func (p Product) Main() Variant {
	if len(p.Variants) == 0 {
		return Variant{}
	}
	return p.Variants[0]
}

// Active is a key ingredient. Share is its share of weight as printed, e.g. 3%; "" when the shop doesn't state it.
type Active struct {
	Name, Share, Does string
	INCI              string // as the list of ingredients prints it
}

// Pregnancy says whether pregnant and nursing customers may use a product.
type Pregnancy string

// The three statements.
const (
	PregnancyOK    Pregnancy = "ok"    // nothing in it that is advised against
	PregnancyAsk   Pregnancy = "ask"   // ask a doctor first
	PregnancyAvoid Pregnancy = "avoid" // the shop advises against
)

// PromotionKind is how a promotion works.
type PromotionKind string

// The kinds of promotion.
const (
	Coupon    PromotionKind = "coupon"    // a price cut on products, already in CouponFen
	Reduction PromotionKind = "reduction" // so much off above a sum
	Gift      PromotionKind = "gift"      // something beside
	Voucher   PromotionKind = "voucher"   // an order coupon that is claimed first; see Coupons
)

// Promotion is a running promotion.
type Promotion struct {
	ID, Title, Text string
	Kind            PromotionKind
	Products        []string // product IDs it applies to; empty: all
	MinFen          int64    // spend from which it applies; 0 any
	OffFen          int64    // what it takes off (coupon, reduction)
	Gift            string   // product ID of the gift
	Tiers           []Tier   // for whom; empty: all
	Channels        []Channel
	From, Until     time.Time
	Stackable       bool // together with other promotions
}

// Policy is a written policy of the shop.
type Policy struct {
	ID, Title string
	Version   string    // e.g. 2026.10
	Date      time.Time // in force since
	Sections  []Section
	Figures   map[string]int64 // the numbers the text states, by name with unit: allergy_days, free_ship_fen, ...
}

// Section is a numbered part of a policy. An answer cites “售后政策 §3.2”.
type Section struct {
	No    string // 3.2
	Title string
	Text  string
}

// Review is what a buyer wrote. It is opinion.
type Review struct {
	ID, Product, Nick, Skin, Text string
	Variant                       string // the name of what was bought; "" unknown
	Age                           int    // years; 0 unknown
	Stars                         int    // 1…5
	At                            time.Time
	Follow                        string // what the buyer added later; "" for nothing
	FollowAt                      time.Time
	Reply                         string // what the shop answered in public; "" for nothing
}
