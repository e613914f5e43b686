package conversation

import "agentdesk/sync/event"

// Decide says what a command does to a conversation: the events that happen, or why it may not.
//
// It changes nothing: the caller folds the events once they are placed. No events and no refusal means that the
// command is already true (accepting a chat one holds). Shop-level commands (SetStatus, LoseDesk) ignore s.
// A customer's Post without a conversation needs a zero State, c.Opening, and the ID that the caller picked in c.Conv.
func Decide(s *State, c *Command, env *Env) ([]event.Event, *Refusal) {
	return nil, &Refusal{Code: Invalid, Text: "unknown command"}
}
