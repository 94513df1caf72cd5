package liquid

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word of an expression.
type token struct {
	kind tokenKind
	text string // without the quotes of a text
	at   int    // in the source
}

type tokenKind uint8

const (
	endToken tokenKind = iota
	nameToken
	textToken
	numberToken
	compareToken // == != <> < > <= >= contains
	rangeToken   // ..
	signToken    // one of | . : , [ ] ( )
)

func (t token) is(sign string) bool { return t.kind == signToken && t.text == sign }

func (t token) isName(name string) bool { return t.kind == nameToken && t.text == name }

// words reads the tokens of one expression or of a tag's arguments.
type words struct {
	p    *parser
	text string
	at   int // where text begins in the source
	pos  int
	now  token
	end  int // where the token before now ends in the source
}

// words begins to read; the first token is in now.
func (p *parser) words(text string, at int) *words {
	w := &words{p: p, text: text, at: at, end: at}
	w.advance()
	return w
}

// advance goes to the next token. A character that cannot be part of one is a
// mistake and ends the expression.
func (w *words) advance() {
	w.end = w.at + w.pos
	for w.pos < len(w.text) && isSpace(w.text[w.pos]) {
		w.pos++
	}
	start := w.pos
	w.now = token{at: w.at + start}
	if start == len(w.text) {
		return
	}
	switch c := w.text[start]; {
	case w.letter(start) > 0:
		w.name()
	case isDigit(c), c == '-' && start+1 < len(w.text) && isDigit(w.text[start+1]):
		w.number()
	case c == '"' || c == '\'':
		w.quoted(c)
	case strings.IndexByte("=!<>", c) >= 0:
		w.compareSign()
	case strings.HasPrefix(w.text[start:], ".."):
		w.take(rangeToken, 2)
	case strings.IndexByte("|.:,[]()", c) >= 0:
		w.take(signToken, 1)
	default:
		if strings.HasPrefix(w.text[start:], "{{") {
			w.stop("There is a {{ inside of another. Close the one before it with }}.")
			return
		}
		_, n := utf8.DecodeRuneInString(w.text[start:])
		w.stop("“" + w.text[start:start+n] + "” means nothing here. Take it out.")
	}
}

func (w *words) take(kind tokenKind, n int) {
	w.now.kind, w.now.text = kind, w.text[w.pos:w.pos+n]
	w.pos += n
}

// letter is the length of the letter at a place, 0 when there is none. Those
// that are not ASCII are Shopify's mistakes; a strict engine takes them,
// because people name attributes in their language.
func (w *words) letter(at int) int {
	if at < len(w.text) && isLetter(w.text[at]) {
		return 1
	}
	if r, n := utf8.DecodeRuneInString(w.text[at:]); n > 1 && w.p.engine.config.Strict && (unicode.IsLetter(r) || unicode.IsMark(r)) {
		return n
	}
	return 0
}

func (w *words) name() {
	n := w.pos
	for n < len(w.text) && (isDigit(w.text[n]) || w.text[n] == '-' || w.letter(n) > 0) {
		n += max(1, w.letter(n))
	}
	if n < len(w.text) && w.text[n] == '?' {
		n++
	}
	w.take(nameToken, n-w.pos)
	if w.now.text == "contains" && !w.afterDot() {
		w.now.kind = compareToken
	}
}

func (w *words) afterDot() bool {
	i := w.now.at - w.at
	for i > 0 && isSpace(w.text[i-1]) {
		i--
	}
	return i > 0 && w.text[i-1] == '.'
}

func (w *words) number() {
	n := w.pos + 1
	for n < len(w.text) && isDigit(w.text[n]) {
		n++
	}
	if n+1 < len(w.text) && w.text[n] == '.' && isDigit(w.text[n+1]) {
		for n++; n < len(w.text) && isDigit(w.text[n]); n++ {
		}
	}
	w.take(numberToken, n-w.pos)
}

func (w *words) quoted(quote byte) {
	n := strings.IndexByte(w.text[w.pos+1:], quote)
	if n < 0 {
		w.stop("A quote is not closed in " + shorten(w.text[w.pos:]) + ". Close it.")
		return
	}
	w.take(textToken, n+2)
	w.now.text = w.now.text[1 : n+1]
}

func (w *words) compareSign() {
	n := 1
	if w.pos+1 < len(w.text) {
		switch w.text[w.pos : w.pos+2] {
		case "==", "!=", "<>", "<=", ">=":
			n = 2
		}
	}
	if c := w.text[w.pos]; n == 1 && (c == '=' || c == '!') {
		w.stop("“" + string(c) + "” compares nothing. Write == or !=.")
		return
	}
	w.take(compareToken, n)
}

// stop reports a mistake at the token at hand and ends the expression.
func (w *words) stop(message string) {
	w.p.fail(w.at+w.pos, message)
	w.end, w.pos = w.at+len(w.text), len(w.text)
	w.now = token{at: w.end}
}

// accept goes past a sign if it is there.
func (w *words) accept(sign string) bool {
	if !w.now.is(sign) {
		return false
	}
	w.advance()
	return true
}

// acceptName goes past a name if it is there.
func (w *words) acceptName(name string) bool {
	if !w.now.isName(name) {
		return false
	}
	w.advance()
	return true
}

// next is the token at hand, gone past.
func (w *words) next() token {
	t := w.now
	w.advance()
	return t
}

// finish reports what is left over.
func (w *words) finish() {
	if w.now.is("|") {
		w.stop("A filter does not work here. Use it in {% assign name = … %} before, and write the name here.")
	}
	if w.now.kind != endToken {
		w.pos = w.now.at - w.at
		w.stop("“" + shorten(w.text[w.pos:]) + "” cannot be read here. Take it out, or look for a missing bar, comma or comparison before it.")
	}
}
