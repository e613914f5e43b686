package understand

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"sync"
	"testing"

	"agentdesk/assets/model"
	"agentdesk/server/understand/encoder"
	"agentdesk/server/understand/linear"
	"agentdesk/sync/talk"
)

// golden is one message with what the training side made of it.
type golden struct {
	Context []talk.Turn `json:"context"`
	Tier    string      `json:"tier"`
	Basket  int64       `json:"basket"`
	Text    string      `json:"text"`
	IDs     []int64     `json:"ids"`
	heads
	Linear heads `json:"linear"`
}

type heads struct {
	Emotion []float32 `json:"emotion"`
	Intent  []float32 `json:"intent"`
	Reason  []float32 `json:"reason"`
}

func (g *golden) high() bool { return highTier(g.Tier) || g.Basket >= highBasketFen }

func goldens(t testing.TB) []golden {
	t.Helper()
	raw, err := os.ReadFile("../../assets/model/golden.json") // only tests need it: the server does not carry it
	if err != nil {
		t.Fatal(err)
	}
	var out []golden
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	if len(out) < 50 {
		t.Fatalf("%d messages to compare, want at least 50", len(out))
	}
	return out
}

func shipped(t testing.TB, name string) []byte {
	t.Helper()
	b, err := model.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// library is where ONNX Runtime should be on this machine.
func library(t testing.TB) string {
	t.Helper()
	if l := os.Getenv("ONNXRUNTIME"); l != "" {
		return l
	}
	l, err := encoder.FindRuntime()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// apart is the largest difference between two heads.
func apart(a, b heads) float64 {
	worst := 0.0
	for _, p := range [][2][]float32{{a.Emotion, b.Emotion}, {a.Intent, b.Intent}, {a.Reason, b.Reason}} {
		if len(p[0]) != len(p[1]) {
			return math.Inf(1)
		}
		for i := range p[0] {
			worst = max(worst, math.Abs(float64(p[0][i]-p[1][i])))
		}
	}
	return worst
}

func TestParity_IDsAreThoseOfTheTraining(t *testing.T) {
	tok, err := encoder.NewTokenizer(shipped(t, piecesFile), shipped(t, normFile))
	if err != nil {
		t.Fatal(err)
	}
	m, err := openManifest(model.Read)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range goldens(t) {
		if got := tok.Build(encoder.Input{Context: g.Context, High: g.high(), Text: g.Text}, m.Tokens); !slices.Equal(got, g.IDs) {
			t.Errorf("%q:\n%v, want\n%v", g.Text, got, g.IDs)
		}
	}
}

func TestParity_LinearScoresAreThoseOfTheTraining(t *testing.T) {
	m, err := linear.Load(shipped(t, linearFile))
	if err != nil {
		t.Fatal(err)
	}
	worst := 0.0
	for _, g := range goldens(t) {
		o := m.Read(linear.Input{Context: g.Context, High: g.high(), Text: g.Text})
		d := apart(heads{o.Emotion[:], o.Intent[:], o.Reason[:]}, g.Linear)
		if worst = max(worst, d); d > 1e-4 {
			t.Errorf("%q: scores differ by %g", g.Text, d)
		}
	}
	t.Logf("they differ by at most %.1g", worst)
}

// Without ONNX Runtime there is nothing to compare; then the server must have fallen back.
func TestParity_EncoderScoresAreThoseOfTheTraining(t *testing.T) {
	whole, err := NewModel(ModelParams{Lexicon: newLexicon(t), Files: model.Read, Library: library(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := whole.Close(); err != nil {
			t.Error(err)
		}
	}()
	if whole.enc == nil {
		if _, err := os.Stat(library(t)); !errors.Is(err, os.ErrNotExist) || whole.Status().By != ByLinear {
			t.Fatalf("%+v, and the library: %v", whole.Status(), err)
		}
		t.Logf("not compared: %s", whole.Status().Why)
		return
	}
	all := goldens(t)
	worst := 0.0
	for _, g := range all {
		o, err := whole.enc.Read(t.Context(), encoder.Input{Context: g.Context, High: g.high(), Text: g.Text})
		if err != nil {
			t.Fatal(err)
		}
		d := apart(heads{o.Emotion[:], o.Intent[:], o.Reason[:]}, g.heads)
		if worst = max(worst, d); d > 1e-2 {
			t.Errorf("%q: scores differ by %g", g.Text, d)
		}
		r, err := whole.Understand(t.Context(), Input{Context: g.Context, Tier: g.Tier, BasketFen: g.Basket, Text: g.Text})
		if err != nil || r.By != ByEncoder {
			t.Errorf("%q: read by %q, %v", g.Text, r.By, err)
		}
	}
	t.Logf("they differ by at most %.1g", worst)
	// Several at once are read as each alone: no worker's memory is another's.
	var wg sync.WaitGroup
	for from := range 4 {
		wg.Go(func() {
			for i := range all {
				g := &all[(i+from*len(all)/4)%len(all)]
				o, err := whole.enc.Read(t.Context(), encoder.Input{Context: g.Context, High: g.high(), Text: g.Text})
				if d := apart(heads{o.Emotion[:], o.Intent[:], o.Reason[:]}, g.heads); err != nil || d > 1e-2 {
					t.Errorf("%q beside others: scores differ by %g, %v", g.Text, d, err)
				}
			}
		})
	}
	wg.Wait()
}
