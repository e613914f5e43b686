package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"agentdesk/sync/wire"
)

const (
	maxAnswer   = 1 << 20 // bytes of a REST answer
	askWithin   = 10 * time.Second
	signWithin  = 10 * time.Second
	errorAnswer = 64 << 10 // bytes of a refusal that are read
)

// ErrAddress is returned for a server address that is none.
var ErrAddress = errors.New("not an http or https address")

// RESTError is a refusal of the server's HTTP doors.
type RESTError struct {
	Status int
	wire.Problem
}

// Error gives the status, the code and the sentence.
func (e *RESTError) Error() string { return fmt.Sprintf("status %d: %s: %s", e.Status, e.Code, e.Text) }

// Login signs in. A refusal is a *RESTError; other errors mean that the server was not reached.
func Login(ctx context.Context, h *http.Client, server, user, password string) (wire.Session, error) {
	return session(ctx, h, server, wire.PathLogin, wire.LoginRequest{User: user, Password: password})
}

// Refresh trades a refresh token for a new session; errors as Login's.
func Refresh(ctx context.Context, h *http.Client, server, refresh string) (wire.Session, error) {
	return session(ctx, h, server, wire.PathRefresh, wire.RefreshRequest{Refresh: refresh})
}

// Base checks a server's address and removes what does not belong to it.
func Base(server string) (*url.URL, error) {
	server = strings.TrimRight(strings.TrimSpace(server), "/")
	if server != "" && !strings.Contains(server, "://") {
		server = "https://" + server
	}
	u, err := url.Parse(server)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("server %q: %w", server, ErrAddress)
	}
	return u, nil
}

func session(ctx context.Context, h *http.Client, server, path string, body any) (wire.Session, error) {
	var s wire.Session
	u, err := Base(server)
	if err != nil {
		return s, err
	}
	data, err := json.Marshal(body)
	if err != nil {
		return s, fmt.Errorf("encode %s: %w", path, err)
	}
	ctx, cancel := context.WithTimeout(ctx, signWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.JoinPath(path).String(), bytes.NewReader(data))
	if err != nil {
		return s, fmt.Errorf("ask %s: %w", path, err)
	}
	req.Header.Set("Content-Type", "application/json")
	data, err = do(h, req, maxAnswer)
	if err != nil {
		return s, fmt.Errorf("ask %s: %w", path, err)
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return s, fmt.Errorf("decode %s: %w", path, err)
	}
	return s, nil
}

// do sends a request and reads its answer, at most limit bytes. A refusal is a *RESTError.
func do(h *http.Client, req *http.Request, limit int64) ([]byte, error) {
	res, err := h.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode/100 != 2 {
		data, err := io.ReadAll(io.LimitReader(res.Body, errorAnswer))
		if err != nil {
			return nil, fmt.Errorf("read refusal: %w", err)
		}
		e := &RESTError{Status: res.StatusCode}
		if json.Unmarshal(data, &e.Problem) != nil { // a proxy's page: the status alone must do
			e.Code = http.StatusText(res.StatusCode)
		}
		return nil, e
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("read answer: %w", ErrTooLong)
	}
	return data, nil
}
