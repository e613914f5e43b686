package page

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"agentdesk/server/shop"
)

// views are the templates, one set a page, and the words.
type views struct {
	sets  map[string]*template.Template
	words map[string][2]string // key → Chinese, English
}

func newViews() (*views, error) {
	v := &views{sets: map[string]*template.Template{}}
	data, err := files.ReadFile("words.json")
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &v.words); err != nil {
		return nil, fmt.Errorf("words.json: %w", err)
	}
	fns := template.FuncMap{"yuan": yuan, "tenths": tenths, "thousands": thousands, "join": strings.Join, "seq": seq, "add": func(a, b int) int { return a + b },
		"neg": func(n int) int { return -n }, "rev": func(i, n int) int { return n - 1 - i }, "list": func(v ...any) []any { return v }}
	base, err := template.New("layout").Funcs(fns).ParseFS(files, "tmpl/layout.html", "tmpl/parts.html")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(files, "tmpl/*.html")
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		name := strings.TrimSuffix(path.Base(n), ".html")
		if name == "layout" || name == "parts" {
			continue
		}
		set, err := base.Clone()
		if err != nil {
			return nil, err
		}
		if v.sets[name], err = set.ParseFS(files, n); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// base is what every page has.
type base struct {
	words    map[string][2]string
	figures  map[string]int64
	zone     *time.Location
	now      time.Time
	Lang     string // zh or en
	Nav      []group
	On       string // the group or page that is looked at
	Head     string // of the browser's tab; empty: the shop's name
	Customer string
	Guest    bool
	Count    int    // things in the cart
	Page     string // what the chat was opened from
	PageName string
	Chat     string // wide: open at once where there is room
	Path     string // of this page, with its query, to come back in another language
}

func (c *call) base(on string) base {
	b := base{words: c.views.words, figures: c.figures, zone: c.zone, now: c.Now().In(c.zone), Lang: c.lang, Nav: c.groups, On: on, Customer: c.who.Customer, Guest: c.who.Anon, Page: strings.TrimPrefix(c.r.URL.Path, "/")}
	if len(b.Page) > 120 {
		b.Page = ""
	}
	// A page is right without the number beside the cart.
	if cart, err := c.Shop.Cart(c.ctx, c.who.Customer); err == nil {
		b.Count = count(cart)
	}
	q := c.r.URL.Query()
	q.Del("lang")
	b.Path = c.r.URL.Path + "?"
	if len(q) > 0 {
		b.Path += q.Encode() + "&"
	}
	return b
}

func count(c shop.Cart) int {
	n := 0
	for _, l := range c.Lines {
		n += l.Quantity
	}
	return n
}

// T says a thing in the page's language; {} in it is replaced by the arguments in turn.
func (b base) T(key string, args ...any) string {
	w, ok := b.words[key]
	if !ok {
		return key
	}
	s := w[0]
	if b.Lang == "en" {
		s = w[1]
	}
	for _, a := range args {
		s = strings.Replace(s, "{}", fmt.Sprint(a), 1)
	}
	return s
}

// Figure is a number that a policy states, such as policy-shipping/cutoff_hour.
func (b base) Figure(name string) int64 { return b.figures[name] }

// Word says a word of the data, such as a category or a state; one that has no translation stays as it is.
func (b base) Word(s string) string {
	if w, ok := b.words["w."+s]; ok && b.Lang == "en" {
		return w[1]
	}
	return s
}

// Words says several, with commas.
func (b base) Words(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = b.Word(s)
	}
	if b.Lang == "en" {
		return strings.Join(out, ", ")
	}
	return strings.Join(out, "、")
}

// Day is a date as one says it; the year only where it is another.
func (b base) Day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(b.zone)
	switch year := t.Year() != b.now.Year(); {
	case b.Lang == "en" && year:
		return t.Format("2 Jan 2006")
	case b.Lang == "en":
		return t.Format("2 Jan")
	case year:
		return t.Format("2006 年 1 月 2 日")
	}
	return t.Format("1 月 2 日")
}

// Moment is a date with the time of day.
func (b base) Moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return b.Day(t) + " " + t.In(b.zone).Format("15:04")
}

// Now is the moment the page was asked for.
func (b base) Now() time.Time { return b.now }

// HTML is the language of the document.
func (b base) HTML() string {
	if b.Lang == "en" {
		return "en"
	}
	return "zh-CN"
}

func (c *call) draw(name string, v any) error { return c.drawStatus(http.StatusOK, name, v) }

// drawStatus writes a whole page or, when the template fails, nothing of it.
func (c *call) drawStatus(status int, name string, v any) error {
	var b bytes.Buffer
	if err := c.views.sets[name].ExecuteTemplate(&b, "layout", v); err != nil {
		return fmt.Errorf("draw %s: %w", name, err)
	}
	h := c.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Vary", "Cookie")
	c.w.WriteHeader(status)
	_, _ = c.w.Write(b.Bytes())
	return nil
}

// yuan writes fen as people read them: 28900 is 289, 28950 is 289.50.
func yuan(fen int64) string {
	if fen%100 == 0 {
		return fmt.Sprintf("%d", fen/100)
	}
	return fmt.Sprintf("%d.%02d", fen/100, fen%100)
}

func tenths(n int) string { return fmt.Sprintf("%d.%d", n/10, n%10) }

// thousands writes 12806 as 12,806.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func seq(from, to int) []int {
	var out []int
	for i := from; i <= to; i++ {
		out = append(out, i)
	}
	return out
}
