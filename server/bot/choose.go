package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"agentdesk/server/understand"
	"agentdesk/sync/talk"
)

// Chooser is a language model that says which tool a customer's words call for. It only names one, with arguments that fit the
// tool's schema; "" means that none fits. The bot then does as if the customer had asked for it in plain words: rights are checked, and
// what changes something still waits for a yes.
type Chooser interface {
	ChooseTool(ctx context.Context, t ToolTurn) (name string, args json.RawMessage, err error)
}

// ToolTurn is a customer's turn for which a tool may be chosen.
type ToolTurn struct {
	Conversation string
	Turns        []talk.Turn
	Text         string
	Names        []string // the customer's, to be masked
	Tools        []Tool
}

// again answers once more what the rules found no matter in, in the words for the tool that a model chose. It reports false where no
// model is at hand, none fits, or these words say nothing to the rules either.
func (e *Engine) again(ctx context.Context, in Input, res understand.Result, m memory, first spokenPlan) (spokenPlan, Found, bool) {
	if e.p.Chooser == nil || !lost(first) || res.Escalate {
		return first, Found{}, false
	}
	name, args, err := e.p.Chooser.ChooseTool(ctx, ToolTurn{Conversation: in.Conversation, Turns: in.Context, Text: in.Text, Names: nonEmpty(in.Name), Tools: e.tools})
	if err != nil {
		e.p.Log.Info("no tool chosen", "conversation", in.Conversation, "err", err)
		return first, Found{}, false
	}
	words := e.words(ctx, name, args)
	if words == "" {
		return first, Found{}, false
	}
	of, err := e.p.Understand.Understand(ctx, understand.Input{Context: in.Context, Tier: in.Tier, BasketFen: in.BasketFen, Text: words})
	if err != nil {
		return first, Found{}, false
	}
	of.Emotion, of.Escalate = res.Emotion, false
	in.Text = words
	out, found, err := e.answer(ctx, in, of, m)
	return out, found, err == nil && !lost(out)
}

// lost reports whether a plan found no matter.
func lost(s spokenPlan) bool { return s.code == "unclear" || s.code == "unknown" }

// words ask for a tool as a customer would; "" for one that does not exist or names things that the shop does not have.
func (e *Engine) words(ctx context.Context, tool string, args json.RawMessage) string {
	var a struct {
		Order, Variant, Wish, A, B string
		Quantity                   int
	}
	if len(args) > 0 && json.Unmarshal(args, &a) != nil {
		return ""
	}
	order := "订单" + a.Order
	switch tool {
	case toolOrder:
		return order + "到哪了"
	case toolCancel:
		return "取消" + order
	case toolProtect:
		return order + "申请价保"
	case toolInvoice:
		return order + "开发票"
	case toolAddress:
		return order + "改地址"
	case toolReturn:
		return order + "我要退货"
	case toolPayLink:
		return "发我付款链接"
	case toolCoupon:
		return "我要领券"
	case toolProducts:
		return "推荐一下：" + a.Wish
	case toolCompare:
		x, y := e.title(ctx, a.A), e.title(ctx, a.B)
		if x != "" && y != "" {
			return x + "和" + y + "哪个好"
		}
	case toolCart, toolSet, toolNotify:
		title := e.variantTitle(ctx, a.Variant)
		switch {
		case title == "":
		case tool == toolNotify:
			return title + "到货了通知我"
		case tool == toolCart:
			return fmt.Sprintf("把 %d 件%s加到购物车", max(1, a.Quantity), title)
		default:
			return fmt.Sprintf("购物车里的%s改成 %d 件", title, max(1, a.Quantity))
		}
	}
	return ""
}

func (e *Engine) title(ctx context.Context, product string) string {
	p, err := e.p.Shop.Product(ctx, product)
	if err != nil {
		return ""
	}
	return p.Title
}

// variantTitle is a variant's product with its name; "" of none.
func (e *Engine) variantTitle(ctx context.Context, id string) string {
	all, err := e.p.Shop.SearchProducts(ctx, "", 0)
	if err != nil {
		return ""
	}
	for i := range all {
		for _, v := range all[i].Variants {
			if v.ID == id {
				return strings.TrimSpace(all[i].Title + " " + v.Name)
			}
		}
	}
	return ""
}
