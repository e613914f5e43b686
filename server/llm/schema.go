package llm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sort"
	"unicode/utf8"
)

// Schema is the part of JSON Schema that prompts need and that every provider knows. It is sent as it is and checked here, for no
// provider's word is taken for it. The zero Schema allows anything.
type Schema struct {
	Type        string             `json:"type,omitempty"` // object, array, string, integer, number or boolean
	Description string             `json:"description,omitempty"`
	Properties  map[string]*Schema `json:"properties,omitempty"`
	Required    []string           `json:"required,omitempty"`
	Open        bool               `json:"-"` // other properties are allowed
	Items       *Schema            `json:"items,omitempty"`
	MaxItems    int                `json:"maxItems,omitempty"`
	Enum        []string           `json:"enum,omitempty"`
	Minimum     *float64           `json:"minimum,omitempty"`
	Maximum     *float64           `json:"maximum,omitempty"`
	MinLength   int                `json:"minLength,omitempty"` // runes
	MaxLength   int                `json:"maxLength,omitempty"`
}

// MarshalJSON implements json.Marshaler. Objects are closed unless Open.
func (s *Schema) MarshalJSON() ([]byte, error) {
	type plain Schema
	if s.Type != "object" || s.Open {
		return json.Marshal((*plain)(s))
	}
	return json.Marshal(struct {
		*plain
		Additional bool `json:"additionalProperties"`
	}{(*plain)(s), false})
}

// maxDepth bounds what is decoded: a model can write a million brackets.
const maxDepth = 16

// Decode checks a model's JSON against the schema and decodes it into out. A code frame around it is taken off. Errors wrap
// ErrSchema and say what is wrong, so that a repair can be asked for.
func (s *Schema) Decode(text string, out any) error {
	raw := unframe([]byte(text))
	if err := depth(raw); err != nil {
		return fmt.Errorf("%w: %w", ErrSchema, err)
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return fmt.Errorf("%w: no JSON: %w", ErrSchema, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: more than one value", ErrSchema)
	}
	if err := s.check(v, "$"); err != nil {
		return fmt.Errorf("%w: %w", ErrSchema, err)
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("%w: %w", ErrSchema, err)
	}
	return nil
}

func (s *Schema) check(v any, at string) error {
	wrong := func() error { return fmt.Errorf("%s must be of type %s", at, s.Type) }
	switch s.Type {
	case "":
		return nil
	case "object":
		m, ok := v.(map[string]any)
		if !ok {
			return wrong()
		}
		for _, name := range s.Required {
			if _, ok := m[name]; !ok {
				return fmt.Errorf("%s.%s is missing", at, name)
			}
		}
		names := make([]string, 0, len(m))
		for name := range m {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			p, ok := s.Properties[name]
			if !ok {
				if s.Open {
					continue
				}
				return fmt.Errorf("%s.%s is not known", at, short(name))
			}
			if err := p.check(m[name], at+"."+name); err != nil {
				return err
			}
		}
	case "array":
		list, ok := v.([]any)
		if !ok {
			return wrong()
		}
		if s.MaxItems > 0 && len(list) > s.MaxItems {
			return fmt.Errorf("%s has more than %d items", at, s.MaxItems)
		}
		for i, item := range list {
			if s.Items == nil {
				break
			}
			if err := s.Items.check(item, fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
	case "string":
		text, ok := v.(string)
		if !ok {
			return wrong()
		}
		n := utf8.RuneCountInString(text)
		switch {
		case len(s.Enum) > 0 && !slices.Contains(s.Enum, text):
			return fmt.Errorf("%s must be one of %q", at, s.Enum)
		case n < s.MinLength:
			return fmt.Errorf("%s is shorter than %d characters", at, s.MinLength)
		case s.MaxLength > 0 && n > s.MaxLength:
			return fmt.Errorf("%s is longer than %d characters", at, s.MaxLength)
		}
	case "integer", "number":
		num, ok := v.(json.Number)
		if !ok {
			return wrong()
		}
		f, err := num.Float64()
		switch {
		case err != nil || s.Type == "integer" && (f != math.Trunc(f) || math.Abs(f) > 1<<53):
			return wrong()
		case s.Minimum != nil && f < *s.Minimum:
			return fmt.Errorf("%s is below %v", at, *s.Minimum)
		case s.Maximum != nil && f > *s.Maximum:
			return fmt.Errorf("%s is above %v", at, *s.Maximum)
		}
	case "boolean":
		if _, ok := v.(bool); !ok {
			return wrong()
		}
	default:
		return fmt.Errorf("%s: the schema names an unknown type %q", at, s.Type)
	}
	return nil
}

// unframe takes off ```json … ``` and what stands around the outermost braces of an object.
func unframe(b []byte) []byte {
	b = bytes.TrimSpace(b)
	if rest, ok := bytes.CutPrefix(b, []byte("```")); ok {
		rest = bytes.TrimPrefix(rest, []byte("json"))
		if i := bytes.LastIndex(rest, []byte("```")); i >= 0 {
			rest = rest[:i]
		}
		b = bytes.TrimSpace(rest)
	}
	return b
}

// depth refuses JSON that nests too deep, before anything recursive reads it.
func depth(b []byte) error {
	n, quoted, escaped := 0, false, false
	for _, c := range b {
		switch {
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if n++; n > maxDepth {
				return errors.New("nested too deep")
			}
		case c == '}' || c == ']':
			n--
		}
	}
	return nil
}
