package liquid

import (
	"math"
	"slices"
	"strings"
)

// forTag is {% for x in list %}.
type forTag struct {
	variable string
	name     string // what offset: continue knows the loop by
	list     expr
	limit    expr // nil without
	offset   expr
	goOn     bool // offset: continue
	reversed bool
	body     body
	empty    *body // of else
}

func parseFor(p *parser, c chunk) (node, bool) {
	n := p.loopHead(c)
	p.names["forloop"] = true
	b, end := p.block(c, "else")
	n.body = b
	blank := b.blank
	if end.name == "else" {
		rest, _ := p.block(c)
		n.empty = &rest
		blank = blank && rest.blank
	}
	if blank {
		n.body.withoutText()
		if n.empty != nil {
			n.empty.withoutText()
		}
	}
	return n, blank
}

// loopHead reads x in list reversed limit: a, offset: b.
func (p *parser) loopHead(c chunk) *forTag {
	n := &forTag{list: nothing}
	w := p.words(c.inner, c.at)
	variable := w.now
	if variable.kind != nameToken {
		p.fail(c.from, "{% "+c.name+" %} goes over a list. Write it like {% "+c.name+" item in list %}.")
		return n
	}
	w.advance()
	n.variable = variable.text
	p.names[n.variable] = true
	if !w.acceptName("in") {
		p.fail(w.now.at, "{% "+c.name+" %} needs the word in. Write it like {% "+c.name+" item in list %}.")
		return n
	}
	from := w.now.at
	n.list = w.expression()
	n.name = n.variable + "-" + squeeze(p.source[from:max(from, w.end)])
	n.reversed = w.acceptName("reversed")
	return n.attributes(w, c)
}

func (n *forTag) attributes(w *words, c chunk) *forTag {
	for w.now.is(",") || w.now.kind == nameToken {
		w.accept(",")
		switch name := w.next(); {
		case !w.accept(":"):
			w.p.fail(name.at, "“"+shorten(name.text)+"” cannot be read here. Write reversed right after the list, then limit: and offset:.")
			return n
		case name.isName("limit"):
			n.limit = w.expression()
		case name.isName("offset") && w.now.isName("continue"):
			w.advance()
			n.goOn = true
		case name.isName("offset"):
			n.offset = w.expression()
		default:
			w.p.fail(name.at, "{% "+c.name+" %} has no “"+shorten(name.text)+"”. It has limit: and offset:.")
			w.expression()
		}
	}
	w.finish()
	return n
}

// sequence is what a loop goes over: a part of a list, or a range.
type sequence struct {
	list     []any
	numbers  Range
	isRange  bool
	from, to int
	reversed bool
}

func (s *sequence) len() int { return s.to - s.from }

func (s *sequence) at(i int) any {
	i += s.from
	if s.reversed {
		i = s.to - 1 - (i - s.from)
	}
	if s.isRange {
		return s.numbers.From + i
	}
	return normal(s.list[i])
}

// sequenceOf is a value as a loop sees it. Text is a list of itself; what is
// no list has no items.
func sequenceOf(v any) sequence {
	switch v := v.(type) {
	case []any:
		return sequence{list: v, to: len(v)}
	case Range:
		return sequence{numbers: v, isRange: true, to: v.Len()}
	case string, HTML:
		if text, _ := textOf(v); text != "" {
			return sequence{list: []any{v}, to: 1}
		}
	case map[string]any, *Object:
		pairs := pairsOf(v)
		return sequence{list: pairs, to: len(pairs)}
	}
	return sequence{}
}

// cut keeps the items from one to another; to is negative for all.
func (s *sequence) cut(from, to int, all bool) {
	s.from = min(max(from, 0), s.to)
	if !all {
		s.to = min(max(to, s.from), s.to)
	}
}

