package liquid

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// node is a part of a template that renders itself.
type node interface {
	render(r *Run) error
}

// body is nodes in their order. A blank one prints nothing but white space.
type body struct {
	nodes []placed
	blank bool
}

type placed struct {
	node node
	at   int // in the source
}

// text is what stands between the tags.
type text string

func (t text) render(r *Run) error {
	r.out = append(r.out, t...)
	return r.fits()
}

// withoutText takes white space out of a block that prints nothing else.
func (b *body) withoutText() {
	b.nodes = slices.DeleteFunc(b.nodes, func(n placed) bool {
		_, ok := n.node.(text)
		return ok
	})
}

// parser reads one template.
type parser struct {
	engine  *Engine
	name    string
	source  string
	in      *scanner
	again   *chunk // one to be read once more
	trim    bool   // the next text loses its white space in front
	open    []openBlock
	depth   int
	cycles  int
	stopped bool // there is no use in reading on
	lenient bool // only the uses are wanted, whatever is wrong
	uses    []Use
	names   map[string]bool // of variables that the template sets itself
	errors  Errors
}

// openBlock is a block whose end has not been read.
type openBlock struct {
	name string
	at   int
}

func newParser(e *Engine, name, source string) *parser {
	return &parser{engine: e, name: name, source: source, in: &scanner{source: source, end: len(source)}, names: map[string]bool{}}
}

const maxErrors = 100

func (p *parser) fail(at int, message string) { p.failWith(at, argumentError(message)) }

func (p *parser) failWith(at int, err error) {
	if !p.lenient && len(p.errors) < maxErrors {
		p.errors = append(p.errors, newError(p.name, p.source, at, err))
	}
}

func (p *parser) template() (*Template, error) {
	if limit := p.engine.config.Limits.Source; len(p.source) > limit {
		p.fail(0, "This is longer than "+bytesInWords(limit)+". Shorten it.")
		return nil, p.errors
	}
	b, _ := p.body()
	if len(p.errors) > 0 {
		slices.SortStableFunc(p.errors, func(a, b *Error) int { return cmp.Or(a.Line-b.Line, a.Column-b.Column) })
		return nil, p.errors
	}
	return &Template{engine: p.engine, name: p.name, source: p.source, body: b, uses: p.finishUses()}, nil
}

// enter goes a level deeper into brackets or blocks, if that is allowed.
func (p *parser) enter(at int) bool {
	if p.depth >= p.engine.config.Limits.Depth {
		p.fail(at, "This is nested more than "+strconv.Itoa(p.engine.config.Limits.Depth)+" deep. Make it flatter.")
		return false
	}
	p.depth++
	return true
}

func (p *parser) leave() { p.depth-- }

func (p *parser) next() (chunk, bool) {
	if p.again != nil {
		c := *p.again
		p.again = nil
		return c, true
	}
	if p.stopped || len(p.errors) >= maxErrors {
		return chunk{}, false
	}
	return p.in.next()
}

// body reads nodes up to one of the tags that end or divide the block at hand,
// and gives that tag. At the end of the source it gives a tag without a name.
func (p *parser) body(until ...string) (body, chunk) {
	b := body{blank: true}
	for {
		c, ok := p.next()
		if !ok {
			return b, chunk{}
		}
		p.whitespace(&b, c)
		switch c.kind {
		case textChunk:
			p.text(&b, c)
		case outputChunk:
			b.add(p.output(c.inner, c.at, true), c.from, false)
		case brokenChunk:
			p.broken(c)
		case tagChunk:
			if slices.Contains(until, c.name) {
				return b, c
			}
			if end := p.tag(&b, c); end {
				return b, chunk{}
			}
		}
	}
}

func (b *body) add(n node, at int, blank bool) {
	if n != nil {
		b.nodes = append(b.nodes, placed{n, at})
	}
	b.blank = b.blank && blank
}

// whitespace does what the hyphens in {{- and -}} ask for.
func (p *parser) whitespace(b *body, c chunk) {
	if c.kind == textChunk || p.in.lines {
		return
	}
	if n := len(b.nodes); c.trimLeft && n > 0 {
		if t, ok := b.nodes[n-1].node.(text); ok {
			b.nodes[n-1].node = text(trimRight(string(t)))
		}
	}
	p.trim = c.trimRight
}

