package linear

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"agentdesk/sync/talk"
)

// file packs a model of 2^log buckets whose weights are all 0 but those that set changes.
func file(log int, set func(bucket, class int) int8) []byte {
	b := []byte(magic)
	b = binary.LittleEndian.AppendUint32(b, uint32(log))
	b = binary.LittleEndian.AppendUint32(b, classes)
	for c := range classes {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(c)))
	}
	for range classes {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(0.5))
	}
	for k := range 1 << log {
		for c := range classes {
			b = append(b, byte(set(k, c)))
		}
	}
	return b
}

// has reports whether the features of a message include a key.
func has(in Input, key string) bool {
	b := buckets{mask: 1<<17 - 1, seen: make([]uint64, 1<<11)}
	b.collect(in)
	for _, k := range b.list {
		if k == fnv(key)&b.mask {
			return true
		}
	}
	return false
}

func TestRead_SumsTheWeightsOfItsBuckets(t *testing.T) {
	m, err := Load(file(0, func(_, c int) int8 { return int8(c - 20) }))
	if err != nil {
		t.Fatal(err)
	}
	out := m.Read(Input{Text: "退款"}) // all features share the one bucket, which counts once
	if out.Emotion[3] != 3+0.5*-17 || out.Intent[0] != 6+0.5*-14 || out.Reason[8] != 40+0.5*20 {
		t.Errorf("%v", out)
	}
	k := fnv("t退款") & (1<<17 - 1)
	m, err = Load(file(17, func(b, c int) int8 {
		if b == int(k) {
			return -100
		}
		return 0
	}))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, s := range []string{"^", "退", "款", "$", "^退", "退款", "款$", "^退款", "退款$", "^退款$"} {
		if !has(Input{Text: "退款"}, "t"+s) {
			t.Errorf("no feature %q", s)
		}
		n++
	}
	n += 2 // nobody spoke before, length
	if got, want := m.Read(Input{Text: "退款"}).Emotion[1], 1-50/float32(math.Sqrt(float64(n))); math.Abs(float64(got-want)) > 1e-5 {
		t.Errorf("%v, want %v", got, want)
	}
	if got := m.Read(Input{Text: "换货"}).Emotion[1]; got != 1 {
		t.Errorf("another text: %v", got)
	}
}

func TestCollect_MarksContextHighValueAndLength(t *testing.T) {
	c, b, a := talk.Turn{Role: talk.Customer, Text: "到哪了"}, talk.Turn{Role: talk.Bot, Text: "在路上"}, talk.Turn{Role: talk.Agent, Text: "您好"}
	for _, tt := range []struct {
		in       Input
		yes, not []string
	}{
		{Input{Text: "在吗"}, []string{"t^在吗$", "r0", "l3"}, []string{"h", "rb", "rc", "t在吗在"}},
		{Input{Text: "ＡＢ　 12", High: true}, []string{"tab 0", "t 00$", "h", "l3"}, []string{"tAB", "t12"}},
		{Input{Text: "?", Context: []talk.Turn{c, b}}, []string{"rb", "b在路上", "d到哪", "b^"}, []string{"rc", "r0", "d到", "c到哪"}},
		{Input{Text: "?", Context: []talk.Turn{c, b, c}}, []string{"rc", "c到哪了", "d到哪"}, []string{"b在路上"}},
		{Input{Text: "?", Context: []talk.Turn{a}}, []string{"rb", "b您好"}, []string{"c您好"}},
		{Input{Text: strings.Repeat("啊", 400)}, []string{"l9", "t啊啊啊$", "t^啊"}, []string{"l8"}},
	} {
		for _, k := range tt.yes {
			if !has(tt.in, k) {
				t.Errorf("%q lacks %q", tt.in.Text, k)
			}
		}
		for _, k := range tt.not {
			if has(tt.in, k) {
				t.Errorf("%q has %q", tt.in.Text, k)
			}
		}
	}
}

func TestNormalise_BoundsHugeTexts(t *testing.T) {
	got := normalise("头" + strings.Repeat(" 中", 2_000_000) + "尾  ")
	if len(got) != textRunes || got[0] != '^' || got[1] != '头' || got[len(got)-2] != '尾' {
		t.Errorf("%d runes: %q", len(got), string(got))
	}
}

func TestLoad_RefusesDamagedFiles(t *testing.T) {
	good := file(1, func(_, _ int) int8 { return 1 })
	if _, err := Load(good); err != nil {
		t.Fatal(err)
	}
	bad := func(at int, v uint32) []byte {
		b := bytes.Clone(good)
		binary.LittleEndian.PutUint32(b[len(magic)+at:], v)
		return b
	}
	for name, b := range map[string][]byte{"empty": nil, "magic": []byte("ADLIN2\n"), "short": good[:len(good)-1], "long": append(bytes.Clone(good), 0), "header": good[:9],
		"buckets": bad(0, 200), "classes": bad(4, 40), "not a number": bad(8, math.Float32bits(float32(math.NaN()))), "infinite": bad(8+4*classes, math.Float32bits(float32(math.Inf(1))))} {
		if _, err := Load(b); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(file(1, func(k, c int) int8 { return int8(k + c) }), "退款\xff", "好的")
	f.Add([]byte(magic), "", "")
	f.Fuzz(func(t *testing.T, data []byte, text, before string) {
		m, err := Load(data)
		if err != nil {
			return
		}
		out := m.Read(Input{Text: text, Context: []talk.Turn{{Role: talk.Customer, Text: before}, {Role: talk.Bot, Text: text}}, High: true})
		for _, x := range out.Intent {
			if math.IsNaN(float64(x)) {
				t.Fatal("a score is not a number")
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	m, err := Load(file(17, func(k, c int) int8 { return int8(k ^ c) }))
	if err != nil {
		b.Fatal(err)
	}
	in := Input{Text: "昨天直播间说好的赠品怎么没有？麻烦帮我查一下", Context: []talk.Turn{{Role: talk.Customer, Text: "你好在吗"}, {Role: talk.Bot, Text: "您好，请问有什么可以帮您？"}}}
	for b.Loop() {
		m.Read(in)
	}
}
