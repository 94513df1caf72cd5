package compose

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/osteele/liquid"
	"github.com/osteele/liquid/expressions"
	"github.com/osteele/liquid/values"
)

// This file and the liquid_*.go beside it are the seam to the Liquid library:
// parse, program.render, program.uses and problem are all that the rest of
// the package knows of Liquid. docs/decisions/001-liquid-behind-a-seam.md has the reasons.

// What one field of one message may take. An author never meets these; a
// template that loops for ever does, and stops nobody else's mail.
const (
	maxSource = 512 << 10       // bytes of a template's field
	maxOutput = 1 << 20         // bytes of what it renders to
	maxSteps  = 100_000         // rounds of loops, outputs and assignments
	maxTime   = 2 * time.Second // the same, by the clock
)

// program is a parsed template, safe to render many times at once.
type program struct {
	template *liquid.Template
	outputs  []output // what {{ … }} and assign evaluate, by number
	raws     []string // what stands between {% raw %} and {% endraw %}
}

// parse is the program that source is, from the cache when it has been seen.
func parse(source string) (*program, *problem) {
	if program := parsed.get(source); program != nil {
		return program, nil
	}
	program, p := compile(source)
	if p == nil {
		parsed.put(source, program)
	}
	return program, p
}

func compile(source string) (result *program, p *problem) {
	defer func() {
		if r := recover(); r != nil {
			result, p = nil, &problem{1, "The Liquid cannot be read. Look for an unfinished tag or expression."}
		}
	}()
	if len(source) > maxSource {
		return nil, &problem{1, fmt.Sprintf("This is longer than %d KB. Shorten it.", maxSource>>10)}
	}
	pieces, p := scan(source)
	if p != nil {
		return nil, p
	}
	if p := checkBlocks(pieces); p != nil {
		return nil, p
	}
	result = &program{}
	text, p := result.translate(pieces)
	if p != nil {
		return nil, p
	}
	template, err := library().ParseTemplateLocation([]byte(text), "template", 1)
	if err != nil {
		return nil, explain(err)
	}
	result.template = template
	return result, nil
}

// render runs the program in a way. A variable that has no value is a problem,
// unless the template says what to do then; where the way is to mark it, it is
// a gap and the rest is rendered.
func (p *program) render(vars map[string]any, way run) (out string, gaps []*problem, failed *problem) {
	defer func() {
		if r := recover(); r != nil {
			failed = &problem{1, "The Liquid could not be worked out for this person. Look at the filters and the values that they are given."}
		}
	}()
	var buf bytes.Buffer
	way.program, way.until = p, time.Now().Add(maxTime)
	vars[runKey] = &way
	defer delete(vars, runKey)
	if err := p.template.FRender(&limitWriter{w: &buf, left: maxOutput}, vars); err != nil {
		return "", way.gaps, explain(err)
	}
	return buf.String(), way.gaps, nil
}

// uses counts the outputs that are this variable and nothing else.
func (p *program) uses(name string) (n int) {
	for _, o := range p.outputs {
		if o.prints && o.source == name {
			n++
		}
	}
	return n
}

// explain puts an error of the library into words.
func explain(err error) *problem {
	if p := (*problem)(nil); errors.As(err, &p) {
		return p
	}
	line := 1
	if at, ok := err.(interface{ LineNumber() int }); ok {
		line = at.LineNumber()
	}
	return &problem{line, describe(err)}
}

// describe says what went wrong, and leaves out how the library says it.
func describe(err error) string {
	var (
		ours   sentence
		filter expressions.FilterError
		kind   values.TypeError
		syntax expressions.SyntaxError
	)
	switch {
	case errors.As(err, &ours):
		return ours.Error()
	case errors.As(err, &filter):
		return "The filter " + filter.FilterName + " could not be applied: " + filter.Err.Error() + "."
	case errors.As(err, &kind):
		return "A value is of the wrong kind: " + shorten(kind.Error()) + "."
	case errors.As(err, &syntax), strings.Contains(err.Error(), "syntax error"):
		return "This Liquid cannot be read. Look for a missing quote, bar or comparison."
	}
	_, text, _ := strings.Cut(err.Error(), "): ")
	text, _, _ = strings.Cut(text, " in template")
	return "The Liquid could not be worked out: " + shorten(text) + "."
}

// library is the Liquid engine with our filters and tags.
var library = sync.OnceValue(func() *liquid.Engine {
	e := liquid.NewEngine()
	e.RegisterTemplateStore(noFiles{})
	addFilters(e)
	addTags(e)
	return e
})

// noFiles keeps templates away from the disk: the library would read any file
// for {% include %}.
type noFiles struct{}

func (noFiles) ReadTemplate(string) ([]byte, error) {
	return nil, errors.New("there are no files to include")
}
