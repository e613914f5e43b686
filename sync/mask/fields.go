package mask

import "unicode/utf8"

// Fields masks what was filled into a form, by the fields' names: a name, a number or a street stands alone there, without
// the words by which Text knows it. The map is new; values of other names are masked as texts.
func (m *Masker) Fields(fields map[string]string) map[string]string {
	if fields == nil {
		return nil
	}
	out := make(map[string]string, len(fields))
	for name, v := range fields {
		out[name] = m.Field(name, v)
	}
	return out
}

// Field masks one of them. It is idempotent.
func (m *Masker) Field(name, v string) string {
	if v == "" {
		return ""
	}
	switch name {
	case "name":
		return surname(v)
	case "street":
		return "[地址]"
	case "phone", "contact":
		for _, s := range m.Find(v) {
			if s.mobile {
				return s.Masked()
			}
		}
		if m.hidden.MatchString(v) {
			return v
		}
		return "[电话]" // a landline, a foreign number, an account: whatever it is, it finds a person
	}
	return m.Text(v)
}

// surname keeps the first rune of a name: an agent who no longer holds the chat can still say 林女士.
func surname(v string) string {
	_, n := utf8.DecodeRuneInString(v)
	return v[:n] + "**"
}
