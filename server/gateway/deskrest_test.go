package gateway

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// get asks with a token; "" for none.
func (w *world) get(path, token string) (int, []byte) {
	w.t.Helper()
	req := must(http.NewRequest(http.MethodGet, w.url+path, nil))(w.t)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res := must(http.DefaultClient.Do(req))(w.t)
	defer func() { _ = res.Body.Close() }()
	return res.StatusCode, must(io.ReadAll(res.Body))(w.t)
}

func (w *world) token(user string) string {
	w.t.Helper()
	token, _ := w.users.Token(user)
	return token
}

// fetch asks as a user and reads the answer; the status is returned where it is no 200.
func fetch[T any](w *world, path, user string) (T, int) {
	w.t.Helper()
	var v T
	status, body := w.get(path, w.token(user))
	if status == http.StatusOK {
		if err := json.Unmarshal(body, &v); err != nil {
			w.t.Fatalf("%s: %v in %.200s", path, err, body)
		}
		return v, 0
	}
	return v, status
}

func TestDeskRest_PicksFromTheShop(t *testing.T) {
	w, sh := shopWorld(t)
	conv := w.say(w.guest(deer), "在吗").Conv
	q := "?conv=" + conv
	goods, _ := fetch[wire.Goods](w, wire.PathGoods+q+"&q="+url.QueryEscape("神经酰胺面霜"), "lisiqi")
	if len(goods.Items) == 0 || len(goods.Items) > maxGoods || !strings.Contains(goods.Items[0].Title, "神经酰胺") || goods.Items[0].Price == 0 {
		t.Fatalf("%+v", goods)
	}
	if all, _ := fetch[wire.Goods](w, wire.PathGoods, "lisiqi"); len(all.Items) != maxGoods {
		t.Fatalf("the catalogue: %d", len(all.Items))
	}
	orders, _ := fetch[wire.Orders](w, wire.PathOrders+q, "lisiqi")
	if want := must(sh.OrdersOf(t.Context(), deer, 0))(t); len(orders.Items) != len(want) || orders.Items[0].ID != want[0].ID || orders.Items[0].Picture == "" {
		t.Fatalf("%+v", orders)
	}
	coupons, _ := fetch[wire.Coupons](w, wire.PathCoupons+q, "lisiqi")
	if len(coupons.Items) == 0 || coupons.Items[0].Price == 0 {
		t.Fatalf("%+v", coupons)
	}
	// A visitor whom the shop does not know has nothing, and that is no error.
	guest := w.say(w.guest("guest-1"), "在吗").Conv
	if o, status := fetch[wire.Orders](w, wire.PathOrders+"?conv="+guest, "lisiqi"); status != 0 || o.Items == nil || len(o.Items) != 0 {
		t.Fatalf("%d %+v", status, o)
	}
}

