// Package knowledge finds what a shop has written about products, policies and promotions by Chinese full text, so that
// every answer can cite where it stands.
//
// The index is an SQLite database in memory, built from a Shop in some tens of milliseconds and built anew by Refresh. A hit is one
// citable piece: a numbered section of a policy, a promotion, or one side of a product (价格, 适合, 成分, 用法, 孕期).
package knowledge

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3", built with -tags sqlite_fts5

	"agentdesk/server/shop"
	"agentdesk/sync/cjk"
	"agentdesk/sync/event"
)

// The kinds of hit; they are the kinds of event.Source.
const (
	Product   = "product"
	Policy    = "policy"
	Promotion = "promotion"
)

const (
	maxQuery   = 2048 // bytes of a question that are looked at
	maxHits    = 50   // of one answer
	candidates = 200  // rows that are ranked
	snippetLen = 60   // runes
)

// Shop is what is indexed.
type Shop interface {
	SearchProducts(ctx context.Context, query string, limit int) ([]shop.Product, error)
	Policies(ctx context.Context) ([]shop.Policy, error)
	Promotions(ctx context.Context) ([]shop.Promotion, error)
}

// Sure is the score from which a hit bears on the question. Below it, hits merely share a word: good enough to show a person,
// not to answer from. Set by the sentences of the test.
const Sure = 9.0

// Hit is one piece that was found.
type Hit struct {
	Kind    string // Product, Policy, Promotion
	ID      string // of the product, policy or promotion
	Title   string
	Section string  // of a policy its number, of a product its side, "" of a promotion
	Heading string  // the section's title, of a policy; of others what they are about
	Text    string  // the whole piece: what an answer may state
	Snippet string  // the part of Text around what was asked, at most 60 characters and two ellipses
	Score   float64 // higher is better; see Sure
	Source  event.Source
}

// Params configures New.
type Params struct {
	Shop Shop
}

// Store is the index. It is safe for concurrent use.
type Store struct {
	db    *sql.DB
	keep  *sql.Conn // a database in memory lives as long as a connection to it
	words words
	shop  Shop
	sql   map[string]string

	refresh sync.Mutex // one at a time
	shelf   atomic.Pointer[shelf]
}

// shelf is what the index's rows mean. Rows of every refresh have numbers of their own, and what was there before the last
// one is kept, so that a search that runs during a refresh knows its rows.
type shelf struct {
	first  int64 // rowid of the first piece
	pieces []piece
	before *shelf
}

func (s *shelf) at(row int64) *piece {
	for ; s != nil; s = s.before {
		if i := row - s.first; i >= 0 && i < int64(len(s.pieces)) {
			return &s.pieces[i]
		}
	}
	return nil
}

// New builds the index.
func New(ctx context.Context, p Params) (*Store, error) {
	w, err := readWords()
	if err != nil {
		return nil, err
	}
	s := &Store{words: w, shop: p.Shop, sql: map[string]string{}}
	for _, name := range []string{"schema", "search", "insert_tokens"} {
		raw, err := files.ReadFile("sql/" + name + ".sql")
		if err != nil {
			return nil, fmt.Errorf("read sql: %w", err)
		}
		s.sql[name] = string(raw)
	}
	var name [8]byte
	if _, err := rand.Read(name[:]); err != nil {
		return nil, fmt.Errorf("name the index: %w", err)
	}
	if s.db, err = sql.Open("sqlite3", "file:/knowledge-"+url.PathEscape(hex.EncodeToString(name[:]))+"?vfs=memdb&_txlock=immediate"); err != nil {
		return nil, fmt.Errorf("open index: %w", err)
	}
	s.db.SetMaxOpenConns(4)
	if s.keep, err = s.db.Conn(ctx); err == nil {
		_, err = s.keep.ExecContext(ctx, s.sql["schema"])
	}
	if err == nil {
		err = s.Refresh(ctx)
	}
	if err != nil {
		_ = s.Close() // the first error is the one to tell
		return nil, fmt.Errorf("build index (is the binary built with -tags sqlite_fts5?): %w", err)
	}
	return s, nil
}

