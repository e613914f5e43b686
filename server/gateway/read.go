package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"time"

	"github.com/gorilla/websocket"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

var (
	errTooLarge = errors.New("frame is larger than allowed")
	errBadFrame = errors.New("frame is malformed")
)

// next reads one text message of at most wire.MaxFrameIn bytes.
func next(conn *websocket.Conn) ([]byte, error) {
	kind, r, err := conn.NextReader()
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, wire.MaxFrameIn+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > wire.MaxFrameIn:
		return nil, errTooLarge
	case kind != websocket.TextMessage:
		return nil, errBadFrame
	}
	return data, nil
}

// decodeIn reads a frame of a client. Unknown fields are passed over: a newer client may send them.
func decodeIn(data []byte) (*wire.In, error) {
	var in wire.In
	if err := json.Unmarshal(data, &in); err != nil {
		return nil, errBadFrame
	}
	switch in.T {
	case wire.THello, wire.TBeat, wire.TTyping, wire.TPeek, wire.TWindow:
	case wire.TCmd:
		if in.ID == "" || in.Kind == "" {
			return &in, errBadFrame
		}
	default:
		return &in, errBadFrame
	}
	if len(in.ID) > 128 || len(in.Conv) > 128 || len(in.Token) > 4096 {
		return &in, errBadFrame
	}
	return &in, nil
}

// read takes the client's frames until the socket ends or has to.
func (s *session) read(cmds chan<- *wire.In) {
	alive := func() { _ = s.conn.SetReadDeadline(time.Now().Add(silentAfter)) }
	alive()
	s.conn.SetPongHandler(func(string) error { alive(); return nil })
	for {
		data, err := next(s.conn)
		var timeout net.Error
		switch {
		case err == nil:
		case errors.Is(err, errTooLarge):
			s.q.close(wire.CloseTooLarge, "a frame is at most 96 KB: send long texts as a file")
			s.linger()
			return
		case errors.Is(err, errBadFrame):
			if !s.bad("", "only text messages") {
				s.linger()
				return
			}
			continue
		case errors.As(err, &timeout) && timeout.Timeout():
			s.q.close(wire.CloseSilent, "no beat and no pong")
			return
		default:
			return
		}
		alive()
		s.g.m.framesIn.Inc()
		if !s.take(data, cmds) {
			s.linger()
			return
		}
	}
}

// linger lets the writer tell why before the socket is torn down: it reads on, and drops what comes, until the writer
// has closed it.
func (s *session) linger() {
	_ = s.conn.SetReadDeadline(time.Now().Add(writeWithin))
	for range 4096 {
		_, r, err := s.conn.NextReader()
		if err != nil {
			return
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			return
		}
	}
}

// take handles one frame. It reports false when the session has to end.
func (s *session) take(data []byte, cmds chan<- *wire.In) bool {
	in, err := decodeIn(data)
	if err != nil {
		id := ""
		if in != nil && len(in.ID) <= 128 {
			id = in.ID
		}
		return s.bad(id, "the frame is malformed or of an unknown type")
	}
	if !s.desk() && !s.limit.Allow() {
		if in.T == wire.TCmd {
			s.ack(wire.Ack{ID: in.ID, Conv: in.Conv, Err: no(conversation.Busy, "too many messages: wait a moment")})
		}
		s.violated++
		if s.violated >= maxRate {
			s.q.close(wire.CloseRate, "too many frames")
			return false
		}
		return true
	}
	switch in.T {
	case wire.TBeat:
		if s.desk() {
			s.g.p.Floor.Beat(s.user.ID)
		}
		s.q.direct(frame(wire.Beat{T: wire.TBeat, Sent: in.Sent, Now: s.g.p.Floor.Now()}))
	case wire.TCmd:
		select {
		case cmds <- in:
		default:
			s.ack(wire.Ack{ID: in.ID, Conv: in.Conv, Err: no(conversation.Busy, "32 commands of this socket wait already")})
		}
	case wire.TTyping:
		s.g.hub.typed(s, in.Conv, in.On)
	case wire.TPeek:
		if s.desk() {
			s.g.hub.peek(s, in.Conv)
		}
	case wire.TWindow:
		if s.desk() {
			s.g.hub.window(s, in.Offset, in.Limit)
		}
	case wire.THello:
		return s.again(in)
	}
	return true
}

// again takes a fresh token on a running session. Another identity is refused.
func (s *session) again(in *wire.In) bool {
	if s.desk() {
		u, until, err := s.g.p.Users.Verify(context.Background(), in.Token)
		if err == nil && u.ID == s.user.ID && fingerprint(&u) == fingerprint(s.user) {
			s.expires.Store(until.UnixMilli())
			return true
		}
	} else if v, err := s.g.p.Visitors.Verify(in.Token); err == nil && v.Customer == s.actor.ID {
		s.expires.Store(v.Expires.UnixMilli())
		return true
	}
	s.q.close(wire.CloseBadToken, "the token is not valid for this session")
	return false
}

func (s *session) bad(id, text string) bool {
	s.malformed++
	s.ack(wire.Ack{ID: id, Err: no(conversation.Invalid, text)})
	if s.malformed >= maxMalformed {
		s.q.close(wire.CloseBadFrame, "repeated malformed frames")
		return false
	}
	return true
}

func (s *session) ack(a wire.Ack) {
	a.T = wire.TAck
	a.OK = a.Err == nil
	s.q.direct(frame(a))
}

func no(code conversation.Code, text string) *conversation.Refusal {
	return &conversation.Refusal{Code: code, Text: text}
}

// setOnline says that this desk's user is here. One who was busy and only reconnects stays busy.
func (s *session) setOnline(ctx context.Context) {
	status := event.Online
	if v, err := s.g.p.Floor.View(ctx); err == nil && s.back {
		for i := range v.Agents {
			if a := &v.Agents[i]; a.ID == s.user.ID && a.Status == event.Busy {
				status = event.Busy
			}
		}
	}
	c := conversation.Command{Kind: conversation.SetStatus, ClientID: "door-" + s.id, Actor: s.actor, Role: s.user.Role,
		Payload: s.standing(status)}
	if _, err := s.g.p.Floor.Do(ctx, c); err != nil && ctx.Err() == nil {
		s.g.p.Logger.Warn("status not set", "user", s.user.ID, "err", err)
	}
}

// standing is the user's place on the floor. Supervisors serve no group: chats are not routed to them.
func (s *session) standing(status string) event.AgentStatusBody {
	u := s.user
	b := event.AgentStatusBody{Agent: u.ID, Name: u.Name, Status: status, Capacity: u.Capacity, Groups: u.Groups, Skills: u.Skills, Senior: u.Senior}
	if u.Role == conversation.RoleSupervisor {
		b.Groups = nil
	}
	return b
}
