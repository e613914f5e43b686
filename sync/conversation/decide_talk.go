package conversation

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"agentdesk/sync/event"

	"github.com/oklog/ulid/v2"
)

// Bounds of one message, besides event.MaxText.
const (
	maxAttachments = 9
	maxSources     = 16
	maxQuick       = 8
	maxShort       = 256 // bytes of a reason, code, group or other name
	maxWave        = 64  // parts of a wave form
)

// CheckText says whether a text may be stored: at most event.MaxText bytes, valid UTF-8, and no control or unassigned
// characters. New lines and tabs are fine, and so are emoji newer than this program.
func CheckText(text string) *Refusal {
	if len(text) > event.MaxText {
		return refuse(TooLarge, "a text is at most 64 KB: send it as a file")
	}
	if !utf8.ValidString(text) {
		return refuse(Invalid, "the text is not UTF-8")
	}
	for _, r := range text {
		switch {
		case r == '\n', r == '\t', r == '\r':
		case unicode.IsControl(r):
			return refuse(Invalid, "the text has control characters")
		case r >= 0x1F000 && r <= 0x1FAFF:
		case r > unicode.MaxLatin1 && unicode.Is(unicode.Cn, r):
			return refuse(Invalid, "the text has characters that do not exist")
		}
	}
	return nil
}

func short(texts ...string) *Refusal {
	for _, t := range texts {
		if len(t) > maxShort {
			return refuse(TooLarge, "a name or reason is at most 256 bytes")
		}
		if r := CheckText(t); r != nil {
			return r
		}
	}
	return nil
}

func (d *decision) post() *Refusal {
	a, r := args[PostArgs](d.c)
	if r != nil {
		return r
	}
	if a.Kind == "" {
		a.Kind = event.Text
	}
	if r := checkPost(&a); r != nil {
		return r
	}
	switch d.c.Actor.Kind {
	case event.Customer:
		return d.postCustomer(a)
	case event.Bot:
		return d.postBot(a)
	case event.Agent:
		return d.postAgent(a)
	}
	if a.Kind != event.Notice || a.Code == "" {
		return refuse(Forbidden, "the system posts notices only")
	}
	if !d.s.Open() {
		return refuse(AlreadyClosed, "the conversation has ended")
	}
	d.posted(a)
	return nil
}

func checkPost(a *PostArgs) *Refusal {
	switch a.Kind {
	case event.Text, event.Note:
		if a.Text == "" && len(a.Attachments) == 0 {
			return refuse(Invalid, "an empty message")
		}
	case event.Image, event.Voice, event.File:
		if len(a.Attachments) == 0 {
			return refuse(Invalid, "a message of this kind needs an attachment")
		}
	case event.ProductCard, event.OrderCard, event.CouponCard:
		if a.Ref == "" || a.Card == nil {
			return refuse(Invalid, "there is no such thing in the shop to show")
		}
	case event.FormAsked, event.FormFilled:
		if r := checkForm(a); r != nil {
			return r
		}
	case event.Notice:
	default:
		return refuse(Invalid, "unknown kind of message")
	}
	if len(a.Attachments) > maxAttachments || len(a.Sources) > maxSources || len(a.Quick) > maxQuick || len(a.Args) > maxQuick {
		return refuse(TooLarge, "too many parts in one message")
	}
	for _, f := range a.Attachments {
		if f.Size < 0 || len(f.Hash) != 64 {
			return refuse(Invalid, "an attachment is named by the hash of what is stored")
		}
		if r := short(f.Mime); r != nil {
			return r
		}
		if len(f.Wave) > maxWave {
			return refuse(TooLarge, "a wave form has at most 64 parts")
		}
	}
	if a.Gone {
		return refuse(Invalid, "a message is recalled by its own command")
	}
	if a.Kind != event.Notice && (a.Code != "" || len(a.Args) > 0) {
		return refuse(Invalid, "only notices have a code")
	}
	if r := short(append([]string{a.Code, a.Suggestion, a.Ref, a.Form}, a.Quick...)...); r != nil {
		return r
	}
	if a.Link != "" && !event.LinkOK(a.Link) {
		return refuse(Invalid, "a message leads to the checkout or to an order's payment only")
	}
	if a.ReplyTo != "" && !event.ValidID(a.ReplyTo) {
		return refuse(Invalid, "replies to no message")
	}
	return CheckText(a.Text)
}