// Close ends the index.
func (s *Store) Close() error {
	if s.keep != nil {
		_ = s.keep.Close() // closing the pool reports what matters
	}
	return s.db.Close()
}

// Refresh reads the shop again. Searches see the old index until it is done, and keep it when it fails.
func (s *Store) Refresh(ctx context.Context) error {
	list, err := docs(ctx, s.shop)
	if err != nil {
		return err
	}
	s.refresh.Lock()
	defer s.refresh.Unlock()
	was := s.shelf.Load()
	now := &shelf{first: 1, pieces: make([]piece, len(list))}
	if was != nil {
		now.first = was.first + int64(len(was.pieces))
		now.before = &shelf{first: was.first, pieces: was.pieces}
	}
	for i := range list {
		now.pieces[i] = list[i].piece()
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("refresh knowledge: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if err := s.fill(ctx, tx, list, now.first); err != nil {
		return fmt.Errorf("refresh knowledge: %w", err)
	}
	s.shelf.Store(now) // first: a search may see the rows as soon as they are committed
	if err := tx.Commit(); err != nil {
		s.shelf.Store(was)
		return fmt.Errorf("refresh knowledge: %w", err)
	}
	return nil
}

func (s *Store) fill(ctx context.Context, tx *sql.Tx, list []doc, first int64) error {
	if _, err := tx.ExecContext(ctx, "INSERT INTO doc_tokens(doc_tokens) VALUES ('delete-all')"); err != nil {
		return err
	}
	tokens, err := tx.PrepareContext(ctx, s.sql["insert_tokens"])
	if err != nil {
		return err
	}
	defer func() { _ = tokens.Close() }()
	for i, d := range list {
		row := first + int64(i)
		if _, err := tokens.ExecContext(ctx, row, cjk.Index(d.title+"。"+strings.Join(d.aliases, "。")), cjk.Index(d.heading), cjk.Index(d.text+"。"+d.also)); err != nil {
			return err
		}
	}
	return nil
}

// Search finds the k pieces that bear most on a sentence, best first: of one product at most its best side, of one policy as
// many sections as fit. It returns none, without error, for a sentence that asks for nothing. k is cut to 1…50.
func (s *Store) Search(ctx context.Context, query string, k int) ([]Hit, error) {
	k = min(max(k, 1), maxHits)
	if len(query) > maxQuery {
		query = strings.ToValidUTF8(query[:maxQuery], "")
	}
	q := s.words.read(query)
	expr := q.match()
	if expr == "" {
		return nil, nil
	}
	list, err := s.candidates(ctx, expr)
	if err != nil {
		return nil, fmt.Errorf("search knowledge: %w", err)
	}
	said := map[string]bool{}
	for _, t := range q.said {
		said[t] = true
	}
	for i := range list {
		list[i].score += bonus(list[i].piece, q, said)
	}
	slices.SortStableFunc(list, func(a, b found) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
	var out []Hit
	seen := map[string]bool{}
	for _, f := range list {
		if len(out) == k {
			break
		}
		h := f.Hit
		if h.Kind == Product && seen[h.ID] {
			continue
		}
		seen[h.ID] = true
		h.Score = f.score
		h.Snippet = snippet(h.Text, append(slices.Clone(q.said), q.wrote...))
		h.Source = event.Source{ID: h.ID, Kind: h.Kind, Title: h.Title, Section: h.Section}
		out = append(out, h)
	}
	return out, nil
}

func (s *Store) candidates(ctx context.Context, expr string) ([]found, error) {
	rows, err := s.db.QueryContext(ctx, s.sql["search"], expr, candidates)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	out := make([]found, 0, candidates)
	for rows.Next() {
		var row int64
		var score float64
		if err := rows.Scan(&row, &score); err != nil {
			return nil, err
		}
		if p := s.shelf.Load().at(row); p != nil { // else refreshed twice meanwhile
			out = append(out, found{p, score})
		}
	}
	return out, rows.Err()
}
