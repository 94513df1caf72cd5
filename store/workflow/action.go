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

	Email         *Email
	Webhook       *Webhook
	Slack         *Slack
	Push          *Push
	SMS           *SMS
	Delay         *Delay
	TimeWindow    *TimeWindow
	Branch        *Branch // of every type at which people part: see parts
	UpdatePerson  *UpdatePerson
	UpdateJourney *UpdateJourney
	SendEvent     *SendEvent
	SegmentUpdate *SegmentUpdate
	BatchUpdate   *BatchUpdate
}

// Type is a kind of action, as the document writes it.
type Type string

// The actions of this version.
const (
	TypeEmail         Type = "email"
	TypeSMS           Type = "sms"
	TypePush          Type = "push"
	TypeSlack         Type = "slack"
	TypeWebhook       Type = "webhook"
	TypeDelay         Type = "delay"
	TypeTimeWindow    Type = "time_window"
	TypeWaitUntil     Type = "wait_until"
	TypeBranch        Type = "branch"
	TypeRandomSplit   Type = "random_split"
	TypeABTest        Type = "ab_test"
	TypeUpdatePerson  Type = "update_person"
	TypeUpdateJourney Type = "update_journey"
	TypeSendEvent     Type = "send_event"
	TypeSegmentUpdate Type = "segment_update"
	TypeBatchUpdate   Type = "batch_update"
	TypeExit          Type = "exit"
)

// Types is every type of action, in the order of a menu.
func Types() []Type {
	return []Type{
		TypeEmail, TypeSMS, TypePush, TypeSlack, TypeWebhook,
		TypeDelay, TypeTimeWindow, TypeWaitUntil,
		TypeBranch, TypeRandomSplit, TypeABTest, TypeExit,
		TypeUpdatePerson, TypeUpdateJourney, TypeSendEvent, TypeSegmentUpdate, TypeBatchUpdate,
	}
}

// parts says whether people part here: actions of these types have paths.
func (t Type) parts() bool {
	switch t {
	case TypeBranch, TypeWaitUntil, TypeRandomSplit, TypeABTest:
		return true
	}
	return false
}

// Delay lets people wait.
type Delay struct {
	Duration string `json:"duration"` // such as 90s, 15m, 4h, 2d, 1w
}

// Length is how long people wait.
func (d Delay) Length() (time.Duration, error) { return condition.ParseDuration(d.Duration) }

// Origin remembers the action that this one is a copy of.
type Origin struct {
	Workspace  string    `json:"workspace"` // its slug
	Campaign   string    `json:"campaign"`  // its name at that time
	CampaignID int64     `json:"campaign_id,omitempty"`
	Action     string    `json:"action"`            // its key there
	Version    int       `json:"version,omitempty"` // of the workflow it was taken from; zero: its draft
	Hash       string    `json:"hash,omitempty"`    // of what it said there: see Action.Hash
	At         time.Time `json:"at,omitzero"`
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

// paths is the ways on from an action at which people part, and none of any
// other.
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
	case a.Type == TypeSlack && a.Slack != nil:
		return a.Slack
	case a.Type == TypePush && a.Push != nil:
		return a.Push
	case a.Type == TypeSMS && a.SMS != nil:
		return a.SMS
	case a.Type == TypeDelay && a.Delay != nil:
		return a.Delay
	case a.Type == TypeTimeWindow && a.TimeWindow != nil:
		return a.TimeWindow
	case a.Type.parts() && a.Branch != nil:
		return a.Branch
	}
	return a.dataContent()
}

// dataContent is content for the types that change data.
func (a Action) dataContent() any {
	switch {
	case a.Type == TypeUpdatePerson && a.UpdatePerson != nil:
		return a.UpdatePerson
	case a.Type == TypeUpdateJourney && a.UpdateJourney != nil:
		return a.UpdateJourney
	case a.Type == TypeSendEvent && a.SendEvent != nil:
		return a.SendEvent
	case a.Type == TypeSegmentUpdate && a.SegmentUpdate != nil:
		return a.SegmentUpdate
	case a.Type == TypeBatchUpdate && a.BatchUpdate != nil:
		return a.BatchUpdate
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