func (d *decision) posted(a PostArgs) {
	var private any
	if a.Text != "" || a.Card != nil || len(a.Fields) > 0 {
		private = event.PostedPrivate{Text: a.Text, Card: a.Card, Fields: a.Fields}
	}
	d.emit(event.Posted, a.PostedBody, private)
}

func (d *decision) postCustomer(a PostArgs) *Refusal {
	switch a.Kind {
	case event.Note, event.Notice, event.CouponCard, event.FormAsked:
		return refuse(Forbidden, "customers post messages only")
	}
	if len(a.Sources) > 0 || len(a.Quick) > 0 || a.Suggestion != "" || a.Link != "" {
		return refuse(Invalid, "sources, choices and suggestions are not a customer's")
	}
	if !d.s.Open() {
		if r := d.open(); r != nil {
			return r
		}
	}
	d.posted(a)
	if a.Kind == event.FormFilled && a.Form == event.FormLeave {
		d.left()
	}
	return nil
}

// left puts a chat whose customer left a message among those that wait: people find it when they come, with its clock
// beginning then, and it does not end before somebody took it.
func (d *decision) left() {
	seat := d.s.Seat
	if !d.s.Open() {
		seat = SeatBot
	}
	if seat == SeatBot {
		d.escalated(event.Actor{Kind: event.System}, "human_request", nil)
	}
	if seat != SeatHuman {
		d.notice(NoticeLeaveDone)
	}
}

// open begins a conversation, or a new one linked to the closed one.
func (d *decision) open() *Refusal {
	o := d.c.Opening
	if o == nil && d.s.ID != "" {
		return refuse(AlreadyClosed, "the conversation has ended")
	}
	if o == nil || d.c.Conv == "" || d.c.Conv == d.s.ID {
		return refuse(Invalid, "a first message needs an opening and a new conversation's ID")
	}
	if d.c.Customer != "" && d.c.Customer != d.c.Actor.ID {
		return refuse(Forbidden, "this is another customer's conversation")
	}
	if o.Body.Group == "" {
		return refuse(Invalid, "an opening needs the group that serves it")
	}
	body := o.Body
	if body.Prev == "" {
		body.Prev = d.s.ID
	}
	d.conv, d.customer, d.epoch = d.c.Conv, d.c.Actor.ID, 1
	d.emit(event.Opened, body, o.Private)
	return nil
}

func (d *decision) postBot(a PostArgs) *Refusal {
	if a.Kind == event.Note || a.Kind == event.Notice || a.Kind == event.FormFilled {
		return refuse(Forbidden, "the bot posts messages only")
	}
	if !d.s.Open() {
		return d.told(AlreadyClosed, "the conversation has ended")
	}
	if d.c.Epoch != d.s.Epoch || d.s.Seat != SeatBot {
		return d.told(StaleEpoch, "the seat changed hands")
	}
	d.posted(a)
	return nil
}

func (d *decision) postAgent(a PostArgs) *Refusal {
	s := d.s
	switch {
	case a.Kind == event.Notice, a.Kind == event.FormFilled:
		return refuse(Forbidden, "notices are the system's, forms the customer's")
	case a.Kind == event.Note: // customers never see it: no seat is needed, and closed chats are annotated too
		d.posted(a)
		return nil
	case !s.Open():
		return d.told(AlreadyClosed, "the conversation has ended")
	case d.c.Epoch != s.Epoch:
		return d.told(StaleEpoch, "the seat changed hands since this was written")
	case s.Agent != d.c.Actor.ID:
		return d.told(NotHolder, "only the seat's holder writes to the customer")
	}
	d.posted(a)
	return nil
}

