package llmtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// Server is an endpoint behind a port of the loopback. Close it.
type Server struct {
	*Endpoint
	URL string // base URL, up to /v1

	close func() error
}

// Listen opens a port with the fault of the script, also where it is one of the connection.
func Listen(ctx context.Context, s Script) (*Server, error) {
	e := New(s)
	switch s.Fault {
	case Refused:
		url, shut, err := reserve()
		return &Server{Endpoint: e, URL: url, close: shut}, err
	case TLSGarbage:
		url, shut, err := noise(ctx)
		return &Server{Endpoint: e, URL: url, close: shut}, err
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("llmtest: %w", err)
	}
	var answering sync.RWMutex // held for reading while a request is answered
	srv := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answering.RLock()
		defer answering.RUnlock()
		e.ServeHTTP(w, r)
	})}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(ln) }()
	return &Server{Endpoint: e, URL: "http://" + ln.Addr().String() + "/v1", close: func() error {
		err := srv.Close()
		answering.Lock() // the answers notice that their connections are gone
		defer answering.Unlock()
		if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
		return err
	}}, nil
}

// Close ends it and every request that is being answered, and waits for them.
func (s *Server) Close() error { return s.close() }

// reserve holds a port on which nobody listens, so that nobody else gets it.
func reserve() (string, func() error, error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		return "", nil, fmt.Errorf("llmtest: %w", err)
	}
	shut := func() error { return syscall.Close(fd) }
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return "", nil, fmt.Errorf("llmtest: %w", errors.Join(err, shut()))
	}
	at, err := syscall.Getsockname(fd)
	if err != nil {
		return "", nil, fmt.Errorf("llmtest: %w", errors.Join(err, shut()))
	}
	in4, ok := at.(*syscall.SockaddrInet4)
	if !ok {
		return "", nil, errors.Join(errors.New("llmtest: no IPv4 address"), shut())
	}
	return fmt.Sprintf("http://127.0.0.1:%d/v1", in4.Port), shut, nil
}

// noise answers whatever comes with bytes that are no TLS.
func noise(ctx context.Context) (string, func() error, error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("llmtest: %w", err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer func() { _ = c.Close() }()
				_ = c.SetDeadline(time.Now().Add(2 * time.Second))
				_, _ = c.Read(make([]byte, 1024))
				_, _ = c.Write([]byte("\x16\x03\x01\xff\xffSSH-2.0-nonsense\r\n\x00\x01\x02"))
			})
		}
	})
	return "https://" + ln.Addr().String() + "/v1", func() error {
		err := ln.Close()
		wg.Wait()
		return err
	}, nil
}
