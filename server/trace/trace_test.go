package trace

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
	"time"

	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// sample is a trace as a busy shop has them.
func sample(n int) wire.Trace {
	return wire.Trace{For: fmt.Sprintf("01KB%022d", n), At: time.Date(2026, 11, 24, 20, 0, 0, 0, time.UTC).UnixMilli() + int64(n), MS: 1284, Pause: 1200, Action: "answer",
		Read:    &wire.TraceRead{Emotion: "anxious", Intent: "logistics", Confidence: 0.97, By: "encoder", Why: []string{"encoder: logistics p=0.97", "encoder: anxious p=0.71"}, MS: 9},
		Steps:   []wire.TraceStep{{Wish: "logistics", Code: "logistics.parcel"}},
		Tools:   []wire.TraceTool{{Tool: "look_up_order", Args: map[string]string{"order": fmt.Sprintf("CY88%08d", n)}, Result: "read"}},
		Sources: []event.Source{{ID: fmt.Sprintf("CY88%08d", n), Kind: "order", Title: fmt.Sprintf("订单 %d", n)}, {ID: "delivery", Kind: "policy", Title: "发货与配送", Section: "2.1"}}}
}

func TestMemory_FindsWhatWasSaved(t *testing.T) {
	m := New(Keep{})
	for i := range 10 {
		if err := m.Save("c1", sample(i), fmt.Sprint("answer", i), fmt.Sprint("card", i)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 10 {
		for _, id := range []string{fmt.Sprint("answer", i), fmt.Sprint("card", i)} {
			want := sample(i)
			want.Message = id
			if got, ok := m.Of("c1", id); !ok || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %v %+v", id, ok, got)
			}
		}
	}
	for _, miss := range [][2]string{{"c2", "answer1"}, {"c1", "answer10"}, {"c1", ""}, {"", "answer1"}} {
		if _, ok := m.Of(miss[0], miss[1]); ok {
			t.Errorf("%v is found", miss)
		}
	}
}

func TestMemory_IsBounded(t *testing.T) {
	one := New(Keep{})
	if err := one.Save("c", sample(1), "m"); err != nil {
		t.Fatal(err)
	}
	_, each := one.Len()
	for name, c := range map[string]struct {
		keep         Keep
		traces, most int // of 20 conversations with 10 each; most: bytes
	}{
		"all":              {Keep{}, 200, 200 * each * 5 / 4},
		"of each":          {Keep{Each: 3}, 60, 60 * each * 5 / 4},
		"of conversations": {Keep{Conversations: 4}, 40, 40 * each * 5 / 4},
		"of bytes":         {Keep{Bytes: 50 * each}, -1, 50 * each},
		"of time":          {Keep{For: 45 * time.Millisecond}, 50, 50 * each * 5 / 4}, // one a millisecond
	} {
		m := New(c.keep)
		for i := range 200 {
			if err := m.Save(fmt.Sprint("c", i/10), sample(i), fmt.Sprint("m", i)); err != nil {
				t.Fatal(err)
			}
		}
		traces, bytes := m.Len()
		if c.traces >= 0 && traces != c.traces || traces == 0 || bytes > c.most || bytes <= 0 {
			t.Errorf("%s: %d traces, %d bytes, want %d and at most %d", name, traces, bytes, c.traces, c.most)
		}
		if _, ok := m.Of("c19", "m199"); !ok {
			t.Errorf("%s: the newest is gone", name)
		}
		for i := range 20 {
			m.Forget(fmt.Sprint("c", i), "")
		}
		if traces, bytes := m.Len(); traces != 0 || bytes != 0 || len(m.convs) != 0 {
			t.Errorf("%s: %d traces and %d bytes are left of nothing", name, traces, bytes)
		}
	}
}

func TestMemory_ForgetsWhatWasTakenBack(t *testing.T) {
	m := New(Keep{})
	for i := range 5 {
		if err := m.Save("c1", sample(i), fmt.Sprint("m", i)); err != nil {
			t.Fatal(err)
		}
	}
	m.Forget("c1", sample(3).For)
	for i := range 5 {
		if _, ok := m.Of("c1", fmt.Sprint("m", i)); ok != (i < 3) {
			t.Errorf("answer %d: %v", i, ok)
		}
	}
	m.Forget("c2", "")
}

func TestMemory_ManyAtOnce(t *testing.T) {
	m := New(Keep{Each: 4, Conversations: 8, Bytes: 8 << 10})
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(w)))
			for i := range 400 {
				conv := fmt.Sprint("c", r.IntN(12))
				switch r.IntN(8) {
				case 0:
					m.Forget(conv, sample(r.IntN(400)).For)
				case 1:
					m.Len()
				case 2, 3:
					m.Of(conv, fmt.Sprint("m", w, r.IntN(400)))
				default:
					if err := m.Save(conv, sample(i), fmt.Sprint("m", w, i)); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	sum := 0
	for el := m.order.Front(); el != nil; el = el.Next() {
		k := el.Value.(*talk)
		if len(k.all) == 0 || len(k.all) > 4 {
			t.Errorf("%d of %s", len(k.all), k.conv)
		}
		for i := range k.all {
			sum += k.all[i].size()
		}
	}
	if _, bytes := m.Len(); bytes != sum || m.order.Len() > 8 || len(m.convs) != m.order.Len() {
		t.Errorf("%d bytes counted, %d there; %d conversations", bytes, sum, m.order.Len())
	}
}

func TestPack(t *testing.T) {
	p := newPacker()
	var raws, packs int
	for i := range 50 {
		raw, err := json.Marshal(sample(i))
		if err != nil {
			t.Fatal(err)
		}
		packed, err := p.pack(raw)
		if err != nil {
			t.Fatal(err)
		}
		back, err := unpack(packed)
		if err != nil || string(back) != string(raw) {
			t.Fatalf("%s, %v", back, err)
		}
		raws, packs = raws+len(raw), packs+len(packed)
	}
	t.Logf("%d bytes a trace, packed %d", raws/50, packs/50)
	if packs*5 > raws*2 {
		t.Errorf("packed %d of %d bytes", packs, raws)
	}
}

func BenchmarkSave(b *testing.B) {
	m := New(Keep{})
	t := sample(1)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := m.Save("c", t, "m"); err != nil {
			b.Fatal(err)
		}
	}
}
