package workflow

import "strings"

// Sending says what happens when a person reaches a message.
type Sending string

// The ways of sending. A message begins as a draft, so that nothing leaves by
// accident.
const (
	Automatic Sending = "automatic" // sent as soon as it is rendered
	Draft     Sending = "draft"     // rendered and held until a person sends it
	Off       Sending = "off"       // not sent; the journey goes on
)

// Email is a message by email. Every field but Layout may hold Liquid.
type Email struct {
	Sending   Sending `json:"sending"`
	From      string  `json:"from,omitempty"` // an address, or a name and an address
	To        string  `json:"to"`
	ReplyTo   string  `json:"reply_to,omitempty"`
	Subject   string  `json:"subject,omitempty"`
	Preheader string  `json:"preheader,omitempty"`
	Body      string  `json:"body,omitempty"`   // HTML
	Text      string  `json:"text,omitempty"`   // made from the body when empty
	Layout    string  `json:"layout,omitempty"` // by name; none when empty

	Subscription Subscription  `json:"subscription,omitempty"` // the campaign's when empty
	Untracked    bool          `json:"untracked,omitempty"`    // neither opens nor clicks are noted
	Languages    []Translation `json:"languages,omitempty"`    // instead of the texts above, for who speaks them
}

// Translation is an email's texts in another language.
type Translation struct {
	Language  string `json:"language"` // as the workspace's language attribute says it: en, or en-US
	Subject   string `json:"subject,omitempty"`
	Preheader string `json:"preheader,omitempty"`
	Body      string `json:"body,omitempty"`
	Text      string `json:"text,omitempty"`
}

// In is the email as somebody who speaks this language gets it. Languages are
// compared whole and without regard to case, as the reference product does.
func (e Email) In(language string) Email {
	for _, t := range e.Languages {
		if language != "" && strings.EqualFold(t.Language, language) {
			e.Subject, e.Preheader, e.Body, e.Text = t.Subject, t.Preheader, t.Body, t.Text
			return e
		}
	}
	return e
}

// LanguageFor is the translation for somebody who speaks a language, as it is
// written here; empty when there is none, and they get the email's own texts.
func (e Email) LanguageFor(speaks string) string {
	for _, t := range e.Languages {
		if speaks != "" && strings.EqualFold(t.Language, speaks) {
			return t.Language
		}
	}
	return ""
}

// Webhook is a call to another service. URL, headers and body may hold Liquid.
type Webhook struct {
	Sending Sending  `json:"sending"`
	Method  string   `json:"method"`
	URL     string   `json:"url"`
	Headers []Header `json:"headers,omitempty"`
	Body    string   `json:"body,omitempty"`
	LeftOut []string `json:"left_out,omitempty"` // secrets that StripSecrets took away; empty once they are put in again

	// Response is what of a JSON answer is kept. With it people wait at the
	// action until the answer is there.
	Response []Kept `json:"response,omitempty"`
	Converts bool   `json:"converts,omitempty"` // it counts as a message when the goal is met
}

// Kept is a value of an answer that is kept as an attribute.
type Kept struct {
	Path      string `json:"path"`              // in the answer, such as data.score or items[0].id
	Attribute string `json:"attribute"`         // its name then
	Journey   bool   `json:"journey,omitempty"` // of the journey instead of the person
}

// Header is one header of a webhook.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Slack is a message into a Slack channel. URL and text may hold Liquid.
type Slack struct {
	Sending Sending `json:"sending"`
	URL     string  `json:"url,omitempty"` // of the incoming webhook; the workspace's when empty
	Text    string  `json:"text,omitempty"`
}

// Push is a message to the person's devices. Every text may hold Liquid.
type Push struct {
	Sending Sending `json:"sending"`
	Devices Devices `json:"devices,omitempty"`
	Title   string  `json:"title,omitempty"`
	Body    string  `json:"body,omitempty"`
	Link    string  `json:"link,omitempty"`
}

// Devices says to which devices of a person a message goes.
type Devices string

// The devices of a person.
const (
	AllDevices Devices = "all"  // to each of them
	LastDevice Devices = "last" // to the one used last
)

// SMS is a text message to a phone. Every text may hold Liquid.
type SMS struct {
	Sending Sending `json:"sending"`
	From    string  `json:"from,omitempty"` // the workspace's when empty
	To      string  `json:"to"`
	Text    string  `json:"text,omitempty"`
}

// Subscription says who gets a message: "" for who has not unsubscribed, "all"
// for them and the others, "topic:News" for who is subscribed to a topic.
type Subscription string

// ToAll is the Subscription that also writes to who has unsubscribed.
const ToAll Subscription = "all"

// Topic is the topic's name.
func (s Subscription) Topic() (name string, ok bool) {
	return strings.CutPrefix(string(s), topicPrefix)
}

// ToAll says whether unsubscribed people get the message as well.
func (s Subscription) ToAll() bool { return s == ToAll }

// OfTopic is the Subscription to a topic.
func OfTopic(name string) Subscription { return Subscription(topicPrefix + name) }

const topicPrefix = "topic:"

// valid says whether s is one of the above.
func (s Subscription) valid() bool {
	name, ok := s.Topic()
	return s == "" || s == ToAll || ok && strings.TrimSpace(name) != ""
}

// IsMessage says whether the action sends something to somebody.
func (a Action) IsMessage() bool { return a.sending() != nil }

// Sending is how the message is sent; Off for what is none.
func (a Action) Sending() Sending {
	s := a.sending()
	switch {
	case s == nil:
		return Off
	case *s == "":
		return Draft
	}
	return *s
}

// WithSending is the action with another way of sending.
func (a Action) WithSending(to Sending) Action {
	a = cloneActions([]Action{a})[0]
	if s := a.sending(); s != nil {
		*s = to
	}
	return a
}

// sending is where the message's way of sending is kept; nil for what is no
// message.
func (a Action) sending() *Sending {
	switch {
	case a.Email != nil:
		return &a.Email.Sending
	case a.Webhook != nil:
		return &a.Webhook.Sending
	case a.Slack != nil:
		return &a.Slack.Sending
	case a.Push != nil:
		return &a.Push.Sending
	case a.SMS != nil:
		return &a.SMS.Sending
	}
	return nil
}
