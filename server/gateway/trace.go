package gateway

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// trace is how a message of the bot came about, for whoever reads that message: in a chat that may be read whole, or in the bot chat that
// the user's desk peeks at.
func (g *Gateway) trace(ctx context.Context, r *http.Request, who conversation.Viewer) (any, error) {
	conv, msg := chi.URLParam(r, "id"), chi.URLParam(r, "msg")
	unknown := refuse(http.StatusNotFound, "unknown_conversation", "no such conversation")
	if len(conv) > 128 {
		return nil, unknown
	}
	st, ok := g.hub.state(ctx, conv)
	if !ok {
		return nil, unknown
	}
	may, err := g.reads(ctx, who, st)
	switch {
	case err != nil:
		return nil, err
	case !may && !(g.hub.peeks(who.ID, conv) && conversation.Visible(st, who, g.p.Floor.Now()) >= conversation.Row):
		return nil, unknown
	}
	if g.p.Traces != nil && event.ValidID(msg) {
		if t, ok := g.p.Traces.Of(conv, msg); ok {
			return t, nil
		}
	}
	return nil, refuse(http.StatusNotFound, "no_trace", "how this message came about is not kept any more")
}

// peeks reports whether a user's desk watches a bot chat now.
func (h *hub) peeks(user, conv string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.desks[user]
	return s != nil && s.peek == conv
}
