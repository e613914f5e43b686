package event

// The kinds of sales chance that the shop speaks of unasked.
const (
	ChanceHesitation = "hesitation" // at the checkout, over an unpaid order, or back and forth between two products
	ChanceComplement = "complement" // what goes with what was bought or put aside
	ChanceReplenish  = "replenish"  // what was bought is nearly used up
	ChanceStock      = "stock"      // what the customer asked to hear of is back
)

// ChanceKinds returns all kinds.
func ChanceKinds() []string {
	return []string{ChanceHesitation, ChanceComplement, ChanceReplenish, ChanceStock}
}

// What became of a chance.
const (
	ChanceShown    = "shown"    // the customer was told, in the message before it
	ChanceHeld     = "held"     // the customer is of those who are told nothing, so that the worth of telling can be measured
	ChanceAccepted = "accepted" // the customer took it up
	ChanceDeclined = "declined"
	ChanceOrdered  = "ordered" // the customer paid an order within a week; of those who were told nothing, too
)

// ChanceWhats returns all that can become of a chance.
func ChanceWhats() []string {
	return []string{ChanceShown, ChanceHeld, ChanceAccepted, ChanceDeclined, ChanceOrdered}
}

// ChanceBody is a decision about a sales chance, or what came of one. No personal data is in it.
type ChanceBody struct {
	Kind       string   `json:"kind"`
	What       string   `json:"what"`
	Products   []string `json:"products,omitempty"`   // product IDs; of a stock notice also the variants' IDs, in Variants
	Variants   []string `json:"variants,omitempty"`   // as far as one is meant
	Order      string   `json:"order,omitempty"`      // it is about; of ordered: the order that was paid
	Fen        int64    `json:"fen,omitempty"`        // of ordered: the order's total
	Why        string   `json:"why,omitempty"`        // the reason, in words
	Experiment string   `json:"experiment,omitempty"` // that chose who is told nothing
	Arm        string   `json:"arm,omitempty"`        // of ordered: shown or held
}

// ConsentBody is whether a customer wants to be told of sales chances, from now on.
type ConsentBody struct {
	On bool   `json:"on"`
	By string `json:"by,omitempty"` // menu or words
}
