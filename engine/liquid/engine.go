package liquid

import (
	"context"
	"maps"
	"time"
)

// Config is what an Engine is made of. Its zero value is the language as
// Shopify renders it, with the default limits and no partials.
type Config struct {
	// Filters and Tags are the host's own. One with the name of a standard one
	// takes its place.
	Filters map[string]Filter
	Tags    map[string]Tag

	// Strict makes a missing value that would be printed an error that names
	// it. Conditions, loops and the filter default may still ask for it.
	Strict bool

	// EscapeHTML escapes what {{ … }} prints, but for values of type HTML and
	// the results of the filters raw and escape.
	EscapeHTML bool

	// Load finds the template that {% render %} or {% include %} names. Without
	// it no template has another. An error of it is told the author.
	Load func(ctx context.Context, name string) (*Template, error)

	// Zone is where times without a zone are; nil is UTC.
	Zone *time.Location

	// Now is the time that "now" means; nil is the clock.
	Now func() time.Time

	Limits Limits
}

// Limits bound what one rendering may take. A zero is the default.
type Limits struct {
	Source int // bytes of a template (512 KiB)
	Steps  int // nodes rendered, rounds of loops included (100,000)
	Output int // bytes rendered, and bytes of any one text on the way (1 MiB)
	Work   int // bytes that filters, comparisons and captures read and make (64 MiB)
	Depth  int // blocks, brackets and partials inside one another (100)
	Range  int // numbers in a range (10,000)
}

func (l Limits) orDefault() Limits {
	set := func(n *int, to int) {
		if *n <= 0 {
			*n = to
		}
	}
	set(&l.Source, 512<<10)
	set(&l.Steps, 100_000)
	set(&l.Output, 1<<20)
	set(&l.Work, 64<<20)
	set(&l.Depth, 100)
	set(&l.Range, 10_000)
	return l
}

// Engine parses templates. It never changes once made and is safe for
// concurrent use.
type Engine struct {
	config  Config
	filters map[string]*Filter
	tags    map[string]parseTag
}

// New is an engine with the standard tags and filters and those of the config.
func New(c Config) *Engine {
	c.Limits = c.Limits.orDefault()
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	e := &Engine{config: c, filters: standardFilters(), tags: maps.Clone(standardTags())}
	for name, filter := range c.Filters {
		filter.name = name
		e.filters[name] = &filter
	}
	for name, tag := range c.Tags {
		e.tags[name] = customTag(tag)
	}
	return e
}

// Parse reads a template. Its error is of type Errors: everything that is
// wrong with the source, in its order.
func (e *Engine) Parse(source string) (*Template, error) {
	return e.ParseNamed("", source)
}

// ParseNamed is Parse for a template that others may load; its errors carry
// the name.
func (e *Engine) ParseNamed(name, source string) (*Template, error) {
	p := newParser(e, name, source)
	return p.template()
}

// Filter is a filter of the host's own.
type Filter struct {
	// Min and Max bound the arguments beside the input. Named arguments count
	// as one more, which comes last as an *Object.
	Min, Max int

	// Call computes the result. It must not keep args nor change what it is
	// given. Its error is told the author, so it should read like
	// "divided by 0".
	Call func(r *Run, in any, args []any) (any, error)

	// Missing and MissingArgs say that Call knows what to do with an input or
	// with arguments that are nil. Other filters of a strict engine are not
	// called then: through them a missing value stays missing.
	Missing, MissingArgs bool

	// Fallback says that the filter gives a missing value another, as default
	// does; Uses does not report its input as needed.
	Fallback bool

	name string
}

// Tag is a tag of the host's own, one without an end. Its arguments are
// {% name a, b key: c %}.
type Tag struct {
	Min, Max int      // positional arguments
	Named    []string // the named arguments that it knows

	// Render writes what the tag stands for through the Run.
	Render func(r *Run, args []any, named map[string]any) error
}
