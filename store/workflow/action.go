package workflow

import (
	"fmt"
	"iter"
	"time"

	"github.com/postroom/postroom/store/condition"
)

// Action is one block of a workflow. Besides what all actions have it has the
// content of its type, and no other; an exit has none.
type Action struct {
	Key       string // unique in the workflow; what people stand before
	Type      Type
	Name      string               // what people call it; may be empty
	Condition *condition.Condition // skipped for people who do not match; nil for everyone
	Origin    *Origin              // where it was imported from; nil when it was made here

	Email        *Email
	Webhook      *Webhook
	Delay        *Delay
	Branch       *Branch
	UpdatePerson *UpdatePerson
}

// Type is a kind of action, as the document writes it.
type Type string

// The actions of this version.
const (
	TypeEmail        Type = "email"
	TypeWebhook      Type = "webhook"
	TypeDelay        Type = "delay"
	TypeBranch       Type = "branch"
	TypeUpdatePerson Type = "update_person"
	TypeExit         Type = "exit"
)

// Types is every type of action, in the order of a menu.
func Types() []Type {
	return []Type{TypeEmail, TypeWebhook, TypeDelay, TypeBranch, TypeUpdatePerson, TypeExit}
}

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
}

// Webhook is a call to another service. URL, headers and body may hold Liquid.
type Webhook struct {
	Sending Sending  `json:"sending"`
	Method  string   `json:"method"`
	URL     string   `json:"url"`
	Headers []Header `json:"headers,omitempty"`
	Body    string   `json:"body,omitempty"`
	LeftOut []string `json:"left_out,omitempty"` // secrets that StripSecrets took away; empty once they are put in again
}

// Header is one header of a webhook.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Delay lets people wait.
type Delay struct {
	Duration string `json:"duration"` // such as 90s, 15m, 4h, 2d, 1w
}

// Length is how long people wait.
func (d Delay) Length() (time.Duration, error) { return condition.ParseDuration(d.Duration) }

// Branch sends each person down the first path that they match.
type Branch struct {
	Paths []Path `json:"paths"`
}

// Path is one way through a branch. Who matches no path goes on after the
// branch.
type Path struct {
	Name    string               `json:"name"`
	When    *condition.Condition `json:"when,omitempty"` // nil on the last path: everyone else
	Actions []Action             `json:"actions"`
}

// UpdatePerson changes attributes of the person.
type UpdatePerson struct {
	// Set is the new values by attribute: a string (which may hold Liquid), a
	// json.Number, a bool, or nil to remove the attribute.
	Set map[string]any `json:"set"`
}

// Origin remembers the action that this one is a copy of.
type Origin struct {
	Workspace  string    `json:"workspace"` // its slug
	Campaign   string    `json:"campaign"`  // its name at that time
	CampaignID int64     `json:"campaign_id,omitempty"`
	Action     string    `json:"action"`            // its key there
	Version    int       `json:"version,omitempty"` // of the workflow it was taken from
	At         time.Time `json:"at,omitzero"`
}

// NewAction is an action of this type with nothing but its defaults and a key
// that is free in c, ready for Insert.
func NewAction(c Campaign, t Type) (Action, error) {
	a := Action{Key: NewKey(c, string(t)), Type: t}
	switch t {
	case TypeEmail:
		a.Email = &Email{Sending: Draft, To: defaultTo}
	case TypeWebhook:
		a.Webhook = &Webhook{Sending: Draft, Method: "POST"}
	case TypeDelay:
		a.Delay = &Delay{Duration: "1d"}
	case TypeBranch:
		a.Branch = &Branch{Paths: []Path{{Name: "Path 1"}, {Name: "Everyone else"}}}
	case TypeUpdatePerson:
		a.UpdatePerson = &UpdatePerson{Set: map[string]any{}}
	case TypeExit:
	default:
		return Action{}, &Error{Message: unknownType(t)}
	}
	return a, nil
}

const defaultTo = "{{customer.email}}"

func unknownType(t Type) string {
	return fmt.Sprintf("%q is not an action this version knows. Use one of %s.", t, quoted(Types()))
}

// All is the actions and those inside them, in the order of the tree.
func All(actions []Action) iter.Seq[Action] {
	return func(yield func(Action) bool) { each(actions, yield) }
}

func each(actions []Action, yield func(Action) bool) bool {
	for _, a := range actions {
		if !yield(a) {
			return false
		}
		for _, p := range a.paths() {
			if !each(p.Actions, yield) {
				return false
			}
		}
	}
	return true
}

// paths is the paths of a branch, and none of any other action.
func (a Action) paths() []Path {
	if a.Branch == nil {
		return nil
	}
	return a.Branch.Paths
}

// content is what the action's type adds, and nil for an exit or when it is
// missing.
func (a Action) content() any {
	switch {
	case a.Type == TypeEmail && a.Email != nil:
		return a.Email
	case a.Type == TypeWebhook && a.Webhook != nil:
		return a.Webhook
	case a.Type == TypeDelay && a.Delay != nil:
		return a.Delay
	case a.Type == TypeBranch && a.Branch != nil:
		return a.Branch
	case a.Type == TypeUpdatePerson && a.UpdatePerson != nil:
		return a.UpdatePerson
	}
	return nil
}

// MarshalJSON writes the action as one flat object.
func (a Action) MarshalJSON() ([]byte, error) {
	head, err := encode(struct {
		Key       string               `json:"key"`
		Type      Type                 `json:"type"`
		Name      string               `json:"name,omitempty"`
		Condition *condition.Condition `json:"condition,omitempty"`
		Origin    *Origin              `json:"origin,omitempty"`
	}{a.Key, a.Type, a.Name, a.Condition, a.Origin})
	if err != nil || a.content() == nil {
		return head, err
	}
	rest, err := encode(a.content())
	if err != nil {
		return nil, err
	}
	return append(append(head[:len(head)-1], ','), rest[1:]...), nil
}

// MarshalJSON writes a path whose list of actions is never null.
func (p Path) MarshalJSON() ([]byte, error) {
	type plain Path
	if p.Actions == nil {
		p.Actions = []Action{}
	}
	return encode(plain(p))
}
