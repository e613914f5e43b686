package floor

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// maxID bounds IDs that come from outside, in bytes.
const maxID = 128

// CheckText refuses what no door may let in: text above event.MaxText bytes, bytes that aren't UTF-8, control
// characters other than tab and line ends, private-use and unassigned runes. Doors that would rather replace such
// runes do so before; the floor only makes sure.
func CheckText(s string) *conversation.Refusal {
	if len(s) > event.MaxText {
		return refuse(conversation.TooLarge, fmt.Sprintf("text of %d bytes; up to %d, longer goes as a file", len(s), event.MaxText))
	}
	for i, r := range s {
		switch {
		case r >= 0x4e00 && r <= 0x9fff, r >= 0x20 && r < 0x7f, r == '\n', r == '\t', r == '\r':
		case r >= 0x1f000 && r <= 0x1faff: // emoji, also those newer than this program's tables
		case r == utf8.RuneError:
			if _, n := utf8.DecodeRuneInString(s[i:]); n <= 1 {
				return refuse(conversation.Invalid, fmt.Sprintf("text is not UTF-8 at byte %d", i))
			}
		case !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cf):
			return refuse(conversation.Invalid, fmt.Sprintf("text holds the character U+%04X, which is not allowed", r))
		}
	}
	return nil
}

// admit checks a command's form before it may take a place in the queue.
func admit(c *conversation.Command) *conversation.Refusal {
	for _, id := range []string{c.ClientID, c.Conv, c.Customer, c.Actor.ID} {
		if len(id) > maxID || !utf8.ValidString(id) {
			return refuse(conversation.Invalid, "an ID is malformed or longer than 128 bytes")
		}
	}
	if floorOnly(c.Kind) {
		return refuse(conversation.Forbidden, "only the floor itself does this")
	}
	switch c.Actor.Kind {
	case event.Customer, event.Agent:
		if c.Actor.ID == "" {
			return refuse(conversation.Invalid, "the actor has no ID")
		}
	case event.Bot, event.System:
	default:
		return refuse(conversation.Invalid, "unknown kind of actor")
	}
	if c.Actor.Kind == event.Customer && c.Customer != "" && c.Customer != c.Actor.ID {
		return refuse(conversation.Forbidden, "customers act for themselves only")
	}
	if c.ClientID == "" && c.Actor.Kind != event.System {
		return refuse(conversation.Invalid, "the command has no client ID")
	}
	for _, t := range textsOf(c) {
		if r := CheckText(t); r != nil {
			return r
		}
	}
	return nil
}

// textsOf are the texts in a command that people or models wrote.
func textsOf(c *conversation.Command) []string {
	var out []string
	switch p := c.Payload.(type) {
	case conversation.PostArgs:
		out = append(out, p.Text)
		out = append(out, p.Quick...)
		for _, v := range p.Fields {
			out = append(out, v)
		}
	case conversation.ChanceArgs:
		out = append(out, p.Why)
		if p.Say != nil {
			out = append(append(out, p.Say.Text), p.Say.Quick...)
		}
	case event.ChanceBody:
		out = append(out, p.Why)
	case conversation.RateArgs:
		out = append(out, p.Text)
	case conversation.FollowUpArgs:
		out = append(out, p.Text)
	case conversation.ActArgs:
		out = append(out, p.Title)
	case conversation.UnderstandArgs:
		for _, e := range p.Entities {
			out = append(out, e.Text)
		}
	case conversation.SuggestArgs:
		out = append(out, p.Text)
	case event.SummaryPrivate:
		out = append(out, p.Ask, p.Done, p.Clues, p.Unresolved)
	case conversation.EscalateArgs:
		out = append(out, p.Reason)
	case conversation.HandBackArgs:
		out = append(out, p.Reason, p.Instruction)
	case conversation.TransferArgs:
		out = append(out, p.Note)
	case conversation.CloseArgs:
		out = append(out, p.Disposition, p.Remark)
	case event.AgentStatusBody:
		out = append(out, p.Name)
	}
	if c.Opening != nil {
		out = append(out, c.Opening.Private.Name, c.Opening.Private.Nick, c.Opening.Body.Page)
	}
	return out
}

// openerOf is the customer for whom a command may open a conversation, "" for other commands.
func openerOf(c *conversation.Command) string {
	if c.Kind != conversation.Post || c.Actor.Kind != event.Customer {
		return ""
	}
	return c.Actor.ID
}

// floorOnly are the commands that nobody but the floor gives.
func floorOnly(k conversation.Kind) bool {
	switch k {
	case conversation.MakeOffer, conversation.ExpireOffer, conversation.WithdrawOffer, conversation.Return,
		conversation.Nudge, conversation.TellPlace, conversation.Alarm, conversation.CloseIdle, conversation.BotOverdue,
		conversation.LoseDesk:
		return true
	}
	return false
}

// shopLevel are the commands without a conversation.
func shopLevel(k conversation.Kind) bool {
	return k == conversation.SetStatus || k == conversation.LoseDesk
}
