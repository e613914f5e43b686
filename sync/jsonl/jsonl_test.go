package jsonl

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
)

func echo(_ context.Context, line []byte) (any, error) {
	var v map[string]any
	if err := Strict(line, &v); err != nil {
		return nil, err
	}
	return v, nil
}

func TestServe_GoesOnAfterALineThatIsTooLong(t *testing.T) {
	long := io.MultiReader(strings.NewReader(`{"a":1}`+"\n"), io.LimitReader(zeros{}, MaxLine+5), strings.NewReader("\n"+`{"a":2}`))
	var out bytes.Buffer
	if err := Serve(t.Context(), long, &out, echo); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != `{"a":1}`+"\n"+`{"line":2,"error":"line is longer than 64 MB"}`+"\n"+`{"a":2}`+"\n" {
		t.Errorf("got %q", got)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

type broken struct{}

var errBroken = errors.New("broken pipe")

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestServe_StopsWhenNobodyReads(t *testing.T) {
	if err := Serve(t.Context(), strings.NewReader("{}\n{}\n"), broken{}, echo); !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Serve(ctx, strings.NewReader("{}\n"), io.Discard, echo); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func FuzzServe(f *testing.F) {
	f.Add("{}\n\n{\n[]\r\n{} {}")
	f.Fuzz(func(t *testing.T, in string) {
		var out bytes.Buffer
		if err := Serve(t.Context(), strings.NewReader(in), &out, echo); err != nil {
			t.Fatal(err)
		}
		want := 0
		for i, l := range strings.Split(in, "\n") {
			if i == 0 {
				l = strings.TrimPrefix(l, "\ufeff")
			}
			if len(bytes.TrimSpace([]byte(l))) > 0 {
				want++
			}
		}
		dec, got := json.NewDecoder(&out), 0
		for dec.More() {
			var v any
			if err := dec.Decode(&v); err != nil {
				t.Fatal(err)
			}
			got++
		}
		if got != want {
			t.Errorf("%d answers to %d lines of %q", got, want, in)
		}
	})
}
