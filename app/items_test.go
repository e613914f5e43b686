package app

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/label"
)

// leaves calls f with each settable leaf below v, made to exist.
func leaves(v reflect.Value, path string, f func(path string, v reflect.Value)) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		leaves(v.Elem(), path, f)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			f(path, v)
			return
		}
		for i := range v.NumField() {
			leaves(v.Field(i), path+"."+v.Type().Field(i).Name, f)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			f(path, v)
			return
		}
		if v.Len() == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		}
		leaves(v.Index(0), path+"[0]", f)
	default:
		f(path, v)
	}
}

// set gives a leaf another value.
func set(t *testing.T, path string, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(v.Float() + 0.5)
	case reflect.Slice:
		v.SetBytes([]byte("other"))
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{"k": "v"}))
	case reflect.Struct:
		v.Set(reflect.ValueOf(time.UnixMilli(5)))
	default:
		t.Fatalf("%s is a %s: teach the test", path, v.Kind())
	}
}

func TestRev_CoversEveryField(t *testing.T) {
	all := &view.Item{}
	leaves(reflect.ValueOf(all).Elem(), "", func(string, reflect.Value) {}) // makes every part exist
	base, n := rev(all), 0
	leaves(reflect.ValueOf(all).Elem(), "Item", func(path string, v reflect.Value) {
		if path == "Item.Rev" {
			return
		}
		old := reflect.New(v.Type()).Elem()
		old.Set(v)
		set(t, path, v)
		if rev(all) == base {
			t.Errorf("%s does not change Rev", path)
		}
		v.Set(old)
		n++
	})
	if n < 50 || rev(all) != base {
		t.Errorf("looked at %d fields", n)
	}
	if rev(&view.Item{}) == rev(&view.Item{Picture: &view.Picture{}}) {
		t.Error("a part that comes to exist does not change Rev")
	}
}

func TestSameRow_CoversEveryField(t *testing.T) {
	a := view.Row{Tags: []view.Tag{{}}}
	typ := reflect.TypeFor[view.Row]()
	for i := range typ.NumField() {
		b := a
		f := reflect.ValueOf(&b).Elem().Field(i)
		if typ.Field(i).Name == "Tags" {
			b.Tags = []view.Tag{{Key: "x"}}
		} else {
			set(t, typ.Field(i).Name, f)
		}
		if sameRow(&a, &b) {
			t.Errorf("%s is not compared", typ.Field(i).Name)
		}
	}
	b := a
	b.Tags = []view.Tag{{}}
	if !sameRow(&a, &b) {
		t.Error("equal rows differ")
	}
}

func TestSameDesk_CoversEveryField(t *testing.T) {
	typ := reflect.TypeFor[view.Desk]()
	for i := range typ.NumField() {
		d := &view.Desk{}
		f := reflect.ValueOf(d).Elem().Field(i)
		switch f.Kind() {
		case reflect.Pointer:
			f.Set(reflect.New(f.Type().Elem()))
		case reflect.Slice:
			f.Set(reflect.MakeSlice(f.Type(), 1, 1))
		case reflect.Struct:
			d.Prefs.Widths = map[string]float32{"queue": 300}
		default:
			set(t, typ.Field(i).Name, f)
		}
		if sameDesk(&view.Desk{}, d) {
			t.Errorf("%s is not compared", typ.Field(i).Name)
		}
	}
}

// lab is a model without a session around it.
func lab() *model {
	m := newModel(Params{Now: func() time.Time { return time.UnixMilli(10_000_000) }})
	m.session.User = xiaoning
	return &m
}

