package sound

import (
	"math"
	"time"
)

// Cue is a short sound that tells of something.
type Cue string

// The cues, from soft to pressing. Their names are the kinds of view.Alert.
const (
	Message  Cue = "message"
	FollowUp Cue = "follow_up"
	Offer    Cue = "offer"
	Assigned Cue = "assigned"
	Critical Cue = "critical"
)

// note is one tone of a cue.
type note struct {
	hz   float64
	at   time.Duration
	long time.Duration
	loud float64 // 0…1
}

const ms = time.Millisecond

// notes are the tones of a cue, none for one that is not known. Each cue has its own shape, so that they are told apart
// without looking: one tone for a message, rising for an offer, falling and twice for a customer who is about to be lost.
// Pitches are equal temperament, a' = 440 Hz.
func notes(c Cue) []note {
	const g5, a5, c6, d6, e6 = 783.99, 880.00, 1046.50, 1174.66, 1318.51
	switch c {
	case Message:
		return []note{{d6, 0, 260 * ms, 0.5}}
	case FollowUp:
		return []note{{a5, 0, 300 * ms, 0.5}, {a5, 220 * ms, 360 * ms, 0.4}}
	case Offer:
		return []note{{g5, 0, 260 * ms, 0.6}, {d6, 130 * ms, 420 * ms, 0.6}}
	case Assigned:
		return []note{{g5, 0, 240 * ms, 0.6}, {c6, 120 * ms, 240 * ms, 0.6}, {e6, 240 * ms, 460 * ms, 0.6}}
	case Critical:
		return []note{{e6, 0, 220 * ms, 0.75}, {c6, 140 * ms, 300 * ms, 0.75}, {e6, 460 * ms, 220 * ms, 0.75}, {c6, 600 * ms, 420 * ms, 0.75}}
	}
	return nil
}

// Synth makes a cue: sines with a little of the octave, a soft beginning and an exponential end, so that nothing clicks.
func Synth(c Cue, rate int) Clip {
	const attack, octave, peak = 0.008, 0.18, 0.8
	ns := notes(c)
	var end time.Duration
	for _, n := range ns {
		end = max(end, n.at+n.long)
	}
	sum := make([]float64, int(end.Seconds()*float64(rate)))
	for _, n := range ns {
		from, count := int(n.at.Seconds()*float64(rate)), int(n.long.Seconds()*float64(rate))
		for i := range min(count, len(sum)-from) {
			t := float64(i) / float64(rate)
			env := math.Min(1, t/attack) * math.Exp(-5*t/n.long.Seconds())
			env *= math.Min(1, (n.long.Seconds()-t)/attack)
			w := 2 * math.Pi * n.hz * t
			sum[from+i] += n.loud * env * (math.Sin(w) + octave*math.Sin(2*w)) / (1 + octave)
		}
	}
	out := Clip{Rate: rate, Samples: make([]int16, len(sum))}
	for i, v := range sum {
		out.Samples[i] = int16(math.Max(-1, math.Min(1, v)) * peak * math.MaxInt16)
	}
	return out
}
