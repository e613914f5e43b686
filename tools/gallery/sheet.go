package main

import (
	"fmt"
	"image"
	"image/draw"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"agentdesk/ui/look"
	"agentdesk/ui/words"
)

// cell is one frame of the sheet of states: where it stands, what it is called, and what is in it, drawn by the face's own
// pieces or cut out of one of its screens.
type cell struct {
	x, y, w, h float32
	title, sub string
	parts      fyne.CanvasObject
	cuts       []cut
}

// cut is a rectangle of a scene's picture and where it is put on the sheet, in pixels.
type cut struct {
	scene string
	from  image.Rectangle
	to    image.Point
}

func cutOf(scene string, x1, y1, x2, y2, toX, toY int) cut {
	return cut{scene, image.Rect(x1, y1, x2, y2), image.Pt(toX, toY)}
}

// cells are the twelve frames of docs/design/states-light.png, in its order and with its measures.
func cells(w *words.Words) []cell {
	return []cell{
		{x: 24, y: 56, w: 338, h: 254, title: "空", sub: "待接管为零", cuts: []cut{cutOf("empty", 66, 172, 366, 342, 43, 104)}},
		{x: 376, y: 56, w: 337, h: 254, title: "加载", sub: "超过 300 毫秒才显示骨架", cuts: []cut{cutOf("loading", 66, 194, 366, 410, 378, 93)}},
		{x: 727, y: 56, w: 338, h: 254, title: "错误", sub: "副驾不可用，会话照常", cuts: []cut{cutOf("reconnecting", 1100, 100, 1432, 260, 730, 110)}},
		{x: 1079, y: 56, w: 337, h: 254, title: "发送", sub: "每条消息自己的状态", cuts: []cut{cutOf("send", 790, 468, 1082, 666, 1100, 104)}},
		{x: 24, y: 324, w: 338, h: 234, title: "离线", sub: "可读、可搜、可评，不可接管",
			cuts: []cut{cutOf("offline", 0, 0, 230, 33, 25, 361), cutOf("offline", 1332, 0, 1440, 33, 253, 361)}},
		{x: 376, y: 324, w: 337, h: 234, title: "重连", sub: "保留草稿与滚动位置",
			cuts: []cut{cutOf("reconnecting", 0, 0, 230, 33, 377, 361), cutOf("reconnecting", 1334, 0, 1440, 33, 606, 361)}},
		{x: 727, y: 324, w: 338, h: 234, title: "接管倒计时", sub: "30 秒", parts: rings()},
		{x: 1079, y: 324, w: 337, h: 234, title: "接管竞争", sub: "同一位顾客被他人先接", cuts: []cut{cutOf("lost", 580, 236, 880, 386, 1098, 390)}},
		{x: 24, y: 572, w: 338, h: 187, title: "情绪六级", sub: "形状、文字、颜色三重区分", parts: moods(w)},
		{x: 376, y: 572, w: 337, h: 187, title: "会员等级与渠道", parts: tiers(w)},
		{x: 727, y: 572, w: 338, h: 187, title: "按钮与焦点", sub: "焦点框 2px，间距 2px", parts: buttons()},
		{x: 1079, y: 572, w: 337, h: 187, title: "合规提示", sub: "三档", parts: levels()},
	}
}

// rings are the countdown's five looks.
func rings() fyne.CanvasObject {
	row := look.Row(14)
	for _, r := range []struct {
		left int
		word string
	}{{26, "30–16"}, {13, "15–6"}, {4, "5–0"}, {-12, "超时"}} {
		row.Add(look.ColA(8, look.Centre, look.Fix(48, 40, look.Row(0, look.Spacer(), look.Fix(40, 40, look.NewRing(40, 30, r.left)), look.Spacer())), look.NewText(r.word, look.Micro.In(look.Fg2))))
	}
	return row
}

func moods(w *words.Words) fyne.CanvasObject {
	col := look.Col(14)
	for i := 0; i < 6; i += 2 {
		row := look.Row(0)
		for j := i; j < i+2; j++ {
			m := []string{"delighted", "calm", "uncertain", "anxious", "dissatisfied", "angry"}[j]
			row.Add(look.Fix(156, 18, look.Row(8, look.Emotion(kinds[m], w.T("emotion."+m), ""), look.Fix(26, 10, look.NewBox(look.Ink("e-"+kinds[m]), "", 2, look.Edge{}, nil)),
				look.NewText(fmt.Sprintf("%d 级", j+1), look.Caption.In(look.Fg2)))))
		}
		col.Add(row)
	}
	return col
}

// kinds are the design's names of the grades.
var kinds = map[string]string{"delighted": "joy", "calm": "calm", "uncertain": "puzzled", "anxious": "anxious", "dissatisfied": "upset", "angry": "angry"}

