package bot

import (
	"slices"
	"strings"

	"agentdesk/server/shop"
)

// size tells in which sizes a product comes, and what each costs.
func size(in Input, p shop.Product, f Found) plan {
	if strings.Contains(p.Category, "套") && !containsAny(in.Text, refills()...) && len(p.Variants) == 1 {
		return holdings(in, p, f)
	}
	var list []string
	picked, one := worded(p, in.Text)
	for _, v := range p.Variants {
		if one && v.ID != picked.ID && containsAny(in.Text, refills()...) {
			continue
		}
		s := v.Name + "（" + yuan(v.PayFen())
		if v.Stock <= 0 {
			s += "，缺货"
		}
		list = append(list, s+"）")
		if len(list) == 8 {
			break
		}
	}
	text := strings.Join(list, "、")
	if !one && containsAny(in.Text, refills()...) {
		vars := map[string]string{"title": p.Title, "list": text}
		facts := []Fact{productFact(p, text)}
		if q, v, ok := refillLike(f.All, p); ok {
			vars["like"] = "同类里 " + q.Title + " 有" + v.Name + "（" + yuan(v.PayFen()) + "）。"
			facts = append(facts, productFact(q, vars["like"]))
		}
		return say("product.norefill", vars, facts...)
	}
	pl := say("product.size", map[string]string{"title": p.Title, "list": text}, productFact(p, text))
	if one {
		pl.variant = picked.ID
	}
	return pl
}

// refills are the words for what fills up what one has.
func refills() []string { return []string{"补充装", "替换", "换芯", "内芯"} }

// refillLike is a product of the same kind, called partly the same, that has a refill.
func refillLike(all []shop.Product, p shop.Product) (shop.Product, shop.Variant, bool) {
	for _, q := range all {
		if q.ID == p.ID || q.Category != p.Category {
			continue
		}
		for pair := range pairs(q.Title) {
			if !strings.Contains(p.Title, pair) || slices.Contains(plainWords(), pair) {
				continue
			}
			for _, v := range q.Variants {
				if containsAny(v.Name, refills()...) {
					return q, v, true
				}
			}
		}
	}
	return shop.Product{}, shop.Variant{}, false
}

// holdings tells what is in a set.
func holdings(_ Input, p shop.Product, f Found) plan {
	if len(p.Points) == 0 && len(p.Contains) == 0 {
		return about(f)
	}
	text := sentence(strings.Join(p.Points, "；"))
	if len(p.Points) == 0 {
		var names []string
		for _, id := range p.Contains {
			for pid, title := range f.Titles {
				if id == pid || strings.HasPrefix(id, pid+"-") {
					names = append(names, title)
				}
			}
		}
		text = sentence(strings.Join(names, "、"))
	}
	return say("product.holds", map[string]string{"title": p.Title, "list": text}, productFact(p, text))
}

// shades lists what variants of a product there are.
func shades(_ Input, p shop.Product, _ Found) plan {
	var names, out []string
	for _, v := range p.Variants {
		if v.Stock > 0 {
			names = append(names, v.Name)
		} else {
			out = append(out, v.Name)
		}
	}
	vars := map[string]string{"title": p.Title, "list": strings.Join(names, "、")}
	facts := []Fact{productFact(p, "规格 "+strings.Join(slices.Concat(names, out), "、"))}
	if len(out) > 0 {
		vars["out"] = strings.Join(out, "、") + " 暂时缺货。"
		facts = append(facts, productFact(p, vars["out"]))
	}
	pl := say("product.shades", vars, facts...)
	pl.fixed = true
	return pl
}
