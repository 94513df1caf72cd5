package liquid

import "strings"

// parseComment reads over {% comment %}…{% endcomment %}. Comments in it, and
// what is between {% raw %} and {% endraw %}, must be closed; nothing else in
// it is looked at.
func parseComment(p *parser, c chunk) (node, bool) {
	for depth := 1; depth > 0; {
		next, ok := p.in.next()
		if !ok {
			p.neverClosed(c)
			break
		}
		p.trim = next.trimRight
		if next.kind != tagChunk {
			continue
		}
		switch next.name {
		case "comment":
			depth++
		case "endcomment":
			depth--
		case "raw":
			if _, _, ok := p.in.verbatim("endraw"); !ok {
				p.neverClosed(next)
				return nil, true
			}
		}
	}
	return nil, true
}

// parseInlineComment reads {% # … %}, of which every line begins with a #.
func parseInlineComment(p *parser, c chunk) (node, bool) {
	_, rest, _ := strings.Cut(c.inner, "\n")
	for line := range strings.Lines(rest) {
		if line = strings.Trim(line, white); line != "" && line[0] != '#' {
			p.fail(c.from, "Every line of this comment begins with a #. Write one before “"+shorten(line)+"”.")
			break
		}
	}
	return nil, true
}

// parseDoc reads over {% doc %}…{% enddoc %}.
func parseDoc(p *parser, c chunk) (node, bool) {
	takesNothing(p, c)
	inner, ok := p.verbatim(c)
	if ok && nestsDoc(inner) {
		p.fail(c.from, "There is a {% doc %} inside of this one. Close this one first, or take it out.")
	}
	return nil, true
}

func nestsDoc(inner string) bool {
	s := scanner{source: inner, end: len(inner)}
	for {
		i := strings.Index(inner[s.pos:], "{%")
		if i < 0 {
			return false
		}
		s.pos += i
		if s.tag().name == "doc" {
			return true
		}
	}
}

// parseRaw reads {% raw %}…{% endraw %}, which is text.
func parseRaw(p *parser, c chunk) (node, bool) {
	takesNothing(p, c)
	inner, _ := p.verbatim(c)
	return raw(inner), inner == ""
}

// raw is text that is not white space around tags.
type raw string

func (t raw) render(r *Run) error { return r.Write(string(t)) }

func (p *parser) verbatim(c chunk) (string, bool) {
	inner, end, ok := p.in.verbatim("end" + c.name)
	if !ok {
		p.neverClosed(c)
		p.stopped = true
		return "", false
	}
	p.trim = end.trimRight
	return inner, true
}

func takesNothing(p *parser, c chunk) {
	if strings.Trim(c.inner, white) != "" {
		p.fail(c.from, "{% "+c.name+" %} takes nothing. Take out what stands after it.")
	}
}
