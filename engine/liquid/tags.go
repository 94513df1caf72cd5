package liquid

import (
	"fmt"
	"strings"
)

// parseTag reads a tag whose name has been read, with its body if it has one.
// Blank says that it prints nothing.
type parseTag func(p *parser, c chunk) (n node, blank bool)

func standardTags() map[string]parseTag {
	return map[string]parseTag{
		"assign": parseAssign, "capture": parseCapture, "echo": parseEcho,
		"increment": parseIncrement, "decrement": parseDecrement, "cycle": parseCycle,
		"if": parseIf, "unless": parseUnless, "case": parseCase, "ifchanged": parseIfChanged,
		"for": parseFor, "tablerow": parseTableRow, "break": parseBreak, "continue": parseContinue,
		"comment": parseComment, "#": parseInlineComment, "doc": parseDoc, "raw": parseRaw,
		"render": parseRender, "include": parseInclude,
	}
}

// parseEcho reads {% echo a | b %}.
func parseEcho(p *parser, c chunk) (node, bool) {
	return p.output(c.inner, c.at, false), false
}

// assign is {% assign name = a | b %}.
type assign struct {
	name  string
	value *filtered
}

func parseAssign(p *parser, c chunk) (node, bool) {
	left, right, ok := strings.Cut(c.inner, "=")
	name := strings.Trim(left, white)
	if !ok || !isTarget(name) {
		p.fail(c.from, "{% assign %} needs a name and a value. Write it like {% assign colour = \"red\" %}.")
		return nil, true
	}
	p.names[name] = true
	w := p.words(right, c.at+len(left)+1)
	if w.now.kind == endToken && p.engine.config.Strict {
		p.fail(c.from, "{% assign %} needs a name and a value. Write it like {% assign colour = \"red\" %}.")
		return nil, true
	}
	return &assign{name, w.filtered(name)}, true
}

// isTarget is whether something can be set under that name.
func isTarget(name string) bool {
	for i := range len(name) {
		if c := name[i]; !isWord(c) && strings.IndexByte("-.[]()", c) < 0 {
			return false
		}
	}
	return name != ""
}

func (a *assign) render(r *Run) error {
	value, err := a.value.eval(r)
	if err != nil {
		return err
	}
	if value == nil && r.engine.config.Strict {
		r.rememberMissing(a)
	}
	r.assign(a.name, value)
	return nil
}

// rememberMissing keeps which variable it is that makes an assigned one
// missing.
func (r *Run) rememberMissing(a *assign) {
	m, ok := r.missingValue(a.value).(*Missing)
	if !ok || m.Path == "" {
		return
	}
	if r.missing == nil {
		r.missing = map[string]string{}
	}
	r.missing[a.name] = m.Path
}

// capture is {% capture name %}…{% endcapture %}.
type capture struct {
	name string
	body body
}

func parseCapture(p *parser, c chunk) (node, bool) {
	name := c.inner
	for name != "" && !isTarget(name[:1]) {
		name = name[1:]
	}
	end := 0
	for end < len(name) && isTarget(name[end:end+1]) {
		end++
	}
	if name = name[:end]; name == "" {
		p.fail(c.from, "{% capture %} needs one name. Write it, for example {% capture greeting %}.")
	}
	p.names[name] = true
	b, _ := p.block(c)
	return &capture{name, b}, true
}

func (n *capture) render(r *Run) error {
	text, err := r.captured(func() error { return r.body(&n.body) })
	if err != nil {
		return err
	}
	if r.engine.config.EscapeHTML {
		r.assign(n.name, HTML(text))
	} else {
		r.assign(n.name, text)
	}
	return nil
}

// counter is {% increment name %} and {% decrement name %}.
type counter struct {
	name string
	down bool
}

func parseIncrement(p *parser, c chunk) (node, bool) {
	return p.counter(c, false), false
}

func parseDecrement(p *parser, c chunk) (node, bool) {
	return p.counter(c, true), false
}

func (p *parser) counter(c chunk, down bool) node {
	name := strings.Trim(c.inner, white)
	if name == "" {
		p.fail(c.from, "{% "+c.name+" %} needs a name. Write it, for example {% "+c.name+" count %}.")
	}
	p.names[name] = true
	return &counter{name, down}
}

// render prints what an increment counted before, and a decrement after it. A
// number of that name in the data is where counting begins.
func (n *counter) render(r *Run) error {
	count, ok := r.counters[n.name]
	if !ok {
		count, _ = normal(r.vars[n.name]).(int)
	}
	if r.counters == nil {
		r.counters = map[string]int{}
	}
	if n.down {
		count--
		r.counters[n.name] = count
	} else {
		r.counters[n.name] = count + 1
	}
	return r.write(count)
}

// custom is a tag of the host's own.
type custom struct {
	tag   Tag
	args  []expr
	named []namedExpr
}

func customTag(t Tag) parseTag {
	return func(p *parser, c chunk) (node, bool) {
		n := &custom{tag: t}
		p.use(Use{Kind: UsedTag, Name: c.name, at: c.from})
		w := p.words(c.inner, c.at)
		if w.now.kind != endToken {
			read := call{}
			w.arguments(&read)
			n.args, n.named = read.args, read.named
		}
		w.finish()
		n.check(p, c)
		return n, false
	}
}

func (n *custom) check(p *parser, c chunk) {
	if count := len(n.args); count < n.tag.Min || count > n.tag.Max {
		p.fail(c.from, fmt.Sprintf("{%% %s %%} is given %d values and takes %s. Correct them.", c.name, count, countInWords(n.tag.Min, n.tag.Max)))
	}
named:
	for _, one := range n.named {
		for _, known := range n.tag.Named {
			if one.name == known {
				continue named
			}
		}
		p.fail(c.from, fmt.Sprintf("{%% %s %%} has no %s. Take it out.", c.name, one.name))
	}
}

func (n *custom) render(r *Run) error {
	args := make([]any, len(n.args))
	for i, arg := range n.args {
		var err error
		if args[i], err = arg.eval(r); err != nil {
			return err
		}
	}
	named, err := evalNamed(r, n.named)
	if err != nil {
		return err
	}
	return n.tag.Render(r, args, named.Map())
}
