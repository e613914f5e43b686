package page_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"agentdesk/server/shop"
)

func (w *world) follow(rec *httptest.ResponseRecorder) *httptest.ResponseRecorder {
	w.t.Helper()
	to := rec.Header().Get("Location")
	if rec.Code != http.StatusSeeOther || to == "" {
		w.t.Fatalf("%d leads to %q\n%.400s", rec.Code, to, rec.Body)
	}
	return w.get(to)
}

// who is the customer that a page was drawn for.
func (w *world) who() string {
	w.t.Helper()
	m := regexp.MustCompile(`data-customer="([^"]*)"`).FindStringSubmatch(w.get("/privacy").Body.String())
	if m == nil {
		w.t.Fatal("the page does not say who it is for")
	}
	return m[1]
}

var orderKey = regexp.MustCompile(`name="key" value="(\w+)"`)

func TestBuy_AGuestFromCartToPaidOrder(t *testing.T) {
	w := open(t)
	const variant = "p-ceramide-cream-50g"
	page := check(t, "cart", w.follow(w.post("/cart", url.Values{"variant": {variant}, "quantity": {"2"}, "do": {"add"}})))
	if !strings.Contains(page, "已加入购物车") || !strings.Contains(page, "data-cart>2<") {
		t.Errorf("the cart does not hold two\n%s", page)
	}
	guest := w.who()
	if !shop.IsGuest(guest) {
		t.Fatalf("a visitor who did not sign in is %q", guest)
	}
	page = check(t, "checkout", w.get("/checkout"))
	key := orderKey.FindStringSubmatch(page)
	if key == nil {
		t.Fatal("checkout has no key")
	}
	// Something is missing: the fields say what, and keep what was there.
	bad := w.post("/checkout", url.Values{"key": {key[1]}, "name": {"周小满"}, "phone": {"12"}, "address": {"杭州"}})
	page = check(t, "checkout", bad)
	if bad.Code != http.StatusUnprocessableEntity || !strings.Contains(page, "请填写能联系到您的手机号") || !strings.Contains(page, "请填写完整的地址") || !strings.Contains(page, "周小满") || !strings.Contains(page, key[1]) {
		t.Errorf("%d\n%s", bad.Code, page)
	}
	form := url.Values{"key": {key[1]}, "name": {"周小满"}, "phone": {"15400002222"}, "address": {"浙江杭州西湖区示例路 9 号"}, "note": {"放门口"}}
	first := w.post("/checkout", form)
	page = check(t, "pay", w.follow(first))
	again := w.post("/checkout", form)
	if first.Header().Get("Location") != again.Header().Get("Location") {
		t.Error("sending the same form twice made two orders")
	}
	if !strings.Contains(page, "放门口") && !strings.Contains(page, "周小满") {
		t.Error("the payment page does not say to whom it goes")
	}
	to := first.Header().Get("Location")
	paid := check(t, "order", w.follow(w.post(to, nil)))
	if !strings.Contains(paid, "支付成功") || !strings.Contains(paid, "待发货") {
		t.Errorf("not paid\n%s", paid)
	}
	id := strings.TrimPrefix(to, "/pay/")
	o, err := w.shop.OrderOf(t.Context(), guest, id)
	if err != nil || o.State != shop.Paid || o.Lines[0].Quantity != 2 || o.Note != "放门口" {
		t.Errorf("%+v, %v", o, err)
	}
	if cart, err := w.shop.Cart(t.Context(), guest); err != nil || len(cart.Lines) != 0 {
		t.Errorf("the cart still has %d lines, %v", len(cart.Lines), err)
	}

	// The address can be changed until it is packed, and the order taken back.
	page = check(t, "order", w.follow(w.post("/orders/"+id, url.Values{"do": {"address"}, "name": {"周小满"}, "phone": {"15400002222"}, "address": {"浙江杭州滨江区示例路 1 号"}})))
	if !strings.Contains(page, "收货信息已修改") || !strings.Contains(page, "滨江区") {
		t.Error("the address was not changed")
	}
	if rec := w.post("/orders/"+id, url.Values{"do": {"address"}, "phone": {"1"}}); rec.Code != http.StatusUnprocessableEntity {
		t.Errorf("a bad phone number gives %d", rec.Code)
	}
	page = check(t, "order", w.follow(w.post("/orders/"+id, url.Values{"do": {"cancel"}})))
	if !strings.Contains(page, "已退款") {
		t.Error("the order was not cancelled")
	}
	if rec := w.post("/orders/"+id, url.Values{"do": {"nonsense"}}); rec.Code != http.StatusUnprocessableEntity {
		t.Errorf("nonsense gives %d", rec.Code)
	}
	// Somebody else does not see it.
	other := &world{t: t, h: w.h, shop: w.shop, cookies: map[string]string{}}
	if rec := other.get("/orders/" + id); rec.Code != http.StatusNotFound {
		t.Errorf("another visitor gets %d", rec.Code)
	}
}

