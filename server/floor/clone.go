package floor

import (
	"slices"

	"agentdesk/sync/conversation"
)

// cloneState copies everything in s that a fold may change in place, so that the old state stays as it was: readers
// hold it, and an undo puts it back. A test mutates every reachable field of a clone and compares.
func cloneState(s *conversation.State) *conversation.State {
	c := *s
	if s.Hold != nil {
		h := *s.Hold
		c.Hold = &h
	}
	if s.Wait != nil {
		w := *s.Wait
		w.Skills = slices.Clone(w.Skills)
		w.Offers = slices.Clone(w.Offers)
		w.Passed = slices.Clone(w.Passed)
		c.Wait = &w
	}
	if s.Summary != nil {
		u := *s.Summary
		c.Summary = &u
	}
	c.Emotions = slices.Clone(s.Emotions)
	c.Holders = slices.Clone(s.Holders)
	c.Suggestions = slices.Clone(s.Suggestions)
	for i := range c.Suggestions {
		c.Suggestions[i].Sources = slices.Clone(c.Suggestions[i].Sources)
	}
	return &c
}
