package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"agentdesk/ui/fixture"
)

// screenVar names the file in which the virtual display keeps its pixels.
const screenVar = "BENCHDESK_SCREEN"

// same compares what the screen shows after changes, each painted in part, with the same painted whole.
func (p *probe) same(ctx context.Context) error {
	const what = "pixels that painting in parts leaves wrong"
	if os.Getenv(screenVar) == "" {
		row(p.out, what, "0", "needs a virtual display", false)
		return nil
	}
	const changes = 72
	var worst, stirred int
	before, err := pixels()
	if err != nil {
		return err
	}
	first := p.ui.Stage().Parts()
	for i := range changes {
		if err := p.rested(ctx, func() { p.step(i) }); err != nil {
			return err
		}
		part, err := pixels()
		if err != nil {
			return err
		}
		if err := p.rested(ctx, p.ui.Stage().Whole); err != nil {
			return err
		}
		all, err := pixels()
		if err != nil {
			return err
		}
		if differ(before, all) > 0 {
			stirred++
		}
		before = all
		if n := differ(part, all); n > 0 {
			row(p.out, "  change "+strconv.Itoa(i), "0", strconv.Itoa(n), true)
			worst = max(worst, n)
		}
	}
	if stirred < changes/2 {
		return fmt.Errorf("%d of %d changes showed on the screen", stirred, changes)
	}
	row(p.out, what, "0", fmt.Sprintf("%d at most, in %d changes and %d parts", worst, stirred, p.ui.Stage().Parts()-first), worst > 0)
	return nil
}

// rested makes a change and waits until it has come to rest on the screen.
func (p *probe) rested(ctx context.Context, change func()) error {
	if _, _, err := p.shown(change); err != nil {
		return err
	}
	for range 2 { // what glides arrives
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(40 * time.Millisecond):
		}
		if _, _, err := p.shown(func() {}); err != nil {
			return err
		}
	}
	return nil
}

// step is one of the changes that a desk sees.
func (p *probe) step(i int) {
	d := p.ui.Desk()
	switch i % 6 {
	case 0:
		d.FocusComposer()
		p.key(i)
		p.ui.Window().Canvas().Unfocus() // a caret that blinks never stands still
	case 1:
		p.event(i)
		p.ui.Refresh()
	case 2:
		d.Scroll(float32(i*37%200 - 100))
	case 3:
		p.ui.Tick()
	case 4:
		p.event(i * 20)
		p.ui.Refresh()
	case 5:
		at := fixture.Desk()
		switch i / 6 % 4 {
		case 0:
			at = fixture.Calm()
		case 1:
			at.Prefs.Theme = "dark"
		case 2:
			at = fixture.Distinct(300, i)
		}
		p.src.Set(at)
		p.ui.Refresh()
	}
}

// pixels is what the virtual display shows, in X's window dump format.
func pixels() ([]byte, error) {
	b, err := os.ReadFile(os.Getenv(screenVar))
	if err != nil {
		return nil, fmt.Errorf("read screen: %w", err)
	}
	// The header: its own size first, the number of colours, 12 bytes each, as its 20th word.
	if len(b) < 100 {
		return nil, errors.New("screen file is short")
	}
	at := int(binary.BigEndian.Uint32(b)) + 12*int(binary.BigEndian.Uint32(b[19*4:]))
	if at > len(b) {
		return nil, errors.New("screen file is short")
	}
	return b[at:], nil
}

// differ is how many pixels of four bytes are not the same.
func differ(a, b []byte) (n int) {
	for i := 0; i+4 <= min(len(a), len(b)); i += 4 {
		if !bytes.Equal(a[i:i+4], b[i:i+4]) {
			n++
		}
	}
	return n
}
