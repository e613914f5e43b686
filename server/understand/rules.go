package understand

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"agentdesk/server/understand/entity"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// highBasketFen is the shop's line for a stated basket or order: about ¥5,000.
const highBasketFen = 5000_00

// recentTurns is how much of the context is read.
const recentTurns = 12

// Lexicon understands by lexicon and rules. It is safe for concurrent use.
type Lexicon struct {
	lex    *lexicon
	finder *entity.Finder
}

// Params configures a Lexicon.
type Params struct {
	// Products are the shop's products: ID → titles and other names. They are found as entities; nil finds general words only.
	Products map[string][]string
	// Catalogue says the same with the products' variants, which are found too then. It stands instead of Products where given.
	Catalogue []entity.Item
	// HighTiers are the tiers above the shop's line; nil means platinum and black.
	HighTiers []string
}

// New compiles the embedded lexicon.
func New(p Params) (*Lexicon, error) {
	lex, err := loadLexicon()
	if err != nil {
		return nil, err
	}
	finder, err := entity.New(entity.Params{Catalogue: p.catalogue()})
	if err != nil {
		return nil, err
	}
	return &Lexicon{lex: lex, finder: finder}, nil
}

// reading is one message as the rules see it.
type reading struct {
	in      Input
	text    string // normalised
	traits  traits
	ev      *evidence
	intents map[label.Intent]float64
	why     []string
	turns   []talk.Turn
	nudge   bool // asks again because nobody answered
	money   int64
}

func (r *reading) note(format string, args ...any) {
	r.why = append(r.why, fmt.Sprintf(format, args...))
}
func (r *reading) has(s string) bool            { return r.ev.has("s." + s) }
func (r *reading) feel(e label.Emotion) float64 { return r.ev.of("e." + string(e)) }

// Understand implements Understander.
func (l *Lexicon) Understand(ctx context.Context, in Input) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	r, entities := l.look(in)
	intent, conf := l.intent(r)
	emotion := l.emotion(r, intent)
	reason := l.reason(r, intent, emotion)
	return Result{Emotion: emotion, Intent: intent, Escalate: reason != label.None, Reason: reason, Entities: entities,
		Confidence: conf, By: ByLexicon, Why: r.why, Truncated: r.traits.truncated}, nil
}

// look reads a message and what it names, and judges nothing yet.
func (l *Lexicon) look(in Input) (*reading, []Entity) {
	turns := in.Context
	if len(turns) > recentTurns {
		turns = turns[len(turns)-recentTurns:]
	}
	r := l.read(in, turns, in.Text)
	entities := l.entities(in.Text, in.Now)
	for _, e := range entities {
		if e.Kind == "money" {
			r.money = max(r.money, fenOf(e.Ref))
		}
	}
	return r, entities
}

// read normalises and scores one text.
func (l *Lexicon) read(in Input, turns []talk.Turn, text string) *reading {
	r := &reading{in: in, turns: turns}
	r.text, r.traits = l.lex.norm.text(text)
	probe := r.text
	if b := r.traits.bare; b != "" && utf8.RuneCountInString(b) <= 14 {
		probe = b // so that "$" and "^" see the words, not "~~" behind them
		if strings.HasSuffix(r.text, "!") && !strings.HasSuffix(b, "?") {
			probe += "!"
		}
	}
	r.ev = l.lex.find(probe)
	for _, other := range []string{r.traits.bare, r.traits.core} {
		if other == "" || other == probe || utf8.RuneCountInString(other) > 14 {
			continue
		}
		ev := l.lex.find(other)
		for f := range ev.score {
			if ev.score[f] > r.ev.score[f] {
				r.ev.score[f], r.ev.hits[f] = ev.score[f], nil
			}
		}
	}
	r.intents = map[label.Intent]float64{}
	for _, it := range label.Intents() {
		if s := r.ev.of("i." + string(it)); s > 0 {
			r.intents[it] = s
		}
	}
	return r
}

