package views

import "github.com/postroom/postroom/store"

// UnsubscribePath is where the links of a message lead.
func UnsubscribePath(token string) string { return "/unsubscribe/" + token }

// Consent is what the page of a message's recipient shows.
type Consent struct {
	Token        string
	Workspace    string // its name; empty when nobody is left to unsubscribe
	Email        string // of the person; may be empty
	Unsubscribed bool
	Done         bool // it was just changed
	Person       store.Person
	Topics       []store.Topic
}

// PreferencesPath is where people choose what they hear about.
func PreferencesPath(token string) string { return "/manage_subscription/" + token }

// title is the heading.
func (c Consent) title() string {
	switch {
	case c.Workspace == "":
		return "You get no more messages"
	case c.Unsubscribed:
		return "You are unsubscribed"
	case c.Done:
		return "You are subscribed again"
	}
	return "Unsubscribe?"
}

// who is the recipient, in the middle of a sentence.
func (c Consent) who() string {
	if c.Email == "" {
		return "You"
	}
	return c.Email
}

func (c Consent) gets() string {
	if c.Email == "" {
		return "get"
	}
	return "gets"
}
