package floor

import "sync/atomic"

// counters are written by the writer and read by anybody.
type counters struct {
	commands, duplicates, refused, busy, records, events, rollbacks, refolds, dropped, appendNS atomic.Uint64
	internal                                                                                    atomic.Uint64
	lastSeq, onceOut, convOut                                                                   atomic.Uint64
	open, agents, once, pending, mode                                                           atomic.Int64
}

// Stats are figures for /metrics. Counts are since Open.
type Stats struct {
	Term          uint64
	LastSeq       uint64 // last durable record
	Queued        int    // commands and reads waiting for the writer
	QueueLimit    int
	Pending       int    // records decided and not yet durable
	Open          int    // open conversations
	Agents        int    // agents known
	ClientIDs     int    // client IDs in memory
	Commands      uint64 // stored, from outside
	Internal      uint64 // stored, given by the floor itself
	Duplicates    uint64
	Refused       uint64
	Busy          uint64 // refused since the queue was full
	Records       uint64
	Events        uint64
	AppendSeconds float64 // sum over Records: seal, encode, write, sync
	Rollbacks     uint64  // records decided but not stored
	Refolds       uint64
	Subscribers   int
	Lagged        uint64 // subscribers that fell behind
	DiskFull      bool
	LogDown       bool
}

// Stats are the figures now.
func (f *Floor) Stats() Stats {
	c := &f.stats
	m := mode(c.mode.Load())
	return Stats{
		Term: f.term.Load(), LastSeq: c.lastSeq.Load(), Queued: len(f.queue), QueueLimit: cap(f.queue), Pending: int(c.pending.Load()),
		Open: int(c.open.Load()), Agents: int(c.agents.Load()), ClientIDs: int(c.once.Load()), Commands: c.commands.Load(),
		Internal: c.internal.Load(), Duplicates: c.duplicates.Load(), Refused: c.refused.Load(), Busy: c.busy.Load(),
		Records: c.records.Load(), Events: c.events.Load(), AppendSeconds: float64(c.appendNS.Load()) / 1e9,
		Rollbacks: c.rollbacks.Load(), Refolds: c.refolds.Load(), Subscribers: f.hub.count(), Lagged: c.dropped.Load(),
		DiskFull: m == modeFull, LogDown: m == modeDown,
	}
}
