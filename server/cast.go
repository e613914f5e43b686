package main

import (
	"context"
	"errors"
	"fmt"

	assets "agentdesk/assets/demo"
	"agentdesk/server/demo/agents"
	"agentdesk/server/identity"
)

// castOf reads who the simulated agents are, and lets the first n of them in who are no demo users.
func castOf(ctx context.Context, users *identity.Store, n int) (agents.Cast, error) {
	cast, err := agents.Load(assets.Agents())
	if err != nil {
		return cast, err
	}
	if n < 0 || n > len(cast.Roles) {
		return cast, fmt.Errorf("serve: -agents is 0 to %d", len(cast.Roles))
	}
	for _, u := range cast.Extra(n) {
		switch _, err := users.User(ctx, u.ID); {
		case err == nil:
		case !errors.Is(err, identity.ErrUnknown):
			return cast, fmt.Errorf("simulated agents: %w", err)
		default:
			if err := users.Put(ctx, u, identity.DemoPassword); err != nil {
				return cast, fmt.Errorf("simulated agents: %w", err)
			}
		}
	}
	return cast, nil
}
