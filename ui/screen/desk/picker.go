package desk

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// picks holds what the composer's tools open.
type picks struct {
	c     *composer
	at    map[view.Tool]fyne.CanvasObject // the buttons
	emoji *emojiPicker
	list  *picker
	shut  string // a picker that was closed here; the snapshot may show it for a moment still
}

func newPicks(c *composer) *picks {
	return &picks{c: c, at: map[view.Tool]fyne.CanvasObject{}, emoji: &emojiPicker{c: c}}
}

// use opens a tool.
func (c *composer) use(t view.Tool) {
	switch t {
	case view.ToolEmoji:
		c.picks.emoji.open()
	case view.ToolImage:
		c.pick(true)
	case view.ToolFile:
		c.pick(false)
	case view.ToolProduct, view.ToolOrder, view.ToolCoupon:
		c.picks.shut = ""
		c.d.env.Act.Pick(string(t), "")
	default:
		c.d.env.Act.UseTool(t)
	}
}

// set opens, fills or closes the list of things to choose from.
func (p *picks) set(v *view.Composer) {
	switch {
	case v.Picker == nil:
		p.shut = ""
		if p.list != nil {
			p.list.quiet = true
			p.list.close()
		}
	case p.list != nil:
		p.list.show(v.Picker)
	case v.Picker.Kind != p.shut:
		p.list = newPicker(p, v.Picker)
	}
}

// picker is the popover of products, orders or coupons to send.
type picker struct {
	p      *picks
	v      *view.Picker
	find   *look.Field
	tabs   *fyne.Container
	list   *fyne.Container
	foot   *look.Text
	pop    *look.Pop
	close  func()
	quiet  bool // the snapshot closed it
	chosen int
	roll   *look.Roll
}

const pickerW, pickerRows float32 = 400, 300

func newPicker(p *picks, v *view.Picker) *picker {
	d := p.c.d
	k := &picker{p: p, tabs: look.Layers(), list: look.Layers(), foot: look.NewText("", look.Micro.In(look.Fg3))}
	k.find = look.NewField("", nil)
	k.find.OnChanged = func(s string) {
		k.chosen = 0
		d.env.Act.Pick(k.v.Kind, s)
	}
	k.find.OnSubmitted = func(typed string) {
		if k.v.Busy || k.v.Query != typed { // the list is still that of what was typed before
			return
		}
		if k.chosen < len(k.v.Items) {
			k.send(k.v.Items[k.chosen].ID)
		}
	}
	k.find.OnKey = k.key
	body := look.Fix(pickerW, 0, look.Inset(look.Pad(10, 10), look.Col(8, k.tabs, box(k.find, 32), look.Fix(pickerW-20, pickerRows, k.list), k.foot)))
	c := d.env.Window().Canvas()
	k.pop, k.close = look.ShowPop(c, body, func() fyne.Position {
		at := p.at[view.Tool(v.Kind)]
		if at == nil {
			at = p.at[view.ToolProduct]
		}
		if at == nil {
			at = p.c.tools
		}
		return fyne.CurrentApp().Driver().AbsolutePositionForObject(at).AddXY(-10, -6)
	}, true, func() {
		p.list = nil
		if !k.quiet {
			p.shut = k.v.Kind
			d.env.Act.Pick("", "")
		}
		d.FocusComposer()
	})
	k.find.OnEscape = k.close
	k.find.SetText(v.Query)
	k.show(v)
	c.Focus(k.find.Focusable())
	return k
}

// key moves the choice and changes the tab.
func (k *picker) key(e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyDown:
		k.choose(k.chosen + 1)
	case fyne.KeyUp:
		k.choose(k.chosen - 1)
	default:
		return false
	}
	return true
}

func (k *picker) choose(i int) {
	if i < 0 || i >= len(k.v.Items) {
		return
	}
	k.chosen = i
	k.fill()
	k.roll.Reveal(i)
}

func (k *picker) send(id string) {
	k.p.c.d.env.Act.SendPicked(k.v.Kind, id)
	k.close()
}

// show fills the popover.
func (k *picker) show(v *view.Picker) {
	w, act := k.p.c.d.env.W, k.p.c.d.env.Act
	if k.v == nil || k.v.Kind != v.Kind {
		tabs := look.Row(4)
		for _, t := range []view.Tool{view.ToolProduct, view.ToolOrder, view.ToolCoupon} {
			if !k.p.c.has(t) && string(t) != v.Kind {
				continue
			}
			st, fill := look.Caption.In(look.Fg2), look.Ink("")
			if string(t) == v.Kind {
				st, fill = look.Caption.B().In(look.AccentText), look.AccentTint
			}
			tabs.Add(look.NewTap(look.NewBox(fill, "", 6, look.Pad(4, 10), look.NewText(w.In("pick", string(t)), st)), look.Hover, 6, func() {
				k.find.SetText("")
				k.chosen = 0
				act.Pick(string(t), "")
				k.p.c.d.env.Window().Canvas().Focus(k.find.Focusable())
			}))
		}
		put(k.tabs, tabs)
		k.find.SetHint(w.In("pick.hint", v.Kind))
		k.chosen = 0
	}
	same := func(a, b view.ShopCard) bool { return a.ID == b.ID }
	if other := k.v == nil || !slices.EqualFunc(k.v.Items, v.Items, same); other {
		k.chosen = 0
		defer func() { // the roll would stay at the row that it showed, below what fits better
			if k.roll != nil {
				k.roll.ToRow(0)
			}
		}()
	}
	k.v = v
	k.foot.Set(w.T("pick.keys"))
	switch {
	case v.Err != nil:
		put(k.list, problem(w, v.Err, func() { act.Pick(v.Kind, v.Query) }))
	case len(v.Items) == 0 && v.Busy:
		put(k.list, look.Skeleton(4))
	case len(v.Items) == 0:
		put(k.list, look.Notice("search", look.Hover, look.Fg3, w.In("pick.none", v.Kind), "", 260))
	default:
		k.fill()
	}
	k.pop.Refresh()
}

