package workflow

import (
	"slices"
	"strconv"
	"strings"
)

// object is one JSON object being read. The fields that nobody asks for are
// the ones that do not belong there.
type object struct {
	p     *parser
	at    *node // nil when the value is missing or of another kind
	asked []string
}

// object is the object at n; a value of another kind is an error.
func (p *parser) object(n *node) *object {
	if n != nil && n.kind != '{' {
		p.fail(n, "This must be an object: {…}.")
		n = nil
	}
	return &object{p: p, at: n}
}

// field is the value of the field, nil when it is missing or null.
func (o *object) field(name string) *node {
	o.asked = append(o.asked, name)
	if o.at == nil {
		return nil
	}
	for _, f := range o.at.fields {
		if f.name == name && f.kind != 'n' {
			return f
		}
	}
	return nil
}

// fail says what is wrong with the field, also when it is missing.
func (o *object) fail(name, message string) {
	if o.at != nil {
		o.p.fail(&node{up: o.at, name: name}, message)
	}
}

// close complains about a field that nobody asked for.
func (o *object) close() {
	if o.at == nil {
		return
	}
	for _, f := range o.at.fields {
		if !slices.Contains(o.asked, f.name) {
			o.p.fail(f, "This field is not known here. Check its spelling or remove it.")
			return
		}
	}
}

func (o *object) text(name string) string { return o.textOr(name, "") }

// textOr is the string in the field, or other when there is none.
func (o *object) textOr(name, other string) string {
	n := o.field(name)
	if n == nil {
		return other
	}
	if n.kind != '"' {
		o.p.fail(n, "This must be text in quotes.")
	}
	return n.text
}

// oneOf is one of the words allowed, the first when there is none. In a draft
// an unknown word counts as none.
func oneOf[T ~string](o *object, name string, allowed ...T) T {
	word := T(o.text(name))
	if slices.Contains(allowed, word) {
		return word
	}
	if word != "" && o.p.strict {
		o.fail(name, unknownWord(word, allowed...))
	}
	return allowed[0]
}

// flag is the true or false in the field; false when there is none.
func (o *object) flag(name string) bool {
	n := o.field(name)
	if n != nil && n.kind != 't' {
		o.p.fail(n, "This must be true or false.")
	}
	return n != nil && n.text == "true"
}

// number is the whole number in the field, 0 when it is missing.
func (o *object) number(name string) int64 {
	n := o.field(name)
	if n == nil {
		return 0
	}
	i, err := strconv.ParseInt(n.text, 10, 64)
	if n.kind != '0' || err != nil {
		o.p.fail(n, "This must be a whole number.")
	}
	return i
}

// list is the values in the field.
func (o *object) list(name string) []*node {
	n := o.field(name)
	if n == nil {
		return nil
	}
	if n.kind != '[' {
		o.p.fail(n, "This must be a list: […].")
	}
	return n.items
}

// texts is the strings in the field.
func (o *object) texts(name string) []string {
	var all []string
	for _, n := range o.list(name) {
		if n.kind != '"' {
			o.p.fail(n, "This must be text in quotes.")
		}
		all = append(all, n.text)
	}
	return all
}

// quoted is the words in quotes, with commas between them.
func quoted[T ~string](words []T) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = strconv.Quote(string(w))
	}
	return strings.Join(all, ", ")
}