// intent picks what the customer wants done: scores, then the rules that weigh one intent against another.
func (l *Lexicon) intent(r *reading) (label.Intent, float64) {
	if l.isNudge(r) {
		r.nudge = true
		if it := l.openIntent(r); it != "" {
			r.note("nudge after an unanswered turn (%s)", it)
			return it, 0.8
		}
		return label.Greeting, 0.6
	}
	l.weigh(r)
	best, score, second := label.Intent(""), 0.0, 0.0
	for _, it := range label.Intents() { // fixed order: ties go to the more serious, which weigh has raised
		if s := r.intents[it]; s > score {
			best, score, second = it, s, score
		} else if s > second {
			second = s
		}
	}
	if r.has("ack") || score < 2 {
		if it := l.inherited(r); it != "" {
			r.note("short answer, intent of the turn before (%s)", it)
			return it, 0.55
		}
	}
	if best == "" {
		return l.fallback(r), 0.3
	}
	if h := r.ev.first("i." + string(best)); h != "" {
		r.note("%s: %q", best, h)
	}
	return best, min(0.98, 0.45+0.08*(score-second)+0.03*score)
}

// weigh applies what the labels' guide says about intents that meet in one message.
func (l *Lexicon) weigh(r *reading) {
	in := r.intents
	if r.has("human") || in[label.HumanRequest] >= 6 {
		if negates(r.text, "人工", "转人工", "真人") {
			delete(in, label.HumanRequest)
		} else {
			in[label.HumanRequest] += 8
		}
	}
	switch {
	case l.reacted(r):
		in[label.AdverseReaction] += 9
	default:
		delete(in, label.AdverseReaction)
		if r.has("symptom") && r.has("question") {
			in[label.Suitability] += 2
		}
	}
	if r.has("pregnant") && (r.has("question") || len([]rune(r.text)) < 30) {
		in[label.Suitability] += 4
	}
	if r.has("pastallergy") && !l.reacted(r) {
		in[label.Suitability] += 3
	}
	if r.has("promise") && (in[label.PromiseDispute] > 0) {
		in[label.PromiseDispute] += 3
		if in[label.DamagedMissing] > 0 || in[label.PricePromo] > 0 {
			in[label.PromiseDispute] += 2
		}
	}
	// A coming promotion before buying is price_promo; after buying it is price protection.
	if in[label.PriceProtection] > 0 && containsAny(r.text, "买之前", "还没买", "现在买", "要是买", "买了以后会", "以后会不会降", "之后会降") {
		in[label.PricePromo] += in[label.PriceProtection]
		delete(in, label.PriceProtection)
	}
	if in[label.PriceProtection] >= 5 {
		in[label.PricePromo] *= 0.4
		in[label.ReturnRefund] *= 0.6
	}
	if r.has("promise") && r.has("denied") && in[label.PromiseDispute] >= 5 {
		in[label.DamagedMissing] *= 0.5
		in[label.PricePromo] *= 0.3
		in[label.OrderStatus] *= 0.6
		in[label.ReturnRefund] *= 0.7
	}
	if in[label.ReturnRefund] >= 4 && strings.Contains(r.text, "退") && !containsAny(r.text, "取消", "改") {
		in[label.ChangeOrder] *= 0.6
	}
	// Facts of an order outweigh the mood around it.
	for _, it := range []label.Intent{label.ReturnRefund, label.Exchange, label.DamagedMissing, label.Logistics, label.OrderStatus, label.Invoice,
		label.PaymentIssue, label.ChangeOrder, label.PriceProtection, label.PromiseDispute, label.Membership} {
		if in[it] >= 4 && in[label.Complaint] > 0 && in[label.Complaint] < 24 {
			in[label.Complaint] *= 0.45
		}
		if in[it] >= 3 {
			in[label.Chitchat] *= 0.4
		}
	}
	if in[label.DamagedMissing] >= 5 {
		in[label.Logistics] *= 0.6
		in[label.ReturnRefund] *= 0.7
		in[label.Exchange] *= 0.8
		in[label.OrderStatus] *= 0.6
	}
	if in[label.ChangeOrder] >= 5 {
		in[label.OrderStatus] *= 0.5
		in[label.Logistics] *= 0.7
	}
	if in[label.Logistics] > 0 && containsAny(r.text, "没发货", "还没发", "不发货", "没有发货", "发货了吗", "什么时候发", "未发货", "怎么不发", "才发货", "催发货", "几号发") {
		in[label.OrderStatus] += 3
	}
	if in[label.Exchange] >= 5 {
		in[label.ReturnRefund] *= 0.7
	}
	if in[label.ReturnRefund] >= 4 {
		in[label.PaymentIssue] *= 0.6
		in[label.Logistics] *= 0.75
		in[label.Stock] *= 0.5
	}
	if in[label.PaymentIssue] >= 5 {
		in[label.OrderStatus] *= 0.6
	}
	if in[label.Compare] >= 4 {
		in[label.Recommend] *= 0.8
		in[label.Suitability] *= 0.9
	}
	if in[label.Invoice] >= 5 || in[label.Membership] >= 5 {
		in[label.ChangeOrder] *= 0.7
		in[label.PricePromo] *= 0.7
	}
	// Courtesy never hides a matter.
	matter := 0.0
	for it, s := range in {
		switch it {
		case label.Greeting, label.ThanksBye, label.Chitchat:
		default:
			matter = max(matter, s)
		}
	}
	if matter >= 2 {
		in[label.Greeting] *= 0.2
		if r.has("resolved") || r.feel(label.Delighted) >= 4 && !r.has("question") {
			in[label.ThanksBye] *= 1.5
		} else {
			in[label.ThanksBye] *= 0.35
		}
		in[label.Chitchat] *= 0.5
	}
	if in[label.ThanksBye] > 0 && r.has("goodend") && r.feel(label.Delighted) >= 4 && r.feel(label.Dissatisfied) < 3 && !r.has("question") {
		in[label.ThanksBye] += 5
	}
	if in[label.ThanksBye] > 0 && in[label.Chitchat] > 0 && r.has("goodend") {
		in[label.ThanksBye] += 3 // with thanks, praise is thanks_bye
	}
	if r.feel(label.Delighted) >= 4 && !r.has("goodend") && matter < 5 && !r.has("question") && r.feel(label.Dissatisfied) < 3 {
		in[label.Chitchat] += 4
	}
	if r.has("bot_repeat") && matter < 4 {
		in[label.Complaint] += 3
	}
	if r.feel(label.Angry) >= 4 && matter < 3 {
		in[label.Complaint] += 4
	}
}

