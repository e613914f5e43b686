package llm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// JSONMode is how a provider is told to write JSON.
type JSONMode string

// The ways. All of them also say it in the prompt.
const (
	JSONBySchema JSONMode = "schema" // response_format json_schema; the default
	JSONByObject JSONMode = "object" // response_format json_object
	JSONByPrompt JSONMode = "prompt" // the provider knows neither
)

// maxProviders bounds a pool; each has a breaker, connections and probes.
const maxProviders = 16

// Endpoint is one OpenAI-compatible provider.
type Endpoint struct {
	Name     string          `json:"name"` // "" means the URL's host
	BaseURL  string          `json:"url"`  // e.g. http://127.0.0.1:8080/v1
	Model    string          `json:"model"`
	Models   map[Task]string `json:"models,omitempty"`    // other models for some tasks
	KeyEnv   string          `json:"key_env,omitempty"`   // the variable that holds the key: keys do not stand in files
	Weight   int             `json:"weight,omitempty"`    // share of the requests; 0 means 1
	InFlight int             `json:"in_flight,omitempty"` // requests at once; 0 means 64
	JSON     JSONMode        `json:"json,omitempty"`
	InFen    int64           `json:"in_fen,omitempty"`  // price of a million tokens sent, in fen
	OutFen   int64           `json:"out_fen,omitempty"` // and received

	Key  string       `json:"-"`
	HTTP *http.Client `json:"-"` // nil: one of its own
}

// Config is what an operator writes about language models.
type Config struct {
	Providers []Endpoint `json:"providers"`
	Hour      HourLimit  `json:"hour"`
	FirstMS   int        `json:"first_ms,omitempty"` // the longest wait for a first token; 0 means 2000. Slow machines of one's own need more
	TotalMS   int        `json:"total_ms,omitempty"` // the longest wait for a whole text; 0 means 6000 for an answer, 8000 for a suggestion
}

// limits are those of a task as configured.
func (c *Config) limits(t Task) limits {
	l := t.limits()
	if c.FirstMS > 0 && t != taskProbe {
		l.first = time.Duration(c.FirstMS) * time.Millisecond
	}
	if c.TotalMS > 0 && t != taskProbe {
		l.total = time.Duration(c.TotalMS) * time.Millisecond
	}
	l.first = min(l.first, l.total)
	return l
}

// HourLimit bounds what a shop spends in a clock hour. 0 means no limit.
type HourLimit struct {
	Tokens int64 `json:"tokens,omitempty"`
	Fen    int64 `json:"fen,omitempty"`
}

// FromEnv reads the configuration: PROVIDERS names a JSON file of a Config; else PROVIDER lists one or more base URLs with the
// model as fragment, such as http://127.0.0.1:18080/v1#qwen, separated by spaces. Their keys stand in PROVIDER_KEY (all) or
// PROVIDER_KEY_1, PROVIDER_KEY_2 and so on, so that no key is in a URL that gets logged. Without either it is empty.
func FromEnv(getenv func(string) string) (Config, error) {
	if file := getenv("PROVIDERS"); file != "" {
		raw, err := os.ReadFile(file)
		if err != nil {
			return Config{}, fmt.Errorf("PROVIDERS: %w", err)
		}
		c, err := Parse(raw, getenv)
		if err != nil {
			return Config{}, fmt.Errorf("PROVIDERS %s: %w", file, err)
		}
		return c, nil
	}
	var c Config
	for i, s := range strings.Fields(getenv("PROVIDER")) {
		u, err := url.Parse(s)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
			return Config{}, fmt.Errorf("PROVIDER must be a URL such as http://127.0.0.1:18080/v1#model, not %q", s)
		}
		if u.Fragment == "" {
			return Config{}, errors.New("PROVIDER must name its model behind #, such as http://127.0.0.1:18080/v1#model")
		}
		e := Endpoint{Model: u.Fragment, Key: getenv("PROVIDER_KEY_" + strconv.Itoa(i+1))}
		if e.Key == "" {
			e.Key = getenv("PROVIDER_KEY")
		}
		u.Fragment = ""
		e.BaseURL = u.String()
		c.Providers = append(c.Providers, e)
	}
	return c, c.check()
}

// Parse reads a Config as JSON, strictly: a field that nobody knows is a mistake of the operator.
func Parse(raw []byte, getenv func(string) string) (Config, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	var c Config
	if err := d.Decode(&c); err != nil {
		return Config{}, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Config{}, errors.New("more than one value")
	}
	if len(c.Providers) == 0 {
		return Config{}, errors.New("no providers")
	}
	for i := range c.Providers {
		e := &c.Providers[i]
		if e.KeyEnv == "" {
			continue
		}
		if e.Key = getenv(e.KeyEnv); e.Key == "" {
			return Config{}, fmt.Errorf("provider %d: the variable %s is empty", i+1, e.KeyEnv)
		}
	}
	return c, c.check()
}

// check fills defaults and finds mistakes.
func (c *Config) check() error {
	if len(c.Providers) > maxProviders {
		return fmt.Errorf("more than %d providers", maxProviders)
	}
	if c.Hour.Tokens < 0 || c.Hour.Fen < 0 {
		return errors.New("a budget below zero")
	}
	if c.FirstMS < 0 || c.FirstMS > 60_000 || c.TotalMS < 0 || c.TotalMS > 120_000 {
		return errors.New("first_ms must be in 0…60,000, total_ms in 0…120,000")
	}
	names := map[string]bool{}
	for i := range c.Providers {
		e := &c.Providers[i]
		u, err := url.Parse(e.BaseURL)
		switch {
		case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "":
			return fmt.Errorf("provider %d: %q is no URL such as http://127.0.0.1:18080/v1", i+1, e.BaseURL)
		case u.User != nil || u.RawQuery != "" || u.Fragment != "":
			return fmt.Errorf("provider %d: a URL without user, query and fragment is needed; keys stand in variables", i+1)
		case e.Model == "":
			return fmt.Errorf("provider %d: no model", i+1)
		case e.Weight < 0 || e.Weight > 1000 || e.InFlight < 0 || e.InFlight > 4096:
			return fmt.Errorf("provider %d: weight must be in 0…1000, in_flight in 0…4096", i+1)
		case e.InFen < 0 || e.OutFen < 0 || e.InFen > 1e9 || e.OutFen > 1e9:
			return fmt.Errorf("provider %d: a price must be in 0…1,000,000,000 fen", i+1)
		}
		for t := range e.Models {
			if !slices.Contains(Tasks(), t) {
				return fmt.Errorf("provider %d: no task is named %q", i+1, t)
			}
		}
		switch e.JSON {
		case "":
			e.JSON = JSONBySchema
		case JSONBySchema, JSONByObject, JSONByPrompt:
		default:
			return fmt.Errorf("provider %d: json must be schema, object or prompt, not %q", i+1, e.JSON)
		}
		e.BaseURL = strings.TrimRight(e.BaseURL, "/")
		if e.Weight == 0 {
			e.Weight = 1
		}
		if e.InFlight == 0 {
			e.InFlight = 64
		}
		if e.Name == "" {
			e.Name = u.Host
		}
		for base, n := e.Name, 2; names[e.Name]; n++ {
			e.Name = base + "/" + strconv.Itoa(n)
		}
		names[e.Name] = true
	}
	return nil
}
