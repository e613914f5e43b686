package understand

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// isNudge reports whether the message only asks for attention, after turns that nobody answered.
func (l *Lexicon) isNudge(r *reading) bool {
	only := r.traits.bare == "" || strings.Trim(r.traits.bare, "?") == ""
	if !r.has("nudge") && !(only && len(r.turns) > 0) {
		return false
	}
	if len(r.turns) == 0 {
		return false
	}
	last := r.turns[len(r.turns)-1]
	if last.Role == talk.Customer {
		return true
	}
	// The bot or agent spoke last, but only promised to look: the matter is still open.
	return containsAny(last.Text, "稍等", "请稍", "查一下", "查询中", "为您查", "帮您查", "核实", "马上", "正在", "排队", "转接") ||
		r.traits.bare == "" || strings.Trim(r.traits.bare, "?") == "" || r.has("stuck") || containsAny(r.text, "人呢", "不理", "不回", "回复")
}

// openIntent is the intent of the newest customer turn that has one.
func (l *Lexicon) openIntent(r *reading) label.Intent {
	for i := len(r.turns) - 1; i >= 0; i-- {
		if r.turns[i].Role != talk.Customer {
			continue
		}
		before := l.read(r.in, nil, r.turns[i].Text)
		if before.has("nudge") || before.has("ack") {
			continue
		}
		it, conf := l.intent(before)
		switch it {
		case label.Greeting, label.ThanksBye, label.Chitchat:
			continue
		}
		if conf > 0.35 {
			r.money = max(r.money, before.money)
			return it
		}
	}
	return ""
}

// inherited gives a short answer ("昨天买的", "8842", "好的") the intent it answers, when something was asked.
func (l *Lexicon) inherited(r *reading) label.Intent {
	if len(r.turns) == 0 || utf8.RuneCountInString(r.text) > 24 {
		return ""
	}
	last := r.turns[len(r.turns)-1]
	asked := last.Role != talk.Customer && containsAny(last.Text, "?", "？", "请问", "请提供", "麻烦提供", "方便", "发一下", "告诉我", "需要您")
	if r.has("ack") && !asked {
		return ""
	}
	if !asked && (r.intents[label.ThanksBye] > 0 || r.intents[label.Greeting] > 0 || r.intents[label.Chitchat] > 0) {
		return ""
	}
	return l.openIntent(r)
}

// fallback is the intent of a message without any evidence.
func (l *Lexicon) fallback(r *reading) label.Intent {
	letters := 0
	for _, c := range r.text {
		if unicode.IsLetter(c) {
			letters++
		}
	}
	switch {
	case r.feel(label.Dissatisfied) >= 2 || r.feel(label.Angry) >= 2:
		return label.Complaint
	case r.feel(label.Anxious) >= 4 && r.has("stuck"):
		return label.OrderStatus
	case letters == 0, r.feel(label.Delighted) > 0, r.has("laugh"):
		return label.Chitchat
	case strings.Contains(r.text, "退"):
		return label.ReturnRefund
	case containsAny(r.text, "快递", "寄", "送到"):
		return label.Logistics
	case containsAny(r.text, "钱", "价", "贵"):
		return label.PricePromo
	case containsAny(r.text, "能", "可以", "会") && containsAny(r.text, "吗", "不?", "么?"):
		return label.Suitability
	case strings.Contains(r.text, "用"):
		return label.Usage
	case strings.Contains(r.text, "买"):
		return label.Recommend
	case letters <= 3:
		return label.Chitchat
	}
	return label.OutOfScope
}
