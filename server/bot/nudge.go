package bot

import (
	"maps"
	"strings"
	"time"

	"agentdesk/sync/talk"
)

// NudgeAfter is after how long a silence the bot asks once whether the customer is still there.
const NudgeAfter = 2 * time.Minute

// Nudge is what the bot says to a customer who fell silent over its question or its offer: once, and only when the bot spoke
// last. false when there is nothing to say. It is pure.
func (e *Engine) Nudge(conversation string, turns []talk.Turn) (Reply, bool) {
	if len(turns) == 0 {
		return Reply{}, false
	}
	last := turns[len(turns)-1]
	d := last.Did
	if last.Role != talk.Bot || d[didNudge] != "" || d[didHeld] != "" || d[didTool] == "" && d[didAsk] == "" {
		return Reply{}, false
	}
	code, vars := "nudge.ask", map[string]string{}
	if d[didTool] != "" {
		code, vars["yes"] = "nudge.offer", yesTo(d[didTool])
	}
	did := maps.Clone(d) // what was asked or offered still waits
	did[didNudge] = "1"
	r := Reply{Text: e.templates.render(code, pick(conversation, len(turns)), vars), Action: Answer, Code: code, Did: did, Steps: []Step{{Code: code}}}
	if strings.HasPrefix(code, "nudge.offer") {
		r.Quick = []string{vars["yes"]}
	}
	return r, true
}

// Waits reports whether a turn of the bot waits for an answer: to a question, an offer or a form.
func Waits(did map[string]string) bool { return did[didTool] != "" || did[didAsk] != "" }
