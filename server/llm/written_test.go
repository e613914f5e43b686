package llm

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"

	"agentdesk/server/llm/llmtest"
)

func TestWritten_TellsWhoWroteWhatAndWhyNot(t *testing.T) {
	for name, c := range map[string]struct {
		eps              []*llmtest.Endpoint
		provider, why    string
		attempts, struck int
		fault            string // of the first attempt
		strike           string
	}{
		"the first one":      {[]*llmtest.Endpoint{says(script)}, "p1", "", 1, 0, "", ""},
		"the second one":     {[]*llmtest.Endpoint{nil, says(script)}, "p2", "", 2, 0, "error", ""},
		"a lie in it":        {[]*llmtest.Endpoint{says(script + "现在只要 ¥99。")}, "p1", "", 1, 1, "", "ungrounded"},
		"a number in it":     {[]*llmtest.Endpoint{says(script + "会打[电话1]。")}, "p1", "", 1, 1, "", "private"},
		"nothing but a lie":  {[]*llmtest.Endpoint{says("现在只要 ¥99。")}, "p1", "ungrounded", 1, 1, "", "ungrounded"},
		"silence everywhere": {[]*llmtest.Endpoint{ep(llmtest.Timeout)}, "", "slow", 1, 0, "slow", ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := pool(t, nil, c.eps...)
				out, took := answer(t, p)
				synctest.Wait()
				w := out.Written
				if w == nil || w.Provider != c.provider || w.Why != c.why || len(w.Attempts) != c.attempts || len(w.Struck) != c.struck || w.Prompt != "answer.v1" || w.Took > took {
					t.Fatalf("%+v after %v, %q", w, took, out.Fallback)
				}
				if a := w.Attempts[0]; a.Error != c.fault && !a.Lost || a.Provider != "p1" || a.Model != "mp1" {
					t.Errorf("first attempt %+v, want %q", a, c.fault)
				}
				if c.struck > 0 && (w.Struck[0].Why != c.strike || w.Struck[0].Text == "") {
					t.Errorf("struck %+v", w.Struck)
				}
				if c.provider != "" && (w.Model != "m"+c.provider || w.In == 0 || w.Out == 0) {
					t.Errorf("%+v", w)
				}
				raw, err := json.Marshal(w)
				if err != nil {
					t.Fatal(err)
				}
				for _, secret := range append(ownSecrets, "http", "key-p1") {
					if strings.Contains(string(raw), secret) {
						t.Errorf("%q in %s", secret, raw)
					}
				}
			})
		})
	}
}
