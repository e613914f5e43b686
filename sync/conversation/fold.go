package conversation

import (
	"errors"
	"fmt"
	"slices"

	"agentdesk/sync/event"
)

// ErrMisplaced is returned for an event that belongs to another conversation, or to none that was opened.
var ErrMisplaced = errors.New("event of another conversation")

// Bounds of what State keeps; the log keeps everything.
const (
	maxEmotions    = 24
	maxSuggestions = 8
	maxSnippet     = 80 // runes
)

// Fold makes s what it is after p. Events of unknown types and of the shop leave it as it is, apart from LastSeq and
// LastAt. On an error s is unchanged: the event is unreadable for this program (event.ErrUnreadable), misplaced, or its
// payload is not what its type says.
func Fold(s *State, p *event.Placed) error {
	if err := event.Readable(&p.Event); err != nil {
		return err
	}
	fold := foldOf(p.Type)
	if fold == nil || p.Conv == "" {
		s.LastSeq, s.LastAt = p.Seq, p.Time
		return nil
	}
	if p.Type == event.Opened && s.ID == "" {
		s.ID = p.Conv
	} else if s.ID == "" || s.ID != p.Conv {
		return fmt.Errorf("fold %s of %q into %q: %w", p.Type, p.Conv, s.ID, ErrMisplaced)
	} else if p.Type == event.Opened {
		return fmt.Errorf("fold second opening of %q: %w", p.Conv, ErrMisplaced)
	}
	if err := fold(s, p); err != nil {
		if p.Type == event.Opened {
			s.ID = ""
		}
		return fmt.Errorf("fold record %d: %w", p.Seq, err)
	}
	s.LastSeq, s.LastAt = p.Seq, p.Time
	return nil
}

// foldOf is the transition of a type, nil for types that are no conversation's. Each one decodes before it changes anything.
func foldOf(t event.Type) func(*State, *event.Placed) error {
	switch t {
	case event.Opened:
		return foldOpened
	case event.Posted:
		return foldPosted
	case event.ReadMarked:
		return foldRead
	case event.Understood:
		return foldUnderstood
	case event.Escalated:
		return foldEscalated
	case event.Summarised:
		return foldSummarised
	case event.Offered:
		return foldOffered
	case event.Declined, event.Expired, event.Withdrawn:
		return foldOfferEnd
	case event.Taken:
		return foldTaken
	case event.Seen:
		return foldSeen
	case event.Returned:
		return foldReturned
	case event.HandedBack:
		return foldHandedBack
	case event.Nudged:
		return foldNudged
	case event.QueueTold:
		return foldQueueTold
	case event.Alarmed:
		return foldAlarmed
	case event.Closed:
		return foldClosed
	case event.Suggested:
		return foldSuggested
	case event.SuggestionUsed:
		return foldSuggestionUsed
	case event.Recalled:
		return foldRecalled
	case event.Rated:
		return foldRated
	case event.Acted, event.Unmasked:
		return func(*State, *event.Placed) error { return nil } // the panel beside the chat is made anew; nothing moves here
	case event.Chanced:
		return foldChanced
	case event.Consented:
		return foldConsented
	case event.FollowUpSet:
		return foldFollowUpSet
	case event.FollowUpDone:
		return foldFollowUpDone
	}
	return nil
}

func foldOpened(s *State, p *event.Placed) error {
	var b event.OpenedBody
	var who event.OpenedPrivate
	if err := p.Decode(&b, &who); err != nil {
		return err
	}
	s.Customer, s.Name, s.Nick = p.Customer, who.Name, who.Nick
	s.Channel, s.Group, s.Prev, s.Tier = b.Channel, b.Group, b.Prev, b.Tier
	s.Basket, s.Spent, s.Page, s.Anon = b.Basket, b.Spent, b.Page, b.Anon
	s.Seat, s.Epoch = SeatBot, p.Epoch
	s.OpenedAt, s.SeatAt = p.Time, p.Time
	return nil
}

