// Package routing decides who is offered or given a waiting conversation, and when: the design's "30 seconds".
//
// A Board is pure data: no clock, no I/O. The floor tells it what changed (agents, beats, folded conversations) and asks
// what is due; it answers with commands that the floor decides like any other.
package routing

import "agentdesk/sync/conversation"

// Board is the waiting conversations and the agents of one shop. It is not safe for concurrent use: its owner is the floor.
type Board struct{ pol *conversation.Policy }

// New makes an empty board under a policy, which must not change afterwards.
func New(pol *conversation.Policy) *Board { return &Board{pol: pol} }

// SetAgent adds or replaces an agent as the floor knows them, with their load.
func (b *Board) SetAgent(a conversation.Agent) {}

// RemoveAgent forgets an agent.
func (b *Board) RemoveAgent(id string) {}

// SetBeat says whether an agent's desk is beating.
func (b *Board) SetBeat(id string, fresh bool) {}

// Set tells the board a conversation as of its last fold. Call it after each.
func (b *Board) Set(s *conversation.State) {}

// Remove forgets a conversation.
func (b *Board) Remove(id string) {}

// Next returns every routing command due at now (Unix ms), in a fixed order. Decide and fold them, Set the results, and
// ask again until there is none.
func (b *Board) Next(now int64) []conversation.Command { return nil }

// Wake is the next time at which Next has something without any change before, in Unix ms; 0 for never.
func (b *Board) Wake() int64 { return 0 }

// Place is the 1-based place of a waiting conversation in its group's queue, 0 when it does not wait.
func (b *Board) Place(conv string) int { return 0 }

// MostUrgent is the waiting conversation that an agent should take next.
func (b *Board) MostUrgent(agent string) (conv string, ok bool) { return "", false }

// Order lists a group's waiting conversations, most urgent first.
func (b *Board) Order(group string) []string { return nil }
