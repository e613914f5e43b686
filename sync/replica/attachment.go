package replica

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"agentdesk/sync/wire"
)

// Attachment is a picture or file that this desk sends. Its content stays in the file: see AttachmentData.
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

// PutAttachment keeps a new attachment with its content.
func (r *Replica) PutAttachment(ctx context.Context, a *Attachment, data []byte) error {
	return r.keep(ctx, "keep attachment", "put_attachment", a.ID, a.Conv, a.Cmd, a.Name, a.Mime, a.W, a.H, "", a.At, data)
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
	return r.keep(ctx, "drop attachment", "drop_attachment", id)
}

// AttachmentData is an attachment's content; nil where it is gone.
func (r *Replica) AttachmentData(ctx context.Context, id string) (data []byte, err error) {
	err = r.r.QueryRowContext(ctx, r.sql["attachment_data"], id).Scan(&data)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
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
