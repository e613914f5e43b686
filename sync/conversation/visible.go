package conversation

// Level is how much of a conversation somebody may see.
type Level int

// The levels, least first.
const (
	None Level = iota
	Row        // a line in the bot window; one may be peeked at
	Kept       // closed or passed on, but kept as own or team history
	Live       // waiting or held: everything, as it happens
)

// Viewer is who looks.
type Viewer struct {
	ID     string
	Role   string // agent, lead, supervisor, admin
	Groups []string
}

// Visible says how much of s a viewer may see at now (Unix ms): the design's table "Who sees what".
func Visible(s *State, who Viewer, now int64) Level { return None }
