package conversation

import (
	"slices"
	"time"
)

// Level is how much of a conversation somebody may see.
type Level int

// The levels, least first.
const (
	None Level = iota
	Row        // a line in the bot window; one may be peeked at
	Kept       // closed or passed on, but kept as own or team history
	Live       // waiting or held: everything, as it happens
)

// How long history stays visible.
const (
	KeptOwn  = 30 * 24 * time.Hour // chats that an agent held
	KeptTeam = 90 * 24 * time.Hour // closed chats, for leads their groups', for supervisors all
)

// Viewer is who looks.
type Viewer struct {
	ID     string
	Role   string // agent, lead, supervisor, admin
	Groups []string
}

// Visible says how much of s a viewer may see at now (Unix ms): the design's table "Who sees what". An admin who is also
// an agent looks with that role; the role admin alone sees no chats.
func Visible(s *State, who Viewer, now int64) Level {
	if s.ID == "" || who.ID == "" {
		return None
	}
	last := s.LastAt
	if s.ClosedAt != 0 {
		last = s.ClosedAt
	}
	age := time.Duration(now-last) * time.Millisecond
	switch who.Role {
	case RoleSupervisor:
		if s.Open() {
			return Live
		}
		return keptFor(age, KeptTeam)
	case RoleLead:
		return max(own(s, who, age), team(s, who, age))
	case RoleAgent:
		level := own(s, who, age)
		if ours := inGroup(s, who); ours && s.Seat == SeatWaiting {
			level = Live
		} else if ours && s.Seat == SeatBot {
			level = max(level, Row)
		}
		return level
	}
	return None
}

// own is what anybody who serves sees of chats that are or were theirs, or that are put to them.
func own(s *State, who Viewer, age time.Duration) Level {
	if s.Seat == SeatHuman && s.Agent == who.ID {
		return Live
	}
	if w := s.Wait; w != nil && (w.Target == who.ID || w.Fallback == who.ID || w.offer(who.ID) >= 0) {
		return Live
	}
	if slices.Contains(s.Holders, who.ID) {
		return keptFor(age, KeptOwn)
	}
	return None
}

// team is what a lead sees of the team's chats.
func team(s *State, who Viewer, age time.Duration) Level {
	if !inGroup(s, who) {
		return None
	}
	switch s.Seat {
	case SeatWaiting, SeatHuman:
		return Live
	case SeatBot:
		return Row
	}
	return keptFor(age, KeptTeam)
}

func inGroup(s *State, who Viewer) bool {
	return slices.Contains(who.Groups, s.Group) || s.Wait != nil && slices.Contains(who.Groups, s.Wait.Group)
}

func keptFor(age, limit time.Duration) Level {
	if age <= limit {
		return Kept
	}
	return None
}
