//go:build torture

package torture

import (
	"context"
	"fmt"
	"time"

	"agentdesk/sync/event"
	"agentdesk/tools/harness"
)

func ended(drain <-chan struct{}) bool {
	select {
	case <-drain:
		return true
	default:
		return false
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// talk is one customer: each message is sent again under the same ID until it is acknowledged.
func talk(ctx context.Context, srv *harness.Server, sum *tally, id string, drain <-chan struct{}) {
	var c *harness.Client
	me := event.Actor{Kind: event.Customer, ID: id}
	for n := 0; !ended(drain) && ctx.Err() == nil; n++ {
		text := fmt.Sprintf("%s 第 %d 句，转人工", id, n)
		msg := sum.ids.Next()
		for ctx.Err() == nil {
			if c == nil {
				base := srv.URL()
				if base == "" {
					pause(ctx, 10*time.Millisecond)
					continue
				}
				var err error
				if c, err = harness.DialCustomer(ctx, base, id); err != nil {
					c = nil
					pause(ctx, 20*time.Millisecond)
					continue
				}
			}
			sum.tries.Add(1)
			f, err := c.Say(ctx, msg, text)
			if err != nil {
				c.Cut()
				c = nil
				continue
			}
			if f.OK {
				sum.add(acked{me, msg, text, f.First()})
				break
			}
			pause(ctx, 100*time.Millisecond) // refused honestly: busy, retry, rate
		}
		pause(ctx, 250*time.Millisecond)
	}
	if c != nil {
		c.Cut()
	}
}
