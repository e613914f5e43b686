package conversation

import (
	"math"

	"agentdesk/sync/label"
)

// How a trend follows single messages. They are chosen, not fitted, so that each row of TestTrend reads as a person would tell it.
const (
	// trendRise is the share of the way to a slightly worse message that the level goes: one hesitation among calm questions is none yet,
	// two are. From anxious on the level goes the whole way at once, as the service does.
	trendRise = 0.5
	// trendFall is the share of the way to a better message: half of an upset is left after about two calm ones.
	trendFall = 0.35
	// trendUp and trendDown are how far, in grades, the level must be away from the grade that is told before another one is. Down is
	// wider: what is told does not flicker while somebody calms down.
	trendUp   = 0.6
	trendDown = 0.75
)

// Trend is how a customer feels over a conversation: the grades of single messages, smoothed. The newest weigh most; worse is told at
// once from anxious on, better one grade a message, and only when the level has really fallen, so that one "好的" makes an angry
// customer no calm one. The zero value has heard nothing. It is pure: the same grades give the same trend.
type Trend struct {
	level float64 // 1…6, where the smoothed grades stand; 0: none
	grade int     // that is told; 0: none
}

// TrendOf is the trend after some grades, oldest first. What is no grade is left out.
func TrendOf(grades []string) Trend {
	var t Trend
	for _, g := range grades {
		t.Add(label.Emotion(g))
	}
	return t
}

// Add is the next message's grade; what is no grade changes nothing.
func (t *Trend) Add(e label.Emotion) {
	g := e.Grade()
	x := float64(g)
	switch {
	case g == 0:
		return
	case t.grade == 0, g >= label.Anxious.Grade() && x >= t.level:
		t.level = x
	case x >= t.level:
		t.level += trendRise * (x - t.level)
	default:
		t.level += trendFall * (x - t.level)
	}
	told := float64(t.grade)
	switch {
	case t.grade == 0, t.level >= told+trendUp:
		t.grade = int(math.Round(t.level))
	case t.level <= told-trendDown:
		t.grade--
	}
}

// Emotion is the grade that the trend tells, "" before any.
func (t Trend) Emotion() label.Emotion {
	if t.grade == 0 {
		return ""
	}
	return label.Emotions()[t.grade-1]
}
