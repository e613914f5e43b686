package understand

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"agentdesk/server/understand/encoder"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// toy is a model whose linear part gives every message the same raw scores: 0, and those that bias names.
func toy(t testing.TB, bias map[string]float32) map[string][]byte {
	t.Helper()
	lin := binary.LittleEndian.AppendUint32([]byte("ADLIN1\n"), 0)
	lin = binary.LittleEndian.AppendUint32(lin, 41)
	var names []string
	for _, e := range label.Emotions() {
		names = append(names, "e."+string(e))
	}
	for _, i := range label.Intents() {
		names = append(names, "i."+string(i))
	}
	for _, r := range reasons() {
		names = append(names, "r."+string(r))
	}
	for _, n := range names {
		lin = binary.LittleEndian.AppendUint32(lin, math.Float32bits(bias[n]))
	}
	lin = append(lin, make([]byte, 4*41+41)...)
	files := map[string][]byte{linearFile: lin, graphFile: []byte("graph"), piecesFile: []byte("#unk_score\t-9\n<s>\t0\n<pad>\t0\n</s>\t0\n<unk>\t0\n▁\t-1\n"), normFile: {}}
	m := manifest{Version: 1, Emotions: label.Emotions(), Intents: label.Intents(), Reasons: reasons(), Tokens: 64, Escalate: 0.5, LinearEscalate: 0.5,
		Temperature: perHead{1, 1, 1}, LinearTemperature: perHead{1, 1, 1}, SHA256: map[string]string{}}
	for n, b := range files {
		sum := sha256.Sum256(b)
		m.SHA256[n] = hex.EncodeToString(sum[:])
	}
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	files[manifestFile] = raw
	return files
}

func from(files map[string][]byte) Files {
	return func(name string) ([]byte, error) {
		if b, ok := files[name]; ok {
			return b, nil
		}
		return nil, fmt.Errorf("read %s: %w", name, fs.ErrNotExist)
	}
}

