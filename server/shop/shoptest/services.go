package shoptest

import (
	"testing"
	"time"

	"agentdesk/server/shop"
)

func invoices(t *testing.T, b bench) {
	ctx, order := t.Context(), must[shop.Order](t)
	_, err := b.s.AskInvoice(ctx, b.Customer, b.buy(t, b.Customer, "k", b.Cheap, 1).ID, shop.InvoiceTo{Title: "个人"})
	refused(t, "before it is signed", err, shop.ErrState)
	o := b.signed(t)
	_, err = b.s.AskInvoice(ctx, b.Customer, o.ID, shop.InvoiceTo{Title: " "})
	refused(t, "to nobody", err, shop.ErrInvalid)
	_, err = b.s.AskInvoice(ctx, b.Other, o.ID, shop.InvoiceTo{Title: "个人"})
	refused(t, "of somebody else's order", err, shop.ErrNotFound)
	got := order(b.s.AskInvoice(ctx, b.Customer, o.ID, shop.InvoiceTo{Title: "示例公司", TaxNo: "91310000MA1K00000X"}))
	again := order(b.s.AskInvoice(ctx, b.Customer, o.ID, shop.InvoiceTo{Title: "个人"}))
	CheckOrder(t, got)
	if got.Invoice == "" || o.Invoice == "" && again.InvoiceTo != got.InvoiceTo {
		t.Errorf("asked for: %q to %+v, again %+v", got.Invoice, got.InvoiceTo, again.InvoiceTo)
	}
	if o.Invoice == "" {
		if read := order(b.s.OrderOf(ctx, b.Customer, o.ID)); read.Invoice != got.Invoice || read.State != o.State {
			t.Errorf("read again: %q, %s", read.Invoice, read.State)
		}
	}
}

func standing(t *testing.T, b bench) {
	ctx, back := t.Context(), must[shop.PriceBack](t)
	o := b.buy(t, b.Customer, "k", b.Cheap, 2)
	_, err := b.s.ProtectPrice(ctx, b.Customer, o.ID, "")
	refused(t, "without a key", err, shop.ErrInvalid)
	_, err = b.s.ProtectPrice(ctx, b.Other, o.ID, "p")
	refused(t, "of somebody else's order", err, shop.ErrNotFound)
	if got := back(b.s.ProtectPrice(ctx, b.Customer, o.ID, "p")); got.Fen != 0 {
		t.Errorf("a price that stands pays %d back", got.Fen)
	}
	if read := must[shop.Order](t)(b.s.OrderOf(ctx, b.Customer, o.ID)); len(read.Backs) != 0 {
		t.Errorf("nothing was paid back, and kept as %+v", read.Backs)
	}
	signed := b.signed(t)
	b.Advance(t, 400*24*time.Hour)
	_, err = b.s.ProtectPrice(ctx, b.Customer, signed.ID, "p")
	refused(t, "a year later", err, shop.ErrState)
}

func awaited(t *testing.T, b bench) {
	ctx, list := t.Context(), must[[]shop.Awaited](t)
	refused(t, "what does not exist", b.s.NotifyStock(ctx, b.Customer, "nothing"), shop.ErrNotFound)
	for _, who := range []string{b.Customer, guest} {
		for range 2 {
			if err := b.s.NotifyStock(ctx, who, b.Cheap); err != nil {
				t.Fatal(err)
			}
		}
		if got := list(b.s.Awaited(ctx, who)); len(got) != 1 || got[0].Variant != b.Cheap || got[0].Since.IsZero() {
			t.Errorf("%s waits for %v", who, got)
		}
	}
	b.buy(t, b.Customer, "k", b.Cheap, 1)
	if got := list(b.s.Awaited(ctx, b.Customer)); len(got) != 1 {
		t.Errorf("after buying, %v is awaited", got)
	}
	if got := list(b.s.Awaited(ctx, b.Other)); len(got) != 0 {
		t.Errorf("somebody else waits for %v", got)
	}
	for range 2 {
		if err := b.s.StockTold(ctx, b.Customer, b.Cheap, b.Dear); err != nil {
			t.Fatal(err)
		}
		if got := list(b.s.Awaited(ctx, b.Customer)); len(got) != 0 {
			t.Errorf("after hearing of it, %v is awaited", got)
		}
	}
	if got := list(b.s.Awaited(ctx, guest)); len(got) != 1 {
		t.Errorf("another's wish went with it: %v", got)
	}
}
