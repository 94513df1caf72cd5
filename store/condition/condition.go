// Package condition is the language in which Postroom asks whether a person
// matches: segments, campaign filters, branches and the App API all speak it.
// It parses a condition, says it in words and evaluates it for one person; it
// does no I/O.
//
// What an attribute condition means, here and wherever it is turned into a query:
//
//   - Names are case-sensitive, values are not.
//   - An absent value, null and "" are all missing. What is missing is ne, is
//     not_contains and is not_exists; every other operator is false for it.
//   - A list matches when any of its elements does. An object only exists.
//   - A text that is a JSON number counts as that number, so "10" is gt 9. Two
//     texts are eq as texts only: "1.0" is eq 1 but not eq "1".
//   - 1 and "1" are true as well as true and "true" are; 0 and "0" are false.
//   - A timestamp is a number of unix seconds. Milliseconds and ISO texts in an
//     attribute are none.
//
// A not that stands directly before an event with a time, "has not done X within
// 30 days", holds only for who has been known that long: else everybody who
// signed up today would be somebody who has been away for a month.
//
// Moments are exact to the microsecond.
package condition

import "encoding/json"

// Condition is one node of a condition: exactly one of its fields is set. The
// nil condition is everyone.
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
// data) with a value. Field may reach into nested data, as address.city,
// items[0].sku or items[].sku (any of them), when nothing has exactly that
// name. Which values an operator takes is written at Operator.
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
// that matches Where. Type is page or screen for a view of one, whose Name may
// then have a * for any text in it, and is compared with the page's URL, too.
type Event struct {
	Type    string     `json:"type,omitempty"`
	Name    string     `json:"name"`
	AtLeast int        `json:"at_least,omitempty"`
	Within  string     `json:"within,omitempty"`
	Where   *Condition `json:"where,omitempty"`
}

// Message asks what the person did with messages they were sent: with any
// message, with those of one campaign, or with those of one action. An action
// without a campaign belongs to the campaign that asks.
type Message struct {
	Metric     string `json:"metric"` // sent, delivered, opened, clicked, converted
	CampaignID int64  `json:"campaign_id,omitempty"`
	Action     string `json:"action,omitempty"` // an action's key; empty for any message of the campaign
	Within     string `json:"within,omitempty"`
}
