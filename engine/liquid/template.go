package liquid

import (
	"context"
	"errors"
	"fmt"
)

// Template is a parsed template, safe for concurrent use.
type Template struct {
	engine *Engine
	name   string
	source string
	body   body
	uses   []Use
}

// Options is what one rendering is told beside its variables.
type Options struct {
	// Everywhere are variables that templates loaded by {% render %} see too;
	// other variables they do not.
	Everywhere map[string]any

	// Data is for the host's own filters and tags: Run.Data.
	Data any

	// Gap gives what is printed, as it is, where a strict engine misses a
	// value; the rendering then goes on. Without it the first one ends it.
	Gap func(missing *Error) string

	// Inline writes mistakes into the output, as Shopify does, and goes on
	// after them. A limit that is reached ends the rendering all the same.
	Inline bool
}

// Name is the name that the template was parsed with.
func (t *Template) Name() string { return t.name }

// Source is the text that was parsed.
func (t *Template) Source() string { return t.source }

// Render is the template with these variables. Its error is an *Error; when a
// limit was reached, errors.Is finds ErrLimit, and when a strict engine missed
// a value, errors.As finds a *Missing.
func (t *Template) Render(ctx context.Context, vars map[string]any, o Options) (string, error) {
	room := min(len(t.source)+len(t.source)/4, t.engine.config.Limits.Output)
	out, err := t.Append(ctx, make([]byte, 0, room), vars, o)
	return string(out), err
}

// Append is Render that appends to a buffer, whose bytes before do not count
// towards the limit. On an error it returns the buffer as it was given.
func (t *Template) Append(ctx context.Context, to []byte, vars map[string]any, o Options) (out []byte, err error) {
	r := newRun(ctx, t, to, vars, o)
	defer func() {
		if broken := recover(); broken != nil {
			out, err = to, r.errorAt(0, errors.New(fmt.Sprint("this could not be worked out: ", broken)))
		}
	}()
	if err := r.look(); err != nil {
		return to, r.errorAt(0, err)
	}
	if err := r.body(&t.body); err != nil {
		return to, r.errorAt(0, err)
	}
	return r.out, nil
}
