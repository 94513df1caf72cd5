package compose

import (
	"errors"
	"html"
	"regexp"
	"slices"
	"strings"

	tokenizer "golang.org/x/net/html"

	"github.com/postroom/postroom/engine/liquid"
)

// gap notes a value that is missing, and is the mark that stands in its place.
func (w *way) gap(e *liquid.Error) string {
	missing := w.place(problemOf(e))
	known := slices.ContainsFunc(w.gaps, func(p *problem) bool { return p.message == missing.message })
	if !known {
		w.gaps = append(w.gaps, missing)
	}
	source := ""
	if m := (*liquid.Missing)(nil); errors.As(e, &m) {
		source = m.Source
	}
	mark := "⟦" + shorten(source) + "⟧"
	if w.html {
		return html.EscapeString(mark)
	}
	return mark
}

var marks = regexp.MustCompile(`⟦[^⟦⟧<>]*⟧`)

// highlight makes the marks in what people read of an HTML document visible at
// a glance. In attributes they stay text.
func highlight(source string) string {
	if !strings.Contains(source, "⟦") {
		return source
	}
	var out strings.Builder
	z := tokenizer.NewTokenizer(strings.NewReader(source))
	raw := false // the text is that of a style, script or title, which has no elements in it
	for {
		kind, text := z.Next(), string(z.Raw())
		if kind == tokenizer.TextToken && !raw {
			text = marks.ReplaceAllString(text, "<mark>$0</mark>")
		}
		out.WriteString(text)
		if kind == tokenizer.ErrorToken {
			return out.String()
		}
		if kind == tokenizer.StartTagToken {
			name, _ := z.TagName()
			raw = slices.Contains([]string{"style", "script", "title", "textarea"}, string(name))
		} else if kind == tokenizer.EndTagToken {
			raw = false
		}
	}
}
