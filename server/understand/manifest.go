package understand

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"

	"agentdesk/sync/label"
)

// Names of the model's files. `make model` writes them.
const (
	manifestFile = "model.json"
	graphFile    = "encoder.onnx"
	piecesFile   = "tokenizer.tsv"
	normFile     = "norm.tsv"
	linearFile   = "linear.bin"
)

// manifestVersion is the form of model.json that this program reads.
const manifestVersion = 1

// perHead is one number for each of the model's heads.
type perHead struct {
	Emotion float64 `json:"emotion"`
	Intent  float64 `json:"intent"`
	Reason  float64 `json:"reason"`
}

// manifest is model.json: what the scores of the trained files mean.
type manifest struct {
	Version           int               `json:"version"`
	Emotions          []label.Emotion   `json:"emotions"`
	Intents           []label.Intent    `json:"intents"`
	Reasons           []label.Reason    `json:"reasons"`
	Tokens            int               `json:"tokens"`             // the longest input of the encoder
	Temperature       perHead           `json:"temperature"`        // scores are divided by it: makes probabilities honest
	LinearTemperature perHead           `json:"linear_temperature"` // the same for the linear model
	Mix               perHead           `json:"mix"`                // weight of the linear model beside the encoder, 0…1
	Escalate          float64           `json:"escalate"`           // probability of any reason from which a person is called
	LinearEscalate    float64           `json:"linear_escalate"`    // the same where the linear model reads alone
	SHA256            map[string]string `json:"sha256"`             // file → hex
}

// reasons are the classes of the reason head: none, then as they are judged.
func reasons() []label.Reason {
	return []label.Reason{label.None, label.ByRequest, label.ByAdverse, label.ByAnger, label.ByDispute, label.ByAnxiety, label.ByHighValue,
		label.ByBotFailed, label.ByOutOfPolicy}
}

// parseManifest reads model.json and refuses one that was trained for other labels.
func parseManifest(raw []byte) (manifest, error) {
	var m manifest
	dec := json.NewDecoder(bytes.NewReader(raw))
	if err := dec.Decode(&m); err != nil {
		return m, fmt.Errorf("%s: %w", manifestFile, err)
	}
	bad := func(what string) (manifest, error) { return manifest{}, fmt.Errorf("%s: %s", manifestFile, what) }
	switch {
	case m.Version != manifestVersion:
		return bad(fmt.Sprintf("version %d, want %d", m.Version, manifestVersion))
	case !slices.Equal(m.Emotions, label.Emotions()), !slices.Equal(m.Intents, label.Intents()), !slices.Equal(m.Reasons, reasons()):
		return bad("its labels are not this program's, or stand in another order")
	case !between(m.Escalate, 0.001, 0.999), !between(m.LinearEscalate, 0.001, 0.999):
		return bad("a threshold of escalation is no probability")
	}
	for _, h := range []perHead{m.Temperature, m.LinearTemperature} {
		for _, t := range []float64{h.Emotion, h.Intent, h.Reason} {
			if !between(t, 0.01, 100) {
				return bad("a temperature is not between 0.01 and 100")
			}
		}
	}
	for _, w := range []float64{m.Mix.Emotion, m.Mix.Intent, m.Mix.Reason} {
		if !between(w, 0, 1) {
			return bad("a weight of the mix is not between 0 and 1")
		}
	}
	return m, nil
}

func between(x, from, to float64) bool { return !math.IsNaN(x) && x >= from && x <= to }

// read loads one of the model's files and compares it with the manifest.
func (m *manifest) read(files Files, name string) ([]byte, error) {
	want, ok := m.SHA256[name]
	if !ok {
		return nil, fmt.Errorf("%s does not name %s", manifestFile, name)
	}
	data, err := files(name)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != want {
		return nil, fmt.Errorf("%s is not the file that %s names", name, manifestFile)
	}
	return data, nil
}

// Files reads a model's file by its name. What it returns is never changed, so it may be an embedded file itself.
type Files func(name string) ([]byte, error)

// ErrNoModel says that there are no trained files.
var ErrNoModel = errors.New("no trained model")

func openManifest(files Files) (manifest, error) {
	raw, err := files(manifestFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return manifest{}, ErrNoModel
	case err != nil:
		return manifest{}, err
	}
	return parseManifest(raw)
}
