package shopdata_test

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"agentdesk/assets/demo"
	"agentdesk/server/shop"
)

func TestCatalogue_IsWideAndItsNamesAreItsOwn(t *testing.T) {
	m := open(t, evening())
	names, categories, departments := map[string]string{}, map[string]int{}, map[string]bool{}
	list := catalogue(t, m)
	for _, p := range list {
		categories[p.Category]++
		departments[p.Department] = true
		for _, name := range append([]string{p.Title}, p.Aliases...) {
			if other, ok := names[name]; ok && other != p.ID {
				t.Errorf("%s and %s are both called %s", other, p.ID, name)
			}
			names[name] = p.ID
		}
		variants, tinted := map[string]bool{}, 0
		for _, v := range p.Variants {
			if variants[v.Name] {
				t.Errorf("%s has two variants %s", p.ID, v.Name)
			}
			variants[v.Name] = true
			if v.Tint != "" {
				tinted++
			}
		}
		if tinted > 0 && tinted < len(p.Variants) {
			t.Errorf("%s: %d of %d shades have a colour", p.ID, tinted, len(p.Variants))
		}
		if p.Department == "" || p.Step == "" || p.When == "" || p.ShelfLife == "" || len(p.Points) == 0 || len(p.Actives) == 0 || len(p.Concerns) == 0 {
			t.Errorf("%s lacks something", p.ID)
		}
	}
	if len(list) < 150 || len(categories) < 8 || len(departments) < 4 {
		t.Errorf("%d products in %d categories, %d departments", len(list), len(categories), len(departments))
	}
	for c, n := range categories {
		if n < 4 {
			t.Errorf("category %s has %d products", c, n)
		}
	}
}

// against says which ingredients a claim rules out.
func against() map[string]*regexp.Regexp {
	oils := "大马士革玫瑰花油|薰衣草油|甜橙果皮油|佛手柑果油|茶树叶油|桉叶油|薄荷油"
	return map[string]*regexp.Regexp{
		"酒精":  regexp.MustCompile(`^(乙醇|变性乙醇)$`),
		"香精":  regexp.MustCompile(`^(香精|芳樟醇|柠檬烯|香叶醇|香茅醇|香豆素|柠檬醛|丁香酚|己基肉桂醛|` + oils + `)$`),
		"精油":  regexp.MustCompile(`^(` + oils + `)$`),
		"色素":  regexp.MustCompile(`^(CI \d+|炭黑|氧化铁类)$`),
		"矿物油": regexp.MustCompile(`^(矿油|凡士林|地蜡|异十二烷|石蜡)$`),
		"硅油":  regexp.MustCompile(`硅氧烷`),
		"硫酸盐": regexp.MustCompile(`硫酸酯钠$`),
		"皂基":  regexp.MustCompile(`^氢氧化钾$`),
		"视黄醇": regexp.MustCompile(`^视黄`), "视黄醇类": regexp.MustCompile(`^视黄`), "水杨酸": regexp.MustCompile(`^水杨酸$`),
		"化学防晒剂": regexp.MustCompile(`肉桂酸乙基己酯|苯甲酰基苯甲酸|乙基己氧苯酚|奥克立林|水杨酸乙基己酯`),
		"酸类":    regexp.MustCompile(`^(羟基乙酸|乳酸|扁桃酸|水杨酸|乳糖酸)$`), "酸": regexp.MustCompile(`^(羟基乙酸|乳酸|扁桃酸|水杨酸|乳糖酸)$`),
		"果酸": regexp.MustCompile(`^(羟基乙酸|乳酸|扁桃酸)$`), "紫外线防护功能": regexp.MustCompile(`氧化锌|肉桂酸乙基己酯`),
	}
}

