package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"agentdesk/server/understand"
	"agentdesk/server/understand/encoder"
	"agentdesk/sync/talk"
)

// longest is what an input of the encoder is cut to when lengths are counted; the model's own limit may be lower.
const longest = 512

// bench is one run of the measurements.
type bench struct {
	out    io.Writer
	files  understand.Files
	lasts  time.Duration
	inputs []understand.Input
	rows   []row
}

func (b *bench) read(file string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	sc := bufio.NewScanner(bytes.NewReader(raw))
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var l struct {
			Context []talk.Turn `json:"context"`
			Tier    string      `json:"tier"`
			Basket  int64       `json:"basket"`
			Text    string      `json:"text"`
		}
		if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
			return err
		}
		b.inputs = append(b.inputs, understand.Input{Context: l.Context, Tier: l.Tier, BasketFen: l.Basket, Text: l.Text})
	}
	if len(b.inputs) == 0 && sc.Err() == nil {
		return errors.New("no lines")
	}
	return sc.Err()
}

// understand measures the reading of messages: everything between a text and its labels.
func (b *bench) understand(ctx context.Context) (err error) {
	rules, err := understand.New(understand.Params{})
	if err != nil {
		return err
	}
	middle, tokens, err := b.middle()
	if err != nil {
		return err
	}
	library := os.Getenv("ONNXRUNTIME")
	one, err := understand.NewModel(understand.ModelParams{Lexicon: rules, Files: b.files, Library: library, Workers: 1})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, one.Close()) }()
	if s := one.Status(); s.By != understand.ByEncoder {
		b.add("understand", "≤ 6 ms p50", "no encoder: "+s.Why, true)
	} else {
		p50, p99, err := b.times(ctx, one, middle)
		if err != nil {
			return err
		}
		b.add(fmt.Sprintf("understand a message of median length (%d pieces with its context), one thread, p50", tokens), "≤ 6 ms", ms(p50), p50 > 6*time.Millisecond)
		b.add("the same, p99", "", ms(p99), false)
		if p50, p99, err = b.times(ctx, one, b.inputs); err != nil {
			return err
		}
		b.add("understand messages of all lengths, one thread, p50 and p99", "", ms(p50)+", "+ms(p99), false)
		if err := b.rate(ctx, rules, library); err != nil {
			return err
		}
	}
	lin, err := understand.NewModel(understand.ModelParams{Lexicon: rules, Files: b.files, NoGraph: true})
	if err != nil {
		return err
	}
	p50, p99, err := b.times(ctx, lin, b.inputs)
	if err != nil {
		return err
	}
	b.add("understand by the linear model, rules included, p50", "≤ 0.3 ms", ms(p50), p50 > 300*time.Microsecond)
	b.add("the same, p99", "", ms(p99), false)
	return nil
}

// rate measures how many messages a second two threads read, when there is always one more to read.
func (b *bench) rate(ctx context.Context, rules *understand.Lexicon, library string) (err error) {
	two, err := understand.NewModel(understand.ModelParams{Lexicon: rules, Files: b.files, Library: library, Workers: 2})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, two.Close()) }()
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, 4)
	began := time.Now()
	for i := range errs {
		wg.Go(func() {
			for time.Since(began) < b.lasts {
				if _, errs[i] = two.Understand(ctx, b.inputs[int(next.Add(1))%len(b.inputs)]); errs[i] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(began)
	if err := errors.Join(errs...); err != nil {
		return err
	}
	n, missed, _ := two.Counts()
	perSecond := float64(n) / took.Seconds()
	b.add("understand on two threads, messages of all lengths", "≥ 200 messages/s", fmt.Sprintf("%.0f messages/s, %d read by the linear model", perSecond, missed), perSecond < 200)
	return nil
}

// times reads messages one after another and gives the times' median and 99th percentile.
func (b *bench) times(ctx context.Context, u understand.Understander, inputs []understand.Input) (p50, p99 time.Duration, err error) {
	var all []time.Duration
	for began := time.Now(); time.Since(began) < b.lasts || len(all) < 100; {
		start := time.Now()
		if _, err := u.Understand(ctx, inputs[len(all)%len(inputs)]); err != nil {
			return 0, 0, err
		}
		all = append(all, time.Since(start))
	}
	slices.Sort(all)
	return all[len(all)/2], all[len(all)*99/100], nil
}

// middle are the messages of median length, and that length.
func (b *bench) middle() ([]understand.Input, int, error) {
	pieces, err := b.files("tokenizer.tsv")
	if err != nil {
		return nil, 0, err
	}
	norm, err := b.files("norm.tsv")
	if err != nil {
		return nil, 0, err
	}
	tok, err := encoder.NewTokenizer(pieces, norm)
	if err != nil {
		return nil, 0, err
	}
	lengths := make([]int, len(b.inputs))
	for i, in := range b.inputs {
		lengths[i] = len(tok.Build(encoder.Input{Context: in.Context, Text: in.Text}, longest))
	}
	sorted := slices.Sorted(slices.Values(lengths))
	median := sorted[len(sorted)/2]
	var out []understand.Input
	for i, in := range b.inputs {
		if lengths[i] == median {
			out = append(out, in)
		}
	}
	return out, median, nil
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d)/1e6) }
