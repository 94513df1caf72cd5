package store

import "github.com/postroom/postroom/store/identity"

// ImportMode is whom the rows of an import may be about.
type ImportMode string

const (
	NewAndExisting ImportMode = "all"
	OnlyNew        ImportMode = "only_new"      // rows about people who are here are skipped
	OnlyExisting   ImportMode = "only_existing" // rows about anybody else are
)

// ImportOptions is how the rows of a file are taken.
type ImportOptions struct {
	Events bool          `json:"events,omitempty"` // rows are events, not people
	Mode   ImportMode    `json:"mode,omitempty"`
	Clear  bool          `json:"clear,omitempty"` // an empty cell removes the attribute; else it says nothing
	By     identity.Kind `json:"by,omitempty"`    // the identifier that names people; empty: the id, and the email where a row has none

	Auto        bool   `json:"auto,omitempty"` // import at once what the check found good
	Description string `json:"description,omitempty"`

	Segment   string    `json:"segment,omitempty"` // a manual one that its people are put into; made when there is none
	SegmentID SegmentID `json:"segment_id,omitempty"`
}

// check says what is wrong with options for a file with these columns.
func (o ImportOptions) check(mode identity.Mode, goes map[ImportColumn]int) Invalid {
	wrong := Invalid{}
	switch o.Mode {
	case NewAndExisting, OnlyNew, OnlyExisting:
	default:
		wrong["mode"] = "Choose which rows are imported."
	}
	_, id := goes[ImportColumn{To: ToID}]
	_, email := goes[ImportColumn{To: ToEmail}]
	switch {
	case o.By == "":
	case o.By == identity.ID && !mode.ID(), o.By == identity.Email && !mode.Email():
		wrong["by"] = "People in this workspace are not identified by that. Choose another."
	case o.By == identity.ID && !id:
		wrong["by"] = "No column goes to the id. Choose the column that has it, or match people by email."
	case o.By == identity.Email && !email:
		wrong["by"] = "No column goes to the email. Choose the column that has it, or match people by id."
	case o.By != identity.ID && o.By != identity.Email:
		wrong["by"] = "Choose by what people are matched."
	}
	return wrong
}
