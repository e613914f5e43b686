package view

import "time"

// Actions is everything a person can ask of the desk. Every method returns at once and may be called from the face's
// goroutine; what comes of it is seen in a later snapshot (a toast, a state, Lost, Back). An action that is not allowed
// just now changes nothing but a toast that says why.
type Actions interface {
	Login(server, user, password string)
	Logout()

	Select(conversation string)   // opens it; a bot's or a waiting one is peeked at; "" closes the chat
	SelectStep(step int)          // next (+1) or previous (-1) of the own conversations
	SetSegment(s Segment)         //
	SetWindow(offset int)         // of the bot segment: the first row that shows; the queue then holds the rows around it
	Goto(place string)            // a rail item
	TakeOver(conversation string) // accepts the own offer, claims a waiting chat, or takes one from the bot
	TakeMostUrgent()              // accepts the own offer, or claims the first waiting chat one may
	Decline(conversation string)  // the own offer
	Transfer(to Target, note string)
	HandBack(reason, instruction string)
	Close(disposition string, solved bool, remark string)
	DismissLost()

	SetDraft(text string) // of the selected chat and the current mode; on every change
	SetMode(m Mode)
	Send(text string)    // to the customer; the wording rules are asked again, as findings may be older than the text
	AddNote(text string) // internal
	ApplyFixes()         // all replacements of the draft's findings; comes back with a new DraftRev
	Resend(item string)  // a failed message
	Recall(item string)  // a failed or queued message back into the draft
	ConfirmOutbox()      // send what was written offline
	UseTool(t Tool)
	Attach(name string, data []byte) // a picture or file for the next Send; too large or of a wrong kind: a toast
	Detach(id string)
	Quote(item string)          // the next Send quotes it; "" ends that
	Unsend(item string)         // takes a sent message back
	Pick(kind, query string)    // opens or searches the picker; kind "" closes it
	SendPicked(kind, id string) // a product, an order or a coupon to the customer
	AskForm(kind, order string) // order "" where the form is about none
	Fetch(item string)          // brings a voice note or a picture in full
	Find(query string)          // in the open chat; "" ends it
	FindStep(step int)          // to the next (+1) or previous hit
	SetFollowUp(due time.Time, text string)
	DoneFollowUp(id string)
	OpenPast(conversation string) // an earlier conversation of this customer, beside the chat; "" closes it
	LoadOlder()
	Looked(item string) // the newest item that is visible while the window has the focus

	AdoptSuggestion(index int, send bool) // from 0; into the draft, or at once to the customer
	EditSuggestion(index int)             // into the draft, to be changed
	IgnoreSuggestion(index int)
	SetTone(key string)
	RetryCopilot()
	SendCard(id string)
	OpenCard(id string) // a card, or a source by its Ref.ID: the whole of it as Desk.Source; "" closes it
	RunNext()
	OpenTrace(item string) // how a message of the bot came about, as Desk.Trace; "" closes it
	StepTrace(step int)    // to the bot's message before (-1) or after (+1) it

	Search(query string) // "" ends it
	RetryLink()
	SetStatus(p Presence)
	SetTheme(name string)    // light, dark, "" as the system
	SetLanguage(lang string) // zh-Hans, en
	SetPrefs(p Prefs)        // all of them; the window is rebuilt where language or text size changed
	HandledAlert(id string)
	DismissToast(id string)
}

// Target is whom a chat is passed to; one of the two is set.
type Target struct {
	Agent, Group string
}

// Dispositions are the keys of how a chat may end, in the order of the menu: "disposition.<key>".
func Dispositions() []string {
	return []string{"solved", "order_placed", "refund_started", "follow_up", "escalated_offline", "customer_left", "spam"}
}
