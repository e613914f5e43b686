package gateway

import (
	"strings"
	"unicode"

	"agentdesk/sync/conversation"
)

// clean takes out of a text what no client has a reason to send: control characters but new line and tab, private-use and
// unassigned runes, and the overrides of writing direction, which make a text read as another than it is.
func clean(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0x4e00 && r <= 0x9fff, r >= 0x20 && r < 0x7f, r == '\n', r == '\t':
			return r
		case r == '\r':
			return '\n'
		case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return -1
		case unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cf):
			return r
		}
		return -1
	}, s)
}

// cleanPayload cleans every text of a decoded payload.
func cleanPayload(p any) any {
	switch a := p.(type) {
	case conversation.PostArgs:
		a.Text = clean(a.Text)
		for i := range a.Quick {
			a.Quick[i] = clean(a.Quick[i])
		}
		a.Ref, a.Form = clean(a.Ref), clean(a.Form)
		for name, v := range a.Fields {
			a.Fields[name] = clean(v)
		}
		return a
	case conversation.RateArgs:
		a.Text = clean(a.Text)
		return a
	case conversation.FollowUpArgs:
		a.Text = clean(a.Text)
		return a
	case conversation.HandBackArgs:
		a.Reason, a.Instruction = clean(a.Reason), clean(a.Instruction)
		return a
	case conversation.TransferArgs:
		a.Note = clean(a.Note)
		return a
	case conversation.CloseArgs:
		a.Disposition, a.Remark = clean(a.Disposition), clean(a.Remark)
		return a
	}
	return p
}