func TestBuy_QuantitiesAndStock(t *testing.T) {
	w := open(t)
	const variant = "p-ceramide-cream-50g"
	for range 2 { // buying twice by accident does not buy two
		w.post("/cart", url.Values{"variant": {variant}, "quantity": {"1"}, "do": {"buy"}})
	}
	if body := w.get("/cart").Body.String(); !strings.Contains(body, "data-cart>1<") {
		t.Error("not one in the cart")
	}
	w.post("/cart", url.Values{"variant": {variant}, "quantity": {"3"}, "do": {"set"}})
	if body := w.get("/cart").Body.String(); !strings.Contains(body, "data-cart>3<") {
		t.Error("not three in the cart")
	}
	all, err := w.shop.SearchProducts(t.Context(), "", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if v := p.Main(); v.Stock > 0 && v.Stock < 500 {
			rec := w.post("/cart", url.Values{"variant": {v.ID}, "quantity": {strconv.Itoa(v.Stock + 1)}, "do": {"add"}})
			if body := check(t, "fail", rec); rec.Code != http.StatusConflict || !strings.Contains(body, fmt.Sprintf("还有 %d 件", v.Stock)) {
				t.Errorf("one more than there is of %s: %d", v.ID, rec.Code)
			}
			break
		}
	}
	for _, form := range []url.Values{{"variant": {variant}, "quantity": {"x"}}, {"variant": {variant}, "quantity": {"-1"}}, {"variant": {strings.Repeat("x", 300)}, "quantity": {"1"}}} {
		if rec := w.post("/cart", form); rec.Code != http.StatusUnprocessableEntity {
			t.Errorf("%v gives %d", form, rec.Code)
		}
	}
	if rec := w.post("/cart", url.Values{"variant": {"none"}, "quantity": {"1"}}); rec.Code != http.StatusNotFound {
		t.Errorf("a variant that there is not gives %d", rec.Code)
	}
	w.post("/cart", url.Values{"variant": {variant}, "quantity": {"0"}, "do": {"set"}})
	if rec := w.get("/checkout"); rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/cart" {
		t.Errorf("checkout of nothing: %d", rec.Code)
	}
}

