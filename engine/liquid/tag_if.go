package liquid

import "strings"

// branches is {% if %} and {% unless %}: the first body whose condition holds.
type branches struct{ all []branch }

type branch struct {
	condition *condition // nil for else
	negated   bool       // of unless
	body      body
}

func parseIf(p *parser, c chunk) (node, bool)     { return p.branches(c, false) }
func parseUnless(p *parser, c chunk) (node, bool) { return p.branches(c, true) }

func (p *parser) branches(c chunk, negated bool) (node, bool) {
	n, blank := &branches{}, true
	at := branch{condition: p.condition(c), negated: negated}
	for {
		b, end := p.block(c, "elsif", "else")
		at.body = b
		n.all = append(n.all, at)
		blank = blank && b.blank
		if end.name != "elsif" && end.name != "else" {
			break
		}
		at = branch{}
		if end.name == "elsif" {
			at.condition = p.condition(end)
		}
	}
	if blank {
		for i := range n.all {
			n.all[i].body.withoutText()
		}
	}
	return n, blank
}

func (n *branches) render(r *Run) error {
	for i := range n.all {
		b := &n.all[i]
		if b.condition != nil {
			holds, err := b.condition.holds(r)
			if err != nil {
				return err
			}
			if holds == b.negated {
				continue
			}
		}
		return r.body(&b.body)
	}
	return nil
}

// choice is {% case a %}: every {% when %} that a is equal to, once for each
// of its values; {% else %} when none was before it.
type choice struct {
	value expr
	whens []when
}

type when struct {
	values []expr // nil for else
	body   body
}

func parseCase(p *parser, c chunk) (node, bool) {
	w := p.words(c.inner, c.at)
	n := &choice{value: nothing}
	if w.now.kind == endToken {
		p.fail(c.from, "{% case %} says nothing. Write what it is about.")
	} else {
		n.value = w.question()
		w.finish()
	}
	head, end := p.block(c, "when", "else")
	blank := head.blank
	for end.name == "when" || end.name == "else" {
		at := when{}
		if end.name == "when" {
			at.values = p.whenValues(end)
		} else if strings.Trim(end.inner, white) != "" {
			p.fail(end.from, "{% else %} of a {% case %} takes nothing. Take out what stands after it.")
		}
		at.body, end = p.block(c, "when", "else")
		blank = blank && at.body.blank
		n.whens = append(n.whens, at)
	}
	if blank {
		for i := range n.whens {
			n.whens[i].body.withoutText()
		}
	}
	return n, blank
}

// whenValues reads a, b or c.
func (p *parser) whenValues(c chunk) []expr {
	w := p.words(c.inner, c.at)
	var values []expr
	for {
		values = append(values, w.question())
		if !w.acceptName("or") && !w.accept(",") {
			break
		}
	}
	w.finish()
	return values
}

func (n *choice) render(r *Run) error {
	value, err := n.value.eval(r)
	if err != nil {
		return err
	}
	matched := false
	for i := range n.whens {
		times, err := n.whens[i].matches(r, value, matched)
		if err != nil {
			return err
		}
		matched = matched || times > 0 && n.whens[i].values != nil
		for range times {
			if err := r.body(&n.whens[i].body); err != nil || r.interrupt != noInterrupt {
				return err
			}
		}
	}
	return nil
}

// matches is how often a body is rendered.
func (w *when) matches(r *Run, value any, before bool) (times int, err error) {
	if w.values == nil && !before {
		return 1, nil
	}
	for _, one := range w.values {
		other, err := one.eval(r)
		if err != nil {
			return 0, err
		}
		ok, err := r.equal(value, other)
		if err != nil {
			return 0, err
		}
		if ok {
			times++
		}
	}
	return times, nil
}

// ifChanged is {% ifchanged %}: its body, unless that is what the last one
// printed.
type ifChanged struct{ body body }

func parseIfChanged(p *parser, c chunk) (node, bool) {
	b, _ := p.block(c)
	return &ifChanged{b}, b.blank
}

func (n *ifChanged) render(r *Run) error {
	text, err := r.captured(func() error { return r.body(&n.body) })
	if err != nil || r.changed != nil && *r.changed == text {
		return err
	}
	r.changed = &text
	return r.Write(text)
}