// story draws the events of one chat.
func story(rt *rapid.T) (out []event.Placed, said []event.ID) {
	customer, me, other := event.Actor{Kind: event.Customer, ID: "cu"}, event.Actor{Kind: event.Agent, ID: "xiaoning"}, event.Actor{Kind: event.Agent, ID: "lisiqi"}
	var asked []event.ID
	add := func(typ event.Type, by event.Actor, body, private any) event.ID {
		seq := uint64(len(out) + 1)
		p := event.Placed{Seq: seq, Time: int64(seq) * 1000, Event: event.Event{ID: event.NewID(time.UnixMilli(int64(seq)*1000), [10]byte{byte(seq)}),
			Type: typ, Version: 1, Conv: "c", Customer: "cu", Actor: by, Epoch: 1}}
		p.Body, _ = json.Marshal(body)
		if private != nil {
			p.Private, _ = json.Marshal(private)
		}
		out = append(out, p)
		return p.ID
	}
	add(event.Opened, customer, event.OpenedBody{Channel: "web", Group: "pre"}, event.OpenedPrivate{Name: "林小满"})
	for i := range rapid.IntRange(1, 40).Draw(rt, "events") {
		text := event.PostedPrivate{Text: fmt.Sprint("第", i, "句，后天要拍婚纱照")}
		by := rapid.SampledFrom([]event.Actor{customer, me, other, {Kind: event.Bot, ID: "bot"}}).Draw(rt, "by")
		one := func() event.ID { return rapid.SampledFrom(said).Draw(rt, "message") }
		switch rapid.SampledFrom([]string{"say", "say", "picture", "voice", "card", "quote", "recall", "read", "mood", "escalate", "summary", "take", "ask", "fill",
			"view", "cart", "rate", "follow", "notice", "note", "back"}).Draw(rt, "what") {
		case "say":
			said = append(said, add(event.Posted, by, event.PostedBody{Kind: event.Text}, text))
		case "note":
			said = append(said, add(event.Posted, me, event.PostedBody{Kind: event.Note}, text))
		case "picture":
			said = append(said, add(event.Posted, by, event.PostedBody{Kind: event.Image, Attachments: []event.Attachment{{Hash: fmt.Sprint("h", i%3), W: 4, H: 3}}}, nil))
		case "voice":
			said = append(said, add(event.Posted, customer, event.PostedBody{Kind: event.Voice, Attachments: []event.Attachment{{Hash: fmt.Sprint("v", i%3), Secs: 3, Wave: make([]byte, 64)}}}, text))
		case "card":
			said = append(said, add(event.Posted, by, event.PostedBody{Kind: event.ProductCard, Ref: "p"}, event.PostedPrivate{Card: &event.Card{ID: "p", Title: "面霜", Picture: "/shop/p"}}))
		case "quote":
			if len(said) > 0 {
				said = append(said, add(event.Posted, by, event.PostedBody{Kind: event.Text, ReplyTo: one()}, text))
			}
		case "recall":
			if len(said) > 0 {
				add(event.Recalled, by, event.RecalledBody{Message: one()}, nil)
			}
		case "read":
			if len(said) > 0 {
				add(event.ReadMarked, customer, event.ReadBody{UpTo: one()}, nil)
			}
		case "mood":
			if len(said) > 0 {
				e := rapid.SampledFrom(label.Emotions()).Draw(rt, "mood")
				add(event.Understood, event.Actor{Kind: event.Bot}, event.UnderstoodBody{Message: one(), Emotion: string(e)}, event.UnderstoodPrivate{Entities: []event.Entity{{Kind: "date", Text: "后天"}}})
			}
		case "escalate":
			add(event.Escalated, event.Actor{Kind: event.System}, event.EscalatedBody{Reason: "angry", High: true}, nil)
		case "summary":
			add(event.Summarised, event.Actor{Kind: event.Bot}, nil, event.SummaryPrivate{Ask: "退款", Done: "查了"})
		case "take":
			add(event.Taken, other, event.TakenBody{Agent: by.ID, Name: "名" + by.ID}, nil)
		case "ask":
			id := add(event.Posted, me, event.PostedBody{Kind: event.FormAsked, Form: event.FormReturn, Ref: "o1"}, nil)
			said, asked = append(said, id), append(asked, id)
		case "fill":
			if len(asked) > 0 {
				said = append(said, add(event.Posted, customer, event.PostedBody{Kind: event.FormFilled, Form: event.FormReturn, ReplyTo: rapid.SampledFrom(asked).Draw(rt, "form")},
					event.PostedPrivate{Fields: map[string]string{"order": "o1", "reason": "broken"}}))
			}
		case "view":
			add(event.Acted, customer, event.ActedBody{What: event.DidView, Product: "p"}, event.ActedPrivate{Title: fmt.Sprint("商品", i)})
		case "cart":
			add(event.Acted, customer, event.ActedBody{What: event.DidCart, Product: "p", Qty: 2, Fen: 200}, event.ActedPrivate{Title: "面霜"})
		case "rate":
			add(event.Rated, customer, event.RatedBody{Stars: 4, Reasons: []string{"fast"}}, event.RatedPrivate{Text: "好"})
		case "follow":
			add(event.FollowUpSet, me, event.FollowUpBody{Agent: "xiaoning", Due: 9_000_000}, event.FollowUpPrivate{Text: "回访"})
		case "notice":
			add(event.Posted, event.Actor{Kind: event.System}, event.PostedBody{Kind: event.Notice, Code: "takeover", Args: map[string]string{"name": "晓宁"}}, nil)
		case "back":
			add(event.HandedBack, me, event.HandedBackBody{From: "xiaoning"}, event.HandedBackPrivate{Instruction: "发货"})
		}
	}
	return out, said
}

