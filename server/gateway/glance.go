package gateway

import (
	"context"
	"slices"
	"time"

	"agentdesk/server/floor"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

const (
	takeoverGoal = 30 * time.Second
	recentKept   = 24
)

// today counts the shop's takeovers since midnight.
type today struct {
	day    int // year · 1000 + day of the year
	met    int
	total  int
	sum    int64 // ms
	recent []int64
}

func dayOf(at int64, zone *time.Location) int {
	t := time.UnixMilli(at).In(zone)
	return t.Year()*1000 + t.YearDay()
}

// add counts a takeover of a chat that waited for a person.
func (t *today) add(p *event.Placed, zone *time.Location) {
	if p.Type != event.Taken {
		return
	}
	var b event.TakenBody
	if p.Decode(&b, nil) != nil || b.How == event.HowUnasked || b.How == event.HowBarged {
		return
	}
	day := dayOf(p.Time, zone)
	if day < t.day {
		return
	}
	if day > t.day {
		*t = today{day: day}
	}
	t.total++
	t.sum += b.Waited
	if b.Waited <= takeoverGoal.Milliseconds() {
		t.met++
	}
	t.recent = append(t.recent, b.Waited)
	if len(t.recent) > recentKept {
		t.recent = slices.Clone(t.recent[len(t.recent)-recentKept:])
	}
}

func (t *today) figures(now int64, zone *time.Location) wire.Takeovers {
	if t.day != dayOf(now, zone) || t.total == 0 {
		return wire.Takeovers{}
	}
	return wire.Takeovers{Met: t.met, Total: t.total, Mean: float64(t.sum) / float64(t.total) / 1000, Recent: slices.Clone(t.recent)}
}

// loadToday counts what happened since midnight from the fold, up to its checkpoint, before the hub follows.
func (h *hub) loadToday(ctx context.Context) error {
	now := time.UnixMilli(h.g.p.Floor.Now()).In(h.g.p.Zone)
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, h.g.p.Zone).UnixMilli()
	users, err := h.g.p.Users.Users(ctx)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	var taken []event.Placed
	for i := range users {
		sts, err := h.g.p.Folds.ConversationsByHolder(ctx, users[i].ID, midnight)
		if err != nil {
			return err
		}
		for j := range sts {
			if seen[sts[j].ID] {
				continue
			}
			seen[sts[j].ID] = true
			evs, err := h.g.p.Folds.Events(ctx, sts[j].ID, 0)
			if err != nil {
				return err
			}
			for k := range evs {
				if evs[k].Type == event.Taken && evs[k].Time >= midnight {
					taken = append(taken, evs[k])
				}
			}
		}
	}
	slices.SortFunc(taken, func(a, b event.Placed) int { return comparePlaced(&a, &b) })
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range taken {
		h.today.add(&taken[i], h.g.p.Zone)
		h.counted = max(h.counted, taken[i].Seq)
	}
	return nil
}

func (h *hub) wantsFloor(now time.Time, asked *time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.desks) == 0 || now.Sub(*asked) < floorEvery || !h.dirty && now.Sub(*asked) < floorAnyway {
		return false
	}
	h.dirty, *asked = false, now
	return true
}

func (h *hub) sendFloor(v *floor.View) {
	h.mu.Lock()
	defer h.mu.Unlock()
	figures := h.today.figures(v.Time, h.g.p.Zone)
	for _, s := range h.desks {
		f := glance(v, s.who)
		f.Today = figures
		data := frame(wire.Live{T: wire.TLive, Kind: wire.LiveFloor, Floor: &f})
		if s.floor == string(data) {
			continue
		}
		s.floor = string(data)
		s.q.push(data)
	}
}

// glance is the floor as one user may see it: waiting and bot chats they could see, colleagues they could pass a chat to.
func glance(v *floor.View, who conversation.Viewer) wire.Floor {
	var f wire.Floor
	if who.Role == conversation.RoleAdmin {
		return f
	}
	all := who.Role == conversation.RoleSupervisor
	for _, st := range v.Convs {
		if conversation.Visible(st, who, v.Time) < conversation.Row {
			continue
		}
		switch st.Seat {
		case conversation.SeatWaiting:
			f.Waiting++
		case conversation.SeatBot:
			f.Bot++
		}
	}
	for i := range v.Agents {
		a := &v.Agents[i]
		ours := all || a.ID == who.ID || slices.ContainsFunc(a.Groups, func(g string) bool { return slices.Contains(who.Groups, g) })
		if !ours {
			continue
		}
		row := wire.AgentRow{ID: a.ID, Name: a.Name, Status: a.Status, Load: a.Load, Capacity: a.Capacity, Groups: a.Groups}
		if !a.Beating {
			row.Status = event.Offline
		}
		f.Agents = append(f.Agents, row)
	}
	return f
}
