package workflow

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/postroom/postroom/engine/liquid"
)

// language reads what templates name. It renders nothing, so it need not know
// what the tags and filters of messages do; only which filters give a missing
// value another.
var language = sync.OnceValue(func() *liquid.Engine {
	return liquid.New(liquid.Config{Strict: true, Filters: map[string]liquid.Filter{
		"json":    {Max: 1, Fallback: true},
		"to_json": {Max: 1, Fallback: true},
	}})
})

// template is a text of an action that may hold Liquid.
type template struct{ field, source string }

// mention is one thing that a text names.
type mention struct {
	kind     Kind // NeedsAttribute, NeedsField or NeedsSnippet
	name     string
	place    string // body, line 3
	fallback Fallback
}

// mentions is what the text names of the person, the event and the snippets.
// What it sets itself is nobody's need.
func (t template) mentions() []mention {
	var all []mention
	for _, u := range t.uses() {
		if kind, name := need(u); kind != "" {
			all = append(all, mention{kind, name, t.place(u), fallback(u)})
		}
	}
	return all
}

func (t template) uses() []liquid.Use {
	if !isLiquid(t.source) {
		return nil
	}
	return language().Analyse(t.source)
}

// mistake is the first thing in the text that no engine could read; empty when
// there is none. What tags and filters messages have is not known here.
func (t template) mistake() string {
	if !isLiquid(t.source) {
		return ""
	}
	_, err := language().Parse(t.source)
	var all liquid.Errors
	if !errors.As(err, &all) {
		return ""
	}
	for _, one := range all {
		if !errors.Is(one, liquid.ErrUnknown) {
			return one.Message
		}
	}
	return ""
}

func (t template) place(u liquid.Use) string {
	if strings.Contains(t.source, "\n") {
		return fmt.Sprintf("%s, line %d", t.field, u.Line)
	}
	return t.field
}

// need is what a use asks of the surroundings.
func need(u liquid.Use) (Kind, string) {
	if u.Kind == liquid.Snippet {
		return NeedsSnippet, u.Name
	}
	path := u.Path()
	if u.Local || len(path) < 2 {
		return "", ""
	}
	switch path[0] {
	case "customer":
		return NeedsAttribute, path[1]
	case "event":
		return NeedsField, path[1]
	case "snippets":
		return NeedsSnippet, path[1]
	}
	return "", ""
}

// isLiquid tells whether the text may change when it is rendered.
func isLiquid(text string) bool {
	return strings.Contains(text, "{{") || strings.Contains(text, "{%")
}

// unsubscribes tells whether one of the texts has a link to unsubscribe.
func unsubscribes(texts ...string) bool {
	return slices.ContainsFunc(texts, func(source string) bool {
		return slices.ContainsFunc(template{source: source}.uses(), func(u liquid.Use) bool {
			return u.Kind != liquid.UsedFilter && slices.Contains(unsubscribing, u.Name)
		})
	})
}

// unsubscribing is the tags, also written as variables, that lead to the page
// for unsubscribing.
var unsubscribing = []string{"unsubscribe", "unsubscribe_url", "manage_subscription_preferences_url"}
