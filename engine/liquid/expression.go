package liquid

import (
	"math/big"
	"strconv"
	"strings"
)

// expr is a parsed expression without filters.
type expr interface {
	eval(r *Run) (any, error)
}

// literal is a value written out.
type literal struct{ value any }

func (l *literal) eval(*Run) (any, error) { return l.value, nil }

// nothing is the expression of a tag that could not be read.
var nothing = &literal{}

// rangeExpr is (a..b).
type rangeExpr struct{ from, to expr }

func (e *rangeExpr) eval(r *Run) (any, error) {
	from, err := e.end(r, e.from)
	if err != nil {
		return nil, err
	}
	to, err := e.end(r, e.to)
	if err != nil {
		return nil, err
	}
	result := Range{from, to}
	if from <= to && uint64(to)-uint64(from) >= uint64(r.limits.Range) {
		return nil, limitError("The range " + result.String() + " has more than " + strconv.Itoa(r.limits.Range) + " numbers. Loop over less.")
	}
	return result, nil
}

// end is an end of the range. A literal fraction is cut, as is text; another
// fraction is a mistake, as in Ruby.
func (e *rangeExpr) end(r *Run, x expr) (int, error) {
	v, err := x.eval(r)
	if err != nil {
		return 0, err
	}
	switch v := v.(type) {
	case nil:
		return 0, nil
	case string:
		return clampInt(leadingInt(v)), nil
	case float64:
		if _, ok := x.(*literal); ok {
			return int(v), nil
		}
	}
	return toInteger(v)
}

// path is a variable and what is looked up in it: a.b[c].first.
type path struct {
	name  string
	named expr // of [a].b, instead of the name
	steps []step
	text  string // as written, without white space
}

type step struct {
	key   string
	index expr // of [index], instead of the key
}

func (p *path) eval(r *Run) (any, error) {
	name := p.name
	if p.named != nil {
		v, err := p.named.eval(r)
		if err != nil {
			return nil, err
		}
		var ok bool
		if name, ok = textOf(v); !ok {
			return nil, nil
		}
	}
	value := normal(r.lookup(name))
	for i := range p.steps {
		if value == nil {
			return nil, nil
		}
		var err error
		if value, err = p.steps[i].of(r, value); err != nil {
			return nil, err
		}
	}
	return value, nil
}

// find is what the step finds in a value that is worked out.
func (s *step) find(r *Run, in Dynamic) (any, error) {
	key := s.key
	if s.index != nil {
		index, err := s.index.eval(r)
		if err != nil {
			return nil, err
		}
		var ok bool
		if key, ok = textOf(index); !ok {
			return nil, nil
		}
	}
	value, err := in.Find(r, key)
	return normal(value), err
}

// of is what the step finds in a value; nil when there is nothing.
func (s *step) of(r *Run, in any) (any, error) {
	if d, ok := in.(Dynamic); ok {
		return s.find(r, d)
	}
	if s.index == nil {
		if value, ok := member(in, s.key); ok {
			return normal(value), nil
		}
		return normal(command(in, s.key)), nil
	}
	index, err := s.index.eval(r)
	if err != nil {
		return nil, err
	}
	if key, ok := textOf(index); ok {
		value, _ := member(in, key)
		return normal(value), nil
	}
	list, ok := in.([]any)
	i, isInt := index.(int)
	if !ok || !isInt {
		return nil, nil
	}
	if i < 0 {
		i += len(list)
	}
	if i < 0 || i >= len(list) {
		return nil, nil
	}
	return normal(list[i]), nil
}

// expression reads a value, a variable or a range. After a mistake it gives
// nothing.
func (w *words) expression() expr {
	if w.p.enter(w.now.at) {
		defer w.p.leave()
		return w.operand()
	}
	w.stop("Take some of the brackets out.")
	return nothing
}

func (w *words) operand() expr {
	switch t := w.now; {
	case t.kind == textToken:
		w.advance()
		return &literal{t.text}
	case t.kind == numberToken:
		w.advance()
		return &literal{number(t.text)}
	case t.kind == nameToken, t.is("["):
		return w.variable()
	case t.is("("):
		return w.rangeOf()
	case t.kind == endToken:
		w.p.fail(t.at, "Something is missing here. Write a value or a variable.")
		return nothing
	}
	w.pos = w.now.at - w.at
	w.stop("“" + shorten(w.text[w.pos:]) + "” cannot be read here. Write a value or a variable.")
	return nothing
}

func number(text string) any {
	if i, err := strconv.Atoi(text); err == nil {
		return i
	}
	if !strings.Contains(text, ".") && len(text) <= maxDigits {
		if n, ok := new(big.Int).SetString(text, 10); ok {
			return n
		}
	}
	f, _ := strconv.ParseFloat(text, 64)
	return f
}

func (w *words) rangeOf() expr {
	w.advance()
	from := w.expression()
	if w.now.kind != rangeToken {
		w.p.fail(w.now.at, "Brackets hold a range only, for example (1..5). Write one, or take the brackets out.")
		w.pos = len(w.text)
		w.advance()
		return nothing
	}
	w.advance()
	to := w.expression()
	w.expect(")", "The range")
	return &rangeExpr{from, to}
}

// expect goes past a sign that has to be there.
func (w *words) expect(sign, of string) {
	if !w.accept(sign) && w.now.at <= w.at+len(w.text) {
		w.p.fail(w.now.at, of+" needs a “"+sign+"” here. Add it.")
		w.pos = len(w.text)
		w.advance()
	}
}

// literals are the names that are values, when nothing is looked up in them.
var literals = map[string]*literal{
	"nil": {nil}, "null": {nil}, "true": {true}, "false": {false}, "blank": {""}, "empty": {""},
}

func (w *words) variable() expr {
	at := w.now.at
	v := &path{}
	if w.accept("[") {
		v.named = w.expression()
		w.expect("]", "The variable")
	} else {
		v.name = w.next().text
	}
	w.lookups(v)
	if l := literals[v.name]; l != nil && len(v.steps) == 0 && v.named == nil {
		return l
	}
	v.text = squeeze(w.text[at-w.at : w.end-w.at])
	w.p.use(Use{Kind: Variable, Name: v.text, Root: v.root(), at: at, path: v})
	return v
}

func (w *words) lookups(v *path) {
	for {
		switch {
		case w.accept("["):
			s := step{index: w.expression()}
			w.expect("]", "The variable")
			if l, ok := s.index.(*literal); ok {
				if key, ok := l.value.(string); ok && !commands[key] {
					s = step{key: key}
				}
			}
			v.steps = append(v.steps, s)
		case w.now.is("."):
			w.advance()
			if w.now.kind != nameToken {
				w.p.fail(w.now.at, "There is no name after a dot. Write one, or take the dot out.")
				w.pos = len(w.text)
				w.advance()
				return
			}
			v.steps = append(v.steps, step{key: w.next().text})
		default:
			return
		}
	}
}

// root is the name of the variable that the path begins with; empty when it
// is known at rendering only.
func (p *path) root() string {
	if l, ok := p.named.(*literal); ok {
		name, _ := l.value.(string)
		return name
	}
	return p.name
}

// squeeze takes white space outside of quotes out.
func squeeze(s string) string {
	if !strings.ContainsAny(s, white) {
		return s
	}
	var b strings.Builder
	quote := byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case quote == 0 && isSpace(c):
			continue
		case quote == c:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