func (p *parser) text(b *body, c chunk) {
	s := c.inner
	if p.in.lines {
		return
	}
	if p.trim {
		s = trimLeft(s)
	}
	p.trim = false
	if s != "" {
		b.add(text(s), c.from, trimLeft(s) == "")
	}
}

func (p *parser) broken(c chunk) {
	switch {
	case c.name != "":
		p.fail(c.from, "This {% is never closed. Close it with %}.")
	case c.to-c.from == 2:
		p.fail(c.from, "This {{ is never closed. Close it with }}.")
	default:
		p.fail(c.from, "This tag has no name. Write one, for example {% if %}, or take it out.")
	}
}

// tag reads a tag and what belongs to it. It gives true when the tag ends a
// block further out, which whoever reads that finds again.
func (p *parser) tag(b *body, c chunk) bool {
	if c.name == "liquid" {
		p.lines(b, c)
		return false
	}
	if parse := p.engine.tags[c.name]; parse != nil {
		if !p.enter(c.from) {
			p.stopped = true
			return false
		}
		n, blank := parse(p, c)
		p.leave()
		b.add(n, c.from, blank)
		return false
	}
	return p.misplaced(c)
}

// misplaced reports a tag that is not known or not meant here.
func (p *parser) misplaced(c chunk) bool {
	inside := len(p.open) - 1
	for i := inside; i >= 0; i-- {
		if c.name != "end"+p.open[i].name {
			continue
		}
		line, _, _ := position(p.source, p.open[inside].at)
		p.fail(c.from, fmt.Sprintf("{%% %s %%} does not close {%% %s %%} of line %d. Close that one first.", c.name, p.open[inside].name, line))
		p.again = &c
		return true
	}
	switch c.name {
	case "else", "elsif", "when":
		p.fail(c.from, "{% "+c.name+" %} is not inside a block that it belongs to. Take it out, or move it.")
	default:
		if len(c.name) > 3 && c.name[:3] == "end" && p.engine.tags[c.name[3:]] != nil {
			p.fail(c.from, "{% "+c.name+" %} closes nothing. Take it out, or write {% "+c.name[3:]+" %} before it.")
			return false
		}
		p.failWith(c.from, unknownError("There is no tag called {% "+shorten(c.name)+" %}. Correct its name, or take it out."))
		if p.lenient {
			p.unknown(c)
		}
	}
	return false
}

// lines reads the tags of {% liquid %}, one a line, into the body around it.
func (p *parser) lines(b *body, c chunk) {
	if !p.enter(c.from) {
		return
	}
	outer, open, trim := p.in, p.open, p.trim
	p.in, p.open = &scanner{source: p.source, pos: c.at, end: c.at + len(c.inner), lines: true}, nil
	inner, _ := p.body()
	p.in, p.open, p.trim = outer, open, trim
	b.nodes = append(b.nodes, inner.nodes...)
	b.blank = b.blank && inner.blank
	p.leave()
}

// block reads the body of a block up to its end or one of the tags that divide
// it, and gives that tag; one without a name when the block is never closed.
func (p *parser) block(c chunk, dividers ...string) (body, chunk) {
	p.open = append(p.open, openBlock{c.name, c.from})
	b, end := p.body(append(dividers, "end"+c.name)...)
	p.open = p.open[:len(p.open)-1]
	if end.name == "" && p.again == nil {
		p.neverClosed(c)
	}
	return b, end
}

func (p *parser) neverClosed(c chunk) {
	if p.stopped {
		return
	}
	p.fail(c.from, "This {% "+c.name+" %} is never closed. Add {% end"+c.name+" %}.")
}

func trimLeft(s string) string {
	for s != "" && isWhite(s[0]) {
		s = s[1:]
	}
	return s
}

func trimRight(s string) string {
	for s != "" && isWhite(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func isWhite(b byte) bool { return isSpace(b) || b == 0 }
