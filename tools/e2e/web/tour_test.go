package web_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"agentdesk/server/shop"
	"agentdesk/tools/e2e/browser"
)

// TestShop_Tour looks at every kind of page, in both languages and at both widths: axe finds nothing serious, nothing is wider
// than the window, and the browser has nothing to complain of.
func TestShop_Tour(t *testing.T) {
	d := openDoor(t)
	ctx := t.Context()
	const who = "c-linxiaolu"
	list, err := d.shop.OrdersOf(ctx, who, 0)
	if err != nil {
		t.Fatal(err)
	}
	paths := map[string]string{"home": "/", "category": "/c/skin", "sensitive": "/c/sensitive?sort=price", "product": "/p/p-ceramide-cream", "set": "/p/p-set-barrier", "search": "/search?q=泛红", "none": "/search?q=zzzz",
		"cart": "/cart", "checkout": "/checkout", "orders": "/orders", "member": "/member", "policies": "/policies", "policy": "/policies/policy-return#s3.3", "privacy": "/privacy", "missing": "/p/none"}
	for _, o := range list {
		switch o.State {
		case shop.Shipped:
			paths["order-onway"] = "/orders/" + o.ID
		case shop.Signed:
			if paths["order-signed"] = "/orders/" + o.ID; o.Return == nil {
				paths["return"] = "/orders/" + o.ID + "/return"
			}
		case shop.Returning, shop.Refunding, shop.Swapping:
			paths["order-back"] = "/orders/" + o.ID
		}
	}
	if _, err := d.shop.AddToCart(ctx, who, "p-set-barrier", 1); err != nil {
		if p, perr := d.shop.Product(ctx, "p-set-barrier"); perr != nil {
			t.Fatal(err, perr)
		} else if _, err := d.shop.AddToCart(ctx, who, p.Main().ID, 1); err != nil {
			t.Fatal(err)
		}
	}
	o, err := d.shop.PlaceOrder(ctx, who, shop.Want{Key: "tour"})
	if err != nil {
		t.Fatal(err)
	}
	paths["pay"] = "/pay/" + o.ID
	p := browser.Start(t, 1280, 800)
	wrong := p.Errors()
	p.Run("sign in", chromedp.Navigate(d.URL+"/?as="+who))
	for _, lang := range []string{"zh", "en"} {
		for _, wide := range []bool{true, false} {
			if wide != (lang == "zh") && !browser.Shots() {
				continue // each language at one width will do, unless somebody wants to look
			}
			tail := "-" + lang
			if wide {
				p.Wide(1280, 800)
			} else {
				tail += "-390"
				p.Narrow(390, 800)
			}
			for name, path := range paths {
				path, at, _ := strings.Cut(path, "#")
				sep := "?"
				if strings.Contains(path, "?") {
					sep = "&"
				}
				if at != "" {
					at = "#" + at
				}
				p.Run("open "+path, chromedp.Navigate(d.URL+path+sep+"lang="+lang+at))
				p.Holds("the chat", "$('.opener')")
				var over int
				p.JS("width", "document.documentElement.scrollWidth - innerWidth", &over)
				if over > 0 {
					t.Errorf("%s: %d px wider than the window", name+tail, over)
				}
				p.Shot("shop-"+name+tail, true)
				p.Axe("shop " + name + tail)
			}
		}
	}
	for _, e := range wrong() {
		t.Errorf("browser: %s", e)
	}
}

// BenchmarkChat_Interactive says how long it takes from the beginning of the navigation until one can type into the chat, with
// nothing in the browser's cache; and how much of that the chat's own script took.
func BenchmarkChat_Interactive(b *testing.B) {
	d := openDoor(b)
	var total, own float64
	for b.Loop() {
		p := browser.Open(b, d.URL+"/p/p-ceramide-cream?as=c-linxiaolu")
		var ms []float64
		p.JS("marks", `(() => { const m = performance.getEntriesByName("agentdesk-ready")[0].startTime, n = performance.getEntriesByType("navigation")[0], s = performance.getEntriesByType("resource").find((r) => r.name.endsWith("/widget.js")); return [m - n.fetchStart, m - s.responseEnd]; })()`, &ms)
		total, own = total+ms[0], own+ms[1]
	}
	b.ReportMetric(total/float64(b.N), "ms/interactive")
	b.ReportMetric(own/float64(b.N), "ms/after-script-came")
	b.ReportMetric(0, "ns/op")
}
