package compose

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxExpression = 4000 // bytes
	maxFilters    = 50   // in one expression
)

// token is a piece of an expression: a name with its path (customer.plan,
// items[0].name), a literal, or a sign.
type token struct {
	text string
	kind tokenKind
}

type tokenKind int

const (
	signToken tokenKind = iota
	nameToken
	literalToken
)

func (t token) is(texts ...string) bool {
	return t.kind != literalToken && slices.Contains(texts, t.text)
}

// expression is what stands in {{ }} or after the name of a tag, checked and
// put into the library's words.
type expression struct {
	source string
	paths  []string // the variables that it reads, in order
}

// readExpression checks an expression as far as can be without a person.
func readExpression(source string) (expression, error) {
	if len(source) > maxExpression {
		return expression{}, sentence("This expression is too long. Break it up with {% assign %}.")
	}
	tokens, err := tokens(source)
	if err != nil {
		return expression{}, err
	}
	if err := checkFilters(tokens); err != nil {
		return expression{}, err
	}
	e := expression{source: source}
	for i, t := range tokens {
		if t.kind == nameToken && !filterOrKey(tokens, i) {
			e.paths = append(e.paths, t.text)
		}
	}
	if translated, changed := translateBlank(tokens); changed {
		e.source = join(translated)
	}
	return e, nil
}

// tokens cuts an expression up.
func tokens(s string) ([]token, error) {
	var all []token
	for {
		s = strings.TrimLeft(s, " \t\r\n")
		if s == "" {
			return all, nil
		}
		n, kind := 1, signToken
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == '"' || r == '\'':
			kind, n = literalToken, quoted(s)
		case unicode.IsDigit(r) || r == '-' && len(s) > 1 && s[1] >= '0' && s[1] <= '9':
			kind, n = literalToken, number(s)
		case unicode.IsLetter(r) || r == '_':
			kind, n = nameToken, path(s)
		case strings.HasPrefix(s, "==") || strings.HasPrefix(s, "!=") || strings.HasPrefix(s, ">=") || strings.HasPrefix(s, "<=") || strings.HasPrefix(s, ".."):
			n = 2
		default:
			n = size
		}
		if n <= 0 {
			return nil, sentence("A quote or bracket is not closed in " + shorten(s) + ". Close it.")
		}
		t := token{s[:n], kind}
		if kind == nameToken && slices.Contains(reserved, t.text) {
			t.kind = signToken
		}
		all = append(all, t)
		s = s[n:]
	}
}

// reserved are the words that are no variables.
var reserved = []string{"and", "or", "contains", "in", "true", "false", "nil", "null", "blank", "empty", "reversed"}

// quoted is the length of the string that s begins with, 0 when it is open.
func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && s[0] == '"':
			i++
		case s[i] == s[0]:
			return i + 1
		}
	}
	return 0
}

func number(s string) int {
	n := 1
	for n < len(s) && (s[n] >= '0' && s[n] <= '9' || s[n] == '.' && n+1 < len(s) && s[n+1] >= '0' && s[n+1] <= '9') {
		n++
	}
	return n
}

// path is the length of the variable that s begins with, brackets included, 0
// when one is open.
func path(s string) int {
	n := word(s)
	for n < len(s) {
		switch {
		case s[n] == '.' && word(s[n+1:]) > 0:
			n += 1 + word(s[n+1:])
		case s[n] == '[':
			end := bracketed(s[n:])
			if end == 0 {
				return 0
			}
			n += end
		default:
			return n
		}
	}
	return n
}

func word(s string) int {
	for i, r := range s {
		ok := unicode.IsLetter(r) || r == '_' || i > 0 && (unicode.IsDigit(r) || unicode.IsMark(r) || r == '-' || r == '?')
		if !ok {
			return i
		}
	}
	return len(s)
}

func bracketed(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"', '\'':
			n := quoted(s[i:])
			if n == 0 {
				return 0
			}
			i += n - 1
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// filterOrKey is whether the name at i is that of a filter or of an argument.
func filterOrKey(tokens []token, i int) bool {
	return i > 0 && tokens[i-1].is("|") || i+1 < len(tokens) && tokens[i+1].is(":")
}

// checkFilters finds the filters that there are not: the library would only
// notice when the message is sent.
func checkFilters(tokens []token) error {
	n := 0
	for i, t := range tokens {
		if !t.is("|") {
			continue
		}
		if n++; n > maxFilters {
			return sentence("This expression has too many filters. Break it up with {% assign %}.")
		}
		if i+1 == len(tokens) || tokens[i+1].kind != nameToken {
			return sentence("There is no filter after a bar. Write one, or take the bar out.")
		}
		if name := tokens[i+1].text; !filterNames()[name] {
			return sentence("There is no filter called " + shorten(name) + ". Correct its name, or take it out.")
		}
	}
	return nil
}

// translateBlank turns comparisons with blank and empty, which the library
// gets wrong, into filters: x == blank becomes (x | is_blank) == true.
func translateBlank(in []token) (out []token, changed bool) {
	for i := 0; i < len(in); i++ {
		sign := in[i]
		if !sign.is("==", "!=") || i+1 == len(in) || !in[i+1].is("blank", "empty") {
			out = append(out, sign)
			continue
		}
		start := operandStart(out)
		operand := slices.Clone(out[start:])
		out = append(out[:start], token{text: "("})
		out = append(out, operand...)
		out = append(out, token{text: "|"}, token{text: "is_" + in[i+1].text}, token{text: ")"},
			token{text: "=="}, token{text: map[string]string{"==": "true", "!=": "false"}[sign.text]})
		changed = true
		i++
	}
	return out, changed
}

// operandStart is where the operand begins that the tokens end with.
func operandStart(tokens []token) int {
	depth := 0
	for i := len(tokens) - 1; i >= 0; i-- {
		switch {
		case tokens[i].is(")"):
			depth++
		case tokens[i].is("(") && depth == 0, depth == 0 && tokens[i].is("and", "or"):
			return i + 1
		case tokens[i].is("("):
			depth--
		}
	}
	return 0
}

// join puts tokens together again. A filter's colon stays with its name.
func join(tokens []token) string {
	var b strings.Builder
	for _, t := range tokens {
		if !t.is(":") {
			b.WriteByte(' ')
		}
		b.WriteString(t.text)
	}
	return b.String()
}
