package bot

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"agentdesk/sync/talk"
)

// What a turn of the bot leaves for the next one (talk.Turn.Did). It goes into the log with the message, so that whoever
// answers next, also after a restart, knows what was spoken about. No personal data goes in here.
const (
	didCode    = "code"    // which answer it was
	didWant    = "want"    // what the customer wanted
	didGoods   = "goods"   // product IDs, in the order in which they were named
	didVariant = "variant" // the variant that was spoken of
	didOrders  = "orders"  // order IDs, in the order in which they were named
	didAsk     = "ask"     // the question that was asked back
	didTool    = "tool"    // what was offered to be done, and waits for a yes
	didArgs    = "args"    // with what, JSON
	didHeld    = "held"    // the offer was made earlier and is still open: only a clear yes counts
	didNudge   = "nudge"   // the bot spoke unasked
	didBudget  = "budget"  // fen, that a recommendation kept to
)

// memory is what the turns so far say: the slots of the conversation. It is read from them anew each time.
type memory struct {
	wish     wish
	focus    string   // product
	variant  string   // of it
	listed   []string // products of the newest list, in its order
	order    string
	orders   []string // of the newest list
	question string   // that was asked back in the bot's last turn
	pending  *call
	asked    time.Time // when what is pending was offered
	held     bool
	lastBot  map[string]string
	shown    []string // products that were recommended
	budget   string
}

// remember reads what the bot's turns left. What waits for a yes or an answer waits only until somebody else speaks.
func remember(turns []talk.Turn) memory {
	var m memory
	for i, t := range turns {
		switch {
		case t.Role == talk.Agent:
			m.pending, m.question, m.lastBot = nil, "", nil
		case t.Role == talk.Bot && t.Did == nil && i > 0 && turns[i-1].Role == talk.Bot: // a card behind an answer belongs to it
		case t.Role == talk.Bot:
			m.take(t)
		}
	}
	return m
}

func (m *memory) take(t talk.Turn) {
	d := t.Did
	m.pending, m.held, m.question, m.lastBot = nil, false, "", d
	if d == nil {
		return
	}
	if w := d[didWant]; w != "" {
		m.wish = wish(w)
	}
	if goods := split(d[didGoods]); len(goods) > 0 {
		m.focus, m.variant = goods[0], d[didVariant]
		if len(goods) > 1 {
			m.listed = goods
			m.focus = ""
			if d[didCode] == "compare" || strings.HasPrefix(d[didCode], "recommend") {
				m.focus = goods[0]
			}
		}
		if strings.HasPrefix(d[didCode], "recommend") {
			m.shown = append(m.shown, goods...)
		}
	}
	if orders := split(d[didOrders]); len(orders) > 0 {
		m.order = orders[0]
		if len(orders) > 1 {
			m.orders = orders
		}
	}
	if d[didBudget] != "" {
		m.budget = d[didBudget]
	}
	m.question = d[didAsk]
	if name := d[didTool]; name != "" {
		c := call{Tool: name}
		if err := json.Unmarshal([]byte(d[didArgs]), &c.Args); err == nil {
			m.pending, m.held = &c, d[didHeld] != ""
			if !m.held || m.asked.IsZero() {
				m.asked = t.At
			}
		}
	}
}

func split(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

// did is what a plan leaves for the next turn.
func (p *plan) did(w wish) map[string]string {
	d := map[string]string{didCode: p.code, didWant: string(w)}
	var goods, orders []string
	for _, f := range p.facts {
		switch id := f.Source.ID; f.Source.Kind {
		case "product":
			if !slices.Contains(goods, id) {
				goods = append(goods, id)
			}
		case "order":
			if !slices.Contains(orders, id) {
				orders = append(orders, id)
			}
		}
	}
	put := func(key, value string) {
		if value != "" {
			d[key] = value
		}
	}
	put(didGoods, strings.Join(goods, ","))
	put(didOrders, strings.Join(orders, ","))
	put(didVariant, p.variant)
	put(didBudget, p.budget)
	if p.asks() {
		d[didAsk] = p.code
	}
	if p.offer != nil {
		raw, err := json.Marshal(p.offer.Args)
		if err == nil {
			d[didTool], d[didArgs] = p.offer.Tool, string(raw)
		}
		if p.held {
			d[didHeld] = "1"
		}
	}
	return d
}

// asks reports whether a plan asks back for a fact. A form, and whether to go ahead, is no such question.
func (p *plan) asks() bool {
	return p.action == Ask && (strings.HasPrefix(p.code, "ask.") || p.code == "unclear")
}