func TestReturn_AskedOnceWithinItsTime(t *testing.T) {
	w := open(t)
	var id, who string
	for _, c := range []string{"c-linxiaolu", "c-suwanwan", "c-wangzihan"} {
		list, err := w.shop.OrdersOf(t.Context(), c, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range list {
			if o.State == shop.Signed && o.Return == nil && now.Sub(o.SignedAt).Hours() < 6*24 && id == "" {
				id, who = o.ID, c
			}
		}
	}
	if id == "" {
		t.Fatal("no order of the demo customers was signed lately")
	}
	w.get("/?as=" + who)
	if got := w.who(); got != who {
		t.Fatalf("signed in as %q", got)
	}
	check(t, "return", w.get("/orders/"+id+"/return?kind=allergy"))
	rec := w.post("/orders/"+id, url.Values{"do": {"return"}, "kind": {"plain"}, "opened": {"1"}, "reason": {"不喜欢"}})
	if body := check(t, "return", rec); rec.Code != http.StatusUnprocessableEntity || !strings.Contains(body, "已拆封") {
		t.Errorf("opened goods without a reason: %d", rec.Code)
	}
	page := check(t, "order", w.follow(w.post("/orders/"+id, url.Values{"do": {"return"}, "kind": {"allergy"}, "opened": {"1"}, "reason": {"脸颊泛红"}, "line": {"0"}})))
	if !strings.Contains(page, "申请已提交") || !strings.Contains(page, "过敏无忧退") {
		t.Errorf("not asked\n%s", page)
	}
	if rec := w.post("/orders/"+id, url.Values{"do": {"return"}, "kind": {"allergy"}, "reason": {"又一次"}}); rec.Code == http.StatusSeeOther {
		t.Error("asked twice")
	}
}

func TestSignIn_OnlyDemoCustomersByName(t *testing.T) {
	w := open(t)
	rec := w.get("/p/p-ceramide-cream?as=c-suwanwan&lang=en")
	if rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/p/p-ceramide-cream?lang=en" {
		t.Errorf("%d %q", rec.Code, rec.Header().Get("Location"))
	}
	c := rec.Result().Cookies()
	if len(c) != 1 || !c[0].HttpOnly || c[0].SameSite != http.SameSiteLaxMode {
		t.Errorf("cookies %+v", c)
	}
	if who := w.who(); who != "c-suwanwan" {
		t.Errorf("signed in as %q", who)
	}
	w.get("/?as=nobody")
	if who := w.who(); who != "c-suwanwan" {
		t.Errorf("an unknown customer signed in as %q", who)
	}
	w.get("/?as=//evil.example")
	if rec := w.get("//evil.example/?as=c-linxiaolu"); strings.HasPrefix(rec.Header().Get("Location"), "//") {
		t.Errorf("leads away: %q", rec.Header().Get("Location"))
	}
	w.follow(w.post("/signout", nil))
	if who := w.who(); !shop.IsGuest(who) {
		t.Errorf("signed out as %q", who)
	}
	w.cookies["cy_visitor"] = "forged.token"
	if who := w.who(); !shop.IsGuest(who) {
		t.Errorf("a forged token is %q", who)
	}
}

