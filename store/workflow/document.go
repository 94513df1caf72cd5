// Package workflow is the tree of a campaign: its document format, and pure
// functions that edit, copy, check, compare and walk it. A workflow is a list
// of actions; a branch holds a list for each of its paths and joins again
// after them. There are no loops and no jumps. The package does no I/O.
package workflow

import (
	"bytes"
	"encoding/json"

	"github.com/postroom/postroom/store/condition"
)

// Limits of one workflow.
const (
	MaxSize    = 5 << 20 // bytes of a document
	MaxText    = 4 << 20 // bytes of all texts together, so that a document has room for the rest
	MaxActions = 500
	MaxNesting = 20 // branches inside each other
	MinPaths   = 2  // of one branch
	MaxPaths   = 20
)

// Version is the version of the document format that this package reads and
// writes.
const Version = 1

// Document is a campaign as a file: exported, imported, kept under version
// control. docs/workflow.md describes it.
type Document struct {
	Postroom int      `json:"postroom"`
	Campaign Campaign `json:"campaign"`
	Uses     Uses     `json:"uses"`
}

// Campaign is who enters, what happens to them, and when they leave.
type Campaign struct {
	Name      string    `json:"name"`
	Trigger   Trigger   `json:"trigger"`
	Goal      *Goal     `json:"goal,omitempty"`
	Exit      Exit      `json:"exit"`
	Frequency Frequency `json:"frequency"`
	Actions   []Action  `json:"actions"`
}

// Trigger is what makes a person enter. The zero Trigger is not chosen yet.
type Trigger struct {
	Type    TriggerType
	Event   string               // of OnEvent: the event's name
	Filter  *condition.Condition // of OnEvent: who may enter; nil for everyone
	Segment *condition.Segment   // of OnSegment
	When    Crossing             // of OnSegment
}

// TriggerType is a kind of trigger, as the document writes it.
type TriggerType string

// The triggers of this version.
const (
	OnEvent   TriggerType = "event"
	OnSegment TriggerType = "segment"
)

// Crossing is the way over a segment's border that starts a journey.
type Crossing string

// The two ways over a segment's border.
const (
	Enter Crossing = "enter"
	Leave Crossing = "leave"
)

// Goal is what the campaign wants people to do.
type Goal struct {
	Event  string `json:"event"`
	Within string `json:"within,omitempty"` // of the last message, such as "7d"; any time when empty
}

// Exit says when people leave before the end.
type Exit string

// The early exits of this version.
const (
	ExitNever Exit = "never"
	ExitGoal  Exit = "goal" // as soon as the goal is met
)

// Frequency says how often one person may enter. The zero Frequency is once.
type Frequency struct {
	Repeat bool   // on each match
	Every  string // with Repeat: at most once in this time, such as "7d"; no limit when empty
}

// Uses names what the campaign needs around it, so that a reader of the file
// sees what must exist where it is imported. Each list is sorted.
type Uses struct {
	Layouts    []string `json:"layouts"`
	Snippets   []string `json:"snippets"`
	Segments   []string `json:"segments"`
	Senders    []string `json:"senders"`
	Topics     []string `json:"topics"`
	Attributes []string `json:"attributes"`
	Events     []string `json:"events"`
}

// Error says what is wrong with a document, or why an edit cannot be done.
// Path names the field, such as campaign.actions[2].paths[0].when; it is empty
// when the whole is meant.
type Error struct {
	Path    string
	Message string // a sentence that says what to do
}

func (e *Error) Error() string {
	if e.Path == "" {
		return e.Message
	}
	return e.Path + ": " + e.Message
}

// Export is the campaign as a document, with what it uses.
func Export(c Campaign) Document {
	return Document{Postroom: Version, Campaign: c, Uses: uses(c)}
}

// JSON is the document as a file: indented, with a fixed order of fields.
func (d Document) JSON() ([]byte, error) {
	d.Postroom, d.Uses = Version, uses(d.Campaign)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(d)
	return b.Bytes(), err
}

// MarshalJSON writes a campaign whose list of actions is never null.
func (c Campaign) MarshalJSON() ([]byte, error) {
	type plain Campaign
	if c.Actions == nil {
		c.Actions = []Action{}
	}
	return encode(plain(c))
}

// MarshalJSON writes the fields that a trigger of this type has, or null when
// none is chosen.
func (t Trigger) MarshalJSON() ([]byte, error) {
	switch t.Type {
	case OnEvent:
		return encode(struct {
			Type   TriggerType          `json:"type"`
			Event  string               `json:"event"`
			Filter *condition.Condition `json:"filter,omitempty"`
		}{t.Type, t.Event, t.Filter})
	case OnSegment:
		return encode(struct {
			Type    TriggerType        `json:"type"`
			Segment *condition.Segment `json:"segment"`
			When    Crossing           `json:"when"`
		}{t.Type, t.Segment, t.When})
	}
	return []byte("null"), nil
}

// MarshalJSON writes "once", "every", or {"every": "7d"}.
func (f Frequency) MarshalJSON() ([]byte, error) {
	switch {
	case !f.Repeat:
		return []byte(`"once"`), nil
	case f.Every == "":
		return []byte(`"every"`), nil
	}
	return encode(map[string]string{"every": f.Every})
}

// encode is v as JSON in which <, > and & stay readable.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
