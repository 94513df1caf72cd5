package compose

import (
	"regexp"
	"strconv"
	"strings"
)

// piece is a part of a template: text, an output {{ … }} or a tag {% … %}.
type piece struct {
	kind   pieceKind
	line   int    // where it begins, from 1
	breaks int    // line breaks in it
	source string // text as it is, an output's expression, a tag's arguments
	name   string // of a tag
	trimL  bool   // {{- or {%-
	trimR  bool   // -}} or -%}
}

type pieceKind int

const (
	textPiece pieceKind = iota
	outputPiece
	tagPiece
	rawPiece // what {% raw %} protects
)

// scan cuts a template into pieces. What the library prints as it stands, such
// as an output that is never closed, is a problem here.
func scan(source string) ([]piece, *problem) {
	var pieces []piece
	line := 1
	for source != "" {
		p, rest, wrong := next(source, line)
		if wrong != nil {
			return nil, wrong
		}
		p.line, p.breaks = line, strings.Count(source[:len(source)-len(rest)], "\n")
		line += p.breaks
		source = rest
		pieces = append(pieces, p)
	}
	return pieces, nil
}

// next is the piece that source begins with, and what follows it.
func next(source string, line int) (p piece, rest string, wrong *problem) {
	switch {
	case strings.HasPrefix(source, "{{"):
		p, rest, wrong = enclosed(source, "}}", outputPiece, line)
		if wrong == nil && p.source == "" {
			wrong = &problem{line, "This {{ }} is empty. Write what to print between the braces."}
		}
		return p, rest, wrong
	case strings.HasPrefix(source, "{%"):
		p, rest, wrong = enclosed(source, "%}", tagPiece, line)
		if wrong != nil {
			return p, rest, wrong
		}
		p.name, p.source = splitTag(p.source)
		return protect(p, rest, line)
	}
	end := len(source)
	for _, open := range []string{"{{", "{%"} {
		if i := strings.Index(source[:end], open); i >= 0 {
			end = i
		}
	}
	return piece{kind: textPiece, source: source[:end]}, source[end:], nil
}

// enclosed reads up to the closing braces. As in Ruby's Liquid, the first ones
// close, even those in quotes.
func enclosed(source, closing string, kind pieceKind, line int) (piece, string, *problem) {
	inner, rest, ok := strings.Cut(source[2:], closing)
	if !ok || opensAgain(inner) {
		return piece{}, "", &problem{line, "This " + source[:2] + " is never closed. Close it with " + closing + "."}
	}
	p := piece{kind: kind}
	inner, p.trimL = strings.CutPrefix(inner, "-")
	inner, p.trimR = strings.CutSuffix(inner, "-")
	p.source = strings.TrimSpace(inner)
	return p, rest, nil
}

// opensAgain is whether braces open outside of quotes: then the ones before
// were meant to be closed.
func opensAgain(inner string) bool {
	var quote rune
	for i, r := range inner {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'':
			quote = r
		case strings.HasPrefix(inner[i:], "{{") || strings.HasPrefix(inner[i:], "{%"):
			return true
		}
	}
	return false
}

// splitTag is a tag's name and its arguments. A comment's name is "#".
func splitTag(inner string) (name, args string) {
	if strings.HasPrefix(inner, "#") {
		return "#", ""
	}
	i := strings.IndexFunc(inner, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' })
	if i < 0 {
		return inner, ""
	}
	return inner[:i], strings.TrimSpace(inner[i:])
}

var (
	endRaw     = regexp.MustCompile(`\{%(-?)\s*endraw\s*(-?)%\}`)
	endComment = regexp.MustCompile(`\{%(-?)\s*endcomment\s*(-?)%\}`)
)

// protect swallows what a raw or comment tag keeps from being read.
func protect(p piece, rest string, line int) (piece, string, *problem) {
	end := map[string]*regexp.Regexp{"raw": endRaw, "comment": endComment}[p.name]
	if end == nil {
		return p, rest, nil
	}
	m := end.FindStringSubmatchIndex(rest)
	if m == nil {
		return p, "", notClosed(p.name, line)
	}
	inner := rest[:m[0]]
	if p.trimR {
		inner = strings.TrimLeft(inner, " \t\r\n")
	}
	if m[2] < m[3] {
		inner = strings.TrimRight(inner, " \t\r\n")
	}
	p.trimR = m[4] < m[5]
	if p.name == "raw" {
		p.kind = rawPiece
		p.source = inner
	}
	return p, rest[m[1]:], nil
}

func notClosed(name string, line int) *problem {
	return &problem{line, "This {% " + name + " %} is never closed. Add {% end" + name + " %}."}
}

// blocks are the tags that enclose others, and what may divide them.
var blocks = map[string]string{
	"if": "elsif else", "unless": "else", "case": "when else",
	"for": "else", "tablerow": "", "capture": "",
}

// checkBlocks sees that every block is closed, and by its own end.
func checkBlocks(pieces []piece) *problem {
	var open []piece
	for _, p := range pieces {
		if p.kind != tagPiece {
			continue
		}
		inside := piece{}
		if len(open) > 0 {
			inside = open[len(open)-1]
		}
		opened, isEnd := strings.CutPrefix(p.name, "end")
		_, begins := blocks[p.name]
		switch {
		case begins:
			open = append(open, p)
		case isEnd && inside.name == opened:
			open = open[:len(open)-1]
		case isEnd && inside.name != "":
			return &problem{p.line, "{% " + p.name + " %} does not close {% " + inside.name + " %} of line " + strconv.Itoa(inside.line) + ". Add {% end" + inside.name + " %} before it."}
		case isEnd:
			return &problem{p.line, "There is nothing for {% " + p.name + " %} to close. Take it out."}
		case divides(p.name) && !strings.Contains(" "+blocks[inside.name]+" ", " "+p.name+" "):
			return &problem{p.line, "{% " + p.name + " %} is not inside a block that it could divide. Move it, or take it out."}
		}
	}
	if len(open) > 0 {
		last := open[len(open)-1]
		return notClosed(last.name, last.line)
	}
	return nil
}

func divides(name string) bool { return name == "else" || name == "elsif" || name == "when" }
