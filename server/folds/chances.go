package folds

import (
	"context"

	"agentdesk/sync/conversation"
)

// RemindOf is what a customer said last of being told of sales chances: conversation.RemindOn or RemindOff, "" for nothing yet.
func (f *Folds) RemindOf(ctx context.Context, customer string) (string, error) {
	ctx, cancel := f.deadline(ctx)
	defer cancel()
	var said string
	said, _, err := found(&said, f.read.QueryRowContext(ctx, f.sql["remind_of_customer"], customer).Scan(&said))
	return said, err
}

// ChancesOf are a customer's conversations in which a sales chance was told or held back at since (Unix ms) or later, newest
// first, at most 50.
func (f *Folds) ChancesOf(ctx context.Context, customer string, since int64) ([]conversation.State, error) {
	return f.manyStates(ctx, "chances_of_customer", customer, since)
}
