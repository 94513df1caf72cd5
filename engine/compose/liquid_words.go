package compose

import (
	"errors"

	"github.com/postroom/postroom/engine/liquid"
)

// problem is a mistake at a place of some Liquid.
type problem struct {
	line, column int
	excerpt      string
	message      string
	placed       bool // the message says where it is
}

func (p *problem) Error() string { return p.message }

func (p *problem) in(field string) *FieldError {
	return &FieldError{Field: field, Line: max(p.line, 1), Column: max(p.column, 1), Excerpt: p.excerpt, Message: p.message}
}

// problemsOf is an error of the engine as problems, in words that know what
// the variables are.
func problemsOf(err error) []*problem {
	if several := (liquid.Errors)(nil); errors.As(err, &several) {
		all := make([]*problem, len(several))
		for i, one := range several {
			all[i] = problemOf(one)
		}
		return all
	}
	if one := (*liquid.Error)(nil); errors.As(err, &one) {
		return []*problem{problemOf(one)}
	}
	return []*problem{{line: 1, message: "The Liquid could not be worked out: " + err.Error() + "."}}
}

func problemOf(e *liquid.Error) *problem {
	if inner := (*problem)(nil); errors.As(e, &inner) { // in a snippet
		return &problem{line: e.Line, column: e.Column, excerpt: e.Excerpt, message: inner.message, placed: true}
	}
	p := &problem{line: e.Line, column: e.Column, excerpt: e.Excerpt, message: e.Message}
	if m := (*liquid.Missing)(nil); errors.As(e, &m) && m.Path != "" && m.Known {
		p.message = m.Path + " is not set" + whose(m.Root) + ". Add a default, for example {{ " + m.Path + ` | default: "…" }}.`
	}
	return p
}

// whose says where the author would look for the variable.
func whose(root string) string {
	switch root {
	case "customer":
		return " for this person"
	case "event":
		return " in this event"
	case "trigger":
		return " in the data of this call"
	case "journey":
		return " in this journey"
	}
	return ""
}
