package understand

import (
	"fmt"
	"math"

	"agentdesk/sync/label"
)

// scores are the three heads of a model as log-probabilities.
type scores struct {
	emotion [6]float64
	intent  [26]float64
	reason  [9]float64
}

// Places in the heads that the rules below speak of.
const (
	atNone    = 0 // reason
	atRequest = 1
	atAdverse = 2
	atAnger   = 3
	atDispute = 4
	atAnxiety = 5
	atFailed  = 7

	feelDelighted = 0 // emotion
	feelAnxious   = 3
	feelAngry     = 5

	beforeSale   = 8  // intents below it are of before the sale: recommend to authenticity
	wantsAdverse = 16 // intent
	wantsPerson  = 21
)

// logSoftmax turns raw scores into log-probabilities.
func logSoftmax(dst []float64, raw []float32, temperature float64) {
	top := math.Inf(-1)
	for i, x := range raw {
		dst[i] = float64(x) / temperature
		top = max(top, dst[i])
	}
	sum := 0.0
	for i := range raw {
		sum += math.Exp(dst[i] - top)
	}
	norm := top + math.Log(sum)
	for i := range raw {
		dst[i] -= norm
	}
}

// mix is the geometric mean of two models' probabilities, with weight w of the second, into the first.
func mix(a, b []float64, w float64) {
	if w == 0 {
		return
	}
	for i := range a {
		a[i] = (1-w)*a[i] + w*b[i]
	}
	renorm(a)
}

func renorm(a []float64) {
	top := math.Inf(-1)
	for _, x := range a {
		top = max(top, x)
	}
	sum := 0.0
	for _, x := range a {
		sum += math.Exp(x - top)
	}
	norm := top + math.Log(sum)
	for i := range a {
		a[i] -= norm
	}
}

// Forced labels are what certain rules found: the index of a class, or free.
const free = -1

type forced struct{ emotion, intent, reason int }

// possible reports whether three labels can stand together by the labels' guide: whoever asks for a person gets one, a body
// that reacted is no plain matter, and the reasons "angry" and "anxious" are grades.
func possible(emotion, intent, reason int) bool {
	if (intent == wantsPerson) != (reason == atRequest) {
		return false
	}
	if intent == wantsAdverse && reason != atAdverse {
		return false
	}
	if emotion == feelAngry {
		return reason == atAnger || reason == atRequest || reason == atAdverse
	}
	switch reason {
	case atAnger:
		return false
	case atAnxiety:
		return emotion == feelAnxious
	case atDispute, atFailed:
		return emotion != feelDelighted
	}
	return true
}

// decide picks the three labels that are likeliest together. A person is called when the probability of any reason reaches
// the threshold; which reason, the likeliest says.
func decide(s *scores, escalate float64, f forced) (emotion, intent, reason int) {
	var r [9]float64
	none, best := s.reason[atNone], math.Inf(-1)
	for _, x := range s.reason[1:] {
		best = max(best, x)
	}
	some := math.Log(max(1e-12, 1-math.Exp(none)))
	r[atNone] = none + math.Log(escalate) - math.Log(1-escalate)
	for i := 1; i < len(r); i++ {
		r[i] = some + s.reason[i] - best
	}
	top := math.Inf(-1)
	for e := range s.emotion {
		for i := range s.intent {
			for k := range r {
				if f.emotion != free && e != f.emotion || f.intent != free && i != f.intent || f.reason != free && k != f.reason || !possible(e, i, k) {
					continue
				}
				if sum := s.emotion[e] + s.intent[i] + r[k]; sum > top {
					top, emotion, intent, reason = sum, e, i, k
				}
			}
		}
	}
	return emotion, intent, reason
}

// say words the likeliest labels for the people who review.
func say(by string, s *scores, emotion, intent, reason int) []string {
	out := []string{fmt.Sprintf("%s: %s p=%.2f", by, label.Intents()[intent], math.Exp(s.intent[intent])),
		fmt.Sprintf("%s: %s p=%.2f", by, label.Emotions()[emotion], math.Exp(s.emotion[emotion]))}
	if reason != atNone {
		out = append(out, fmt.Sprintf("%s: a person p=%.2f, %s p=%.2f", by, 1-math.Exp(s.reason[atNone]), reasons()[reason], math.Exp(s.reason[reason])))
	}
	return out
}