func asText(rt *rapid.T, v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		rt.Fatal(err)
	}
	return string(data)
}

// A log that was kept up event by event, with snapshots taken anywhere, says what one made at once says; and a snapshot that
// was handed out never changes.
func TestTalk_KeptUpEqualsMadeAtOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := lab()
		evs, _ := story(rt)
		s := &conversation.State{}
		if err := conversation.Fold(s, &evs[0]); err != nil {
			rt.Fatal(err)
		}
		live := newTalk(m, s.Clone(), evs[:1], false)
		type handed struct {
			log  *view.Log
			text string
		}
		var out []handed
		for i := 1; i < len(evs); i++ {
			if err := conversation.Fold(s, &evs[i]); err != nil {
				rt.Fatal(err)
			}
			if rapid.Bool().Draw(rt, "again") {
				live.take(&evs[i-1])
			}
			live.take(&evs[i])
			live.b.s = s.Clone()
			live.b.read(s.ReadByCustomer)
			if rapid.IntRange(0, 3).Draw(rt, "snapshot") == 0 {
				l := live.log(typing{}, "xiaoning", nil)
				out = append(out, handed{l, asText(rt, l)})
				if again := live.log(typing{}, "xiaoning", nil); again != l {
					rt.Fatal("an unchanged log is another pointer")
				}
			}
			if rapid.IntRange(0, 5).Draw(rt, "media") == 0 {
				for key := range live.b.pics {
					m.media.put(key, []byte(key))
					live.b.brought(key)
				}
			}
		}
		for key := range live.b.pics {
			live.b.brought(key)
		}
		got := asText(rt, live.log(typing{}, "xiaoning", nil).Items)
		once := newTalk(m, s, evs, false)
		want := asText(rt, once.log(typing{}, "xiaoning", nil).Items)
		if got != want {
			rt.Fatalf("kept up:\n%s\nat once:\n%s", got, want)
		}
		if live.b.shift() != once.b.shift() || live.b.flag != once.b.flag {
			rt.Fatal("the head differs")
		}
		for _, h := range out {
			if asText(rt, h.log) != h.text {
				rt.Fatal("a snapshot changed after it was handed out")
			}
		}
	})
}

func TestHurry_StatesADayToCome(t *testing.T) {
	for _, c := range []struct{ text, day, want string }{
		{"我本来就是敏感肌，后天要拍婚纱照，很着急", "后天", "后天要拍婚纱照"},
		{"明天能到吗", "明天", ""},
		{"昨天买的", "昨天", ""},
		{"后天", "后天", ""},
		{"这周六要飞三亚！带不走", "周六", "这周六要飞三亚"},
		{"明天出差能不能快点", "明天", ""},
		{"", "明天", ""},
	} {
		if got := hurry(c.text, c.day); got != c.want {
			t.Errorf("%q %q: %q, want %q", c.text, c.day, got, c.want)
		}
	}
}

func TestWave_AtMostFortyBarsKeepsTheLoudest(t *testing.T) {
	in := make([]byte, 64)
	in[33] = 250
	out := wave(in)
	loud := byte(0)
	for _, v := range out {
		loud = max(loud, v)
	}
	if len(out) != maxWave || loud != 250 || len(wave(in[:7])) != 7 || len(wave(nil)) != 0 {
		t.Errorf("%d bars, loudest %d", len(out), loud)
	}
}
