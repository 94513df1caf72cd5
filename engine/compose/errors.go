package compose

import "strings"

// FieldError is one mistake in one field of a template.
type FieldError struct {
	Field   string // from, to, reply_to, subject, preheader, body, text or layout
	Line    int    // in that field, from 1
	Column  int    // in characters, from 1
	Excerpt string // what stands there; empty when it is the field as a whole
	Message string // a sentence that says what to do
}

func (e *FieldError) Error() string {
	if e.Field == "" {
		return e.Message
	}
	return e.Field + ": " + e.Message
}

// Errors is what is wrong with a template: every mistake that can be found
// without a person, then the first of each field and, from Preview, every value
// that is missing.
type Errors []*FieldError

func (e Errors) Error() string {
	all := make([]string, len(e))
	for i, one := range e {
		all[i] = one.Error()
	}
	return strings.Join(all, " ")
}

// Unwrap lets errors.As find the first FieldError.
func (e Errors) Unwrap() []error {
	all := make([]error, len(e))
	for i, one := range e {
		all[i] = one
	}
	return all
}

// label is how a field is called in a sentence.
func label(field string) string {
	switch field {
	case "from":
		return "sender"
	case "to":
		return "recipient"
	case "reply_to":
		return "reply-to address"
	}
	return field
}

// sentence is a mistake in an address.
type sentence string

func (s sentence) Error() string { return string(s) }
