package bot

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"agentdesk/server/shop"
)

// What a turn tells of how it came about, beside its text. Nothing here is masked but Written.

// Step is one decision: what the customer wanted, and which answer that led to.
type Step struct {
	Wish string // "" for none
	Code string // as Reply.Code
}

// What came of a tool.
const (
	UseRead    = "read"    // it looked something up
	UseOffered = "offered" // it waits for the customer's yes
	UseHeld    = "held"    // it was offered earlier, and still waits
	UseDone    = "done"
	UseRefused = "refused" // by the shop's rules or the bot's limit
	UseFailed  = "failed"
)

// Use is a use of a tool.
type Use struct {
	Tool   string
	Args   map[string]string
	Result string // UseRead and so on
	Why    string // of a refusal: limit, stock, not_found, not_theirs, state, invalid, full; "" otherwise
	Detail string // of a failure: the error
	Fen    int64  // money that goes back
}

// Written is how a model came to a text, or didn't: all of it masked, the customer's names included.
type Written struct {
	Provider, Model string // whose text it is, "" where none finished
	Why             string // why the text was not used, or not all of it: a word such as slow, ungrounded, budget; "" when it was
	Prompt          string // name and version
	In, Out         int    // tokens of all attempts
	Took            time.Duration
	Attempts        []Attempt
	Struck          []Strike
}

// Attempt is one request to one provider.
type Attempt struct {
	Provider, Model string
	Hedge           bool // sent beside another
	After, Took     time.Duration
	Error           string // in a word, as Written.Why; "" when it finished, or was still being cancelled
	Lost            bool   // another one was faster
}

// Strike is a sentence that was taken out of a model's text, and why, in a word as Written.Why.
type Strike struct{ Text, Why string }

// outcome tells what came of a call that changes something.
func outcome(c call, fen int64, err error) Use {
	u := Use{Tool: c.Tool, Args: c.Args, Result: UseDone, Fen: fen}
	if err == nil {
		return u
	}
	u.Result, u.Fen, u.Why = UseRefused, 0, refusal(err)
	if u.Why == "" {
		u.Result, u.Detail = UseFailed, err.Error()
	}
	return u
}

// refusal is why the shop's rules or the bot's own forbid something; "" for an error that is none of them.
func refusal(err error) string {
	var short *shop.StockError
	switch {
	case errors.As(err, &short), errors.Is(err, shop.ErrStock):
		return "stock"
	case errors.Is(err, ErrLimit):
		return "limit"
	case errors.Is(err, shop.ErrNotFound):
		return "not_found"
	case errors.Is(err, ErrForbidden):
		return "not_theirs"
	case errors.Is(err, shop.ErrState):
		return "state"
	case errors.Is(err, shop.ErrInvalid), errors.Is(err, ErrArguments), errors.Is(err, ErrTool):
		return "invalid"
	case errors.Is(err, shop.ErrFull):
		return "full"
	}
	return ""
}

// reads are the tools that an answer was looked up by, as its facts tell.
func (p *spokenPlan) reads() []Use {
	var out []Use
	var goods []string
	seen := map[string]bool{}
	for _, f := range p.facts {
		s := f.Source
		if seen[s.Kind+s.ID] {
			continue
		}
		seen[s.Kind+s.ID] = true
		switch s.Kind {
		case "order":
			out = append(out, Use{Tool: toolOrder, Args: map[string]string{"order": s.ID}, Result: UseRead})
		case "product":
			goods = append(goods, s.ID)
		}
	}
	for _, st := range p.steps {
		switch {
		case strings.HasPrefix(st.Code, "recommend"):
			out = append(out, Use{Tool: toolProducts, Args: map[string]string{"found": strconv.Itoa(len(goods))}, Result: UseRead})
		case st.Code == "compare" && len(goods) > 1:
			out = append(out, Use{Tool: toolCompare, Args: map[string]string{"a": goods[0], "b": goods[1]}, Result: UseRead})
		case st.Code == "pay.order", st.Code == "pay.cart":
			out = append(out, Use{Tool: toolPayLink, Result: UseRead})
		}
	}
	return out
}

// story is what a turn called, offered and looked up.
func (p *spokenPlan) story() []Use {
	out := append([]Use(nil), p.uses...)
	if p.offer != nil {
		u := Use{Tool: p.offer.Tool, Args: p.offer.Args, Result: UseOffered}
		if p.held {
			u.Result = UseHeld
		}
		out = append(out, u)
	}
	return append(out, p.reads()...)
}
