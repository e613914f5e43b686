package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	assets "agentdesk/assets/demo"
	"agentdesk/server/bot"
	"agentdesk/server/demo/shopdata"
	"agentdesk/server/knowledge"
	"agentdesk/server/understand"
)

// seed makes the demo's orders.
const seed = 20261124

// lines are turns that the bot answers from facts, so that a model is asked for each.
var lines = []struct{ who, text string }{
	{"c-linxiaolu", "修护精华多少钱"},
	{"", "面霜多少钱"},
	{"c-linxiaolu", "我的快递到哪了"},
	{"", "七天无理由退货怎么退"},
	{"c-niannian", "敏感肌能用修护精华吗"},
	{"", "有什么优惠券"},
	{"c-niannian", "运费险怎么赔"},
	{"", "防晒霜还有货吗"},
	{"c-linxiaolu", "发票怎么开"},
	{"", "洁面乳孕妇可以用吗"},
}

// shop is what the bot needs of the demo shop.
type shop struct {
	data       *shopdata.Memory
	knowledge  *knowledge.Store
	understand understand.Understander
}

func openShop(ctx context.Context) (*shop, error) {
	s := &shop{}
	var err error
	if s.data, err = shopdata.New(shopdata.Params{Files: assets.Shop(), Now: time.Now(), Seed: seed}); err != nil {
		return nil, fmt.Errorf("demo shop: %w", err)
	}
	if s.knowledge, err = knowledge.New(ctx, knowledge.Params{Shop: s.data}); err != nil {
		return nil, fmt.Errorf("knowledge: %w", err)
	}
	products, err := s.data.SearchProducts(ctx, "", 1000)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("products: %w", err), s.close())
	}
	names := map[string][]string{}
	for _, p := range products {
		names[p.ID] = append([]string{p.Title}, p.Aliases...)
	}
	if s.understand, err = understand.New(understand.Params{Products: names}); err != nil {
		return nil, errors.Join(fmt.Errorf("understanding: %w", err), s.close())
	}
	return s, nil
}

func (s *shop) bot(r bot.Responder) (*bot.Engine, error) {
	return bot.New(bot.Params{Shop: s.data, Knowledge: bot.Store{Store: s.knowledge}, Understand: s.understand, Responder: r})
}

func (s *shop) close() error { return s.knowledge.Close() }

// counting is a responder that says how often it was asked.
type counting struct{ n int }

// Respond implements bot.Responder.
func (c *counting) Respond(ctx context.Context, d bot.Draft, stream func(string)) (bot.Text, error) {
	c.n++
	return bot.Scripted{}.Respond(ctx, d, stream)
}

// asks are those lines for which the bot asks its responder.
func (s *shop) asks(ctx context.Context) ([]bot.Input, error) {
	c := &counting{}
	e, err := s.bot(c)
	if err != nil {
		return nil, err
	}
	var out []bot.Input
	for i, l := range lines {
		in := bot.Input{Conversation: fmt.Sprint("line-", i), CustomerID: l.who, Text: l.text, Now: time.Now()}
		was := c.n
		if _, err := e.Turn(ctx, in, nil); err != nil {
			return nil, fmt.Errorf("%q: %w", l.text, err)
		}
		if c.n > was {
			out = append(out, in)
		}
	}
	if len(out) < len(lines)/2 {
		return nil, fmt.Errorf("only %d of %d lines are answered from facts", len(out), len(lines))
	}
	return out, nil
}
