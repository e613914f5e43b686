package replica

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"agentdesk/sync/wire"
)

// Attachment is a picture or file that this desk sends. Its content is a file of its own: see AttachmentData.
type Attachment struct {
	ID, Conv string
	Cmd      string // the command of the outbox that it goes with; "" while it is in the composer
	Name     string
	Mime     string
	W, H     int // of a picture, pixels
	Size     int64
	At       int64         // local Unix ms when attached
	Uploaded wire.Uploaded // what the server made of it; the zero value until it is uploaded
}

// file is where an attachment's content is.
func (r *Replica) file(id string) string { return filepath.Join(r.files, filepath.Base(id)) }

// PutAttachment keeps a new attachment with its content: both are on disk when it returns.
func (r *Replica) PutAttachment(ctx context.Context, a *Attachment, data []byte) error {
	if err := r.putFile(a.ID, data); err != nil {
		return fmt.Errorf("keep attachment: %w", err)
	}
	return r.keep(ctx, "keep attachment", "put_attachment", a.ID, a.Conv, a.Cmd, a.Name, a.Mime, a.W, a.H, a.Size, "", a.At)
}

func (r *Replica) putFile(id string, data []byte) error {
	if err := os.MkdirAll(r.files, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(r.files, ".part-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), r.file(id))
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// sweep removes files that belong to no attachment: a crash came between.
func (r *Replica) sweep(ctx context.Context) error {
	found, err := os.ReadDir(r.files)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for attachments: %w", err)
	}
	all, err := r.Attachments(ctx)
	if err != nil {
		return err
	}
	for _, e := range found {
		if !slices.ContainsFunc(all, func(a *Attachment) bool { return a.ID == e.Name() }) {
			if err := os.Remove(filepath.Join(r.files, e.Name())); err != nil {
				return fmt.Errorf("remove attachment: %w", err)
			}
		}
	}
	return nil
}

// SetAttachment keeps whose it is and what the server made of it.
func (r *Replica) SetAttachment(ctx context.Context, a *Attachment) error {
	up := ""
	if a.Uploaded.Hash != "" {
		data, err := json.Marshal(a.Uploaded)
		if err != nil {
			return fmt.Errorf("keep attachment: %w", err)
		}
		up = string(data)
	}
	return r.keep(ctx, "keep attachment", "set_attachment", a.Cmd, up, a.ID)
}

// DropAttachment forgets an attachment.
func (r *Replica) DropAttachment(ctx context.Context, id string) error {
	if err := r.keep(ctx, "drop attachment", "drop_attachment", id); err != nil {
		return err
	}
	if err := os.Remove(r.file(id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("drop attachment: %w", err)
	}
	return nil
}

// AttachmentData is an attachment's content; nil where it is gone.
func (r *Replica) AttachmentData(id string) ([]byte, error) {
	data, err := os.ReadFile(r.file(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read attachment: %w", err)
	}
	return data, nil
}

// Attachments are all that are kept, in the order attached.
func (r *Replica) Attachments(ctx context.Context) ([]*Attachment, error) {
	rows, err := r.r.QueryContext(ctx, r.sql["attachments"])
	if err != nil {
		return nil, fmt.Errorf("read attachments: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var out []*Attachment
	for rows.Next() {
		a := &Attachment{}
		var up string
		if err := rows.Scan(&a.ID, &a.Conv, &a.Cmd, &a.Name, &a.Mime, &a.W, &a.H, &up, &a.At, &a.Size); err != nil {
			return nil, fmt.Errorf("read attachments: %w", err)
		}
		if up != "" {
			if err := json.Unmarshal([]byte(up), &a.Uploaded); err != nil {
				return nil, fmt.Errorf("read attachments: %w", err)
			}
		}
		out = append(out, a)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read attachments: %w", err)
	}
	return out, nil
}
