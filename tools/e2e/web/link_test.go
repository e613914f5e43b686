package web_test

import (
	"testing"

	"agentdesk/sync/event"
	"agentdesk/tools/e2e/browser"
)

// A message that leads on shows a button to the checkout of the customer's own cart, or to an order's payment, and to nothing else.
func TestChat_ALinkOfTheBotIsAButtonToTheCheckout(t *testing.T) {
	d := openDoor(t)
	p := browser.Open(t, d.URL+key)
	p.Say("付款链接")
	p.Holds("sent", "$('.out') && !$('.pending')")
	for _, link := range []string{"/checkout", "/pay/CY8820003106", "/signout", "//evil.example", "javascript:alert(1)", "/pay/../signout"} {
		d.tell(event.Posted, event.Bot, event.PostedBody{Kind: event.Text, Link: link}, event.PostedPrivate{Text: "结算 " + link})
	}
	p.Holds("all told", "$$('.in .b .txt').length >= 6")
	p.Holds("a button to the checkout and one to the payment", `(() => { const a = [...$$('a.go-on')]; return a.length === 2 && a[0].pathname === '/checkout' && a[0].textContent === '去结算' && a[1].pathname === '/pay/CY8820003106' && a[1].textContent === '去付款' && a.every((n) => n.origin === location.origin); })()`)
	p.Axe("a button to the checkout")
	p.Shot("link", false)
}
