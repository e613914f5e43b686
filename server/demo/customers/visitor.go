package customers

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

func (d *door) enter(ctx context.Context) error {
	body, err := json.Marshal(wire.VisitorRequest{Customer: d.customer, Token: d.token})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, dialWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.base+wire.PathVisitor, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	switch {
	case err != nil:
		return err
	case res.StatusCode == http.StatusForbidden:
		return fmt.Errorf("visitor %q: %s: %w", d.customer, res.Status, errTerminal)
	case res.StatusCode != http.StatusOK:
		return fmt.Errorf("visitor %q: %s", d.customer, res.Status)
	}
	var v wire.Visitor
	if err := json.Unmarshal(data, &v); err != nil {
		return fmt.Errorf("visitor: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.token = v.Token
	d.who = v.Customer
	return nil
}

// upload stores a file at the server. Too many at once are refused there: then it is tried again a little later.
func (d *door) upload(ctx context.Context, mime string, data []byte) (event.Attachment, error) {
	for try := 1; ; try++ {
		a, again, err := d.uploadOnce(ctx, mime, data)
		if err == nil || !again || try == uploadTries {
			return a, err
		}
		if !pause(ctx, time.Duration(try)*time.Second) {
			return a, err
		}
	}
}

const uploadTries = 5

func (d *door) uploadOnce(ctx context.Context, mime string, data []byte) (a event.Attachment, again bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, dialWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.base+wire.PathUploads, bytes.NewReader(data))
	if err != nil {
		return a, false, fmt.Errorf("upload: %w", err)
	}
	d.mu.Lock()
	token := d.token
	d.mu.Unlock()
	req.Header.Set("Content-Type", mime)
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return a, true, fmt.Errorf("upload: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	if err != nil {
		return a, true, fmt.Errorf("upload: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return a, res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500, fmt.Errorf("upload: %s: %s", res.Status, body)
	}
	var u wire.Uploaded
	if err := json.Unmarshal(body, &u); err != nil {
		return a, false, fmt.Errorf("upload: %w", err)
	}
	return event.Attachment{Hash: u.Hash, Mime: u.Mime, Size: u.Size, W: u.W, H: u.H}, false, nil
}
