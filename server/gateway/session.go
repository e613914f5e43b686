package gateway

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// Times of a socket.
const (
	helloWithin  = 5 * time.Second
	writeWithin  = 5 * time.Second
	pingEvery    = 10 * time.Second
	silentAfter  = 30 * time.Second
	byeWithin    = time.Second
	inFlight     = 32 // commands of one socket that wait
	maxMalformed = 5
	maxRate      = 20 // violations before a guest is closed
)

// session is one socket: a desk's when user is set, else a customer's.
type session struct {
	id       string
	g        *Gateway
	conn     *websocket.Conn
	q        *queue
	actor    event.Actor
	user     *wire.User
	who      conversation.Viewer // desks
	back     bool                // a desk that was here a moment ago
	anon     bool                // customers
	expires  atomic.Int64        // Unix ms
	readDone chan struct{}

	// Guarded by the hub.
	start   event.Cursor // at join
	startAt int64
	cursor  event.Cursor // last told
	told    time.Time    // when
	peek    string
	rows    window
	floor   string // last floor frame, as JSON
	health  wire.Health

	// The reader's own.
	limit     *rate.Limiter
	malformed int
	violated  int
	opening   conversation.Opening
	openingAt time.Time
}

type window struct {
	on            bool
	offset, limit int
	seen          uint64 // version last sent
}

func (g *Gateway) newSession(conn *websocket.Conn, limit int) *session {
	raw := make([]byte, 10)
	_, _ = rand.Read(raw) // never fails
	return &session{id: hex.EncodeToString(raw), g: g, conn: conn, q: newQueue(limit), limit: rate.NewLimiter(5, 20), readDone: make(chan struct{})}
}

func (s *session) desk() bool { return s.user != nil }

// frame encodes what the protocol defines; those types always encode.
func frame(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic("gateway: frame does not encode: " + err.Error())
	}
	return data
}

// write is the socket's only writer. It returns when the queue is closed and flushed, or the client is gone.
func (s *session) write() {
	defer func() { _ = s.conn.Close() }()
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	var until time.Time // of flushing a closed queue
	for {
		select {
		case <-s.q.signal:
		case <-ping.C:
			if s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWithin)) != nil {
				s.q.close(wire.CloseSilent, "the client is gone")
				return
			}
			continue
		}
		frames, over, code, text := s.q.take()
		if over && until.IsZero() {
			until = time.Now().Add(writeWithin)
		}
		for _, f := range frames {
			deadline := time.Now().Add(writeWithin)
			if over {
				deadline = until
			}
			_ = s.conn.SetWriteDeadline(deadline)
			if err := s.conn.WriteMessage(websocket.TextMessage, f); err != nil {
				s.q.close(wire.CloseSlow, "the client did not take a frame in time")
				s.g.m.closed(wire.CloseSlow)
				return
			}
			s.q.wrote(len(f))
		}
		if over {
			s.bye(code, text)
			return
		}
	}
}

func (s *session) bye(code int, text string) {
	s.g.m.closed(code)
	if code == websocket.CloseNormalClosure {
		return
	}
	_ = s.conn.SetWriteDeadline(time.Now().Add(writeWithin))
	if s.conn.WriteMessage(websocket.TextMessage, frame(wire.Bye{T: wire.TBye, Code: code, Text: text})) != nil {
		return
	}
	if s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, text), time.Now().Add(writeWithin)) != nil {
		return
	}
	// Closing with unread input would reset the connection and take the reason with it: wait for the client's answer.
	t := time.NewTimer(byeWithin)
	defer t.Stop()
	select {
	case <-s.readDone:
	case <-t.C:
	}
}

// serve runs a session that said hello until its socket ends.
func (s *session) serve(ctx context.Context, hello *wire.In) {
	ctx, cancel := context.WithCancel(ctx)
	cmds := make(chan *wire.In, inFlight)
	var wg sync.WaitGroup
	wg.Go(s.write)
	if code, text := s.g.hub.join(ctx, s); code != 0 {
		s.q.close(code, text)
		s.linger()
		close(s.readDone)
		wg.Wait()
		cancel()
		return
	}
	wg.Go(func() { s.obey(ctx, cmds) })
	if s.desk() {
		s.g.p.Floor.DeskConnected(s.user.ID)
		if s.user.Role != conversation.RoleAdmin {
			s.setOnline(ctx)
		}
	}
	wg.Go(func() { s.catchUp(ctx, hello) })
	s.read(cmds)
	close(s.readDone)
	s.q.close(websocket.CloseNormalClosure, "")
	close(cmds)
	cancel()
	s.g.hub.leave(s)
	if s.desk() {
		s.g.p.Floor.DeskDisconnected(s.user.ID)
	}
	wg.Wait()
	s.g.hub.sessions.Done()
}
