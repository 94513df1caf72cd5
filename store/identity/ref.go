package identity

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind is which identifier a value is.
type Kind string

const (
	ID    Kind = "id"
	Email Kind = "email"
	CioID Kind = "cio_id"
)

// Ref names one person by one identifier.
type Ref struct {
	Kind  Kind
	Value string // a cio_id without the prefix cio_
}

const cioPrefix = "cio_"

// String is the ref as it stands in a path.
func (r Ref) String() string {
	if r.Kind == CioID {
		return cioPrefix + r.Value
	}
	return r.Value
}

var cioPath = regexp.MustCompile(`^cio_[A-Za-z0-9]*$`)

// FromPath is the person that a path of the Track API names. Its shape decides:
// cio_… is a cio_id, what is an email address is an email where emails identify,
// and everything else is an id. The error is for the caller of the API (400).
func FromPath(m Mode, value string) (Ref, error) {
	if cioPath.MatchString(value) {
		return Ref{CioID, strings.TrimPrefix(value, cioPrefix)}, nil
	}
	email := Ref{Email, strings.TrimSpace(value)}
	if m.Email() && (!m.ID() || email.check() == nil) {
		return email, email.check()
	}
	return Ref{ID, value}, CheckID(value)
}

// Named is the person whom a value of this kind names, where a call says the
// kind itself. The error is for the caller of the API (400).
func Named(m Mode, kind Kind, value string) (Ref, error) {
	switch {
	case kind == CioID:
		return Ref{CioID, strings.TrimPrefix(value, cioPrefix)}, nil
	case kind == Email && !m.Email(), kind == ID && !m.ID():
		return Ref{}, errors.New(reasonDisabled + string(kind))
	case kind == Email:
		value = strings.TrimSpace(value)
	}
	return Ref{kind, value}, Ref{kind, value}.check()
}

// check tells what is wrong with a value that identifies.
func (r Ref) check() error {
	switch r.Kind {
	case ID:
		return CheckID(r.Value)
	case Email:
		if _, err := EmailKey(r.Value); err != nil {
			return errors.New("identifier is not a valid email address")
		}
	}
	return nil
}

// maxID is the longest id, in bytes.
const maxID = 150

// CheckID tells what is wrong with an id, in a sentence. Ids are case-sensitive
// and never trimmed. One that begins with cio_ is refused: a path could not
// name it, since it would be read as a cio_id.
func CheckID(id string) error {
	switch {
	case strings.TrimSpace(id) == "":
		return errors.New("Enter an id.")
	case len(id) > maxID:
		return fmt.Errorf("An id has at most %d bytes; this one has %d.", maxID, len(id))
	case !utf8.ValidString(id):
		return errors.New("This id is not valid UTF-8.")
	case strings.ContainsFunc(id, unicode.IsControl):
		return errors.New("An id cannot have control characters, such as tabs and line breaks.")
	case strings.HasPrefix(id, cioPrefix):
		return errors.New("An id cannot begin with “cio_”: that names a person by cio_id.")
	}
	return nil
}
