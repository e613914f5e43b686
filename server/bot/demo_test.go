package bot

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"agentdesk/assets/demo"
	"agentdesk/copilot"
	"agentdesk/copilot/comply"
	"agentdesk/server/bot/ground"
	"agentdesk/server/demo/shopdata"
	"agentdesk/server/knowledge"
	"agentdesk/server/understand"
	"agentdesk/sync/talk"
)

func demoBot(t testing.TB) *Engine {
	t.Helper()
	m, err := shopdata.New(shopdata.Params{Files: demo.Shop(), Now: time.Date(2026, 11, 24, 20, 40, 0, 0, shopdata.Zone()), Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	k, err := knowledge.New(t.Context(), knowledge.Params{Shop: m})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	u, err := understand.New(understand.Params{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(Params{Shop: m, Knowledge: Store{k}, Understand: u})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// statements are all facts of an input as texts, the way suggestions write them.
func statements(in copilot.Input) []string {
	out := []string{"现货", "赔付", "差价", in.Text}
	for _, t := range in.Context {
		out = append(out, t.Text)
	}
	f := in.Facts
	out = append(out, fmt.Sprintf("积分 %d 分", f.Customer.Points), fmt.Sprintf("%d 积分", f.Customer.Points))
	for _, p := range f.Products {
		out = append(out, p.Title, yuan(p.PriceFen), yuan(p.CouponFen), fmt.Sprintf("有货，缺货，库存 %d 件", p.Stock), strings.Join(p.Points, "；"), strings.Join(p.Ingredients, "；"), strings.Join(p.Full, "；"), p.Summary, p.Lasts, p.Shelf, p.Filing, p.When, strings.Join(p.Variants, "；"), p.Usage, strings.Join(p.Cautions, "；"), p.Pregnancy)
	}
	for _, o := range f.Orders {
		out = append(out, o.ID[len(o.ID)-4:]+" "+strings.Join(o.Items, "；"), o.Status, yuan(o.TotalFen), moment(o.PlacedAt))
		if r := o.Return; r != nil {
			out = append(out, r.Kind, r.State, yuan(r.RefundFen), day(r.BackAt), day(r.DueAt), day(r.PaidAt))
		}
		for _, p := range o.Parcels {
			out = append(out, p.Number, tail(p.Number), p.Last, p.Status, moment(p.LastAt), day(p.ETA))
		}
	}
	for _, p := range append(f.Policies, f.Rules...) {
		out = append(out, p.Text)
	}
	for _, p := range f.Promos {
		out = append(out, p.Title, p.Text, day(p.Until))
	}
	return out
}

// Everything that customers of the labelled file say goes through bot and copilot on the demo shop: each answer is worded as the
// house words it, every figure in it is in its facts, and suggestions state nothing that the shop does not know.
func TestDemoShop_AllLabelledLinesAreAnsweredFromFacts(t *testing.T) {
	e, c := demoBot(t), copilot.New(copilot.Params{})
	check, rules := ground.New(), comply.New()
	f, err := os.Open("../understand/testdata/eval.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	customers := []string{"", "c-linxiaolu", "c-niannian"}
	n, unsure, sc := 0, 0, bufio.NewScanner(f)
	for sc.Scan() {
		var l struct {
			Text    string
			Context []talk.Turn
		}
		if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		for _, who := range customers[n%3 : n%3+1] { // each line by one of them: all three would take a minute under -race
			in := Input{Conversation: "c", CustomerID: who, Context: l.Context, Text: l.Text}
			r, err := e.Turn(t.Context(), in, nil)
			if err != nil {
				t.Fatal(err)
			}
			n++
			if r.Code == "unknown" {
				unsure++
			}
			if r.Text == "" || r.Fallback != "" || strings.ContainsAny(r.Text, "{}！!") || comply.Blocked(rules.Check(r.Text)) {
				t.Errorf("%q: %s %q %s", l.Text, r.Code, r.Text, r.Fallback)
			}
			ci, err := e.Facts(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			list, err := c.Suggest(t.Context(), ci, 3, nil)
			if err != nil || len(list) == 0 {
				t.Fatalf("%q: %v, %v", l.Text, list, err)
			}
			facts := statements(ci)
			for _, s := range list {
				if m := check.Missing(s.Text, facts); len(m) > 0 {
					t.Errorf("%q: suggestion %q states %v", l.Text, s.Text, m)
				}
			}
		}
	}
	if sc.Err() != nil || n < 300 {
		t.Fatalf("%d turns, %v", n, sc.Err())
	}
	t.Logf("%d turns, %d of them honestly unknown", n, unsure)
}