func TestForms_FromOtherSitesAreRefused(t *testing.T) {
	w := open(t)
	for _, h := range []map[string]string{{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}} {
		r := httptest.NewRequest(http.MethodPost, "/cart", strings.NewReader("variant=p-ceramide-cream-50g&quantity=1"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for k, v := range h {
			r.Header.Set(k, v)
		}
		if rec := w.do(r); rec.Code != http.StatusForbidden {
			t.Errorf("%v: %d", h, rec.Code)
		}
	}
}

func (w *world) ask(method, path, token, origin, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	return w.do(r)
}

func TestAPI_IsTheSameVisitorAsThePage(t *testing.T) {
	w := open(t)
	w.get("/?as=c-linxiaolu")
	var s struct{ Token, Customer, Name string }
	rec := w.get("/api/shop/session")
	if err := json.Unmarshal(rec.Body.Bytes(), &s); err != nil || s.Customer != "c-linxiaolu" || s.Token == "" || s.Name == "" {
		t.Fatalf("%s, %v", rec.Body, err)
	}
	if rec.Header().Get("Access-Control-Allow-Origin") != "" || rec.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("the session can be read elsewhere: %v", rec.Header())
	}
	before, err := w.shop.Cart(t.Context(), "c-linxiaolu")
	if err != nil {
		t.Fatal(err)
	}
	// By the product's ID the main variant is meant.
	rec = w.ask("POST", "/api/shop/cart", s.Token, "", `{"variant":"p-soothe-cream","quantity":1}`)
	after, err := w.shop.Cart(t.Context(), "c-linxiaolu")
	if rec.Code != 200 || err != nil || len(after.Lines) != len(before.Lines)+1 {
		t.Errorf("%d %s; %d lines, %v", rec.Code, rec.Body, len(after.Lines), err)
	}
	var o struct {
		Items []struct{ ID, Title, State, Pic string }
	}
	rec = w.ask("GET", "/api/shop/orders", s.Token, "", "")
	if err := json.Unmarshal(rec.Body.Bytes(), &o); err != nil || len(o.Items) == 0 || o.Items[0].Title == "" || !strings.HasPrefix(o.Items[0].Pic, "/pictures/") {
		t.Errorf("%s, %v", rec.Body, err)
	}
	for _, q := range []struct {
		method, path, token, body string
		code                      int
		word                      string
	}{
		{"GET", "/api/shop/orders", "", "", 401, "bad_token"},
		{"GET", "/api/shop/orders", "forged", "", 401, "bad_token"},
		{"POST", "/api/shop/cart", s.Token, `{"variant":"none","quantity":1}`, 404, "not_found"},
		{"POST", "/api/shop/cart", s.Token, `{"variant":"p-soothe-cream","quantity":0}`, 422, "invalid"},
		{"POST", "/api/shop/cart", s.Token, `{`, 422, "invalid"},
		{"POST", "/api/shop/cart", s.Token, `{"variant":"` + strings.Repeat("x", 20000) + `"}`, 422, "invalid"},
		{"POST", "/api/shop/coupons", s.Token, `{"coupon":"none"}`, 404, "not_found"},
	} {
		rec := w.ask(q.method, q.path, q.token, "", q.body)
		var p struct{ Code string }
		if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || rec.Code != q.code || p.Code != q.word {
			t.Errorf("%s %s %.40s: %d %s", q.method, q.path, q.body, rec.Code, rec.Body)
		}
	}
	coupons, err := w.shop.CouponsOf(t.Context(), "c-linxiaolu")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range coupons {
		if c.ClaimedAt.IsZero() {
			if rec := w.ask("POST", "/api/shop/coupons", s.Token, "", `{"coupon":"`+c.ID+`"}`); rec.Code != 200 {
				t.Errorf("claim: %d %s", rec.Code, rec.Body)
			}
			return
		}
	}
	t.Error("there is no coupon to claim")
}

func TestAPI_OnlyListedSitesReadIt(t *testing.T) {
	w := open(t)
	for origin, want := range map[string]string{"https://blog.example.com": "https://blog.example.com", "https://evil.example": "", "null": "", "https://blog.example.com.evil.example": ""} {
		for _, method := range []string{"OPTIONS", "GET"} {
			rec := w.ask(method, "/api/shop/orders", "", origin, "")
			if got := rec.Header().Get("Access-Control-Allow-Origin"); got != want {
				t.Errorf("%s from %s: %q", method, origin, got)
			}
			if rec.Header().Get("Access-Control-Allow-Credentials") != "" {
				t.Error("cookies of other sites' visitors would count")
			}
		}
	}
}

func TestFaces(t *testing.T) {
	w := open(t)
	for path, code := range map[string]int{"/faces/xiaoning.svg": 200, "/faces/anybody.svg": 200, "/faces/xiaoning": 404, "/faces/..%2f..%2fpage.go": 404} {
		if rec := w.get(path); rec.Code != code {
			t.Errorf("%s: %d", path, rec.Code)
		}
	}
}

// Who tries the demo puts something into stock that is sold out; what is not in the catalogue stays away.
func TestRestock_OnlyWhatIsThere(t *testing.T) {
	w := open(t)
	const gone = "p-sun-stick-15g"
	if page := check(t, "sold out", w.get("/p/"+gone)); !strings.Contains(page, "演示：补货 30 件") {
		t.Error("nothing to restock with")
	}
	if to := w.post("/restock", url.Values{"variant": {gone}}).Header().Get("Location"); to != "/p/"+gone {
		t.Errorf("leads to %q", to)
	}
	if p, err := w.shop.Product(t.Context(), gone); err != nil || p.Variants[0].Stock < 30 {
		t.Errorf("%+v, %v", p.Variants, err)
	}
	if page := check(t, "in stock", w.get("/p/"+gone)); strings.Contains(page, "演示：补货") {
		t.Error("what is there is restocked")
	}
	if rec := w.post("/restock", url.Values{"variant": {"nothing"}}); rec.Code != http.StatusNotFound {
		t.Errorf("%d", rec.Code)
	}
}
