package compose

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/osteele/liquid/expressions"
	"github.com/osteele/liquid/render"
	"github.com/osteele/liquid/values"
)

// run is one rendering of a program and what it has used up.
type run struct {
	program *program
	links   Links
	html    bool
	marks   bool       // leave a mark where a value is missing, and go on
	gaps    []*problem // the values that were missing, each once
	steps   int
	until   time.Time
}

// runKey finds the run among the variables. No template can name it.
const runKey = " run"

func running(ctx render.Context) *run { return ctx.Get(runKey).(*run) }

var errTooLong = sentence("This renders to more than " + strconv.Itoa(maxOutput>>20) + " MB. Shorten it, or loop over less.")

// step counts a piece of work and stops a template that works too long.
func (r *run) step() error {
	r.steps++
	if r.steps > maxSteps || r.steps%256 == 0 && time.Now().After(r.until) {
		return sentence("This takes too long to work out. Loop over less.")
	}
	return nil
}

// evaluate is the value of the output that the tag is about.
func (r *run) evaluate(ctx render.Context) (*output, any, error) {
	o := &r.program.outputs[tagNumber(ctx)]
	if err := r.step(); err != nil {
		return o, nil, &problem{o.line, err.Error()}
	}
	value, err := ctx.Evaluate(o.expr)
	if err != nil {
		return o, nil, &problem{o.line, describe(err)}
	}
	return o, value, nil
}

func (r *run) print(ctx render.Context) (string, error) {
	o, value, err := r.evaluate(ctx)
	if err != nil {
		return "", err
	}
	if value != nil {
		return printed(value), nil
	}
	missing := &problem{o.line, r.missing(ctx, o)}
	if !r.marks {
		return "", missing
	}
	return r.gap(o, missing), nil
}

func (r *run) assign(ctx render.Context) error {
	o, value, err := r.evaluate(ctx)
	if err == nil {
		ctx.Set(o.name, value)
	}
	return err
}

func (r *run) capture(ctx render.Context) error {
	var buf bytes.Buffer
	if err := ctx.RenderChildren(&limitWriter{w: &buf, left: maxOutput}); err != nil {
		return err
	}
	ctx.Set(strings.TrimSpace(ctx.TagArgs()), buf.String())
	return nil
}

// missing says which variable has no value and what to do about it.
func (r *run) missing(ctx render.Context, o *output) string {
	path := firstNil(ctx, o.paths)
	if path == "" {
		return "{{ " + shorten(o.source) + ` }} has no value. Add a default at its end: | default: "…".`
	}
	root := path[:word(path)]
	for i := range r.program.outputs {
		from := &r.program.outputs[i]
		if from.name == root && from.line <= o.line && from != o {
			if origin := firstNil(ctx, from.paths); origin != "" && path == root {
				path, root = origin, origin[:word(origin)]
			}
		}
	}
	if _, ok := ctx.Bindings()[root]; !ok {
		return "There is nothing called " + root + " here. Correct the name in {{ " + shorten(o.source) + " }}."
	}
	return path + " is not set" + whose(root) + ". Add a default, for example {{ " + path + ` | default: "…" }}.`
}

// firstNil is the first of the variables that has no value.
func firstNil(ctx render.Context, paths []string) string {
	for _, path := range paths {
		expr, err := expressions.Parse(path)
		if err != nil {
			continue
		}
		if value, err := ctx.Evaluate(expr); err == nil && value == nil {
			return path
		}
	}
	return ""
}

// whose says where the author would look for the variable.
func whose(root string) string {
	switch root {
	case "customer":
		return " for this person"
	case "event":
		return " in this event"
	case "trigger":
		return " in the data of this call"
	case "journey":
		return " in this journey"
	}
	return ""
}

// printed is a value as text: numbers without an exponent, lists one after
// another, and maps as JSON.
func printed(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		return v.Format("2006-01-02 15:04:05 -0700")
	case values.Range:
		if v.Len() < 1 {
			return ""
		}
		return printed(v.Index(0)) + ".." + printed(v.Index(v.Len()-1))
	}
	return printedList(value)
}

func printedList(value any) string {
	v := reflect.ValueOf(value)
	if v.Kind() != reflect.Slice && v.Kind() != reflect.Array {
		text, err := json.Marshal(value)
		if err != nil {
			return ""
		}
		return string(text)
	}
	var b strings.Builder
	for i := range v.Len() {
		b.WriteString(printed(v.Index(i).Interface()))
	}
	return b.String()
}

// plainValue is a value as Liquid wants it: json.Number and every integer as
// int where it fits, else as float64, so that they print and compute well.
func plainValue(value any) any {
	switch v := value.(type) {
	case json.Number:
		return plainNumber(v)
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, one := range v {
			out[key] = plainValue(one)
		}
		return out
	case Scope:
		return plainValue(map[string]any(v))
	case []any:
		out := make([]any, len(v))
		for i, one := range v {
			out[i] = plainValue(one)
		}
		return out
	case int64:
		return int(v)
	case int32:
		return int(v)
	case float32:
		return float64(v)
	}
	return value
}

func plainNumber(n json.Number) any {
	if i, err := strconv.Atoi(n.String()); err == nil {
		return i
	}
	if f, err := n.Float64(); err == nil && strings.ContainsAny(n.String(), ".eE") {
		return f
	}
	return n.String() // more digits than a number keeps
}

// limitWriter fails once it has been given more than is left.
type limitWriter struct {
	w    io.Writer
	left int
}

func (l *limitWriter) Write(b []byte) (int, error) {
	if l.left -= len(b); l.left < 0 {
		return 0, errTooLong
	}
	return l.w.Write(b)
}
