package liquid

import (
	"errors"
	"slices"
	"strings"
)

// partial is {% render 'name' %} and {% include name %}.
type partial struct {
	name     expr
	with     expr // nil without
	each     bool // for instead of with
	as       string
	named    []namedExpr
	isolated bool // render
}

func parseRender(p *parser, c chunk) (node, bool) {
	if w := p.words(c.inner, c.at); w.now.kind != textToken {
		p.fail(c.from, "{% render %} needs a name in quotes. Write it, for example {% render 'footer' %}.")
		return nil, false
	}
	return p.partial(c, true), false
}

func parseInclude(p *parser, c chunk) (node, bool) {
	if strings.Trim(c.inner, white) == "" {
		p.fail(c.from, "{% include %} needs a name. Write it, for example {% include 'footer' %}.")
		return nil, false
	}
	return p.partial(c, false), false
}

// partial reads name with a as b, c: d.
func (p *parser) partial(c chunk, isolated bool) node {
	if p.engine.config.Load == nil && !p.lenient {
		p.fail(c.from, "There is nothing that {% "+c.name+" %} could render here. A snippet is written like {{ snippets.footer }}.")
		return nil
	}
	w := p.words(c.inner, c.at)
	at := w.now.at
	n := &partial{name: w.expression(), isolated: isolated}
	if l, ok := n.name.(*literal); ok {
		if name, ok := l.value.(string); ok {
			p.use(Use{Kind: Snippet, Name: name, at: at})
		}
	}
	n.each = w.now.isName("for")
	if (n.each || w.now.isName("with")) && !w.colonFollows() {
		w.advance()
		n.with = w.expression()
	}
	if w.now.isName("as") && !w.colonFollows() {
		w.advance()
		n.as = w.next().text
	}
	n.readNamed(w)
	return n
}

func (n *partial) readNamed(w *words) {
	w.accept(",")
	for w.now.kind == nameToken {
		name := w.next()
		if !w.accept(":") {
			w.p.fail(name.at, "“"+name.text+"” has no value. Write it like "+name.text+": 1.")
			return
		}
		n.named = append(n.named, namedExpr{name.text, w.expression()})
		w.accept(",")
	}
	w.finish()
}

func (n *partial) render(r *Run) error {
	name, err := n.name.eval(r)
	if err != nil {
		return err
	}
	text, ok := textOf(name)
	if !ok {
		return argumentError("The name of what to include is not text. Correct it.")
	}
	if r.isolated && !n.isolated {
		return argumentError("{% include %} does not work inside of {% render %}. Write {% render %}.")
	}
	t, err := r.load(text)
	if err != nil {
		return err
	}
	as := n.as
	if as == "" {
		as = text[strings.LastIndexByte(text, '/')+1:]
	}
	if n.isolated {
		return n.renderIsolated(r, t, as)
	}
	return n.renderIncluded(r, t, text, as)
}

// load finds a template once for every rendering.
func (r *Run) load(name string) (*Template, error) {
	if t := r.partials[name]; t != nil {
		return t, nil
	}
	t, err := r.engine.config.Load(r.ctx, name)
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, errors.New("There is nothing called “" + shorten(name) + "” to render. Correct its name.")
	}
	if r.partials == nil {
		r.partials = map[string]*Template{}
	}
	r.partials[name] = t
	return t, nil
}

// renderIsolated renders with the variables of the tag alone.
func (n *partial) renderIsolated(r *Run, t *Template, as string) error {
	var with any
	var err error
	if n.with != nil {
		if with, err = n.with.eval(r); err != nil {
			return err
		}
	}
	if !n.each || !loops(with) {
		return n.once(r, t, as, with, nil)
	}
	s := sequenceOf(with)
	loop := &forLoop{name: as, length: s.len()}
	for loop.index = range loop.length {
		if err := r.step(); err != nil {
			return err
		}
		if err := n.once(r, t, as, s.at(loop.index), loop); err != nil {
			return err
		}
	}
	return nil
}

// loops is whether {% render for %} goes over a value.
func loops(v any) bool {
	switch v.(type) {
	case []any, Range, map[string]any, *Object:
		return true
	}
	return false
}

func (n *partial) once(r *Run, t *Template, as string, with any, loop *forLoop) error {
	inner := frame{isolated: true, assigned: map[string]any{}, cycles: r.cycles, offsets: r.offsets, changed: r.changed}
	if loop != nil {
		inner.assigned["forloop"] = loop
	}
	for _, one := range n.named {
		value, err := one.expr.eval(r)
		if err != nil {
			return err
		}
		inner.assigned[one.name] = value
	}
	if with != nil {
		inner.assigned[as] = with
	}
	outer := r.frame
	r.frame = inner
	err := r.in(t, func() error { return r.body(&t.body) })
	r.frame = outer
	return err
}

// renderIncluded renders among the variables at hand.
func (n *partial) renderIncluded(r *Run, t *Template, name, as string) error {
	with := r.lookup(name)
	if n.with != nil {
		var err error
		if with, err = n.with.eval(r); err != nil {
			return err
		}
	}
	base := len(r.locals)
	defer func() { r.locals = slices.Delete(r.locals, base, len(r.locals)) }()
	for _, one := range n.named {
		value, err := one.expr.eval(r)
		if err != nil {
			return err
		}
		r.locals = append(r.locals, local{one.name, value})
	}
	r.locals = append(r.locals, local{as, normal(with)})
	at := len(r.locals) - 1
	list, ok := normal(with).([]any)
	if !ok {
		return r.Render(t)
	}
	for _, item := range list {
		if err := r.step(); err != nil {
			return err
		}
		r.locals[at].value = normal(item)
		if err := r.Render(t); err != nil {
			return err
		}
	}
	return nil
}
