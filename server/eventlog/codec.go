package eventlog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"agentdesk/server/identity/keyring"
	"agentdesk/sync/event"
)

// Sealer makes a customer's text unreadable without that customer's key. *keyring.Ring is one.
type Sealer interface {
	Seal(customer string, plain, aad []byte) ([]byte, error)
}

// Unsealer opens what a Sealer sealed. An erased customer's text gives keyring.ErrNoKey.
type Unsealer interface {
	Unseal(customer string, sealed, aad []byte) ([]byte, error)
}

// KeyEnsurer makes the keys of many customers durable at once. *keyring.Ring is one.
type KeyEnsurer interface {
	EnsureKeys(ctx context.Context, customers []string) error
}

// EnsureKeys makes durable, at the cost of one sync at most, all keys that encoding rec needs. Call it before Encode;
// it costs a few map look-ups when all customers are known.
func EnsureKeys(ctx context.Context, k KeyEnsurer, rec *event.Record) error {
	var need []string
	for i := range rec.Events {
		if e := &rec.Events[i]; len(e.Private) > 0 {
			need = append(need, e.Customer)
		}
	}
	if len(need) == 0 {
		return nil
	}
	return k.EnsureKeys(ctx, need)
}

// Encode gives the bytes of rec as stored, every Private sealed with its customer's key under the event's ID. rec is
// not changed. Larger than event.MaxRecord: ErrTooLarge.
func Encode(rec *event.Record, s Sealer) ([]byte, error) {
	out := *rec
	out.Events = make([]event.Event, len(rec.Events))
	copy(out.Events, rec.Events)
	for i := range out.Events {
		e := &out.Events[i]
		e.Sealed = nil
		if len(e.Private) == 0 {
			continue
		}
		if e.Customer == "" {
			return nil, fmt.Errorf("encode %s %s: private part without a customer", e.Type, e.ID)
		}
		sealed, err := s.Seal(e.Customer, e.Private, []byte(e.ID))
		if err != nil {
			return nil, fmt.Errorf("seal %s %s: %w", e.Type, e.ID, err)
		}
		e.Private, e.Sealed = nil, sealed
	}
	data, err := json.Marshal(&out)
	if err != nil {
		return nil, fmt.Errorf("encode record %s: %w", rec.ID, err)
	}
	if len(data) > event.MaxRecord {
		return nil, fmt.Errorf("encode record %s of %d bytes: %w", rec.ID, len(data), ErrTooLarge)
	}
	return data, nil
}

// Hash is the hex SHA-256 of a record as stored: what the next record's Prev and a cursor carry.
func Hash(data []byte) string {
	h := sha256.Sum256(data)
	return hex.EncodeToString(h[:])
}

// Decode opens a stored record. Events of erased customers come with Private nil. Bytes that no Encode made, or text
// that was tampered with: ErrCorrupt.
func Decode(data []byte, seq uint64, u Unsealer) (event.Committed, error) {
	c := event.Committed{Seq: seq}
	if len(data) > event.MaxRecord {
		return c, fmt.Errorf("decode record %d of %d bytes: %w: %w", seq, len(data), ErrCorrupt, ErrTooLarge)
	}
	if err := json.Unmarshal(data, &c.Record); err != nil {
		return c, fmt.Errorf("decode record %d: %w: %w", seq, ErrCorrupt, err)
	}
	if !event.ValidID(c.ID) {
		return c, fmt.Errorf("decode record %d: %w: bad record ID %.40q", seq, ErrCorrupt, c.ID)
	}
	for i := range c.Events {
		e := &c.Events[i]
		// Whoever can write the log could otherwise pass off plain text as a customer's.
		if len(e.Private) > 0 {
			return c, fmt.Errorf("decode record %d event %d: %w: private part not sealed", seq, i, ErrCorrupt)
		}
		e.Private = nil
		if len(e.Sealed) == 0 {
			e.Sealed = nil
			continue
		}
		plain, err := u.Unseal(e.Customer, e.Sealed, []byte(e.ID))
		e.Sealed = nil
		switch {
		case errors.Is(err, keyring.ErrNoKey):
		case errors.Is(err, keyring.ErrTampered):
			return c, fmt.Errorf("open record %d event %d: %w: %w", seq, i, ErrCorrupt, err)
		case err != nil:
			return c, fmt.Errorf("open record %d event %d: %w", seq, i, err)
		case !json.Valid(plain):
			return c, fmt.Errorf("open record %d event %d: %w: private part is not JSON", seq, i, ErrCorrupt)
		default:
			e.Private = plain
		}
	}
	c.Hash = Hash(data)
	return c, nil
}
