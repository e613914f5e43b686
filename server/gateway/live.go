package gateway

import (
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// Typing tells the other side that somebody writes, or stopped: the customer, or the desk that holds the conversation.
// Never blocks, nothing is stored.
func (g *Gateway) Typing(conv string, actor event.Actor, on bool) { g.hub.typing(conv, actor, on) }

// Words lets the customer read an answer while it is written. Never blocks, nothing is stored: the answer itself follows as a
// message, or does not, when a person took the seat meanwhile.
func (g *Gateway) Words(conv string, actor event.Actor, add string) { g.hub.words(conv, actor, add) }

// Live sends what is true now (panels, deltas of suggestions) to the desk that holds the conversation, or to those it is
// offered to. The last panel and the deltas of the newest set are kept and sent again to whoever gets the chat next.
// Never blocks. What it carries must be masked by the caller.
func (g *Gateway) Live(conv string, l wire.Live) { g.hub.live(conv, l) }
