package workflow

import "github.com/postroom/postroom/store/condition"

// UpdatePerson changes attributes of a person: of the one on the journey or, if
// Person names one, of another.
type UpdatePerson struct {
	// Set is the new values by attribute: a string (which may hold Liquid), a
	// json.Number, a bool, or nil to remove the attribute.
	Set    map[string]any `json:"set"`
	Person *PersonRef     `json:"person,omitempty"`
}

// PersonRef names a person by one identifier, which may hold Liquid.
type PersonRef struct {
	By     string `json:"by"`               // email, id or cio_id
	Value  string `json:"value"`            // such as {{event.friend_email}}
	Create bool   `json:"create,omitempty"` // when nobody has it
}

// UpdateJourney changes attributes of the journey itself, which later actions
// see as journey.name. Set is as that of UpdatePerson.
type UpdateJourney struct {
	Set map[string]any `json:"set"`
}

// SendEvent lets a person do something, as if their program had told of it.
type SendEvent struct {
	Event     string         `json:"event"`
	Data      map[string]any `json:"data,omitempty"`      // as Set of UpdatePerson
	Person    *PersonRef     `json:"person,omitempty"`    // nil: the one on the journey
	Workspace string         `json:"workspace,omitempty"` // slug of the one in which it happens; this one when empty
}

// SegmentUpdate puts the person into a manual segment or takes them out.
type SegmentUpdate struct {
	Segment *condition.Segment `json:"segment"`
	Change  SegmentChange      `json:"change"`
}

// SegmentChange is what happens to a person's membership.
type SegmentChange string

// The two changes of a membership.
const (
	AddToSegment      SegmentChange = "add"
	RemoveFromSegment SegmentChange = "remove"
)

// BatchUpdate changes attributes of many people, at most MaxBatch, or sends an
// event to each of them.
type BatchUpdate struct {
	People *condition.Condition `json:"people"`          // who
	Set    map[string]any       `json:"set,omitempty"`   // as that of UpdatePerson
	Event  string               `json:"event,omitempty"` // empty: none
	Data   map[string]any       `json:"data,omitempty"`  // of the event
}

// MaxBatch is how many people a BatchUpdate changes at most.
const MaxBatch = 1000

// sets is the maps of values in the action, which may hold Liquid.
func (a Action) sets() []map[string]any {
	switch {
	case a.UpdatePerson != nil:
		return []map[string]any{a.UpdatePerson.Set}
	case a.UpdateJourney != nil:
		return []map[string]any{a.UpdateJourney.Set}
	case a.SendEvent != nil:
		return []map[string]any{a.SendEvent.Data}
	case a.BatchUpdate != nil:
		return []map[string]any{a.BatchUpdate.Set, a.BatchUpdate.Data}
	}
	return nil
}

// person is whom the action names besides the one on the journey.
func (a Action) person() *PersonRef {
	switch {
	case a.UpdatePerson != nil:
		return a.UpdatePerson.Person
	case a.SendEvent != nil:
		return a.SendEvent.Person
	}
	return nil
}
