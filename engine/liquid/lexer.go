package liquid

import "strings"

// chunk is a piece of a template: text, {{ output }} or {% tag %}.
type chunk struct {
	kind      chunkKind
	from, to  int    // the whole of it in the source
	name      string // of a tag
	inner     string // the text; what stands between the braces; a tag's arguments
	at        int    // where inner begins in the source
	trimLeft  bool   // a {{- or {%-
	trimRight bool
}

type chunkKind uint8

const (
	textChunk chunkKind = iota
	outputChunk
	tagChunk
	brokenChunk // one that is not closed, or a tag without a name
)

// white is what Ruby's strip takes off.
const white = " \t\n\v\f\r\x00"

// scanner cuts a template, or the lines of a liquid tag, into chunks.
type scanner struct {
	source string
	pos    int
	end    int
	lines  bool // each line is a tag

	// Where the next of each delimiter stands, so that looking for one takes
	// no longer than reading the source once.
	outputEnd, tagStart, tagEnd int
}

// find is the next place of a delimiter, or the end. It remembers it in known.
func (s *scanner) find(known *int, delimiter string, from int) int {
	if *known >= from && *known > 0 {
		return *known
	}
	*known = s.end
	if i := strings.Index(s.source[from:s.end], delimiter); i >= 0 {
		*known = from + i
	}
	return *known
}

func (s *scanner) next() (chunk, bool) {
	if s.pos >= s.end {
		return chunk{}, false
	}
	if s.lines {
		return s.line()
	}
	rest := s.source[s.pos:s.end]
	switch {
	case strings.HasPrefix(rest, "{{"):
		return s.output(), true
	case strings.HasPrefix(rest, "{%"):
		return s.tag(), true
	}
	return s.text(rest), true
}

func (s *scanner) text(rest string) chunk {
	n := 0
	for {
		i := strings.IndexByte(rest[n:], '{')
		if i < 0 {
			n = len(rest)
			break
		}
		n += i
		if n+1 < len(rest) && (rest[n+1] == '{' || rest[n+1] == '%') {
			break
		}
		n++
	}
	c := chunk{kind: textChunk, from: s.pos, to: s.pos + n, inner: rest[:n], at: s.pos}
	s.pos += n
	return c
}

// output reads to the next }}. A {% before it means that the braces were
// never closed.
func (s *scanner) output() chunk {
	start, body := s.pos, s.pos+2
	end := s.find(&s.outputEnd, "}}", body)
	if end == s.end || s.find(&s.tagStart, "{%", body) < end {
		s.pos = body
		return chunk{kind: brokenChunk, from: start, to: body}
	}
	s.pos = end + 2
	return s.chunk(outputChunk, start, body, end)
}

func (s *scanner) tag() chunk {
	start, body := s.pos, s.pos+2
	end := s.find(&s.tagEnd, "%}", body)
	if end == s.end {
		s.pos = body
		return chunk{kind: brokenChunk, name: "%", from: start, to: body}
	}
	s.pos = end + 2
	c := s.chunk(tagChunk, start, body, end)
	c.takeName()
	return c
}

// chunk takes the hyphens of whitespace control off the inside.
func (s *scanner) chunk(kind chunkKind, start, from, to int) chunk {
	c := chunk{kind: kind, from: start, to: s.pos}
	if from < to && s.source[from] == '-' {
		c.trimLeft = true
		from++
		c.trimRight = from == to
	}
	if from < to && s.source[to-1] == '-' {
		c.trimRight = true
		to--
	}
	c.inner, c.at = s.source[from:to], from
	return c
}

// line reads one line of a liquid tag; empty ones are text of nothing.
func (s *scanner) line() (chunk, bool) {
	from := s.pos
	end := strings.IndexByte(s.source[from:s.end], '\n')
	if end < 0 {
		end = s.end - from
	}
	s.pos = from + end + 1
	c := chunk{kind: tagChunk, from: from, to: from + end, inner: s.source[from : from+end], at: from}
	if strings.Trim(c.inner, white) == "" {
		c.kind, c.inner = textChunk, ""
		return c, true
	}
	c.takeName()
	return c, true
}

// takeName splits a tag into its name and its arguments.
func (c *chunk) takeName() {
	start := 0
	for start < len(c.inner) && isSpace(c.inner[start]) {
		start++
	}
	end := start
	if end < len(c.inner) && c.inner[end] == '#' {
		end++
	} else {
		for end < len(c.inner) && isWord(c.inner[end]) {
			end++
		}
	}
	if end == start {
		c.kind = brokenChunk
		return
	}
	c.name = c.inner[start:end]
	for end < len(c.inner) && isSpace(c.inner[end]) && c.name != "#" {
		end++
	}
	c.inner, c.at = c.inner[end:], c.at+end
}

// verbatim reads on to {% end %} without looking at what stands before it. It
// gives what stands between and the tag that ends it.
func (s *scanner) verbatim(end string) (string, chunk, bool) {
	start := s.pos
	for at := start; !s.lines; {
		at = s.find(&s.tagStart, "{%", at)
		if at == s.end {
			break
		}
		s.pos = at
		if c := s.tag(); c.kind == tagChunk && c.name == end {
			return s.source[start:c.from], c, true
		}
		at += 2
	}
	return "", chunk{}, false
}

func isSpace(b byte) bool { return b == ' ' || '\t' <= b && b <= '\r' }

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

func isLetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' || b == '_' }

func isWord(b byte) bool { return isLetter(b) || isDigit(b) }
