package compose

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/postroom/postroom/engine/liquid"
)

// What one field of one message may take. An author never meets these; a
// template that loops for ever does, and stops nobody else's mail.
const maxTime = 2 * time.Second

// language is Liquid as messages have it: a missing value stops them.
var language = sync.OnceValue(func() *liquid.Engine {
	return liquid.New(liquid.Config{Strict: true, Filters: filters(), Tags: tags()})
})

// parse is the template that source is, from the cache when it has been seen.
// Without one, everything that is wrong with it.
func parse(source string) (*liquid.Template, []*problem) {
	if t := parsed.get(source); t != nil {
		return t, nil
	}
	t, err := language().Parse(source)
	if err != nil {
		return nil, problemsOf(err)
	}
	parsed.put(source, t)
	return t, nil
}

// way is how a field is rendered. Tags find it in the data of their run.
type way struct {
	links Links
	html  bool       // what {% unsubscribe %} looks like
	marks bool       // leave a mark where a value is missing, and go on
	gaps  []*problem // the values that were missing, each once

	within []string // the snippets that are being rendered, one inside the other
}

// render is the text of a template. Its problems are what made it fail or,
// where marks are left, the gaps in what it renders to.
func (w *way) render(t *liquid.Template, vars map[string]any) (string, []*problem) {
	ctx, cancel := context.WithTimeout(context.Background(), maxTime)
	defer cancel()
	options := liquid.Options{Everywhere: vars, Data: w}
	if w.marks {
		options.Gap = w.gap
	}
	out, err := t.Render(ctx, vars, options)
	if err != nil {
		return "", append(w.gaps, problemsOf(err)...)
	}
	return out, w.gaps
}

// uses counts the outputs that are this variable and nothing else.
func uses(t *liquid.Template, name string) (n int) {
	for _, u := range t.Uses() {
		if u.Kind == liquid.Variable && u.Name == name && u.Needed {
			n++
		}
	}
	return n
}

// FieldUse is a place in a message that names a variable, filter or snippet.
type FieldUse struct {
	Field string // from, to, reply_to, subject, preheader, body, text or layout
	liquid.Use
}

// Uses is what a template names, by field, as far as it can be read.
func Uses(t Template) []FieldUse {
	var all []FieldUse
	for _, f := range t.fields() {
		parsed, wrong := parse(f.source)
		if len(wrong) > 0 {
			continue
		}
		for _, u := range parsed.Uses() {
			all = append(all, FieldUse{f.name, u})
		}
	}
	return all
}

// Needs is the variables without which the template cannot be sent, where each
// is first printed without a default. Whether a condition around them spares
// some people is not looked at.
func Needs(t Template) []FieldUse {
	var all []FieldUse
	for _, u := range Uses(t) {
		known := slices.ContainsFunc(all, func(n FieldUse) bool { return n.Name == u.Name })
		if u.Kind == liquid.Variable && u.Needed && !u.Local && !known && !given(u.Name) {
			all = append(all, u)
		}
	}
	return all
}

// given is whether Email makes the variable itself.
func given(name string) bool { return name == "content" || name == "message.subject" }

// number is a count or size that an author may have written as text.
func number(value any) (float64, bool) {
	switch v := value.(type) {
	case int:
		return float64(v), true
	case float64:
		return v, true
	case string:
		f, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		return f, err == nil
	}
	return 0, false
}
