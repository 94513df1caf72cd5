// Package identity is the rules of what makes a person unique: which values
// identify in a workspace, whom a call means, and what becomes of identifiers
// that clash. The browser's form, the API and the CSV import all obey it; it
// does no I/O.
package identity

import "errors"

// Mode is what identifies people in a workspace, beside cio_id, which always does.
type Mode string

const (
	EmailOrID Mode = "email_or_id"
	EmailOnly Mode = "email"
	IDOnly    Mode = "id"
)

// Modes is every mode, in the order in which people are offered them.
var Modes = []Mode{EmailOrID, EmailOnly, IDOnly}

// ParseMode reads a mode; the error is a sentence.
func ParseMode(s string) (Mode, error) {
	for _, m := range Modes {
		if string(m) == s {
			return m, nil
		}
	}
	return "", errors.New("Choose how people are identified: email_or_id, email or id.")
}

// Email tells whether an email belongs to one person only.
func (m Mode) Email() bool { return m == EmailOrID || m == EmailOnly }

// ID tells whether people have ids.
func (m Mode) ID() bool { return m == EmailOrID || m == IDOnly }

// Words is the mode as people read it.
func (m Mode) Words() string {
	switch m {
	case EmailOrID:
		return "Email or id"
	case EmailOnly:
		return "Email only"
	case IDOnly:
		return "Id only"
	}
	return ""
}
