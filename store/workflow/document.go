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
	Name         string               `json:"name"`
	Trigger      Trigger              `json:"trigger"`
	Filter       *condition.Condition `json:"filter,omitempty"` // who of those may enter; nil for everyone
	Goal         *Goal                `json:"goal,omitempty"`
	Exit         Exit                 `json:"exit"`
	Frequency    Frequency            `json:"frequency"`
	Subscription Subscription         `json:"subscription,omitempty"` // who gets its messages
	Actions      []Action             `json:"actions"`
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

// encode is v as JSON in which <, > and & stay readable.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
