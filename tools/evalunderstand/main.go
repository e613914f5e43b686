// Command evalunderstand reads labelled lines with encoder, linear model and lexicon, and prints how often each is right.
//
//	make eval-understand
//	go run -tags sqlite_fts5 ./tools/evalunderstand [-lines FILE] [-model DIR] [-doc docs/understanding.md]
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"agentdesk/assets/model"
	"agentdesk/server/understand"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			slog.Error("evalunderstand", "err", err)
		}
		stop()
		os.Exit(1)
	}
}

// line is one labelled message.
type line struct {
	ID        string        `json:"id"`
	Context   []talk.Turn   `json:"context"`
	Tier      string        `json:"tier"`
	BasketFen int64         `json:"basket"`
	Text      string        `json:"text"`
	Emotion   label.Emotion `json:"emotion"`
	Intent    label.Intent  `json:"intent"`
	Reason    label.Reason  `json:"reason"`
}

// reader is one way to understand, and what it made of the lines.
type reader struct {
	name string
	u    understand.Understander
	got  []understand.Result
}

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	fs := flag.NewFlagSet("evalunderstand", flag.ContinueOnError)
	file := fs.String("lines", "server/understand/corpus/test.jsonl", "labelled lines, JSON")
	dir := fs.String("model", "", "folder of the trained files; empty: those that the server carries")
	doc := fs.String("doc", "", "write the tables into this file too, between its marks")
	if err := fs.Parse(args); err != nil {
		return err
	}
	raw, err := os.ReadFile(*file)
	if err != nil {
		return err
	}
	lines, err := readLines(bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("%s: %w", *file, err)
	}
	files := understand.Files(model.Read)
	if *dir != "" {
		files = func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(*dir, filepath.Base(name))) }
	}
	readers, done, err := open(files)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	for _, r := range readers {
		if err := r.read(ctx, lines); err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
	}
	text := report(filepath.Base(*file), lines, readers)
	if _, err := io.WriteString(out, text); err != nil || *doc == "" {
		return err
	}
	old, err := os.ReadFile(*doc)
	if err != nil {
		return err
	}
	changed, err := replace(string(old), text)
	if err != nil {
		return fmt.Errorf("%s: %w", *doc, err)
	}
	return os.WriteFile(*doc, []byte(changed), 0o644)
}

// open makes the three readers, the best first. Without ONNX Runtime that is an error: the encoder's figures are the point.
func open(files understand.Files) (_ []*reader, done func() error, err error) {
	rules, err := understand.New(understand.Params{})
	if err != nil {
		return nil, nil, err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	full, err := understand.NewModel(understand.ModelParams{Lexicon: rules, Files: files, Library: os.Getenv("ONNXRUNTIME"), Workers: 1, Logger: log})
	if err != nil {
		return nil, nil, err
	}
	if s := full.Status(); s.By != understand.ByEncoder {
		return nil, nil, fmt.Errorf("the encoder can't be measured: %s", s.Why)
	}
	lin, err := understand.NewModel(understand.ModelParams{Lexicon: rules, Files: files, NoGraph: true, Logger: log})
	if err != nil {
		return nil, nil, errors.Join(err, full.Close())
	}
	return []*reader{{name: "encoder", u: full}, {name: "linear", u: lin}, {name: "lexicon", u: rules}}, full.Close, nil
}

func (r *reader) read(ctx context.Context, lines []line) error {
	for _, l := range lines {
		res, err := r.u.Understand(ctx, understand.Input{Context: l.Context, Tier: l.Tier, BasketFen: l.BasketFen, Text: l.Text})
		if err != nil {
			return err
		}
		if res.By != r.name {
			return fmt.Errorf("%s was read by %s", l.ID, res.By)
		}
		r.got = append(r.got, res)
	}
	return nil
}

// readLines reads JSON lines and refuses unknown labels and IDs that occur twice.
func readLines(in io.Reader) ([]line, error) {
	var out []line
	seen := map[string]bool{}
	reasons := []label.Reason{label.None, label.ByRequest, label.ByAdverse, label.ByAnger, label.ByDispute, label.ByAnxiety, label.ByHighValue, label.ByBotFailed, label.ByOutOfPolicy}
	sc := bufio.NewScanner(in)
	sc.Buffer(nil, 1<<20)
	for n := 1; sc.Scan(); n++ {
		if strings.TrimSpace(sc.Text()) == "" {
			continue
		}
		var l line
		if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		switch {
		case l.Emotion.Grade() == 0 || !slices.Contains(label.Intents(), l.Intent) || !slices.Contains(reasons, l.Reason):
			return nil, fmt.Errorf("line %d: unknown label %q, %q or %q", n, l.Emotion, l.Intent, l.Reason)
		case seen[l.ID]:
			return nil, fmt.Errorf("line %d: %s occurs twice", n, l.ID)
		}
		seen[l.ID] = true
		out = append(out, l)
	}
	if err := sc.Err(); err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, errors.New("no lines")
	}
	return out, nil
}
