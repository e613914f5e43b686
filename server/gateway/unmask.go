package gateway

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// unmask gives a lead or supervisor one message in full. Who read what is in the log before it is in their hands.
func (g *Gateway) unmask(ctx context.Context, r *http.Request, who conversation.Viewer) (any, error) {
	if who.Role != conversation.RoleLead && who.Role != conversation.RoleSupervisor {
		return nil, refuse(http.StatusForbidden, "forbidden", "leads and supervisors read messages in full")
	}
	if !g.door.allowKey("unmask "+who.ID, 2*time.Second, 30) {
		return nil, refuse(http.StatusTooManyRequests, "rate", "too many requests: wait a moment")
	}
	var q wire.UnmaskRequest
	data, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil || json.Unmarshal(data, &q) != nil || len(q.Conv) > 128 || !event.ValidID(q.Message) {
		return nil, refuse(http.StatusBadRequest, "invalid", "the body is not the JSON expected")
	}
	unknown := refuse(http.StatusNotFound, "unknown_message", "there is no such message")
	if err := g.p.Folds.WaitFor(ctx, g.p.Live.Seq()); err != nil {
		return nil, err
	}
	st, evs, ok, err := g.p.Folds.Transcript(ctx, q.Conv)
	switch {
	case err != nil:
		return nil, err
	case !ok || conversation.Visible(&st, who, g.p.Floor.Now()) < conversation.Kept:
		return nil, unknown
	}
	i := slices.IndexFunc(evs, func(p event.Placed) bool { return p.ID == q.Message && p.Type == event.Posted })
	if i < 0 || len(evs[i].Private) == 0 {
		return nil, unknown
	}
	var said event.PostedPrivate
	if err := evs[i].Decode(nil, &said); err != nil {
		return nil, err
	}
	_, err = g.p.Floor.Do(ctx, conversation.Command{Kind: conversation.Unmask, ClientID: "unmask-" + rand.Text(), Conv: q.Conv,
		Actor: event.Actor{Kind: event.Agent, ID: who.ID}, Role: who.Role, Payload: conversation.UnmaskArgs{Message: q.Message}})
	var no *conversation.Refusal
	switch {
	case errors.As(err, &no):
		return nil, refuse(http.StatusConflict, string(no.Code), no.Text)
	case err != nil:
		return nil, err
	}
	return wire.Unmasked{Text: said.Text, Fields: said.Fields}, nil
}
