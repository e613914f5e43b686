package copilot

import (
	"context"

	"agentdesk/sync/label"
)

// NextAction is the one thing that moves the matter on; the zero value means none.
func (c *Copilot) NextAction(ctx context.Context, in Input) (NextAction, error) {
	if err := ctx.Err(); err != nil {
		return NextAction{}, err
	}
	a := NextAction{}
	if len(in.Facts.Orders) > 0 {
		a.Order = in.Facts.Orders[0].ID
	}
	switch in.Intent {
	case label.AdverseReaction:
		a.Code, a.Title = "start_allergy_return", "发起过敏无忧退，约定回访"
	case label.ReturnRefund:
		a.Code, a.Title = "start_return", "核对条件，发起退货"
	case label.Exchange:
		a.Code, a.Title = "start_exchange", "核对库存，发起换货"
	case label.DamagedMissing:
		a.Code, a.Title = "start_resend", "收集照片，登记补发"
	case label.Logistics:
		a.Code, a.Title = "urge_parcel", "联系快递核实并催件"
	case label.OrderStatus:
		a.Code, a.Title = "urge_warehouse", "催仓库出库"
	case label.ChangeOrder:
		a.Code, a.Title = "change_order", "暂缓发货，修改订单"
	case label.PriceProtection:
		a.Code, a.Title = "start_price_protection", "核对差价，发起价保"
	case label.Invoice:
		a.Code, a.Title = "start_invoice", "收集抬头，提交开票"
	case label.PaymentIssue:
		a.Code, a.Title = "check_payment", "请财务核对扣款"
	case label.PromiseDispute, label.Complaint:
		a.Code, a.Title = "open_ticket", "登记工单，核实后回复"
	case label.Recommend, label.Compare, label.Suitability, label.Stock, label.PricePromo:
		a.Code, a.Title = "send_card", "发送商品卡"
		a.Order = ""
		if len(in.Facts.Products) == 0 {
			return NextAction{}, nil
		}
	case label.ThanksBye:
		a.Code, a.Title = "close", "结束会话，写小结"
	default:
		return NextAction{}, nil
	}
	return a, nil
}
