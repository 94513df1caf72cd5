package workflow

import (
	"slices"
	"strings"
)

// mentions is what a Liquid text names.
type mentions struct {
	attributes []string // of the person: customer.plan
	snippets   []string // snippets.footer
	words      []string // tags, and variables without a dot
}

// scan reads the Liquid in the texts, each to its end in one pass. It does not
// follow assignments.
func scan(texts ...string) mentions {
	var m mentions
	for _, text := range texts {
		m.text(text)
	}
	return m
}

func (m *mentions) text(text string) {
	skip := "" // the tag that ends what is not Liquid
	for {
		start := strings.IndexByte(text, '{')
		if start < 0 || start+1 == len(text) {
			return
		}
		closing := map[byte]string{'{': "}}", '%': "%}"}[text[start+1]]
		if closing == "" || skip != "" && closing == "}}" {
			text = text[start+1:]
			continue
		}
		inside, rest, closed := strings.Cut(text[start+2:], closing)
		if !closed {
			return
		}
		text = rest
		inside = strings.Trim(strings.Trim(inside, "-"), " \t\r\n")
		if closing == "%}" {
			skip = m.tag(inside, skip)
		}
		if skip == "" {
			m.expression(inside)
		}
	}
}

// tag notes a tag and returns the tag up to which nothing is Liquid.
func (m *mentions) tag(inside, skip string) string {
	name := inside[:identifier(inside)]
	switch {
	case skip != "" && name != skip:
		return skip
	case skip == "" && (name == "raw" || name == "comment"):
		return "end" + name
	}
	return ""
}

// expression finds the variables between the braces.
func (m *mentions) expression(s string) {
	for s != "" {
		if s[0] == '"' || s[0] == '\'' {
			_, s, _ = strings.Cut(s[1:], s[:1])
			continue
		}
		n := identifier(s)
		if n == 0 {
			s = s[1:]
			continue
		}
		root := s[:n]
		name, rest := field(s[n:])
		switch {
		case name == "":
			m.words = append(m.words, root)
		case root == "customer":
			m.attributes = append(m.attributes, name)
		case root == "snippets":
			m.snippets = append(m.snippets, name)
		}
		s = skipFields(rest)
	}
}

// field is the name behind a variable, written .name or ["name"], and what
// follows it.
func field(s string) (name, rest string) {
	t := strings.TrimLeft(s, " \t\r\n")
	switch {
	case strings.HasPrefix(t, "."):
		t = strings.TrimLeft(t[1:], " \t\r\n")
		n := identifier(t)
		return t[:n], t[n:]
	case strings.HasPrefix(t, `["`), strings.HasPrefix(t, `['`):
		if name, rest, closed := strings.Cut(t[2:], t[1:2]); closed {
			return name, strings.TrimPrefix(rest, "]")
		}
	}
	return "", s
}

// skipFields is s behind the names that go deeper: .city in
// customer.address.city.
func skipFields(s string) string {
	for {
		name, rest := field(s)
		if name == "" {
			return s
		}
		s = rest
	}
}

// identifier is the length of the identifier that s begins with.
func identifier(s string) int {
	n := strings.IndexFunc(s, func(r rune) bool {
		return r < 0x80 && r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	if n < 0 {
		return len(s)
	}
	return n
}

// isLiquid tells whether the text may change when it is rendered.
func isLiquid(text string) bool {
	return strings.Contains(text, "{{") || strings.Contains(text, "{%")
}

// unsubscribes tells whether a link to unsubscribe is among the words.
func (m mentions) unsubscribes() bool {
	return slices.ContainsFunc(m.words, func(w string) bool {
		return w == "unsubscribe" || w == "unsubscribe_url" || w == "manage_subscription_preferences_url"
	})
}
