package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"agentdesk/app/view"
	"agentdesk/sync/label"
)

func both(t *testing.T) (zh, en *Words) {
	t.Helper()
	zh, err := Load(Chinese)
	if err != nil {
		t.Fatal(err)
	}
	en, err = Load("en-GB")
	if err != nil {
		t.Fatal(err)
	}
	return zh, en
}

func TestWords_BothLanguagesHaveTheSameKeysAndPlaces(t *testing.T) {
	zh, en := both(t)
	a, b := zh.Keys(), en.Keys()
	slices.Sort(a)
	slices.Sort(b)
	if !slices.Equal(a, b) {
		t.Fatal("the two files have different keys")
	}
	holes := func(s string) (out []string) {
		for {
			i := strings.IndexByte(s, '{')
			if i < 0 {
				slices.Sort(out)
				return out
			}
			j := strings.IndexByte(s[i:], '}')
			out = append(out, s[i:i+j+1])
			s = s[i+j+1:]
		}
	}
	for _, k := range a {
		if zh.m[k] == "" || en.m[k] == "" {
			t.Errorf("%s is empty", k)
		}
		if !slices.Equal(holes(zh.m[k]), holes(en.m[k])) {
			t.Errorf("%s has other places in English: %q, %q", k, zh.m[k], en.m[k])
		}
		if strings.ContainsAny(zh.m[k], "!！") || strings.Contains(en.m[k], "!") {
			t.Errorf("%s shouts", k)
		}
	}
}

// used walks the sources of ui for calls of T("key") and In("set", …).
func used(t *testing.T) (keys, sets map[string]bool) {
	t.Helper()
	keys, sets = map[string]bool{}, map[string]bool{}
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			lit, ok := call.Args[0].(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			s, err := strconv.Unquote(lit.Value)
			if err != nil {
				return true
			}
			switch sel.Sel.Name {
			case "T":
				// look.T makes a span of plain text
				if x, ok := sel.X.(*ast.Ident); !ok || x.Name != "look" {
					keys[s] = true
				}
			case "In", "Fill":
				if len(call.Args) > 1 {
					sets[s] = true
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys, sets
}

func TestWords_EveryKeyThatIsUsedExists(t *testing.T) {
	zh, _ := both(t)
	keys, sets := used(t)
	if len(keys) < 100 || len(sets) < 15 {
		t.Fatalf("found only %d keys and %d sets in the sources", len(keys), len(sets))
	}
	for k := range keys {
		if !zh.Has(k) {
			t.Errorf("no word for %q", k)
		}
	}
	for s := range sets {
		if !slices.ContainsFunc(zh.Keys(), func(k string) bool { return strings.HasPrefix(k, s+".") }) {
			t.Errorf("no words for the set %q", s)
		}
	}
}

func TestWords_EveryValueOfASetHasAWord(t *testing.T) {
	zh, en := both(t)
	need := map[string][]string{
		"tier":        {"new", "silver", "gold", "platinum", "black"},
		"channel":     {"web", "taobao", "douyin", "xiaohongshu", "wechat"},
		"presence":    {string(view.Present), string(view.Busy), string(view.Away)},
		"disposition": view.Dispositions(),
		"grade":       {"none", "light", "middle", "strong"},
		"used":        {"adopted", "edited", "ignored"},
	}
	for _, s := range []view.Segment{view.SegWaiting, view.SegMine, view.SegBot, view.SegClosed} {
		for _, set := range []string{"segment", "segment.head", "segment.order", "empty", "empty.sub"} {
			need[set] = append(need[set], string(s))
		}
	}
	for _, e := range label.Emotions() {
		need["emotion"] = append(need["emotion"], string(e))
	}
	for _, i := range label.Intents() {
		need["tag"] = append(need["tag"], string(i))
	}
	for _, r := range []label.Reason{label.ByRequest, label.ByAdverse, label.ByAnger, label.ByDispute, label.ByAnxiety, label.ByHighValue, label.ByBotFailed, label.ByOutOfPolicy} {
		need["tag"] = append(need["tag"], string(r))
	}
	for set, values := range need {
		for _, v := range values {
			for _, w := range []*Words{zh, en} {
				if !w.Has(set + "." + v) {
					t.Errorf("%s: no word for %s.%s", w.Lang, set, v)
				}
			}
		}
	}
}

func TestWords_Counts(t *testing.T) {
	zh, en := both(t)
	for n, want := range map[int][2]string{0: {"0", "0"}, 9999: {"9999", "9999"}, 10000: {"1万", "10k"}, 12044: {"1.2万", "12k"}, 123456: {"12.3万", "123.5k"}} {
		if got := [2]string{zh.Count(n), en.Count(n)}; got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}

func TestWords_Figures(t *testing.T) {
	zh, en := both(t)
	now := time.Date(2026, 11, 24, 20, 41, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{zh.Yuan(1864000), "¥18,640"},
		{zh.Yuan(123456789), "¥1,234,567.89"},
		{zh.Yuan(-5), "-¥0.05"},
		{Group(-123456), "-123,456"},
		{Group(-123), "-123"},
		{zh.Span(364 * time.Second), "6 分 04 秒"},
		{en.Span(3700 * time.Second), "1 h 01 min"},
		{zh.Since(time.Date(2023, 9, 20, 0, 0, 0, 0, time.UTC), now), "入会 3 年 2 个月"},
		{zh.Since(time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC), now), "新会员"},
		{en.Since(time.Date(2024, 11, 24, 0, 0, 0, 0, time.UTC), now), "Member 2 y"},
		{zh.Clock(now.Add(-time.Hour), now), "19:41"},
		{zh.Clock(now.AddDate(0, 0, -1), now), "11-23 20:41"},
		{zh.Day(now.AddDate(0, 0, -1), now), "昨天"},
		{zh.T("sla.today", "n", 30), "今日接管达标（30 秒）"},
		{zh.In("tier", "unheard of"), "unheard of"},
		{zh.T("no such key"), "no such key"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
