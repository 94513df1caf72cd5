package liquid

// condition is comparisons joined by and and or. They are read from the right:
// a and b or c is a and (b or c).
type condition struct {
	terms []comparison
}

// comparison is one value, or two with an operator between them, and how it is
// joined to the next.
type comparison struct {
	left, right expr
	operator    string // empty for one value
	or          bool   // joined by or
}

func (c *condition) holds(r *Run) (bool, error) {
	for i := range c.terms {
		t := &c.terms[i]
		ok, err := t.holds(r)
		if err != nil {
			return false, err
		}
		if ok == t.or || i == len(c.terms)-1 {
			return ok, nil
		}
	}
	return false, nil
}

func (c *comparison) holds(r *Run) (bool, error) {
	left, err := c.left.eval(r)
	if err != nil || c.operator == "" {
		return truthy(left), err
	}
	right, err := c.right.eval(r)
	if err != nil {
		return false, err
	}
	switch c.operator {
	case "==":
		return r.equal(left, right)
	case "!=", "<>":
		ok, err := r.equal(left, right)
		return !ok, err
	case "contains":
		return r.contains(left, right)
	}
	return c.ordered(r, left, right)
}

func (c *comparison) ordered(r *Run, left, right any) (bool, error) {
	n, ok, err := r.order(left, right)
	if !ok || err != nil {
		return false, err
	}
	switch c.operator {
	case "<":
		return n < 0, nil
	case "<=":
		return n <= 0, nil
	case ">":
		return n > 0, nil
	}
	return n >= 0, nil
}

// condition reads what stands after if, elsif or unless.
func (p *parser) condition(c chunk) *condition {
	w := p.words(c.inner, c.at)
	if w.now.kind == endToken {
		p.fail(c.from, "{% "+c.name+" %} says nothing. Write what it is about.")
		return &condition{[]comparison{{left: nothing}}}
	}
	result := &condition{}
	for {
		t := w.comparison()
		t.or = w.now.isName("or")
		joined := t.or || w.now.isName("and")
		result.terms = append(result.terms, t)
		if !joined {
			break
		}
		w.advance()
	}
	w.finish()
	return result
}

func (w *words) comparison() comparison {
	t := comparison{left: w.question()}
	if w.now.kind == compareToken {
		t.operator = w.next().text
		t.right = w.question()
	}
	return t
}

// question is an expression in which blank and empty are questions.
func (w *words) question() expr {
	name := w.now
	e := w.expression()
	if e == literals[name.text] && name.kind == nameToken && (name.text == "blank" || name.text == "empty") {
		return &literal{method(name.text)}
	}
	return e
}
