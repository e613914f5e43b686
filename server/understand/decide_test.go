package understand

import (
	"math"
	"math/rand/v2"
	"testing"
)

// noise is a random set of scores.
func noise(r *rand.Rand) *scores {
	var s scores
	for _, head := range [][]float64{s.emotion[:], s.intent[:], s.reason[:]} {
		for i := range head {
			head[i] = 6 * r.NormFloat64()
		}
		renorm(head)
	}
	return &s
}

func TestDecide_KeepsLabelsThatStandTogether(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	called := 0
	for range 2000 {
		s := noise(r)
		e, i, k := decide(s, 0.4, forced{free, free, free})
		if !possible(e, i, k) {
			t.Fatalf("%d %d %d can't stand together", e, i, k)
		}
		if e, i, k := decide(s, 0.4, forced{feelAngry, wantsPerson, atRequest}); e != feelAngry || i != wantsPerson || k != atRequest {
			t.Fatalf("forced, but %d %d %d", e, i, k)
		}
		if _, _, few := decide(s, 0.9, forced{free, free, free}); few != atNone && k == atNone {
			t.Fatal("a higher threshold calls a person where a lower one doesn't")
		}
		if k != atNone {
			called++
		}
	}
	if called < 200 || called > 1990 {
		t.Errorf("%d of 2000 call a person", called)
	}
}

func TestDecide_CallsAPersonFromTheThresholdOn(t *testing.T) {
	even := func(p ...float64) *scores {
		s := &scores{}
		for i := range s.emotion {
			s.emotion[i] = math.Log(0.01)
		}
		for i := range s.intent {
			s.intent[i] = math.Log(0.01)
		}
		s.emotion[1], s.intent[13] = math.Log(0.95), math.Log(0.75) // calm, return
		for i := range s.reason {
			s.reason[i] = math.Log(1e-6)
		}
		for i, x := range p {
			s.reason[i] = math.Log(x)
		}
		return s
	}
	// Three reasons share what speaks for a person: each is less likely than none, together they are likelier.
	s := even(0.45, 1e-6, 1e-6, 1e-6, 0.2, 1e-6, 0.18, 1e-6, 0.17)
	if _, _, k := decide(s, 0.5, forced{free, free, free}); k != atDispute {
		t.Errorf("reason %d", k)
	}
	if _, _, k := decide(s, 0.6, forced{free, free, free}); k != atNone {
		t.Errorf("below the threshold, but reason %d", k)
	}
}

func TestMix_IsAGeometricMean(t *testing.T) {
	var s scores
	logSoftmax(s.emotion[:], []float32{2, 0, 0, 0, 0, 0}, 2) // e^1 beside five of e^0
	if want := math.E / (math.E + 5); math.Abs(math.Exp(s.emotion[0])-want) > 1e-9 {
		t.Errorf("%v, want %v", math.Exp(s.emotion[0]), want)
	}
	a, b := []float64{math.Log(0.8), math.Log(0.2)}, []float64{math.Log(0.2), math.Log(0.8)}
	mix(a, b, 0.5)
	if math.Abs(math.Exp(a[0])-0.5) > 1e-9 || math.Abs(math.Exp(a[1])-0.5) > 1e-9 {
		t.Errorf("%v", a)
	}
	a = []float64{math.Log(0.8), math.Log(0.2)}
	if mix(a, b, 0); math.Exp(a[0]) != 0.8 {
		t.Errorf("weight 0 changes %v", a)
	}
}
