package conversation

// Due returns the deadlines of one conversation that have passed at now (Unix ms), as commands of the system: the bot's
// turn, the nudge, an unanswered or unseen chat, idle ends. Offers, places and alarms are the routing board's.
func Due(s *State, now int64, pol *Policy) []Command { return nil }

// NextDue is when Due has something next, in Unix ms; 0 for never. A time in the past means that something is due now.
func NextDue(s *State, pol *Policy) int64 { return 0 }
