package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"agentdesk/app/view"
	"agentdesk/sync/event"
)

func TestMetric_FindsTheNumberBeforeItsUnit(t *testing.T) {
	out := "goos: linux\nBenchmarkFloor_Durable/1clients-2 \t 10\t 3 ns/op\t 2800 commands/s\n" +
		"BenchmarkFloor_Durable/64clients-2 \t 10\t 3 ns/op\t 31600 commands/s\t 8.3 p99-ms\n"
	if v, err := metric(out, `^BenchmarkFloor_Durable/64clients\b`, "commands/s"); err != nil || v != 31600 {
		t.Errorf("%v %v", v, err)
	}
	for _, unit := range []string{"p99-µs", "commands"} {
		if v, err := metric(out, `^BenchmarkFloor_Durable/64clients\b`, unit); err == nil {
			t.Errorf("%s: %v", unit, v)
		}
	}
}

func TestTable_SaysWhatIsOver(t *testing.T) {
	var out bytes.Buffer
	b := &bench{out: &out}
	b.most("slow", 31*time.Millisecond, 30*time.Millisecond, " (p50 1 ms)")
	b.most("fast", 30*time.Millisecond, 30*time.Millisecond, "")
	b.timed("told", time.Hour, 0, "")
	if err := b.table(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| slow | ≤ 30 ms | 31 ms (p50 1 ms) | OVER |", "| fast | ≤ 30 ms | 30 ms | ok |", "| told |  | 3600 s |  |", "\n1 over;"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
}

// A message counts as shown with the first snapshot that has it as an item, or whose row of its chat is as new.
func TestDesk_DelaysFromWhatSnapshotsShow(t *testing.T) {
	const skew = 250
	now := time.UnixMilli(1_700_000_000_000)
	ms := func(n int) time.Time { return now.Add(time.Duration(n) * time.Millisecond) }
	id := func(n int) event.ID { return event.NewID(ms(n).Add(skew*time.Millisecond), [10]byte{byte(n)}) }
	row := func(conv string, n int) *view.Queue {
		return &view.Queue{Rows: []view.Row{{ID: conv, At: ms(n)}}}
	}
	d := &desk{newer: make(chan struct{}), marks: map[string][]mark{}, items: map[string]time.Time{}, asked: map[string]struct{}{}, done: map[string]*firstTime{}}
	d.look(shot{ms(10), &view.Desk{Queue: row("a", 0), Chat: &view.Chat{Log: &view.Log{Items: []view.Item{{ID: id(0), By: view.ByCustomer, At: ms(0)}}}}}})
	d.look(shot{ms(130), &view.Desk{Queue: row("a", 100)}})
	d.look(shot{ms(260), &view.Desk{Queue: row("a", 100), Chat: &view.Chat{Log: &view.Log{Items: []view.Item{{ID: id(0)}, {ID: id(200)}}}}}})
	list := []said{
		{"a", id(100), ms(100)}, // its row: 30 ms
		{"a", id(200), ms(200)}, // its item: 60 ms
		{"a", id(300), ms(300)}, // never
		{"a", id(0), ms(0)},     // before the chat was listed: not counted
		{"b", id(100), ms(100)}, // a chat the desk never listed
	}
	got, missing := d.delays(list)
	if len(got) != 2 || got[0] != 30*time.Millisecond || got[1] != 60*time.Millisecond || missing != 1 {
		t.Errorf("%v, %d missing", got, missing)
	}
}

func TestPicture_LikeCountsWhatHasInk(t *testing.T) {
	last := picture{[]uint64{1, 2, 3, 4}, []bool{true, true, false, true}}
	for _, c := range []struct {
		was  []uint64
		want float64
	}{{[]uint64{1, 2, 3, 4}, 1}, {[]uint64{1, 2, 9, 4}, 1}, {[]uint64{9, 2, 3, 4}, 2. / 3}, {[]uint64{9, 9, 3, 9}, 0}} {
		if got := last.like(picture{tiles: c.was}); got != c.want {
			t.Errorf("%v: %v, want %v", c.was, got, c.want)
		}
	}
	if got := (picture{[]uint64{1}, []bool{false}}).like(picture{tiles: []uint64{1}}); got != 0 {
		t.Errorf("an empty picture is like something: %v", got)
	}
}
