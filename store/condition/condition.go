// Package condition is the language in which Postroom asks whether a person
// matches: segments, campaign filters, branches and the App API all speak it.
// It parses a condition, says it in words and evaluates it for one person; it
// does no I/O.
package condition

import "encoding/json"

// Condition is one node of a condition: exactly one of its fields is set.
type Condition struct {
	And       []Condition `json:"and,omitempty"`
	Or        []Condition `json:"or,omitempty"`
	Not       *Condition  `json:"not,omitempty"`
	Attribute *Attribute  `json:"attribute,omitempty"`
	Segment   *Segment    `json:"segment,omitempty"`
	Event     *Event      `json:"event,omitempty"`
	Message   *Message    `json:"message,omitempty"`
}

// Attribute compares one attribute of a person (or one field of an event's
// data) with a value. Field names are case-sensitive, values are not.
type Attribute struct {
	Field    string          `json:"field"`
	Operator Operator        `json:"operator"`
	Value    json.RawMessage `json:"value,omitempty"`
}

// Segment asks whether the person is in a segment, which is named by its id
// or by its name, never by both.
type Segment struct {
	ID   int64  `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// Event asks whether the person did something: at least AtLeast times (once
// when zero), Within a duration such as "30d" (ever when empty), with data
// that matches Where.
type Event struct {
	Name    string     `json:"name"`
	AtLeast int        `json:"at_least,omitempty"`
	Within  string     `json:"within,omitempty"`
	Where   *Condition `json:"where,omitempty"`
}

// Message asks what the person did with messages they were sent.
type Message struct {
	Metric     string `json:"metric"` // sent, delivered, opened, clicked, converted
	CampaignID int64  `json:"campaign_id,omitempty"`
	Action     string `json:"action,omitempty"` // an action's key; empty for any message of the campaign
	Within     string `json:"within,omitempty"`
}
