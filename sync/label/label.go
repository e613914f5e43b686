// Package label names the three labels of a customer message: emotion, intent and the reason to escalate. They are the
// contract between understanding, routing, the bot, the copilot and the people who review transcripts.
package label

// Emotion is one of six grades, ordered by the service they call for. The zero value is not a grade.
type Emotion string

// The six grades, lowest first.
const (
	Delighted    Emotion = "delighted"
	Calm         Emotion = "calm"
	Uncertain    Emotion = "uncertain"
	Anxious      Emotion = "anxious"
	Dissatisfied Emotion = "dissatisfied"
	Angry        Emotion = "angry"
)

// Emotions returns the grades, lowest first.
func Emotions() []Emotion {
	return []Emotion{Delighted, Calm, Uncertain, Anxious, Dissatisfied, Angry}
}

// Grade is 1 (delighted) … 6 (angry), 0 for anything else.
func (e Emotion) Grade() int {
	switch e {
	case Delighted:
		return 1
	case Calm:
		return 2
	case Uncertain:
		return 3
	case Anxious:
		return 4
	case Dissatisfied:
		return 5
	case Angry:
		return 6
	}
	return 0
}

// Intent is what the customer wants done.
type Intent string

// The intents.
const (
	Recommend       Intent = "recommend"
	Suitability     Intent = "suitability"
	Ingredient      Intent = "ingredient"
	Usage           Intent = "usage"
	Compare         Intent = "compare"
	PricePromo      Intent = "price_promo"
	Stock           Intent = "stock"
	Authenticity    Intent = "authenticity"
	OrderStatus     Intent = "order_status"
	Logistics       Intent = "logistics"
	ChangeOrder     Intent = "change_order"
	Invoice         Intent = "invoice"
	PaymentIssue    Intent = "payment_issue"
	ReturnRefund    Intent = "return_refund"
	Exchange        Intent = "exchange"
	DamagedMissing  Intent = "damaged_missing"
	AdverseReaction Intent = "adverse_reaction"
	PriceProtection Intent = "price_protection"
	PromiseDispute  Intent = "promise_dispute"
	Complaint       Intent = "complaint"
	Membership      Intent = "membership"
	HumanRequest    Intent = "human_request"
	Greeting        Intent = "greeting"
	ThanksBye       Intent = "thanks_bye"
	Chitchat        Intent = "chitchat"
	OutOfScope      Intent = "out_of_scope"
)

// Intents returns every intent in the order of the guide.
func Intents() []Intent {
	return []Intent{Recommend, Suitability, Ingredient, Usage, Compare, PricePromo, Stock, Authenticity, OrderStatus, Logistics,
		ChangeOrder, Invoice, PaymentIssue, ReturnRefund, Exchange, DamagedMissing, AdverseReaction, PriceProtection,
		PromiseDispute, Complaint, Membership, HumanRequest, Greeting, ThanksBye, Chitchat, OutOfScope}
}

// Reason says why a person must take over. The empty reason means that none must.
type Reason string

// The reasons, in the order in which they are judged: the first that holds is the main one.
const (
	None          Reason = ""
	ByRequest     Reason = "human_request"
	ByAdverse     Reason = "adverse_reaction"
	ByAnger       Reason = "angry"
	ByDispute     Reason = "dispute"
	ByAnxiety     Reason = "anxious"
	ByHighValue   Reason = "high_value"
	ByBotFailed   Reason = "bot_failed"
	ByOutOfPolicy Reason = "out_of_policy"
)