func TestDeskRest_RightsAndBounds(t *testing.T) {
	w, _ := shopWorld(t)
	conv := w.say(w.guest(deer), "在吗").Conv
	visitor, _ := w.visitors.Anonymous()
	outsider := wire.User{ID: "outsider", Name: "外人", Role: "agent", Groups: []string{"elsewhere"}, Capacity: 1}
	if err := w.users.Put(t.Context(), outsider, ""); err != nil {
		t.Fatal(err)
	}
	q := "?conv=" + conv
	for name, c := range map[string]struct {
		path, token string
		status      int
	}{
		"no token":                 {wire.PathOrders + q, "", 401},
		"a visitor's token":        {wire.PathOrders + q, visitor, 401},
		"a token without end":      {wire.PathOrders + q, strings.Repeat("x", 5000), 401},
		"admin":                    {wire.PathOrders + q, w.token("admin"), 403},
		"another group":            {wire.PathOrders + q, w.token("outsider"), 404},
		"another group, coupons":   {wire.PathCoupons + q, w.token("outsider"), 404},
		"another group, history":   {wire.PathPast + q, w.token("outsider"), 404},
		"another group, goods":     {wire.PathGoods + q, w.token("outsider"), 404},
		"another group, whole":     {wire.PathWhole + conv, w.token("outsider"), 404},
		"no conversation":          {wire.PathOrders, w.token("lisiqi"), 404},
		"no such conversation":     {wire.PathPast + "?conv=x", w.token("lisiqi"), 404},
		"a name without end":       {wire.PathOrders + "?conv=" + strings.Repeat("x", 3000), w.token("lisiqi"), 404},
		"a query without end":      {wire.PathGoods + "?q=" + strings.Repeat("x", 101), w.token("lisiqi"), 400},
		"a bot's chat, whole":      {wire.PathWhole + conv, w.token("lisiqi"), 404},
		"a source of no kind":      {wire.PathSource + "customer/" + deer, w.token("lisiqi"), 404},
		"no such source":           {wire.PathSource + "policy/none", w.token("lisiqi"), 404},
		"no such promotion":        {wire.PathSource + "promotion/none", w.token("lisiqi"), 404},
		"source without a token":   {wire.PathSource + "policy/policy-return", "", 401},
		"another's shop, a source": {wire.PathSource + "product/" + strings.Repeat("p", 500), w.token("lisiqi"), 404},
	} {
		status, body := w.get(c.path, c.token)
		var p wire.Problem
		if status != c.status || json.Unmarshal(body, &p) != nil || p.Code == "" || p.Text == "" {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	limited := false
	for range 100 {
		status, _ := w.get(wire.PathGoods, w.token("chenmo"))
		limited = limited || status == http.StatusTooManyRequests
	}
	if !limited {
		t.Error("a hundred requests at once were all answered")
	}
}

func TestDeskRest_HistoryIsMaskedAndOnesOwn(t *testing.T) {
	w, _ := shopWorld(t)
	g := w.guest(deer)
	end := func(text string) string {
		conv := w.say(g, text).Conv
		w.escalate(conv)
		d := w.desk("chenmo", nil, "")
		a := w.cmd(d, conversation.Claim, conv, 0, nil)
		if b := w.cmd(d, conversation.Close, conv, a.Epoch, conversation.CloseArgs{Disposition: "solved", Solved: true}); !b.OK {
			t.Fatal(b.Err)
		}
		return conv
	}
	first := end("我的电话是13812345678")
	second := end("第二次来")
	now := w.say(g, "第三次来").Conv
	past, _ := fetch[wire.Past](w, wire.PathPast+"?conv="+now, "lisiqi")
	if len(past.Rows) != 2 || past.Rows[0].Conv != second || past.Rows[1].Conv != first {
		t.Fatalf("%+v", past)
	}
	if r := past.Rows[1]; r.Agent != "陈墨" || r.Outcome != "solved" || !strings.Contains(r.Snippet, "138****5678") || r.Messages != 1 {
		t.Fatalf("%+v", r)
	}
	if before, _ := fetch[wire.Past](w, wire.PathPast+"?conv="+second, "chenmo"); len(before.Rows) != 1 || before.Rows[0].Conv != first {
		t.Fatalf("%+v", before)
	}
	// chenmo held it; lisiqi did not, and sees no more than a row of the chat that goes on.
	whole, _ := fetch[wire.Conversation](w, wire.PathWhole+first, "chenmo")
	if said := texts(whole.Events); len(said) == 0 || !strings.Contains(said[0], "138****5678") {
		t.Fatalf("%v", said)
	}
	if _, status := fetch[wire.Conversation](w, wire.PathWhole+first, "lisiqi"); status != 404 {
		t.Fatalf("a chat of others: %d", status)
	}
	w.escalate(now)
	if !w.cmd(w.desk("lisiqi", nil, ""), conversation.Claim, now, 0, nil).OK {
		t.Fatal("not claimed")
	}
	whole, _ = fetch[wire.Conversation](w, wire.PathWhole+first, "lisiqi")
	if len(whole.Events) == 0 || whole.Events[0].Type != event.Opened {
		t.Fatal("the holder does not see what the customer said before")
	}
	for i := range whole.Events {
		if whole.Events[i].ClientSum != "" {
			t.Fatal("a content's hash left the house")
		}
	}
}

func TestDeskRest_SourcesAreWhole(t *testing.T) {
	w, sh := shopWorld(t)
	for _, p := range must(sh.Policies(t.Context()))(t) {
		d, status := fetch[wire.SourceDoc](w, wire.PathSource+"policy/"+p.ID, "lisiqi")
		if status != 0 || d.Title != p.Title || len(d.Sections) != len(p.Sections) || d.Sections[0].ID != p.Sections[0].No {
			t.Fatalf("%d %+v", status, d)
		}
	}
	p := must(sh.Product(t.Context(), "p-ceramide-cream"))(t)
	d, _ := fetch[wire.SourceDoc](w, wire.PathSource+"product/"+p.ID, "lisiqi")
	have := map[string]string{}
	for _, s := range d.Sections {
		have[s.ID] = s.Text
	}
	if !strings.Contains(have["成分"], p.Ingredients[len(p.Ingredients)-1]) || !strings.Contains(have["价格"], p.Variants[0].Name) || have["用法"] == "" || have["孕期"] == "" {
		t.Fatalf("%+v", d)
	}
	promo := must(sh.Promotions(t.Context()))(t)[0]
	if d, _ := fetch[wire.SourceDoc](w, wire.PathSource+"promotion/"+promo.ID, "lisiqi"); d.Sections[0].Text != promo.Text {
		t.Fatalf("%+v", d)
	}
	sh.down.Store(true)
	if _, status := fetch[wire.SourceDoc](w, wire.PathSource+"product/"+p.ID, "lisiqi"); status != 503 {
		t.Fatalf("a shop that does not answer: %d", status)
	}
}

// FuzzDeskRest: whatever is asked, the answer is JSON, and no secret of the server.
func FuzzDeskRest(f *testing.F) {
	for _, s := range []string{"products?q=%E9%9D%A2", "orders?conv=x", "conversations/..%2f..", "sources/policy/%00", "sources/product/' OR 1=1", "history?conv=%ff"} {
		f.Add(s)
	}
	w, _ := shopWorld(f)
	token := w.token("sunlan")
	h := w.g.Handler()
	f.Fuzz(func(t *testing.T, path string) {
		u, err := url.Parse("/api/desk/" + path)
		if err != nil || !strings.HasPrefix(u.Path, "/api/desk/") {
			return
		}
		w.g.door = newDoorkeeper() // its limit has a test of its own
		req := httptest.NewRequest(http.MethodGet, "/", nil)
		req.URL = u
		req.Header.Set("Authorization", "Bearer "+token)
		res := httptest.NewRecorder()
		h.ServeHTTP(res, req)
		if res.Code >= 500 || !json.Valid(res.Body.Bytes()) && res.Code != http.StatusNotFound {
			t.Fatalf("%s: %d %s", path, res.Code, res.Body)
		}
	})
}
