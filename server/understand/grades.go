package understand

import (
	"strings"

	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// emotion grades the message: the highest grade with enough evidence, after the rulings of the labels' guide.
func (l *Lexicon) emotion(r *reading, intent label.Intent) label.Emotion {
	angry, cross, worry := r.feel(label.Angry), r.feel(label.Dissatisfied), r.feel(label.Anxious)
	doubt, joy := r.feel(label.Uncertain), r.feel(label.Delighted)
	if r.traits.longest >= 3 && joy < 4 {
		angry += 2
		cross += 2
	}
	if r.has("contest") || r.has("bot_repeat") {
		cross += 3
	}
	if r.has("denied") && r.has("promise") && intent == label.PromiseDispute {
		cross += 3
	}
	if r.has("pregnant") && intent == label.Suitability || r.has("harmq") {
		worry += 3
	}
	if r.has("pastallergy") && (intent == label.Suitability || intent == label.Ingredient) {
		worry += 3
	}
	if r.has("deadline") {
		worry += 2
	}
	if r.has("lost") {
		worry += 3
	}
	if intent == label.AdverseReaction {
		worry += 4
	}
	if r.has("resolved") && cross < 6 {
		worry -= 4
		cross -= 2
	}
	if r.nudge {
		worry += 4
	}
	// A threat needs a speaker who makes it: asking how reviews are written is none.
	if angry > 0 && angry < 8 && !r.has("insult") && joy >= 4 && cross < 4 {
		angry = 0
	}
	for _, g := range []struct {
		e     label.Emotion
		score float64
		need  float64
	}{{label.Angry, angry, 4}, {label.Dissatisfied, cross, 3}, {label.Anxious, worry, 3}, {label.Uncertain, doubt, 3}} {
		if g.score < g.need {
			continue
		}
		if g.e != label.Angry && joy >= 4 && joy > g.score && !sarcastic(r) {
			continue
		}
		if h := r.ev.first("e." + string(g.e)); h != "" {
			r.note("%s: %q", g.e, h)
		}
		return g.e
	}
	if joy >= 3 && !(intent == label.ThanksBye && joy < 4) || joy >= 4 {
		if h := r.ev.first("e." + string(label.Delighted)); h != "" {
			r.note("delighted: %q", h)
		}
		return label.Delighted
	}
	if intent == label.Compare || intent == label.Authenticity && doubt >= 2 {
		return label.Uncertain
	}
	return label.Calm
}

// sarcastic reports praise that is meant as blame: it stands beside a failure.
func sarcastic(r *reading) bool {
	return r.has("stuck") || containsAny(r.text, "没发", "没到", "不发货", "发错", "少发", "漏发", "坏了", "碎了", "漏了", "没人", "不回", "不理", "三天", "一周", "半个月", "让我等", "白等", "呵呵", "真行", "真可以", "真会", "降价")
}

// reason is the first reason to escalate that holds, in the guide's order.
func (l *Lexicon) reason(r *reading, intent label.Intent, emotion label.Emotion) label.Reason {
	high := l.highValue(r)
	switch {
	case intent == label.HumanRequest && !r.nudge:
		return label.ByRequest
	case r.nudge && intent == label.HumanRequest:
		return label.ByRequest
	case intent == label.AdverseReaction || l.reacted(r):
		return label.ByAdverse
	case emotion == label.Angry:
		return label.ByAnger
	case l.dispute(r, intent, emotion):
		return label.ByDispute
	case emotion == label.Anxious && l.atStake(r, intent):
		return label.ByAnxiety
	case high && !plain(r, intent, emotion):
		return label.ByHighValue
	case l.botFailed(r):
		return label.ByBotFailed
	case r.has("exception"):
		return label.ByOutOfPolicy
	}
	return label.None
}

func (l *Lexicon) dispute(r *reading, intent label.Intent, emotion label.Emotion) bool {
	if r.has("compensate") && (emotion.Grade() >= 3 || !r.has("policyq")) {
		return true
	}
	if r.has("contest") && (emotion.Grade() >= 5 || containsAny(r.text, "凭什么", "拒")) {
		switch intent {
		case label.ReturnRefund, label.Exchange, label.PriceProtection, label.PromiseDispute, label.Complaint, label.DamagedMissing, label.PaymentIssue:
			return true
		}
	}
	return intent == label.PromiseDispute && (r.has("denied") || emotion.Grade() >= 5)
}

// atStake reports whether a worry concerns something that the bot cannot settle in its next message.
func (l *Lexicon) atStake(r *reading, intent label.Intent) bool {
	if r.nudge {
		return l.openStake(r)
	}
	switch intent {
	case label.Suitability, label.Ingredient, label.Usage, label.Compare, label.Recommend, label.PricePromo, label.Stock, label.Authenticity,
		label.Greeting, label.ThanksBye, label.Chitchat, label.Membership, label.OutOfScope:
		return false // a worry before use, or a plain fact
	case label.PaymentIssue, label.ChangeOrder:
		return true
	case label.DamagedMissing:
		return r.has("deadline") || r.has("urgent") || r.has("lost") || r.has("stuck")
	}
	return r.has("lost") || r.has("deadline") || r.has("stuck") && (r.has("urgent") || intent == label.ReturnRefund || intent == label.Logistics)
}

// openStake reads the unanswered turn of a nudge for something at stake.
func (l *Lexicon) openStake(r *reading) bool {
	for i := len(r.turns) - 1; i >= 0; i-- {
		if r.turns[i].Role != talk.Customer {
			continue
		}
		before := l.read(r.in, nil, r.turns[i].Text)
		if before.has("nudge") {
			continue
		}
		it, _ := l.intent(before)
		return l.atStake(before, it) && l.emotion(before, it).Grade() >= label.Anxious.Grade()
	}
	return false
}

func (l *Lexicon) highValue(r *reading) bool {
	return highTier(r.in.Tier) || r.in.BasketFen >= highBasketFen || r.money >= highBasketFen
}

// plain reports whether the matter is information that the bot gives to anyone.
func plain(r *reading, intent label.Intent, emotion label.Emotion) bool {
	if emotion.Grade() >= label.Dissatisfied.Grade() {
		return false
	}
	switch intent {
	case label.DamagedMissing, label.Complaint, label.PromiseDispute, label.PaymentIssue, label.PriceProtection, label.Exchange, label.ChangeOrder:
		return r.has("policyq") && !r.has("ask_action") && intent != label.DamagedMissing && intent != label.PaymentIssue
	case label.ReturnRefund:
		return r.has("policyq") && !r.has("ask_action")
	case label.Recommend:
		return r.money < highBasketFen
	case label.OrderStatus, label.Logistics:
		return !r.has("stuck") || emotion.Grade() < label.Anxious.Grade()
	}
	return true
}

// botFailed reports whether the bot did not understand or repeated itself twice.
func (l *Lexicon) botFailed(r *reading) bool {
	lost := 0
	said := map[string]int{}
	for _, t := range r.turns {
		if t.Role == talk.Agent {
			return false // a person has answered since
		}
		if t.Role != talk.Bot {
			continue
		}
		if containsAny(t.Text, "没听懂", "没太明白", "不太明白", "没明白", "不太理解", "没理解", "没能理解", "没有理解", "不明白您", "换个说法", "换一种说法", "再说一遍", "无法理解", "听不懂", "没看懂", "没太听懂", "没有明白", "再描述", "不太清楚您") {
			lost++
		}
		key := strings.TrimSpace(t.Text)
		if len(key) > 12 {
			said[key]++
		}
	}
	if lost >= 2 {
		return true
	}
	for _, n := range said {
		if n >= 2 {
			return true
		}
	}
	return r.has("bot_repeat")
}
