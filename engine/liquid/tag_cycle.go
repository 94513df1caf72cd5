package liquid

import "strconv"

// cycle is {% cycle a, b %} and {% cycle group: a, b %}.
type cycle struct {
	group  expr   // nil without
	key    string // of the cycle without a group
	values []expr
}

func parseCycle(p *parser, c chunk) (node, bool) {
	n := &cycle{}
	w := p.words(c.inner, c.at)
	if w.now.kind == endToken {
		p.fail(c.from, "{% cycle %} needs values. Write them, for example {% cycle 'odd', 'even' %}.")
		return nil, false
	}
	first := w.expression()
	if w.accept(":") {
		n.group = first
		first = w.expression()
	}
	n.values = append(n.values, first)
	for w.accept(",") && w.now.kind != endToken {
		n.values = append(n.values, w.expression())
	}
	w.finish()
	n.key = p.cycleKey(n.values)
	return n, false
}

// cycleKey is what a cycle without a group is known by: its values, when they
// are all written out; else the tag is a cycle of its own.
func (p *parser) cycleKey(values []expr) string {
	key := "values"
	for _, v := range values {
		l, ok := v.(*literal)
		if !ok {
			p.cycles++
			return "tag " + strconv.Itoa(p.cycles)
		}
		key += " " + keyOf(l.value)
	}
	return key
}

// keyOf tells values apart: text is quoted.
func keyOf(v any) string {
	if s, ok := textOf(v); ok {
		return string(appendQuoted(nil, s))
	}
	return string(appendSimple(nil, v))
}

func (n *cycle) render(r *Run) error {
	key := n.key
	if n.group != nil {
		group, err := n.group.eval(r)
		if err != nil {
			return err
		}
		key = "group " + keyOf(group)
	}
	at := r.cycles[key]
	if at < len(n.values) {
		value, err := n.values[at].eval(r)
		if err == nil {
			err = r.print(value)
		}
		if err != nil {
			return err
		}
	}
	if at++; at >= len(n.values) {
		at = 0
	}
	if r.cycles == nil {
		r.cycles = map[string]int{}
	}
	r.cycles[key] = at
	return nil
}