// reacted reports whether the body reacted or was harmed, as told by this message.
func (l *Lexicon) reacted(r *reading) bool {
	if r.has("swallow") || r.has("pregnant") && r.has("used") && (r.feel(label.Anxious) >= 4 || containsAny(r.text, "影响", "害怕", "才发现", "要紧")) &&
		!containsAny(r.text, "能用吗", "可以用吗", "还能用", "能继续用", "适合") {
		return true // a pregnant customer who has used it may be harmed
	}
	if !r.has("symptom") {
		return false
	}
	asks := containsAny(r.text, "会不会", "会过敏吗", "会过敏么", "容易过敏吗", "会刺激吗", "能用吗", "可以用吗", "能不能用", "适合吗", "怎么改善", "用什么", "推荐", "会不会过敏")
	used := r.has("used")
	switch {
	case r.has("resolved") && !r.has("bodynow"):
		return false
	case used && (r.has("bodynow") || r.ev.of("i."+string(label.AdverseReaction)) >= 5) && !(asks && r.has("pastallergy")):
		return true
	case used && !asks && !r.has("pastallergy"):
		return true
	case r.has("bodynow") && !asks && !r.has("pastallergy") && !r.has("ifworry"):
		return true
	}
	// "越来越红了" after an earlier turn that told of a reaction.
	return r.has("bodynow") && l.contextSays(r, "s.symptom", "s.used")
}

// contextSays reports whether one earlier customer turn holds all features.
func (l *Lexicon) contextSays(r *reading, features ...string) bool {
	for _, t := range r.turns {
		if t.Role != talk.Customer {
			continue
		}
		norm, _ := l.lex.norm.text(t.Text)
		ev := l.lex.find(norm)
		all := true
		for _, f := range features {
			all = all && ev.has(f)
		}
		if all {
			return true
		}
	}
	return false
}

func containsAny(s string, subs ...string) bool {
	for _, sub := range subs {
		if strings.Contains(s, sub) {
			return true
		}
	}
	return false
}

// negates reports whether every mention of the words is denied ("不用转人工", "别转人工", "不需要人工").
func negates(s string, words ...string) bool {
	for _, w := range words {
		for _, n := range []string{"不用", "不要", "不需要", "别", "先别", "先不用", "不必", "不想", "无需", "别再"} {
			if strings.Contains(s, n+w) || strings.Contains(s, n+"转"+w) || strings.Contains(s, n+"找"+w) {
				return true
			}
		}
	}
	return strings.Contains(s, "人工香精") || strings.Contains(s, "人工色素") || strings.Contains(s, "人工合成")
}