func TestCatalogue_ClaimsAgreeWithIngredients(t *testing.T) {
	m := open(t, evening())
	rules := against()
	said := regexp.MustCompile(`不含([^，。；]+)`)
	claims := 0
	for _, p := range catalogue(t, m) {
		free := slices.Clone(p.Free)
		for _, found := range said.FindAllStringSubmatch(p.Summary+"。"+strings.Join(p.Points, "。")+"。"+p.Pregnant, -1) {
			free = append(free, strings.FieldsFunc(found[1], func(r rune) bool { return r == '、' || r == '与' || r == '和' })...)
		}
		for _, f := range free {
			rule, ok := rules[f]
			if !ok {
				t.Errorf("%s claims to be free of %q, which no rule checks", p.ID, f)
				continue
			}
			claims++
			for _, in := range p.Ingredients {
				if rule.MatchString(in) {
					t.Errorf("%s is free of %s and holds %s", p.ID, f, in)
				}
			}
		}
		for i, in := range p.Ingredients {
			if slices.Contains(p.Ingredients[:i], in) {
				t.Errorf("%s lists %s twice", p.ID, in)
			}
		}
		for _, a := range p.Actives {
			at := slices.Index(p.Ingredients, a.INCI)
			if at < 0 {
				t.Errorf("%s: active %s isn't in the list", p.ID, a.INCI)
			}
			for _, more := range p.Actives { // below one per cent the order is free
				if len(p.Contains) == 0 && share(more) > share(a) && share(more) > 1 && slices.Index(p.Ingredients, more.INCI) > at {
					t.Errorf("%s: %s at %s stands before %s at %s", p.ID, a.INCI, a.Share, more.INCI, more.Share)
				}
			}
		}
		// What people react to is flagged, and the label warns of scent and nuts.
		scented := slices.Contains(p.Ingredients, "香精")
		if scented && (!holds(p.Allergens, "香料") || !holds(p.Cautions, "香")) {
			t.Errorf("%s is scented: allergens %v, cautions %v", p.ID, p.Allergens, p.Cautions)
		}
		special := strings.Contains(p.Title, "防晒") || strings.Contains(p.Title, "美白") || strings.Contains(p.Summary+strings.Join(p.Points, ""), "SPF")
		if special && len(p.Contains) == 0 && !strings.Contains(p.Filing, "特证") {
			t.Errorf("%s is filed as %s", p.ID, p.Filing)
		}
	}
	if claims < 300 {
		t.Errorf("only %d claims were checked", claims)
	}
}

func holds(list []string, word string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.Contains(s, word) })
}

func share(a shop.Active) float64 {
	f, _ := strconv.ParseFloat(strings.TrimSuffix(a.Share, "%"), 64)
	return f
}

func TestCatalogue_SetsSaveWhatTheySay(t *testing.T) {
	m := open(t, evening())
	saves := regexp.MustCompile(`比单买省 (\d+) 元`)
	sets := 0
	for _, p := range catalogue(t, m) {
		if len(p.Contains) == 0 {
			continue
		}
		sets++
		var sum int64
		free := map[string]int{}
		for _, id := range p.Contains {
			part, err := m.Product(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			v := part.Main()
			for _, o := range part.Variants {
				if o.ID == id {
					v = o
				}
			}
			sum += v.ListFen
			for _, f := range part.Free {
				free[f]++
			}
			for _, in := range part.Ingredients {
				if !slices.Contains(p.Ingredients, in) {
					t.Errorf("%s contains %s and lacks %s", p.ID, id, in)
				}
			}
		}
		for _, f := range p.Free {
			if free[f] != len(p.Contains) {
				t.Errorf("%s is free of %s, but only %d of %d parts are", p.ID, f, free[f], len(p.Contains))
			}
		}
		if sum <= p.Main().ListFen {
			t.Errorf("%s costs %d, its parts %d", p.ID, p.Main().ListFen, sum)
		}
		for _, found := range saves.FindAllStringSubmatch(strings.Join(p.Points, "。"), -1) {
			if want := fmt.Sprint((sum - p.Main().ListFen) / 100); found[1] != want {
				t.Errorf("%s says it saves %s, it saves %s", p.ID, found[1], want)
			}
		}
	}
	if sets < 10 {
		t.Errorf("%d sets", sets)
	}
}

func TestShop_FitsIntoTheBinary(t *testing.T) {
	var total int64
	err := fs.WalkDir(demo.Shop(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		total += info.Size()
		if info.Size() > 200_000 {
			t.Errorf("%s is %d bytes", path, info.Size())
		}
		return nil
	})
	if err != nil || total > 3_000_000 {
		t.Errorf("%d bytes, %v", total, err)
	}
}
