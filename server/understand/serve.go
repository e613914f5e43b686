package understand

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"agentdesk/sync/jsonl"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// request is one line of `server understand`.
type request struct {
	ID        json.RawMessage `json:"id"`
	Context   []talk.Turn     `json:"context"`
	Tier      string          `json:"tier"`
	BasketFen int64           `json:"basket_fen"`
	Text      *string         `json:"text"`
}

// answer is one line back.
type answer struct {
	ID       json.RawMessage `json:"id"`
	Emotion  label.Emotion   `json:"emotion"`
	Intent   label.Intent    `json:"intent"`
	Escalate bool            `json:"escalate"`
	Reason   *label.Reason   `json:"reason"` // null when none
	Entities []Entity        `json:"entities"`
	MS       float64         `json:"ms"`
	Cut      bool            `json:"truncated,omitempty"`
}

// errNoText is answered for a request without a text.
var errNoText = errors.New(`not a request: "text" is missing`)

// ServeJSONLines labels one message a line. See sync/jsonl for what happens to bad lines.
func ServeJSONLines(ctx context.Context, u Understander, r io.Reader, w io.Writer) error {
	return jsonl.Serve(ctx, r, w, func(ctx context.Context, line []byte) (any, error) {
		var q request
		if err := jsonl.Strict(line, &q); err != nil {
			return nil, err
		}
		if q.Text == nil {
			return nil, errNoText
		}
		if err := checkRoles(q.Context); err != nil {
			return nil, err
		}
		start := time.Now()
		res, err := u.Understand(ctx, Input{Context: q.Context, Tier: q.Tier, BasketFen: q.BasketFen, Text: *q.Text})
		if err != nil {
			return nil, err
		}
		a := answer{ID: q.ID, Emotion: res.Emotion, Intent: res.Intent, Escalate: res.Escalate, Entities: res.Entities,
			MS: math.Round(float64(time.Since(start).Microseconds())) / 1000, Cut: res.Truncated}
		if a.ID == nil {
			a.ID = json.RawMessage("null")
		}
		if res.Reason != label.None {
			a.Reason = &res.Reason
		}
		return a, nil
	})
}

func checkRoles(turns []talk.Turn) error {
	for i, t := range turns {
		switch t.Role {
		case talk.Customer, talk.Bot, talk.Agent:
		default:
			return fmt.Errorf("not a request: context[%d] has role %q, want customer, bot or agent", i, cutRunes(string(t.Role), 20))
		}
	}
	return nil
}

func cutRunes(s string, n int) string {
	if rs := []rune(s); len(rs) > n {
		return string(rs[:n]) + "…"
	}
	return s
}
