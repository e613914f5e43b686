package customers

import (
	"math"
	"math/rand/v2"
	"time"
)

// Day is how many customers come at which hour. The zero Day has the same crowd at all hours.
type Day struct {
	Faster   float64   // so many times faster than the clock the day passes; 0: always the whole crowd
	Campaign bool      // the evening is a campaign's: its peak is higher, begins sharply at eight, and lasts till midnight
	Start    time.Time // the hour at which it begins; zero: now, in the shop's zone
}

// zone is the shop's: its days begin in China.
func zone() *time.Location { return time.FixedZone("CST", 8*3600) }

// table is the share of the crowd at each full hour: peaks before noon, in the afternoon and in the evening, and a few who
// cannot sleep. Between hours it is a straight line.
func (d Day) table() [24]float64 {
	if d.Campaign {
		return [24]float64{.7, .4, .2, .1, .08, .08, .12, .2, .35, .55, .75, .75, .5, .5, .68, .7, .65, .5, .4, .5, 1, 1, .95, .85}
	}
	return [24]float64{.22, .12, .08, .06, .06, .08, .12, .2, .35, .55, .75, .75, .5, .5, .68, .7, .68, .5, .45, .55, .85, .95, .95, .6}
}

// level is the share of the crowd, 0…1, after so much time.
func (d Day) level(passed time.Duration) float64 {
	if d.Faster <= 0 {
		return 1
	}
	start := d.Start.In(zone())
	secs := float64(start.Hour()*3600+start.Minute()*60+start.Second()) + passed.Seconds()*d.Faster
	at := math.Mod(secs/3600, 24)
	table := d.table()
	h := int(at)
	next := table[(h+1)%24]
	if d.Campaign && h == 19 {
		next = table[h] // nobody comes before the doors open
	}
	return table[h] + (next-table[h])*(at-float64(h))
}

// busyFor is how long one place of the crowd is taken by a customer, about: what turns the crowd's size into arrivals.
const busyFor = 25 * time.Second

// wait is how long until the next customer comes, of a crowd of n at full level. Arrivals are independent of each other
// (Poisson), thinned to the level of the moment.
func (d Day) wait(rng *rand.Rand, passed time.Duration, n int) time.Duration {
	mean := busyFor.Seconds() / float64(n)
	total := 0.0
	for range 10_000 {
		total += rng.ExpFloat64() * mean
		if rng.Float64() < d.level(passed+time.Duration(total*float64(time.Second))) {
			break
		}
	}
	return time.Duration(total * float64(time.Second))
}
