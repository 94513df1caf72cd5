package liquid

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Use is one place where a template names something.
type Use struct {
	Kind   UseKind
	Name   string // a variable as written without white space, or the name of a filter or snippet
	Root   string // of a variable: the first part of its name; empty when data decides
	Line   int    // from 1
	Column int    // from 1

	// Local says that the template itself sets a variable of that name, so
	// that its value need not come from the data.
	Local bool

	// Needed says that the variable is printed, or assigned to one that is, and
	// that no filter gives it a default: a strict engine fails without it. It
	// does not say whether a condition spares some from getting there.
	Needed bool

	// Fallback says that a filter gives the variable another value when it is
	// missing.
	Fallback bool

	at   int
	path *path
	into string // the variable that it is assigned to
}

// UseKind is what is named.
type UseKind uint8

// The kinds of uses.
const (
	Variable UseKind = iota
	UsedFilter
	Snippet // by {% render %} or {% include %}
	UsedTag // one of the host's own
)

// At is where the use begins in the source, in bytes.
func (u Use) At() int { return u.at }

// Path is the parts of a variable's name up to the first that data decides:
// customer, address, city. It is nil for what is no variable.
func (u Use) Path() []string {
	if u.path == nil || u.Root == "" {
		return nil
	}
	parts := []string{u.Root}
	for _, s := range u.path.steps {
		key, known := s.known()
		if !known {
			break
		}
		parts = append(parts, key)
	}
	return parts
}

// known is the key of the step, if it is written in the template.
func (s *step) known() (string, bool) {
	if s.index == nil {
		return s.key, true
	}
	l, ok := s.index.(*literal)
	if !ok {
		return "", false
	}
	key, ok := l.value.(string)
	return key, ok
}

// Analyse is what Template.Uses would say of a source, as far as it can be
// read: mistakes, and tags and filters that the engine does not know, are no
// hindrance. What is longer than the limit is not read.
func (e *Engine) Analyse(source string) []Use {
	if len(source) > e.config.Limits.Source {
		return nil
	}
	p := newParser(e, "", source)
	p.lenient = true
	p.body()
	return p.finishUses()
}

// unknown notes a tag that the engine does not know, and what it is given.
func (p *parser) unknown(c chunk) {
	p.use(Use{Kind: UsedTag, Name: c.name, at: c.from})
	if w := p.words(c.inner, c.at); w.now.kind != endToken {
		w.arguments(&call{})
	}
}

func (p *parser) use(u Use) { p.uses = append(p.uses, u) }

// finishUses gives every use its place.
func (p *parser) finishUses() []Use {
	slices.SortStableFunc(p.uses, func(a, b Use) int { return a.at - b.at })
	p.needAssigned()
	line, column, at := 1, 1, 0
	for i := range p.uses {
		u := &p.uses[i]
		between := p.source[at:u.at]
		if n := strings.Count(between, "\n"); n > 0 {
			line, column = line+n, 1
			between = between[strings.LastIndexByte(between, '\n')+1:]
		}
		column += utf8.RuneCountInString(between)
		at = u.at
		u.Line, u.Column, u.Local = line, column, p.names[u.Root]
	}
	return p.uses
}

// needAssigned finds the variables that are printed under another name. They
// stand before it, so the uses are read from the end.
func (p *parser) needAssigned() {
	needed := map[string]bool{}
	for i := len(p.uses) - 1; i >= 0; i-- {
		u := &p.uses[i]
		u.Needed = u.Needed || needed[u.into]
		if u.Needed {
			needed[u.Name] = true
		}
	}
}

// Uses is every variable, filter and snippet that the template names, in the
// order of the source. The templates it renders have their own.
func (t *Template) Uses() []Use { return slices.Clone(t.uses) }

// Variables is the names of the variables that come from the data, each once,
// in the order of the source.
func (t *Template) Variables() []string {
	var names []string
	seen := map[string]bool{}
	for _, u := range t.uses {
		if u.Kind == Variable && !u.Local && !seen[u.Name] {
			seen[u.Name] = true
			names = append(names, u.Name)
		}
	}
	return names
}
