package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"agentdesk/server/llm"
	"agentdesk/server/trace"
	"agentdesk/sync/event"
)

// models is the pool of language models, and the watch over it.
type models struct {
	pool  *llm.Pool
	names string

	end     context.CancelFunc
	watched chan error
}

// openModels makes the pool where PROVIDER or PROVIDERS name any model; nil where not. What an hour costs is kept beside the
// shop's file.
func openModels(ctx context.Context, std stdio, file string) (*models, error) {
	cfg, err := llm.FromEnv(os.Getenv)
	if err != nil || len(cfg.Providers) == 0 {
		return nil, err
	}
	p := llm.Params{Config: cfg, Logger: std.log}
	if file != "" {
		p.BudgetFile = filepath.Join(filepath.Dir(file), "llm-budget.json")
	}
	m := &models{watched: make(chan error, 1)}
	if m.pool, err = llm.New(p); err != nil {
		return nil, err
	}
	var names []string
	for _, e := range cfg.Providers {
		names = append(names, e.Model)
	}
	m.names = strings.Join(names, ", ")
	// The line commands' contexts end with their input; close ends the watch.
	watch, end := context.WithCancel(context.WithoutCancel(ctx))
	m.end = end
	go func() { m.watched <- m.pool.Run(watch) }()
	return m, nil
}

// level says how the language models are: ok, degraded, scripts or budget as llm.Level has them, "none" where none is configured.
func (m *models) level() string {
	if m == nil {
		return "none"
	}
	return string(m.pool.Health().Level)
}

// figures registers what is counted of the models.
func (m *models) figures(reg *prometheus.Registry) error {
	if m == nil {
		return nil
	}
	return reg.Register(m.pool)
}

// accounts are the traces of the bot's messages. What a customer takes back the models' own traces forget too.
type accounts struct {
	*trace.Memory
	models *models
}

// Forget implements work.Traces.
func (a accounts) Forget(conv string, said event.ID) {
	a.Memory.Forget(conv, said)
	if a.models != nil {
		a.models.pool.Traces().Forget(conv)
	}
}

func (m *models) close() error {
	m.end()
	return errors.Join(<-m.watched, m.pool.Close())
}