func foldPosted(s *State, p *event.Placed) error {
	var b event.PostedBody
	var said event.PostedPrivate
	if err := p.Decode(&b, &said); err != nil {
		return err
	}
	s.LastMsg = max(s.LastMsg, p.ID)
	if b.Kind != event.Notice { // a redacted one, too: its recall follows, and both must leave the same behind
		s.remember(p)
	}
	if b.Kind == event.Note || b.Kind == event.Notice {
		return nil
	}
	switch p.Actor.Kind {
	case event.Customer:
		s.LastCustomerAt, s.LastCustomerMsg = p.Time, p.ID
		if s.UnansweredSince == 0 {
			s.UnansweredSince = p.Time
		}
		s.UnreadByAgent++
		s.Suggestions = nil
		s.Left = s.Left || b.Kind == event.FormFilled && b.Form == event.FormLeave && s.Seat != SeatHuman
	case event.Bot, event.Agent:
		s.LastReplyAt = p.Time
		s.UnansweredSince, s.Nudged = 0, false
		if p.Actor.Kind == event.Bot {
			s.BotTurns++
			// An answer to an older message leaves the newest one the bot's to answer.
			if b.ReplyTo != "" && b.ReplyTo != s.LastCustomerMsg {
				s.UnansweredSince = s.LastCustomerAt
			}
		} else if s.Hold != nil && s.Hold.Agent == p.Actor.ID {
			s.Hold.Seen, s.Hold.Was = true, nil
		}
	default:
		return nil
	}
	s.Messages++
	s.Snippet, s.SnippetBy, s.SnippetKind, s.SnippetMsg = snippet(said.Text), p.Actor, b.Kind, p.ID
	switch {
	case b.Gone:
		s.SnippetKind = Gone
	case said.Text == "" && said.Card != nil:
		s.Snippet = snippet(said.Card.Title)
	}
	return nil
}

// snippet is the start of a text.
func snippet(text string) string {
	n := 0
	for i := range text {
		if n == maxSnippet {
			return text[:i]
		}
		n++
	}
	return text
}

func foldRead(s *State, p *event.Placed) error {
	var b event.ReadBody
	if err := p.Decode(&b, nil); err != nil {
		return err
	}
	switch p.Actor.Kind {
	case event.Customer:
		s.ReadByCustomer = max(s.ReadByCustomer, b.UpTo)
	case event.Agent:
		s.ReadByAgent = max(s.ReadByAgent, b.UpTo)
		if s.ReadByAgent >= s.LastCustomerMsg {
			s.UnreadByAgent = 0
		}
	}
	return nil
}

func foldUnderstood(s *State, p *event.Placed) error {
	var b event.UnderstoodBody
	if err := p.Decode(&b, nil); err != nil {
		return err
	}
	if b.Emotion != "" {
		// A late understanding of an older turn joins the trend but is not how the customer feels now.
		if b.Message == s.LastCustomerMsg || s.Emotion == "" {
			s.Emotion = b.Emotion
		}
		s.Emotions = append(s.Emotions, b.Emotion)
		if n := len(s.Emotions); n > maxEmotions {
			s.Emotions = slices.Clone(s.Emotions[n-maxEmotions:])
		}
	}
	if b.Intent != "" && (b.Message == s.LastCustomerMsg || s.Intent == "") {
		s.Intent = b.Intent
	}
	return nil
}

func foldSummarised(s *State, p *event.Placed) error {
	var sum event.SummaryPrivate
	if err := p.Decode(nil, &sum); err != nil {
		return err
	}
	if len(p.Private) > 0 { // erased otherwise
		s.Summary = &sum
	}
	return nil
}

func foldSuggested(s *State, p *event.Placed) error {
	var b event.SuggestedBody
	var say event.SuggestedPrivate
	if err := p.Decode(&b, &say); err != nil {
		return err
	}
	if b.Message != s.LastCustomerMsg || s.Seat == SeatClosed {
		return nil
	}
	sug := Suggestion{ID: p.ID, Message: b.Message, Rank: b.Rank, Strategy: b.Strategy, Fit: b.Fit, Text: say.Text, Sources: b.Sources}
	if i := slices.IndexFunc(s.Suggestions, func(o Suggestion) bool { return o.Rank == b.Rank }); i >= 0 {
		s.Suggestions[i] = sug
		return nil
	}
	if len(s.Suggestions) < maxSuggestions {
		s.Suggestions = append(s.Suggestions, sug)
		slices.SortStableFunc(s.Suggestions, func(a, b Suggestion) int { return a.Rank - b.Rank })
	}
	return nil
}

func foldSuggestionUsed(s *State, p *event.Placed) error {
	var b event.SuggestionUsedBody
	if err := p.Decode(&b, nil); err != nil {
		return err
	}
	for i := range s.Suggestions {
		if s.Suggestions[i].ID == b.Suggestion {
			s.Suggestions[i].Used = b.How
		}
	}
	return nil
}
