package conversation

import "agentdesk/sync/event"

// Fold makes s what it is after p. Events of unknown types and of the shop leave it as it is, apart from LastSeq and LastAt.
func Fold(s *State, p *event.Placed) error {
	s.LastSeq, s.LastAt = p.Seq, p.Time
	return nil
}