func tiers(w *words.Words) fyne.CanvasObject {
	row := look.Row(8)
	for _, t := range [][2]string{{"black", "black"}, {"plat", "platinum"}, {"gold", "gold"}, {"silver", "silver"}, {"fresh", "new"}} { // token and word
		row.Add(look.Tier(t[0], w.T("tier."+t[1])))
	}
	faces := look.Row(18)
	for i, c := range []struct{ icon, ink, key string }{{"bag", "#D9620B", "taobao"}, {"play", "#4A4A4F", "douyin"}, {"heart", "#C4314B", "xiaohongshu"}, {"chat", "#2A8A4A", "wechat"}, {"globe", "#2A53B8", "web"}} {
		a := look.Avatar(look.Asset(fmt.Sprintf("faces/face-%d.svg", 5-i)), 36, &look.Badge{Icon: c.icon, Fill: look.Ink(c.ink), Ring: look.Panel, D: 17, Out: 3})
		faces.Add(look.ColA(6, look.Centre, a, look.NewText(w.In("channel", c.key), look.Caption.In(look.Fg2))))
	}
	return look.Col(14, row, faces)
}

func buttons() fyne.CanvasObject {
	focused := look.NewButton(look.ButtonSpec{Label: "交还机器人"}, nil)
	focused.FocusGained()
	over := look.NewButton(look.ButtonSpec{Label: "悬停"}, nil)
	over.MouseIn(nil)
	off := look.NewButton(look.ButtonSpec{Label: "不可用"}, nil)
	off.SetDisabled(true)
	return look.Col(14,
		look.Row(10, look.NewButton(look.ButtonSpec{Kind: look.Primary, Label: "发送", Keys: []string{"⌘", "key-enter"}, Style: look.Body.B()}, nil),
			look.NewButton(look.ButtonSpec{Label: "转交"}, nil), look.NewButton(look.ButtonSpec{Kind: look.Tint, Label: "采用"}, nil)),
		look.Row(14, focused, over, off),
		look.Row(10, look.NewButton(look.ButtonSpec{Label: "结束并拉黑", Style: look.Body.In(look.BadText)}, nil),
			look.NewButton(look.ButtonSpec{Kind: look.Done, Icon: "check", Label: "已接管 9 秒"}, nil)))
}

func levels() fyne.CanvasObject {
	col := look.Col(8)
	for _, l := range []struct {
		fill, line, ink look.Ink
		word, about     string
	}{{look.BadTint, look.BadLine, look.BadText, "禁止发送", "医疗用语、绝对化承诺"}, {look.WarnTint, look.WarnLine, look.WarnText, "需附条件", "退款、赔付、时效承诺"}, {look.AccentTint, look.AccentLine, look.AccentText, "建议来源", "功效描述缺引用"}} {
		col.Add(look.Fix(311, 30, look.NewBox(l.fill, l.line, 4, look.Pad(0, 10),
			look.Row(10, look.NewText(l.word, look.Caption.B().In(l.ink)), look.NewText(l.about, look.Caption)))))
	}
	return col
}

// sheet draws the sheet of states. shots are the pictures of the scenes that its cuts name.
func sheet(a fyne.App, shots map[string]image.Image) (image.Image, error) {
	w, err := words.Load("zh-Hans")
	if err != nil {
		return nil, fmt.Errorf("load words: %w", err)
	}
	th, err := look.NewTheme()
	if err != nil {
		return nil, fmt.Errorf("load theme: %w", err)
	}
	light := theme.VariantLight
	th.Force = &light
	a.Settings().SetTheme(th)
	all := look.Layers(look.NewBox(look.Bg, "", 0, look.Edge{}, nil),
		look.At(24, 20, look.RowA(10, look.Base, look.NewText("状态与组件", look.Title), look.NewText("浅色主题", look.Caption.In(look.Fg2)))))
	for _, c := range cells(w) {
		body := look.Col(0, look.Fix(c.w-2, 36, look.Inset(look.Pad(0, 12), look.Row(8, look.NewText(c.title, look.Caption.B()), look.NewText(c.sub, look.Caption.In(look.Fg2))))), look.HRule(look.Line))
		if c.parts != nil {
			body.Add(look.Inset(look.Pad(14, 12), c.parts))
		}
		all.Add(look.At(c.x, c.y, look.Fix(c.w, c.h, look.NewBox(look.Panel, look.Line, 8, look.Edge{}, body))))
	}
	win := test.NewWindow(all)
	defer win.Close()
	win.SetPadded(false)
	win.Resize(fyne.NewSize(1440, 784))
	shown := win.Canvas().Capture()
	out := image.NewRGBA(shown.Bounds())
	draw.Draw(out, out.Bounds(), shown, image.Point{}, draw.Src)
	for _, c := range cells(w) {
		for _, k := range c.cuts {
			s, ok := shots[k.scene]
			if !ok {
				return nil, fmt.Errorf("the sheet of states needs a picture of %q", k.scene)
			}
			draw.Draw(out, k.from.Sub(k.from.Min).Add(k.to), s, k.from.Min, draw.Src)
		}
	}
	return out, nil
}