func (d *decision) markRead() *Refusal {
	a, r := args[ReadArgs](d.c)
	if r != nil {
		return r
	}
	// A mark beyond the last message would hide all messages to come.
	if !event.ValidID(a.UpTo) || a.UpTo > d.s.LastMsg {
		return refuse(Invalid, "there is no such message")
	}
	before := d.s.ReadByCustomer
	if d.c.Actor.Kind == event.Agent {
		if d.s.Agent != d.c.Actor.ID {
			return d.told(NotHolder, "only the seat's holder marks as read")
		}
		before = d.s.ReadByAgent
	}
	if a.UpTo > before {
		d.emit(event.ReadMarked, event.ReadBody{UpTo: a.UpTo}, nil)
	}
	return nil
}

func (d *decision) understand() *Refusal {
	a, r := args[UnderstandArgs](d.c)
	if r != nil {
		return r
	}
	if !event.ValidID(a.Message) {
		return refuse(Invalid, "understands no message")
	}
	if r := short(a.Emotion, a.Intent, a.Reason, a.By); r != nil {
		return r
	}
	var private any
	// Entities quote the message: where it is gone, or so old that nobody knows, they are not kept.
	if len(a.Entities) > 0 && slices.ContainsFunc(d.s.Recent, func(m Recent) bool { return m.ID == a.Message }) {
		private = event.UnderstoodPrivate{Entities: a.Entities}
	}
	d.emit(event.Understood, a.UnderstoodBody, private)
	if a.Escalate && d.s.Seat == SeatBot && !d.settled(a.Message) {
		d.toWaiting(a.Reason, nil)
	}
	return nil
}

// settled reports whether a message was already a person's concern: it came before the chat was handed back.
func (d *decision) settled(msg event.ID) bool {
	if d.s.HandBacks == 0 {
		return false
	}
	u, err := ulid.ParseStrict(msg)
	return err == nil && int64(u.Time()) < d.s.SeatAt
}

func (d *decision) summarise() *Refusal {
	a, r := args[event.SummaryPrivate](d.c)
	if r != nil {
		return r
	}
	if !d.s.Open() {
		return d.told(AlreadyClosed, "the conversation has ended")
	}
	for _, t := range []string{a.Ask, a.Done, a.Clues, a.Unresolved} {
		if r := CheckText(t); r != nil {
			return r
		}
	}
	d.emit(event.Summarised, nil, a)
	return nil
}

func (d *decision) suggest() *Refusal {
	a, r := args[SuggestArgs](d.c)
	if r != nil {
		return r
	}
	switch {
	case !d.s.Open():
		return d.told(AlreadyClosed, "the conversation has ended")
	case a.Message != d.s.LastCustomerMsg:
		return d.told(Superseded, "the customer wrote again")
	case a.Text == "" || a.Rank < 1 || a.Rank > maxSuggestions || a.Fit < 0 || a.Fit > 100 || len(a.Sources) > maxSources:
		return refuse(Invalid, "a suggestion needs a text, a rank from 1 and a fit of 0 to 100")
	}
	if r := CheckText(a.Text); r != nil {
		return r
	}
	d.emit(event.Suggested, a.SuggestedBody, event.SuggestedPrivate{Text: a.Text})
	return nil
}

func (d *decision) useSuggestion() *Refusal {
	b, r := args[event.SuggestionUsedBody](d.c)
	if r != nil {
		return r
	}
	// One who held the seat may still report what became of a suggestion after the talk moved on.
	if !slices.Contains(d.s.Holders, d.c.Actor.ID) {
		return d.told(NotHolder, "only the seat's holder uses suggestions")
	}
	if !event.ValidID(b.Suggestion) || b.Message != "" && !event.ValidID(b.Message) || b.Edits < 0 || b.AfterMS < 0 ||
		b.How != event.Adopted && b.How != event.Edited && b.How != event.Ignored {
		return refuse(Invalid, "a suggestion is adopted, edited or ignored")
	}
	for _, g := range d.s.Suggestions {
		if g.ID == b.Suggestion && g.Used == b.How {
			return nil
		}
	}
	d.emit(event.SuggestionUsed, b, nil)
	return nil
}
