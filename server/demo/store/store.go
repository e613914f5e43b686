// Package store lets customers act on the demo shop: carts, coupons, orders, returns. What they do is kept in SQLite, so
// that a restart finds it; the catalogue, the customers and the orders of the demo stay those of package shopdata.
//
// Everything is held in memory too, and a change is written before it is seen. One lock serves all: the demo shop is one
// shop on one machine.
package store

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver

	"agentdesk/server/demo/pricing"
	"agentdesk/server/shop"
	"agentdesk/sync/sqlfile"
)

//go:embed schema.sql
var schema string

//go:embed queries.sql
var queries string

// ErrNewer is returned by Open when the file was written by a newer program.
var ErrNewer = errors.New("store: database is newer than this program")

// What the shop takes, so that nobody fills it.
const (
	maxQuantity = 999    // of one line
	maxLines    = 50     // of one cart or order
	maxUnpaid   = 20     // orders of one customer
	maxOrders   = 10_000 // in all; beyond, placing is refused
	maxSeen     = 30     // products that one customer looked at
	maxSeers    = 5_000  // customers whose looks are remembered
	maxText     = 200    // runes of a note, a reason, an address
	maxPictures = 9      // of a return
	maxKeys     = 50     // of a cart: what was added under them is not added again
)

// unpaidFor is how long an order waits for its payment.
const unpaidFor = 30 * time.Minute

// Base is the shop before anybody acted on it.
type Base interface {
	shop.Shop
	// AgentVouchers returns the vouchers that only agents give.
	AgentVouchers(ctx context.Context) ([]shop.Promotion, error)
}

// Params configures Open. Optional fields say so.
type Params struct {
	Base Base
	Path string           // the database's file
	Now  func() time.Time // optional: the system's clock
	// Carts is how many are kept in all; beyond, the guests' oldest go. Optional: 20,000.
	Carts int
}

// Store is the demo shop as customers act on it. It implements shop.Store.
type Store struct {
	p   Params
	db  *sql.DB
	sql map[string]string

	rules       pricing.Rules
	days        map[shop.ReturnKind]time.Duration // how long after signing a return of that kind may be asked for
	refund      time.Duration                     // how long a refund takes at most
	price       struct{ limit, times int64 }      // days after signing, and how often, a difference in price is paid back
	invoiceDays int64                             // days after payment in which an invoice may be asked for
	cutoff      int                               // until which hour orders leave the same day
	tiers       map[shop.Tier]int64               // from which spend

	mu sync.RWMutex
	state
	seers []string // whose looks are remembered, oldest first
	seen  map[string][]shop.Viewed

	watch watchers
}

var _ shop.Store = (*Store)(nil)

// state is what customers did. It is only changed by change.apply.
type state struct {
	guests  map[string]shop.Customer
	carts   map[string]basket
	orders  map[string]record
	of      map[string][]string // IDs of orders made here, by customer, in the order they were placed
	coupons map[string]map[string]shop.OrderCoupon
	sold    map[string]int
	stocked map[string]int // what came in meanwhile
	made    int            // orders made here
}

// basket is a cart as it is kept: prices are those of the moment it is read.
type basket struct {
	Items   []shop.Item `json:"items"`
	Updated time.Time   `json:"updated"`
	Awaits  []string    `json:"awaits,omitempty"` // variants that are to be back in stock
	Since   []time.Time `json:"since,omitempty"`  // from when on each of Awaits is; shorter where an older program wrote it
	Keys    []string    `json:"keys,omitempty"`   // under which something was added, oldest first
}

// record is an order made here, or one of the demo's as it was changed here.
type record struct {
	Order shop.Order `json:"order"`
	Key   string     `json:"key,omitempty"`  // under which it was placed
	Made  bool       `json:"made,omitempty"` // here
}

// Open opens or creates the store. A database of a newer program is refused with ErrNewer.
func Open(ctx context.Context, p Params) (*Store, error) {
	if p.Base == nil || p.Path == "" {
		return nil, errors.New("open shop store: base and path are needed")
	}
	s := &Store{p: p, sql: sqlfile.Named(queries), seen: map[string][]shop.Viewed{}, state: state{
		guests: map[string]shop.Customer{}, carts: map[string]basket{}, orders: map[string]record{}, of: map[string][]string{},
		coupons: map[string]map[string]shop.OrderCoupon{}, sold: map[string]int{}, stocked: map[string]int{}}}
	if s.p.Now == nil {
		s.p.Now = time.Now
	}
	if s.p.Carts <= 0 {
		s.p.Carts = 20_000
	}
	if err := s.read(ctx); err != nil {
		return nil, fmt.Errorf("open shop store: %w", err)
	}
	uri := "file:" + (&url.URL{Path: filepath.ToSlash(p.Path)}).EscapedPath() + "?_busy_timeout=10000&_journal_mode=WAL&_synchronous=NORMAL&_txlock=immediate&_secure_delete=true"
	db, err := sql.Open("sqlite3", uri)
	if err != nil {
		return nil, fmt.Errorf("open shop store: %w", err)
	}
	db.SetMaxOpenConns(1)
	s.db = db
	if err := errors.Join(sqlfile.Create(ctx, db, schema, schemaVersion, ErrNewer), s.load(ctx)); err != nil {
		return nil, errors.Join(fmt.Errorf("open shop store: %w", err), db.Close())
	}
	return s, nil
}

