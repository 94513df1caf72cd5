package compose

import (
	"html"
	"regexp"
	"slices"
	"strings"

	tokenizer "golang.org/x/net/html"
)

// gap notes a value that is missing, and is the mark that stands in its place.
func (r *run) gap(o *output, missing *problem) string {
	known := slices.ContainsFunc(r.gaps, func(p *problem) bool { return p.message == missing.message })
	if !known {
		r.gaps = append(r.gaps, missing)
	}
	mark := "⟦" + shorten(o.source) + "⟧"
	if r.html {
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
