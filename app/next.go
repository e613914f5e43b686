package app

import (
	"strings"
	"time"

	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// Promises that go with next actions which somebody else has to do: when to look after them.
const (
	soon     = 2 * time.Hour
	tomorrow = 24 * time.Hour
)

// RunNext implements view.Actions: it does what the copilot proposes. What the shop's back office has to do becomes a
// promise of this agent to see to it, as no such system is connected.
func (a *App) RunNext() {
	a.mu.Lock()
	defer a.mu.Unlock()
	m := &a.m
	p := m.panels[m.selected]
	if p == nil || p.Next == nil {
		return
	}
	done := false
	order := newestOrder(p)
	switch p.Next.Code {
	case "send_card":
		for i := range p.Cards {
			if p.Cards[i].Kind == "product" {
				done = a.sendCard("product", p.Cards[i].ID)
				break
			}
		}
	case "start_return", "start_exchange", "start_resend":
		done = a.askForm(event.FormReturn, order)
	case "start_allergy_return":
		done = a.askForm(event.FormReturn, order) && a.follow(m.now().Add(tomorrow), p.Next.Text)
	case "change_order":
		done = a.askForm(event.FormAddress, order)
	case "urge_parcel", "urge_warehouse", "start_price_protection", "start_invoice", "check_payment", "open_ticket":
		done = a.follow(m.now().Add(soon), strings.TrimSpace(p.Next.Text+" "+order))
	}
	if done {
		a.say("ok", "started", map[string]string{"text": p.Next.Text})
	}
}

// newestOrder is the customer's last order, "" for none.
func newestOrder(p *wire.Panel) string {
	if p.Facts == nil || len(p.Facts.Recent) == 0 {
		return ""
	}
	return p.Facts.Recent[0].ID
}
