package liquid

import (
	"slices"
	"strconv"
)

// filtered is an expression with filters: a | b: c.
type filtered struct {
	base    expr
	filters []call
	source  string // as written
	paths   []*path
}

// call is a filter with its arguments.
type call struct {
	filter *Filter
	args   []expr
	named  []namedExpr
}

type namedExpr struct {
	name string
	expr expr
}

func (f *filtered) eval(r *Run) (any, error) {
	value, err := f.base.eval(r)
	for i := range f.filters {
		if err != nil {
			return nil, err
		}
		value, err = f.filters[i].apply(r, value)
	}
	return value, err
}

// apply calls the filter. Its arguments lie on the stack of the run, so that
// a call allocates nothing.
func (c *call) apply(r *Run, in any) (any, error) {
	strict := r.engine.config.Strict
	if strict && in == nil && !c.filter.Missing {
		return nil, nil
	}
	start := len(r.args)
	defer func() { r.args = r.args[:start] }()
	for _, arg := range c.args {
		value, err := arg.eval(r)
		if err != nil || strict && value == nil && !c.filter.MissingArgs {
			return nil, err
		}
		r.args = append(r.args, value)
	}
	if len(c.named) > 0 {
		named, err := evalNamed(r, c.named)
		if err != nil {
			return nil, err
		}
		r.args = append(r.args, named)
	}
	out, err := c.filter.Call(r, in, r.args[start:len(r.args):len(r.args)])
	if err == nil {
		err = r.use(weight(in) + weight(out))
	}
	if err != nil {
		return nil, c.explain(err)
	}
	return normal(out), nil
}

func (c *call) explain(err error) error {
	if _, ok := err.(limitError); ok {
		return err
	}
	return &filterError{c.filter.name, err}
}

// weight is the work that a filter has with a value, in bytes.
func weight(v any) int {
	switch v := v.(type) {
	case string:
		return len(v)
	case HTML:
		return len(v)
	case []any:
		return len(v) * itemSize
	}
	return 0
}

func evalNamed(r *Run, named []namedExpr) (*Object, error) {
	o := &Object{}
	for _, one := range named {
		value, err := one.expr.eval(r)
		if err != nil {
			return nil, err
		}
		o.Set(one.name, value)
	}
	return o, nil
}

// filtered reads an expression and its filters. It is printed, where a missing
// value is an error in a strict engine, or assigned to a name.
func (w *words) filtered(assigned string) *filtered {
	uses := len(w.p.uses)
	f := &filtered{base: nothing, source: w.text}
	if w.now.kind != endToken {
		f.base = w.expression()
	} else if w.p.engine.config.Strict {
		w.p.fail(w.at, "There is nothing between the braces. Write what to print, or take them out.")
	}
	fallback := false
	for w.accept("|") {
		if c, ok := w.call(); ok {
			f.filters = append(f.filters, c)
			fallback = fallback || c.filter.Fallback
		}
	}
	w.finish()
	for i := uses; i < len(w.p.uses); i++ {
		if u := &w.p.uses[i]; u.Kind == Variable {
			u.Needed, u.Fallback = assigned == "" && !fallback, fallback
			if !fallback {
				u.into = assigned
			}
			f.paths = append(f.paths, u.path)
		}
	}
	return f
}

// call reads a filter's name and arguments.
func (w *words) call() (call, bool) {
	name := w.now
	if name.kind != nameToken && name.text != "contains" {
		w.p.fail(name.at, "There is no filter after a bar. Name one, or take the bar out.")
		w.pos = len(w.text)
		w.advance()
		return call{}, false
	}
	w.advance()
	c := call{filter: w.p.engine.filters[name.text]}
	if w.accept(":") {
		w.arguments(&c)
	}
	if c.filter == nil {
		w.p.use(Use{Kind: UsedFilter, Name: name.text, at: name.at})
		w.p.failWith(name.at, unknownError("There is no filter called "+shorten(name.text)+". Correct its name, or take it out."))
		return c, false
	}
	w.p.use(Use{Kind: UsedFilter, Name: name.text, at: name.at})
	w.checkCount(name, &c)
	return c, true
}

func (w *words) arguments(c *call) {
	for {
		if name := w.now; name.kind == nameToken && w.colonFollows() {
			w.advance()
			w.advance()
			value := w.expression()
			c.named = slices.DeleteFunc(c.named, func(n namedExpr) bool { return n.name == name.text })
			c.named = append(c.named, namedExpr{name.text, value})
		} else {
			c.args = append(c.args, w.expression())
		}
		if !w.accept(",") {
			return
		}
	}
}

// colonFollows is whether a colon stands after the token at hand.
func (w *words) colonFollows() bool {
	rest := trimLeft(w.text[w.pos:])
	return rest != "" && rest[0] == ':'
}

func (w *words) checkCount(name token, c *call) {
	n, f := len(c.args), c.filter
	if len(c.named) > 0 {
		n++
	}
	if n >= f.Min && n <= f.Max {
		return
	}
	w.p.fail(name.at, "The filter "+name.text+" is given "+strconv.Itoa(n)+" values after its colon and takes "+countInWords(f.Min, f.Max)+". Correct them.")
}

func countInWords(least, most int) string {
	switch {
	case most == 0:
		return "none"
	case most == least:
		return strconv.Itoa(least)
	}
	return strconv.Itoa(least) + " to " + strconv.Itoa(most)
}

// output is {{ … }} and {% echo … %}.
type output struct{ filtered }

func (p *parser) output(inner string, at int, braces bool) node {
	w := p.words(inner, at)
	if !braces && w.now.kind == endToken {
		return nil
	}
	return &output{*w.filtered("")}
}

func (o *output) render(r *Run) error {
	value, err := o.eval(r)
	if err != nil {
		return err
	}
	if value == nil && r.engine.config.Strict {
		return r.missingValue(&o.filtered)
	}
	return r.print(value)
}

// missingValue says which of the variables has no value. One that was assigned
// from another without a value is told as that other.
func (r *Run) missingValue(f *filtered) error {
	m := &Missing{Source: trimRight(trimLeft(f.source))}
	for _, p := range f.paths {
		if value, err := p.eval(r); err == nil && value == nil {
			m.Path, m.Root = p.text, p.root()
			break
		}
	}
	if origin := r.missing[m.Path]; origin != "" {
		m.Path = origin
		m.Root = rootOf(origin)
	}
	m.Known = m.Path == "" || r.defines(m.Root)
	return m
}

func rootOf(path string) string {
	n := 0
	for n < len(path) && (isWord(path[n]) || path[n] == '-') {
		n++
	}
	return path[:n]
}

// defines is whether there is a variable of that name, be it nil.
func (r *Run) defines(name string) bool {
	if r.lookup(name) != nil {
		return true
	}
	for _, l := range r.locals {
		if l.name == name {
			return true
		}
	}
	_, assigned := r.assigned[name]
	_, given := r.vars[name]
	return assigned || given
}