// Close closes the store.
func (s *Store) Close() error { return s.db.Close() }

// read takes what the base shop has written down: rules of prices, time limits, tiers.
func (s *Store) read(ctx context.Context) error {
	figure := func(policy, name string) (int64, error) {
		p, err := s.p.Base.Policy(ctx, policy)
		if err != nil {
			return 0, err
		}
		n, ok := p.Figures[name]
		if !ok {
			return 0, fmt.Errorf("policy %s has no figure %s", policy, name)
		}
		return n, nil
	}
	var errs []error
	take := func(policy, name string) int64 {
		n, err := figure(policy, name)
		errs = append(errs, err)
		return n
	}
	s.rules.FreeFen, s.rules.ShipFen = take("policy-shipping", "free_ship_fen"), take("policy-shipping", "shipping_fen")
	day := 24 * time.Hour
	s.days = map[shop.ReturnKind]time.Duration{
		shop.ReturnPlain:   time.Duration(take("policy-return", "return_days")) * day,
		shop.ReturnSwap:    time.Duration(take("policy-return", "exchange_days")) * day,
		shop.ReturnFault:   time.Duration(take("policy-return", "damage_hours")) * time.Hour,
		shop.ReturnAllergy: time.Duration(take("policy-allergy", "allergy_days")) * day,
	}
	s.cutoff = int(take("policy-shipping", "cutoff_hour"))
	s.refund = time.Duration(take("policy-return", "refund_hours")) * time.Hour
	s.price.limit, s.price.times = take("policy-price", "price_days"), take("policy-price", "order_times")
	s.invoiceDays = take("policy-invoice", "apply_days")
	s.tiers = map[shop.Tier]int64{}
	for _, t := range shop.Tiers()[1:] {
		s.tiers[t] = take("policy-member", string(t)+"_fen")
	}
	return errors.Join(errs...)
}

const schemaVersion = 2

// load reads what customers did before.
func (s *Store) load(ctx context.Context) error {
	for _, t := range []struct {
		query string
		row   func(key, sub, body string) error
	}{
		{"all_guests", func(key, _, body string) error {
			var c shop.Customer
			err := json.Unmarshal([]byte(body), &c)
			s.guests[key] = c
			return err
		}},
		{"all_carts", func(key, _, body string) error {
			var b basket
			err := json.Unmarshal([]byte(body), &b)
			s.carts[key] = b
			return err
		}},
		{"all_orders", func(_, _, body string) error {
			var r record
			err := json.Unmarshal([]byte(body), &r)
			s.keep(r)
			return err
		}},
		{"all_coupons", func(key, sub, body string) error {
			var c shop.OrderCoupon
			err := json.Unmarshal([]byte(body), &c)
			s.hold(key, c)
			return err
		}},
		{"all_sold", func(key, _, n string) (err error) {
			s.sold[key], err = strconv.Atoi(n)
			return err
		}},
		{"all_stocked", func(key, _, n string) (err error) {
			s.stocked[key], err = strconv.Atoi(n)
			return err
		}},
	} {
		if err := s.each(ctx, t.query, t.row); err != nil {
			return fmt.Errorf("load %s: %w", t.query, err)
		}
	}
	return nil
}

func (s *Store) each(ctx context.Context, query string, row func(key, sub, body string) error) error {
	rows, err := s.db.QueryContext(ctx, s.sql[query])
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells what matters
	for rows.Next() {
		var key, sub, body string
		if err := rows.Scan(&key, &sub, &body); err != nil {
			return err
		}
		if err := row(key, sub, body); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return rows.Err()
}

// keep puts an order into memory.
func (s *state) keep(r record) {
	if _, known := s.orders[r.Order.ID]; !known && r.Made {
		s.of[r.Order.CustomerID] = append(s.of[r.Order.CustomerID], r.Order.ID)
		s.made++
	}
	s.orders[r.Order.ID] = r
}

func (s *state) hold(who string, c shop.OrderCoupon) {
	if s.coupons[who] == nil {
		s.coupons[who] = map[string]shop.OrderCoupon{}
	}
	s.coupons[who][c.ID] = c
}
