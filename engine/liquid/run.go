package liquid

import (
	"context"
	"errors"
	"strconv"
	"time"
)

// Run is one rendering: its output so far, its variables and what is left of
// its limits. Filters and tags are given it; it is of no use afterwards.
type Run struct {
	engine   *Engine
	template *Template
	ctx      context.Context
	options  *Options
	limits   Limits

	out   []byte
	floor int // bytes of out that are not this rendering's
	steps int // used up
	work  int
	check int // the work at which to look at the context again
	depth int

	frame
	args     []any // of the filters being called, as a stack
	partials map[string]*Template
}

// frame is the variables of a template and of those it includes.
type frame struct {
	vars      map[string]any
	assigned  map[string]any
	counters  map[string]int
	locals    []local // of loops and includes, the innermost last
	missing   map[string]string
	cycles    map[string]int
	offsets   map[string]int // where loops ended, for offset: continue
	changed   *string        // what ifchanged printed last
	loop      *forLoop
	interrupt interrupt
	isolated  bool // in {% render %}
}

type local struct {
	name  string
	value any
}

// interrupt is a break or continue on its way to its loop.
type interrupt uint8

const (
	noInterrupt interrupt = iota
	breakInterrupt
	continueInterrupt
)

// itemSize is what an item of a list counts as work, in bytes.
const itemSize = 16

// checkEvery is how much work is done between two looks at the context.
const checkEvery = 64 << 10

func newRun(ctx context.Context, t *Template, to []byte, vars map[string]any, o Options) *Run {
	return &Run{
		engine: t.engine, template: t, ctx: ctx, options: &o, limits: t.engine.config.Limits,
		out: to, floor: len(to), check: checkEvery, frame: frame{vars: vars},
	}
}

// Context is the context of the rendering.
func (r *Run) Context() context.Context { return r.ctx }

// Data is Options.Data.
func (r *Run) Data() any { return r.options.Data }

// Now is the time that "now" means, in the engine's zone.
func (r *Run) Now() time.Time { return r.engine.config.Now().In(r.engine.config.Zone) }

// Text is a value as filters see it. Its error is a limit's.
func (r *Run) Text(value any) (string, error) { return r.text(normal(value)) }

// Time is a value as a time: a time, a number of seconds since 1970, or text
// that says one.
func (r *Run) Time(value any) (time.Time, bool) { return r.time(value) }

// Lookup is the value of a variable, nil without one.
func (r *Run) Lookup(name string) any { return normal(r.lookup(name)) }

// Write adds to the output, as it is.
func (r *Run) Write(text string) error {
	r.out = append(r.out, text...)
	return r.fits()
}

// Parse reads a text that is a template itself, with the engine at hand. Its
// error is of type Errors.
func (r *Run) Parse(name, source string) (*Template, error) {
	if err := r.use(parseWork * len(source)); err != nil {
		return nil, err
	}
	return r.engine.ParseNamed(name, source)
}

// parseWork is how much more reading a byte of a template is than copying it.
const parseWork = 16

// Render renders a template in place, with the variables at hand and within
// the same limits.
func (r *Run) Render(t *Template) error {
	return r.in(t, func() error { return r.body(&t.body) })
}

// Capture is what a template renders to in place, instead of its output.
func (r *Run) Capture(t *Template) (string, error) {
	return r.captured(func() error { return r.Render(t) })
}

// Use counts work, in bytes read or made, and fails when there was too much.
// Filters need it for work that is more than their input and result.
func (r *Run) Use(bytes int) error { return r.use(bytes) }

func (r *Run) use(bytes int) error {
	if r.work += bytes; r.work < r.check {
		return nil
	}
	return r.look()
}

// step counts a node or a round of a loop.
func (r *Run) step() error {
	r.steps++
	if r.work += itemSize; r.steps <= r.limits.Steps && r.work < r.check {
		return nil
	}
	return r.look()
}

// look is whether a limit or the context ends the rendering.
func (r *Run) look() error {
	r.check = r.work + checkEvery
	if r.steps > r.limits.Steps || r.work > r.limits.Work {
		return limitError("This takes too long to work out. Loop over less.")
	}
	if err := r.ctx.Err(); err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			return limitError("This takes too long to work out. Loop over less.")
		}
		return err
	}
	return nil
}

func (r *Run) fits() error {
	if len(r.out)-r.floor > r.limits.Output {
		return r.tooLong()
	}
	return nil
}

func (r *Run) tooLong() error {
	return limitError("This renders to more than " + bytesInWords(r.limits.Output) + ". Shorten it, or loop over less.")
}

// room is whether a text of that many bytes may be made.
func (r *Run) room(bytes int) error {
	if bytes > r.limits.Output {
		return r.tooLong()
	}
	return r.use(bytes)
}

func bytesInWords(n int) string {
	switch {
	case n >= 1<<20:
		return strconv.Itoa(n>>20) + " MB"
	case n >= 1<<10:
		return strconv.Itoa(n>>10) + " KB"
	}
	return strconv.Itoa(n) + " bytes"
}

// lookup finds a variable: in the loops at hand, then what was assigned, then
// the counters and the data.
func (r *Run) lookup(name string) any {
	for i := len(r.locals) - 1; i >= 0; i-- {
		if r.locals[i].name == name {
			return r.locals[i].value
		}
	}
	if value, ok := r.assigned[name]; ok {
		return value
	}
	if n, ok := r.counters[name]; ok {
		return n
	}
	if value, ok := r.vars[name]; ok && value != nil {
		return value
	}
	return r.options.Everywhere[name]
}

func (r *Run) assign(name string, value any) {
	if r.assigned == nil {
		r.assigned = map[string]any{}
	}
	r.assigned[name] = value
}

// body renders nodes until one interrupts.
func (r *Run) body(b *body) error {
	for _, n := range b.nodes {
		err := r.step()
		if err == nil {
			err = n.node.render(r)
		}
		if err != nil {
			if err = r.mistake(n.at, err); err != nil {
				return err
			}
		}
		if r.interrupt != noInterrupt {
			return nil
		}
	}
	return nil
}

// mistake gives a mistake its place, or lets the rendering go on after it when
// that was asked for.
func (r *Run) mistake(at int, err error) error {
	e := r.errorAt(at, err)
	if m := (*Missing)(nil); r.options.Gap != nil && errors.As(err, &m) {
		return r.Write(r.options.Gap(e))
	}
	if !r.options.Inline || errors.Is(err, ErrLimit) || r.ctx.Err() != nil {
		return e
	}
	cause := e.err
	if f := (*filterError)(nil); errors.As(cause, &f) {
		cause = f.err
	}
	r.out = append(r.out, "Liquid error (line "+strconv.Itoa(e.Line)+"): "+cause.Error()...)
	return r.fits()
}

func (r *Run) errorAt(at int, err error) *Error {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e
	}
	return newError(r.template.name, r.template.source, at, err)
}

// in renders something as another template: its errors are told with that
// template's name and lines.
func (r *Run) in(t *Template, render func() error) error {
	if r.depth++; r.depth > r.limits.Depth {
		return limitError("Templates are inside one another too deeply. Look for one that renders itself.")
	}
	outer := r.template
	r.template = t
	err := render()
	if err != nil {
		err = r.errorAt(0, err)
	}
	r.template = outer
	r.depth--
	return err
}

// captured renders into a text instead of the output.
func (r *Run) captured(render func() error) (string, error) {
	start := len(r.out)
	err := render()
	text := string(r.out[start:])
	r.out = r.out[:start]
	if err == nil {
		err = r.use(len(text))
	}
	return text, err
}
