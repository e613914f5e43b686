package identity

import (
	"context"
	"errors"
	"fmt"

	"agentdesk/sync/wire"
)

// Groups of the demo shop.
const (
	GroupPre   = "pre"   // 售前: what comes before an order, and the group of new chats
	GroupAfter = "after" // 售后
)

// DemoPassword opens every demo user's door. Only SeedDemo sets it.
const DemoPassword = "agentdesk"

// DemoUsers are the people of the demo shop.
func DemoUsers() []wire.User {
	both := []string{GroupPre, GroupAfter}
	return []wire.User{
		{ID: "xiaoning", Name: "晓宁", Role: "agent", Groups: both, Skills: []string{"skincare", "order", "refund"}, Capacity: 8, Senior: true},
		{ID: "lisiqi", Name: "李思齐", Role: "agent", Groups: both, Skills: []string{"skincare", "order"}, Capacity: 8, Senior: true},
		{ID: "wangyu", Name: "王屿", Role: "agent", Groups: both, Skills: []string{"order", "refund"}, Capacity: 8},
		{ID: "chenmo", Name: "陈墨", Role: "agent", Groups: []string{GroupPre}, Skills: []string{"skincare"}, Capacity: 6},
		{ID: "zhaoning", Name: "赵宁", Role: "lead", Groups: both, Skills: []string{"skincare", "order", "refund"}, Capacity: 4, Senior: true},
		{ID: "sunlan", Name: "孙岚", Role: "supervisor", Groups: both, Capacity: 4, Senior: true},
		{ID: "admin", Name: "管理员", Role: "admin"},
	}
}

// SeedDemo adds the demo users that are not there yet, with DemoPassword. Never call it for a real shop.
func (s *Store) SeedDemo(ctx context.Context) error {
	for _, u := range DemoUsers() {
		_, err := s.User(ctx, u.ID)
		if err == nil {
			continue
		}
		if !errors.Is(err, ErrUnknown) {
			return fmt.Errorf("seed demo users: %w", err)
		}
		if err := s.Put(ctx, u, DemoPassword); err != nil {
			return fmt.Errorf("seed demo users: %w", err)
		}
	}
	return nil
}
