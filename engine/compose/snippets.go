package compose

import (
	"errors"
	"fmt"
	"slices"

	"github.com/postroom/postroom/engine/liquid"
)

// Snippets finds the text of a snippet, which is Liquid, by its name; false
// when there is none. In a Scope it is {{ snippets.name }}: nothing is read
// before a template asks for it.
type Snippets func(name string) (text string, ok bool, err error)

// Get is there to be a liquid.Drop; what is looked up is found with Find.
func (s Snippets) Get(string) (any, bool) { return nil, false }

func (s Snippets) String() string { return "" }

// Find renders a snippet where it is named, with the variables at hand.
func (s Snippets) Find(r *liquid.Run, name string) (any, error) {
	w := wayOf(r)
	if slices.Contains(w.within, name) {
		return nil, fmt.Errorf("The snippet “%s” is inside of itself. Take it out of its own text.", name)
	}
	text, ok, err := s(name)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errors.New(noSnippet(name))
	}
	w.within = append(w.within, name)
	defer func() { w.within = w.within[:len(w.within)-1] }()
	t, wrong := parse(text)
	if len(wrong) > 0 {
		return nil, w.place(wrong[0])
	}
	out, err := r.Capture(t)
	return out, w.inSnippet(err)
}

func noSnippet(name string) string {
	return fmt.Sprintf("There is no snippet called “%s” in this workspace. Create it, or take it out.", name)
}

// inSnippet is a mistake in the innermost snippet, told with its place there.
func (w *way) inSnippet(err error) error {
	e := (*liquid.Error)(nil)
	if err == nil || !errors.As(err, &e) {
		return err
	}
	return w.place(problemOf(e))
}

// place says of a problem in which snippet it is: its line is not one of the
// field.
func (w *way) place(p *problem) *problem {
	if len(w.within) == 0 || p.placed {
		return p
	}
	return &problem{placed: true, message: fmt.Sprintf("In the snippet “%s”, line %d: %s", w.within[len(w.within)-1], max(p.line, 1), p.message)}
}

// SnippetsIn is the snippets that a template names, where each is named first.
func SnippetsIn(t Template) []FieldUse { return snippetsOf(Uses(t)) }

// SnippetsOf is SnippetsIn for texts that are no email.
func SnippetsOf(pieces ...Piece) (all []FieldUse) {
	for _, p := range pieces {
		for _, u := range SnippetsIn(Template{Text: p.Source}) {
			u.Field = p.Field
			all = append(all, u)
		}
	}
	return all
}

func snippetsOf(uses []FieldUse) (all []FieldUse) {
	for _, u := range uses {
		if path := u.Path(); len(path) > 1 && path[0] == "snippets" && !u.Local {
			all = append(all, u)
		}
	}
	return all
}

// MissingSnippet is the problem that a snippet is not there, where it is named.
func MissingSnippet(u FieldUse) *FieldError {
	return &FieldError{Field: u.Field, Line: u.Line, Column: u.Column, Excerpt: u.Name, Message: noSnippet(u.Path()[1])}
}
