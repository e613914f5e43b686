package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"agentdesk/copilot"
	"agentdesk/copilot/comply"
	"agentdesk/server/bot/ground"
	"agentdesk/server/demo/shopdata"
	"agentdesk/sync/label"
)

// How long a suggestion should be, in characters: shorter says nothing, longer is not read.
const (
	shortest = 20
	longest  = 120
)

// judge knows what each source of the shop says.
type judge struct {
	shop  *shopdata.Memory
	facts map[string]string // by source: product, promotion or policy#section
	check *ground.Checker
	rules *comply.Rules
	quote *regexp.Regexp
}

func newJudge(ctx context.Context, sh *shopdata.Memory) (*judge, error) {
	j := &judge{shop: sh, facts: map[string]string{}, check: ground.New(), rules: comply.New(), quote: regexp.MustCompile(`“([^”]*)”`)}
	products, err := sh.SearchProducts(ctx, "", 0)
	if err != nil {
		return nil, err
	}
	for _, p := range products {
		text := fmt.Sprintf("%+v", p)
		for _, v := range p.Variants {
			text += fmt.Sprintf(" %s ¥%s ¥%s 库存 %d 件", v.Name, yuan(v.ListFen), yuan(v.CouponFen), v.Stock)
			if v.Stock > 0 {
				text += " 有货"
			} else {
				text += " 缺货"
			}
		}
		for _, f := range p.Free {
			text += " 不含" + f
		}
		j.facts[p.ID] = text
	}
	promos, err := sh.Promotions(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range promos {
		j.facts[p.ID] = fmt.Sprintf("%s %s %s", p.Title, p.Text, day(p.Until))
	}
	policies, err := sh.Policies(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range policies {
		for _, s := range p.Sections {
			j.facts[p.ID+"#"+s.No] = s.Title + " " + s.Text
		}
	}
	return j, nil
}

func yuan(fen int64) string {
	return strings.TrimSuffix(fmt.Sprintf("%d.%02d", fen/100, fen%100), ".00")
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d 月 %d 日", t.Month(), t.Day())
}

// own are the facts of a customer and their orders, by source.
func (j *judge) own(ctx context.Context, who string) (map[string]string, error) {
	out := map[string]string{}
	if who == "" {
		return out, nil
	}
	c, err := j.shop.Customer(ctx, who)
	if err != nil {
		return nil, err
	}
	out[who] = fmt.Sprintf("积分 %d 分；%d 积分；累计消费 ¥%s 满 2000 元", c.Points, c.Points, yuan(c.SpentFen))
	for _, need := range []int64{50000, 200000, 600000, 1200000} {
		out[who] += fmt.Sprintf(" 还差 ¥%s", yuan(need-c.SpentFen))
	}
	orders, err := j.shop.OrdersOf(ctx, who, 100)
	if err != nil {
		return nil, err
	}
	for _, o := range orders {
		text := fmt.Sprintf("%s；尾号 %s；%s；%s；¥%s；%s；", o.ID, o.ID[len(o.ID)-4:], o.State.Zh(), day(o.PlacedAt), yuan(o.TotalFen), day(o.SignedAt))
		for _, l := range o.Lines {
			text += fmt.Sprintf("；%s %s ×%d；¥%s", l.Title, l.Variant, l.Quantity, yuan(l.UnitFen))
		}
		if r := o.Return; r != nil {
			text += fmt.Sprintf("；%s；%s；%s；¥%s；%s；%s；%s；%s；", r.ID, r.Kind.Zh(), r.State.Zh(), yuan(r.RefundFen), day(r.AskedAt), day(r.BackAt), day(r.DueAt), day(r.PaidAt))
		}
		for _, p := range o.Parcels {
			last := p.Last()
			says := fmt.Sprintf("；%s；%s；%s；%s；%s；%s；%s；%s；%s；", p.Carrier, p.Number, p.Number[len(p.Number)-4:], p.State.Zh(), day(last.At), last.At.Format("15:04"), last.Place, last.Text, day(p.ETA))
			text, out[p.Number] = text+says, says
		}
		out[o.ID] = text + " " + o.Invoice
	}
	return out, nil
}

// outcome is what the copilot did in a situation.
type outcome struct {
	s          *Situation
	read       copilot.Input
	list       []copilot.Suggestion
	cards      []copilot.Card
	summary    copilot.Summary
	first, any bool
	wrong      []string // statements without a source, and what may not be said
	odd        []string // size, wording
	wrongCards []string
	took       time.Duration
}

func (o *outcome) good() bool {
	return o.first && len(o.wrong) == 0 && len(o.odd) == 0 && len(o.wrongCards) == 0
}

func (d *desk) try(ctx context.Context, s *Situation) (*outcome, error) {
	o := &outcome{s: s}
	start := time.Now()
	in, err := d.finder.Find(ctx, s.Who, s.Context, s.Text)
	if err != nil {
		return nil, err
	}
	o.read = in
	if o.list, err = d.copilot.Suggest(ctx, in, copilot.MaxSuggestions, nil); err != nil {
		return nil, err
	}
	o.took = time.Since(start)
	if o.cards, err = d.copilot.Cards(ctx, in); err != nil {
		return nil, err
	}
	if o.summary, err = d.copilot.Summary(ctx, in); err != nil {
		return nil, err
	}
	own, err := d.judge.own(ctx, s.Who)
	if err != nil {
		return nil, err
	}
	d.judge.judge(o, own)
	return o, nil
}

func (j *judge) judge(o *outcome, own map[string]string) {
	said := o.s.Text
	for _, t := range o.s.Context {
		said += "\n" + t.Text
	}
	strategies := map[string]bool{}
	for i, g := range o.list {
		holds := true
		for _, re := range o.s.must {
			holds = holds && re.MatchString(g.Text)
		}
		o.first, o.any = o.first || i == 0 && holds, o.any || holds
		bad := func(format string, a ...any) {
			o.wrong = append(o.wrong, fmt.Sprintf("%d: ", i+1)+fmt.Sprintf(format, a...))
		}
		odd := func(format string, a ...any) {
			o.odd = append(o.odd, fmt.Sprintf("%d: ", i+1)+fmt.Sprintf(format, a...))
		}
		for _, re := range o.s.never {
			if re.MatchString(g.Text) {
				bad("says %s", re)
			}
		}
		facts := []string{said}
		for _, src := range g.Sources {
			key := src.ID
			if src.Kind == "policy" {
				key += "#" + src.Section
			}
			facts = append(facts, j.facts[key], own[key])
		}
		if missing := j.check.Missing(g.Text, facts); len(missing) > 0 {
			bad("no source for %s", strings.Join(missing, ", "))
		}
		if strings.Contains(g.Text, "不客气") && o.s.Intent != label.ThanksBye {
			bad("nobody thanked")
		}
		for _, m := range j.quote.FindAllStringSubmatch(g.Text, -1) {
			if utf8.RuneCountInString(m[1]) >= 5 && strings.Contains(said, strings.TrimSuffix(m[1], "…")) {
				bad("quotes the customer")
			}
		}
		if comply.Blocked(j.rules.Check(g.Text)) {
			bad("breaks the wording rules")
		}
		if n := utf8.RuneCountInString(g.Text); n < shortest || n > longest {
			odd("%d characters", n)
		}
		if strategies[g.Strategy] {
			odd("%s twice", g.Strategy)
		}
		strategies[g.Strategy] = true
	}
	kinds := map[string]bool{}
	for _, c := range o.cards {
		kinds[string(c.Kind)] = true
	}
	for _, want := range o.s.Cards {
		have := false
		for _, k := range strings.Split(want, "|") {
			have = have || kinds[k]
		}
		if !have {
			o.wrongCards = append(o.wrongCards, "no "+want)
		}
	}
	for _, not := range o.s.NoCards {
		if kinds[not] {
			o.wrongCards = append(o.wrongCards, "a "+not)
		}
	}
}
