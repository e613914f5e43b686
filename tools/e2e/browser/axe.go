package browser

import (
	_ "embed"
	"encoding/json"
	"strings"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

//go:embed testdata/axe.min.js
var axeScript string

// Axe looks at the page and at the chat's shadow root. What it finds serious or critical fails the test.
func (p *Page) Axe(where string) {
	p.t.Helper()
	var there bool
	p.Run("look for axe", chromedp.Evaluate(`typeof axe === "object"`, &there))
	if !there {
		p.Run("bring axe", chromedp.Evaluate(axeScript+";0", nil))
	}
	var found string
	p.Run("axe", chromedp.Evaluate(`axe.run(document, {resultTypes: ["violations"]}).then((r) => JSON.stringify(r.violations.map((v) => ({id: v.id, impact: v.impact, help: v.help,
		nodes: v.nodes.slice(0, 4).map((n) => n.target.flat().join(" ") + " " + n.html.slice(0, 160) + " " + ((n.any[0] || n.all[0] || n.none[0] || {}).message || ""))}))))`, &found,
		func(e *runtime.EvaluateParams) *runtime.EvaluateParams { return e.WithAwaitPromise(true) }))
	var all []struct {
		ID, Impact, Help string
		Nodes            []string
	}
	if err := json.Unmarshal([]byte(found), &all); err != nil {
		p.t.Fatalf("axe, %s: %v", where, err)
	}
	for _, v := range all {
		if v.Impact == "serious" || v.Impact == "critical" {
			p.t.Errorf("%s: %s (%s): %s\n\t%s", where, v.ID, v.Impact, v.Help, strings.Join(v.Nodes, "\n\t"))
		} else {
			p.t.Logf("%s: %s (%s): %s\n\t%s", where, v.ID, v.Impact, v.Help, strings.Join(v.Nodes, "\n\t"))
		}
	}
}