// fill lists what was found.
func (k *picker) fill() {
	d := k.p.c.d
	items := k.v.Items
	if k.roll == nil || len(k.list.Objects) != 1 || k.list.Objects[0] != fyne.CanvasObject(k.roll) {
		k.roll = look.NewRoll(func(int, float32) float32 { return look.Scaled(56) }, nil)
		put(k.list, k.roll)
	}
	k.roll.Cell = func(i int, _ fyne.CanvasObject) fyne.CanvasObject {
		ink := look.Ink("")
		if i == k.chosen {
			ink = look.Hover
		}
		t := look.NewTap(look.Layers(look.NewBox(ink, "", 6, look.Edge{}, nil), look.Inset(look.Pad(7, 8), d.pickRow(k.v.Kind, &items[i]))), look.Hover, 6, func() { k.send(items[i].ID) })
		t.Skip = true
		return t
	}
	rows := make([]look.Entry, len(items))
	for i, it := range items {
		rows[i] = look.Entry{Key: it.ID, Kind: "pick"}
	}
	k.roll.SetRows(rows)
}

// pickRow is one thing to send.
func (d *Desk) pickRow(kind string, c *view.ShopCard) fyne.CanvasObject {
	w := d.env.W
	title, second := look.OneLine(c.Title), look.OneLine(c.Variant)
	var right fyne.CanvasObject
	face := goods(c.ID, c.Picture, 40, 40, 5)
	switch kind {
	case string(view.ToolOrder):
		title = look.OneLine(strings.Join(c.Lines, "、"))
		second = fmt.Sprintf("%s · %s", tailOf(c.ID), w.Clock(c.At, d.env.Now()))
		right = look.ColA(2, look.End, look.NewText(w.Yuan(c.PriceFen), look.Caption.B()), d.stateTag(c.State))
	case string(view.ToolCoupon):
		face = look.Fix(40, 40, look.NewBox(look.WarnTint, "", 6, look.Edge{}, look.Row(0, look.Spacer(), look.NewIcon("coupon", look.WarnText, 18), look.Spacer())))
		second = w.T("coupon.any")
		if c.MinFen > 0 {
			second = w.T("coupon.min", "sum", w.Yuan(c.MinFen))
		}
		right = look.NewText("-"+w.Yuan(c.PriceFen), look.Body.B().In(look.WarnText))
	default:
		right = look.ColA(2, look.End, look.NewText(w.Yuan(c.PriceFen), look.Caption.B()), d.stock(c.Stock))
	}
	return look.Row(10, face, look.Grow(look.Col(1, look.NewElided(title, look.Caption.B()), look.NewElided(second, look.Micro.In(look.Fg3)))), right)
}

// askForm offers the forms that can be asked for, and for which order.
func (c *composer) askForm(at fyne.CanvasObject) {
	w := c.d.env.W
	items := []look.MenuItem{{Word: w.T("form.ask")}}
	for _, kind := range c.v.CanAsk {
		items = append(items, look.MenuItem{Word: w.In("form", kind), Run: func() { c.d.askForm(kind) }})
	}
	c.d.menu(items, at, fyne.NewPos(0, -float32(len(items))*32-12))
}

// askForm asks for which order the customer is to fill in a form.
func (d *Desk) askForm(kind string) {
	w, act := d.env.W, d.env.Act
	var orders []view.Order
	if d.snap.Customer != nil {
		orders = d.snap.Customer.Orders
	}
	if len(orders) == 0 {
		act.AskForm(kind, "")
		return
	}
	var done func()
	list := look.Col(2)
	row := func(icon, text, right, id string) {
		list.Add(look.NewTap(look.Inset(look.Pad(7, 8), look.Row(8, look.NewIcon(icon, look.Fg3, 16), look.Grow(look.NewElided(text, look.Body)),
			look.NewText(right, look.Micro.In(look.Fg3)))), look.Hover, 6, func() {
			done()
			act.AskForm(kind, id)
		}))
	}
	for _, o := range orders[:min(20, len(orders))] {
		row("bag", look.OneLine(strings.Join(o.Items, "、")), tailOf(o.ID)+" · "+d.stateWord(o.Status), o.ID)
	}
	row("form", w.T("form.noorder"), "", "")
	done = d.sheet(w.T("form.which", "form", w.In("form", kind)), look.Fix(0, min(300, list.MinSize().Height), look.NewScroll(list)), nil)
}
