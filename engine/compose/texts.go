package compose

import "strings"

// Piece is one text of a message that is no email: what it is called in the
// editor, and what its author wrote.
type Piece struct{ Field, Source string }

// PreviewTexts renders the texts of a message as Preview does an email: with a
// mark wherever a value is missing and, with the Errors, all that could be
// rendered. The answer has the texts by field.
func PreviewTexts(s Scope, pieces ...Piece) (map[string]string, error) {
	c := newComposer(s, Links{})
	c.marks = true
	texts := map[string]string{}
	for _, p := range pieces {
		texts[p.Field] = strings.TrimSpace(strings.ToValidUTF8(c.render(p.Field, p.Source, false), "\uFFFD"))
	}
	if len(c.errors) > 0 {
		return texts, c.errors
	}
	return texts, nil
}

// CheckTexts is what is wrong with the texts, whoever gets them.
func CheckTexts(pieces ...Piece) (found []*FieldError) {
	for _, p := range pieces {
		_, wrong := parse(p.Source)
		found = append(found, inField(p.Field, wrong)...)
	}
	return found
}

// NeedsOf is Needs for texts that are no email.
func NeedsOf(pieces ...Piece) []FieldUse {
	var all []FieldUse
	for _, p := range pieces {
		all = append(all, Needs(Template{Text: p.Source})...)
	}
	return all
}
