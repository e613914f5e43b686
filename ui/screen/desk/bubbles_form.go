package desk

import (
	"strings"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// formCard is a form that was asked for, or one that the customer filled in.
func (d *Desk) formCard(it *view.Item, most float32) fyne.CanvasObject {
	w, f := d.env.W, it.Form
	if f == nil {
		f = &view.Form{}
	}
	wide := cardW(most)
	head := look.Row(6, look.NewIcon("form", look.Fg2, 15), look.NewSoft(w.In("form", f.Kind), look.Caption.B()), look.Spacer())
	if f.Order != "" {
		head.Add(look.NewSoft(w.T("order.no", "id", tailOf(look.OneLine(f.Order))), look.Micro.In(look.Fg3)))
	}
	body := look.Col(3)
	if it.Kind == view.KindForm {
		icon, ink, key := "clock", look.WarnText, "form.waits"
		if f.Filled {
			icon, ink, key = "check", look.OKText, "form.filled"
		}
		body.Add(look.Row(6, look.NewIcon(icon, ink, 14), look.NewSoft(w.T(key), look.Caption.In(ink))))
	}
	label := look.Scaled(60)
	for _, x := range f.Fields {
		body.Add(look.RowA(8, look.Start, look.Fix(label, 0, cut(d.fieldName(f.Kind, x.Key), look.Caption.In(look.Fg3))),
			look.Grow(look.NewPara(look.Caption, wide-24-label-8, look.T(cutRunes(look.Clean(d.fieldValue(x)), 300))))))
	}
	if len(f.Fields) > 0 {
		body.Add(look.Inset(look.Edge{Top: 3}, look.Row(6, look.NewButton(look.ButtonSpec{Label: w.T("copy"), H: 22, Style: look.Micro, PadX: 9},
			func() { fyne.CurrentApp().Clipboard().SetContent(d.formText(f)) }), look.Spacer())))
	}
	return look.Fix(wide, 0, look.Card(look.Line, look.Pad(1, 1), look.Col(0,
		look.Fix(0, 32, look.Inset(look.Pad(0, 11), head)), look.HRule(look.Line), look.Inset(look.Sides(8, 11, 9, 11), body))))
}

// fieldName is the word for a field of a form.
func (d *Desk) fieldName(kind, key string) string {
	if w := d.env.W; w.Has("form." + kind + "." + key) {
		return w.In("form."+kind, key)
	}
	return look.OneLine(key)
}

// fieldValue is what was filled in; choices come as keys.
func (d *Desk) fieldValue(f view.Field) string {
	if w := d.env.W; (f.Key == "reason" || f.Key == "refund") && w.Has("form.value."+f.Value) {
		return w.In("form.value", f.Value)
	}
	return f.Value
}

// formText is a form as text, for the clipboard.
func (d *Desk) formText(f *view.Form) string {
	var out []string
	for _, x := range f.Fields {
		out = append(out, d.fieldName(f.Kind, x.Key)+"："+d.fieldValue(x))
	}
	return strings.Join(out, "\n")
}