func newToy(t testing.TB, bias map[string]float32) *Model {
	t.Helper()
	m, err := NewModel(ModelParams{Lexicon: newLexicon(t), Files: from(toy(t, bias)), NoGraph: true})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestModel_RulesStandAboveWhereTheyAreCertain(t *testing.T) {
	m := newToy(t, map[string]float32{"e.calm": 4, "i.chitchat": 4, "r.": 4, "r.adverse_reaction": 3})
	lost := []talk.Turn{{Role: talk.Bot, Text: "抱歉，我没听懂您的意思"}, {Role: talk.Customer, Text: "退"}, {Role: talk.Bot, Text: "不太明白，请换个说法"}}
	for _, c := range []struct {
		text    string
		turns   []talk.Turn
		emotion label.Emotion
		intent  label.Intent
		reason  label.Reason
		why     string
	}{
		{"这个天气真不错", nil, label.Calm, label.Chitchat, label.None, ""},
		{"转人工", nil, label.Calm, label.HumanRequest, label.ByRequest, "asks for a person"},
		{"zrg", nil, label.Calm, label.HumanRequest, label.ByRequest, "asks for a person"},
		{"给我找个真人行不行", nil, label.Calm, label.HumanRequest, label.ByRequest, "asks for a person"},
		{"不用转人工，你说就行", nil, label.Calm, label.Chitchat, label.None, ""},
		{"先别找人工", nil, label.Calm, label.Chitchat, label.None, ""},
		{"你是真人还是机器呀", nil, label.Calm, label.Chitchat, label.None, ""},
		{"再不退我就打12315", nil, label.Angry, label.Chitchat, label.ByAnger, "authority"},
		{"转人工，不然12315见", nil, label.Angry, label.HumanRequest, label.ByRequest, "authority"},
		{"昨晚用了面霜，脸又红又痒", nil, label.Calm, label.Chitchat, label.ByAdverse, "bodily reaction"},
		{"啊", lost, label.Calm, label.Chitchat, label.None, "bot_failed"}, // likelier, but no certainty
	} {
		r, err := m.Understand(t.Context(), Input{Text: c.text, Context: c.turns})
		if err != nil {
			t.Fatal(err)
		}
		why := strings.Join(r.Why, "\n")
		if r.Emotion != c.emotion || r.Intent != c.intent || r.Reason != c.reason || r.Escalate != (c.reason != label.None) || !strings.Contains(why, c.why) || c.why == "" && strings.Contains(why, "rule:") {
			t.Errorf("%q: %s %s %q, %q", c.text, r.Emotion, r.Intent, r.Reason, r.Why)
		}
		if r.By != ByLinear || !strings.Contains(why, "linear: "+string(c.intent)+" p=") {
			t.Errorf("%q: read by %q, %q", c.text, r.By, r.Why)
		}
	}
	r, err := m.Understand(t.Context(), Input{Text: "手机13812345678"})
	if err != nil || len(r.Entities) != 1 || r.Entities[0].Text != "138****5678" {
		t.Errorf("%v, %v", r.Entities, err)
	}
	// e^4 beside 25 intents of e^0.
	if want := math.Exp(4) / (math.Exp(4) + 25); math.Abs(r.Confidence-want) > 1e-6 {
		t.Errorf("confidence %v, want %v", r.Confidence, want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Understand(ctx, Input{Text: "在吗"}); !errors.Is(err, context.Canceled) {
		t.Errorf("ended context: %v", err)
	}
}

func TestModel_FallsBackWithoutRuntimeAndSaysSo(t *testing.T) {
	var log bytes.Buffer
	m, err := NewModel(ModelParams{Lexicon: newLexicon(t), Files: from(toy(t, nil)), Library: filepath.Join(t.TempDir(), "none.so"), Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if s := m.Status(); s.By != ByLinear || !strings.Contains(s.Why, "none.so") || !strings.Contains(log.String(), "no encoder") {
		t.Errorf("%+v, log %q", s, log.String())
	}
	if r, err := m.Understand(t.Context(), Input{Text: "在吗"}); err != nil || r.By != ByLinear {
		t.Errorf("%+v, %v", r, err)
	}
	if e, l, w := m.Counts(); e != 0 || l != 1 || w != 0 {
		t.Errorf("%d %d %d", e, l, w)
	}
	if err := m.Close(); err != nil {
		t.Error(err)
	}
}

func TestModel_IsItselfAgainHalfAMinuteAfterTheLastMiss(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		m := &Model{enc: &encoder.Encoder{}, log: slog.New(slog.NewTextHandler(&log, nil)), now: time.Now}
		if m.Status().By != ByEncoder {
			t.Error("not the encoder at first")
		}
		for range 3 {
			m.miss(encoder.ErrBusy)
			time.Sleep(20 * time.Second)
		}
		if m.Status().By != ByLinear || strings.Count(log.String(), "can't follow") != 1 {
			t.Errorf("%+v, log %q", m.Status(), log.String())
		}
		time.Sleep(11 * time.Second)
		if m.Status() != (Status{By: ByEncoder}) {
			t.Errorf("%+v", m.Status())
		}
	})
}

func TestNewModel_RefusesDamagedFiles(t *testing.T) {
	if _, err := NewModel(ModelParams{Lexicon: newLexicon(t), Files: from(nil)}); !errors.Is(err, ErrNoModel) {
		t.Errorf("no files: %v", err)
	}
	change := func(old, new string) func(f map[string][]byte) {
		return func(f map[string][]byte) {
			if !bytes.Contains(f[manifestFile], []byte(old)) {
				t.Fatalf("no %q in %s", old, f[manifestFile])
			}
			f[manifestFile] = bytes.Replace(f[manifestFile], []byte(old), []byte(new), 1)
		}
	}
	for name, spoil := range map[string]func(map[string][]byte){
		"no JSON":         func(f map[string][]byte) { f[manifestFile] = []byte("{") },
		"version":         change(`"version":1`, `"version":2`),
		"emotions":        change(`"delighted","calm"`, `"calm","delighted"`),
		"intents":         change(`"stock"`, `"stocks"`),
		"reasons":         change(`["","human_request"`, `["human_request",""`),
		"threshold":       change(`"escalate":0.5`, `"escalate":1`),
		"threshold alone": change(`"linear_escalate":0.5`, `"linear_escalate":0`),
		"temperature":     change(`"temperature":{"emotion":1`, `"temperature":{"emotion":0`),
		"mix":             change(`"mix":{"emotion":0`, `"mix":{"emotion":1.5`),
		"linear missing":  func(f map[string][]byte) { delete(f, linearFile) },
		"linear changed":  func(f map[string][]byte) { f[linearFile] = append(slices.Clone(f[linearFile]), 0) },
		"network changed": func(f map[string][]byte) { f[graphFile] = []byte("other") },
		"network unnamed": change(`"encoder.onnx"`, `"other.onnx"`),
	} {
		files := toy(t, nil)
		spoil(files)
		if _, err := NewModel(ModelParams{Lexicon: newLexicon(t), Files: from(files)}); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func FuzzParseManifest(f *testing.F) {
	f.Add(toy(f, nil)[manifestFile])
	f.Add([]byte(`{"version":1,"temperature":{"emotion":1e999}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := parseManifest(raw)
		if err == nil && (m.Escalate <= 0 || m.Temperature.Intent <= 0 || len(m.Intents) != 26) {
			t.Errorf("taken: %s", raw)
		}
	})
}
