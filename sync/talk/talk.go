// Package talk is a conversation as understanding, the bot and the copilot read it: who said what, when, without events,
// seats or transport.
package talk

import "time"

// Role is who speaks.
type Role string

// The speakers.
const (
	Customer Role = "customer"
	Bot      Role = "bot"
	Agent    Role = "agent"
)

// Turn is one message of a conversation.
type Turn struct {
	Role Role      `json:"role"`
	Text string    `json:"text"`
	At   time.Time `json:"at,omitzero"` // zero where unknown

	// Did is what a turn of the bot was about: which products and orders, what it asked or offered to do. Package bot writes and
	// reads it; nil for everybody else, and of turns from before there was such a thing.
	Did map[string]string `json:"did,omitempty"`
}

// Last returns the newest turn of a role and its place, -1 when there is none.
func Last(turns []Turn, role Role) (Turn, int) {
	for i := len(turns) - 1; i >= 0; i-- {
		if turns[i].Role == role {
			return turns[i], i
		}
	}
	return Turn{}, -1
}
