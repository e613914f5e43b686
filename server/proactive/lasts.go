package proactive

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"agentdesk/server/shop"
)

const day = 24 * time.Hour

// span is a duration as the catalogue states it: 约 2 个月, 约 6 周, 约 2 个半月, 10 天.
var span = regexp.MustCompile(`(\d+)\s*(个半月|个月|周|天)`)

// size is the amount that a variant's name states.
var size = regexp.MustCompile(`(\d+(?:\.\d+)?)\s*(ml|g|片|支|粒)`)

// Lasts is how long a variant lasts by what the shop states of the product's main variant; 0 when it states nothing. Another size
// lasts in proportion, where both are stated in the same unit; one of no stated size as long as the main one.
func Lasts(p shop.Product, v shop.Variant) time.Duration {
	m := span.FindStringSubmatch(p.Lasts)
	if m == nil {
		return 0
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n < 1 || n > 60 {
		return 0
	}
	var d time.Duration
	switch m[2] {
	case "天":
		d = time.Duration(n) * day
	case "周":
		d = time.Duration(n) * 7 * day
	case "个月":
		d = time.Duration(n) * 30 * day
	case "个半月":
		d = time.Duration(n)*30*day + 15*day
	}
	main := p.Main()
	if v.ID == main.ID {
		return d
	}
	a, b := size.FindStringSubmatch(strings.ToLower(main.Name)), size.FindStringSubmatch(strings.ToLower(v.Name))
	if a == nil || b == nil || a[2] != b[2] {
		return d
	}
	whole, _ := strconv.ParseFloat(a[1], 64) // the pattern holds numbers only
	part, _ := strconv.ParseFloat(b[1], 64)
	if whole <= 0 || part <= 0 {
		return d
	}
	return time.Duration(float64(d) * part / whole)
}