// segment is the part of the list that the loop goes over.
func (n *forTag) segment(r *Run) (sequence, error) {
	from, err := n.start(r)
	if err != nil {
		return sequence{}, err
	}
	value, err := n.list.eval(r)
	if err != nil {
		return sequence{}, err
	}
	limit, all, err := optionalInt(r, n.limit)
	if err != nil {
		return sequence{}, err
	}
	s := sequenceOf(value)
	if _, isText := textOf(value); !isText {
		s.cut(from, clampSum(from, limit), all)
	}
	s.reversed = n.reversed
	if r.offsets == nil {
		r.offsets = map[string]int{}
	}
	r.offsets[n.name] = clampSum(from, s.len())
	return s, r.use(s.len() * itemSize)
}

func (n *forTag) start(r *Run) (int, error) {
	if n.goOn {
		return r.offsets[n.name], nil
	}
	from, _, err := optionalInt(r, n.offset)
	return from, err
}

// optionalInt is a whole number, or none.
func optionalInt(r *Run, e expr) (n int, none bool, err error) {
	if e == nil {
		return 0, true, nil
	}
	value, err := e.eval(r)
	if err != nil || value == nil {
		return 0, true, err
	}
	n, err = toInteger(value)
	return n, false, err
}

// clampSum adds as far as an int goes.
func clampSum(a, b int) int {
	n := a + b
	switch {
	case a > 0 && b > 0 && n < 0:
		return math.MaxInt
	case a < 0 && b < 0 && n >= 0:
		return math.MinInt
	}
	return n
}

func (n *forTag) render(r *Run) error {
	s, err := n.segment(r)
	if err != nil {
		return err
	}
	if s.len() == 0 {
		if n.empty != nil {
			return r.body(n.empty)
		}
		return nil
	}
	loop := &forLoop{name: n.name, length: s.len(), parent: r.loop}
	r.loop = loop
	base := len(r.locals)
	r.locals = append(r.locals, local{"forloop", loop}, local{n.variable, nil})
	err = n.rounds(r, &s, loop, base+1)
	r.locals = slices.Delete(r.locals, base, len(r.locals))
	r.loop = loop.parent
	return err
}

func (n *forTag) rounds(r *Run, s *sequence, loop *forLoop, variable int) error {
	for loop.index = range loop.length {
		if err := r.step(); err != nil {
			return err
		}
		r.locals[variable].value = s.at(loop.index)
		if err := r.body(&n.body); err != nil {
			return err
		}
		if r.ended() {
			return nil
		}
	}
	return nil
}

// ended takes an interrupt and says whether it ends the loop.
func (r *Run) ended() bool {
	ends := r.interrupt == breakInterrupt
	r.interrupt = noInterrupt
	return ends
}

// forLoop is the variable forloop.
type forLoop struct {
	name          string
	length, index int
	parent        *forLoop
}

func (l *forLoop) String() string { return "Liquid::ForloopDrop" }

// Get is one of the loop's properties.
func (l *forLoop) Get(name string) (any, bool) {
	switch name {
	case "name":
		return l.name, true
	case "parentloop":
		if l.parent != nil {
			return l.parent, true
		}
	}
	return loopProperty(name, l.index, l.length)
}

// loopProperty is what forloop and tablerowloop have in common.
func loopProperty(name string, index, length int) (any, bool) {
	switch name {
	case "length":
		return length, true
	case "index":
		return index + 1, true
	case "index0":
		return index, true
	case "rindex":
		return length - index, true
	case "rindex0":
		return length - index - 1, true
	case "first":
		return index == 0, true
	case "last":
		return index == length-1, true
	}
	return nil, false
}

// leave is {% break %} and {% continue %}.
type leave struct{ by interrupt }

func parseBreak(p *parser, c chunk) (node, bool)    { return p.leaveTag(c, breakInterrupt), false }
func parseContinue(p *parser, c chunk) (node, bool) { return p.leaveTag(c, continueInterrupt), false }

func (p *parser) leaveTag(c chunk, by interrupt) node {
	if strings.Trim(c.inner, white) != "" {
		p.fail(c.from, "{% "+c.name+" %} takes nothing. Take out what stands after it.")
	}
	return &leave{by}
}

func (n *leave) render(r *Run) error {
	r.interrupt = n.by
	return nil
}
