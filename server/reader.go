package main

import (
	"errors"
	"os"

	"github.com/prometheus/client_golang/prometheus"

	"agentdesk/assets/model"
	"agentdesk/server/shop"
	"agentdesk/server/understand"
	"agentdesk/server/understand/entity"
)

// read opens what reads the messages: the trained model, with rules above it. ONNXRUNTIME names the library that the model's
// network runs on, where it isn't where set-up puts it; "off" leaves the network alone.
func (b *brains) read(std stdio, products []entity.Item) error {
	rules, err := understand.New(understand.Params{Catalogue: products})
	if err != nil {
		return err
	}
	p := understand.ModelParams{Lexicon: rules, Files: model.Read, Library: os.Getenv("ONNXRUNTIME"), Logger: std.log}
	if p.Library == "off" {
		p.Library, p.NoGraph = "", true
	}
	if b.model, err = understand.NewModel(p); err != nil {
		return err
	}
	b.understand = b.model
	return nil
}

// catalogue is what messages may name of the shop's products.
func catalogue(products []shop.Product) []entity.Item {
	out := make([]entity.Item, 0, len(products))
	for _, p := range products {
		it := entity.Item{ID: p.ID, Names: append([]string{p.Title}, p.Aliases...)}
		for _, v := range p.Variants {
			it.Variants = append(it.Variants, entity.Variant{ID: v.ID, Name: v.Name})
		}
		out = append(out, it)
	}
	return out
}

// reader says what reads the messages now.
func (b *brains) reader() string { return b.model.Status().By }

// figures registers what is counted of the reading.
func (b *brains) figures(reg *prometheus.Registry) error {
	count := func(by string, fn func() float64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "agentdesk_understood_total", Help: "Messages read, by what read them.",
			ConstLabels: prometheus.Labels{"by": by}}, fn)
	}
	return errors.Join(
		reg.Register(count(understand.ByEncoder, func() float64 { n, _, _ := b.model.Counts(); return float64(n) })),
		reg.Register(count(understand.ByLinear, func() float64 { _, n, _ := b.model.Counts(); return float64(n) })),
		reg.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "agentdesk_understand_waiting", Help: "Messages that wait for the encoder."},
			func() float64 { _, _, n := b.model.Counts(); return float64(n) })),
		reg.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "agentdesk_understand_encoder", Help: "1 while the encoder reads the messages, 0 while the linear model must."},
			func() float64 {
				if b.model.Status().By == understand.ByEncoder {
					return 1
				}
				return 0
			})))
}
