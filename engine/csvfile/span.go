package csvfile

import (
	"bytes"
	"io"
)

// span is how far a row goes.
type span struct {
	text   int // its length
	all    int // … with the line end
	lines  int // line ends in it, that one included
	quotes bool
}

// scan finds the end of the row that buf begins with, and reads on as long as
// it is not there.
func (r *Reader) scan() (span, error) {
	for {
		s, open, ok := r.span(r.err == io.EOF)
		if ok {
			return s, nil
		}
		switch {
		case r.err != nil && r.err != io.EOF:
			return s, r.err
		case r.err == nil && len(r.buf) < MaxRecord:
			r.fill()
		case open > 0:
			return s, &Error{r.at.Line + open - 1, "opens a quote that is never closed. Close it and upload the file again."}
		default:
			return s, tooLong(r.at.Line)
		}
	}
}

func tooLong(line int) error {
	return &Error{line, "is longer than 1 MB. A quote may be missing, or this is not the file that you meant. Check it and upload it again."}
}

// span looks for the end in what is in buf. Without one, open says in which of
// the row's lines, from 1, a quote is open; 0: none is. last says that nothing
// follows buf.
func (r *Reader) span(last bool) (s span, open int, ok bool) {
	text, size := lineEnd(r.buf, last)
	line := r.buf
	if text >= 0 {
		line = r.buf[:text]
	}
	if bytes.IndexByte(line, '"') < 0 {
		return span{text: text, all: text + size, lines: min(size, 1)}, 0, text >= 0
	}
	return r.quotedSpan(last)
}

func (r *Reader) quotedSpan(last bool) (s span, open int, ok bool) {
	s.quotes = true
	for i := 0; ; {
		if i < len(r.buf) && r.buf[i] == '"' {
			n := closing(r.buf[i:])
			if n < 0 || !last && i+n+1 == len(r.buf) { // what follows may be a second quote
				return s, s.lines + 1, false
			}
			s.lines += countLines(r.buf[i : i+n])
			i += n + 1
		}
		n, size := fieldEnd(r.buf[i:], r.separator, last)
		if n < 0 {
			return s, 0, false
		}
		i += n
		if i < len(r.buf) && r.buf[i] == r.separator {
			i++
			continue
		}
		s.text, s.all, s.lines = i, i+size, s.lines+min(size, 1)
		return s, 0, true
	}
}

// fieldEnd is the next separator or line end of b, and the latter's size.
func fieldEnd(b []byte, separator byte, last bool) (n, size int) {
	for i, c := range b {
		switch {
		case c == separator:
			return i, 0
		case c == '\n':
			return i, 1
		case c == '\r':
			n, size = lineEnd(b[i:min(i+2, len(b))], last)
			if n < 0 {
				return -1, 0
			}
			return i, size
		}
	}
	if last {
		return len(b), 0
	}
	return -1, 0
}

// lineEnd is where the first line of b ends and how long its line end is: LF,
// CR, CR LF, or nothing at the end of the file. -1: the end is not in b.
func lineEnd(b []byte, last bool) (n, size int) {
	n = bytes.IndexByte(b, '\n')
	line := b
	if n >= 0 {
		line = b[:n]
	}
	cr := bytes.IndexByte(line, '\r')
	switch {
	case cr >= 0 && cr+1 == n:
		return cr, 2
	case cr >= 0 && (cr+1 < len(b) || last):
		return cr, 1
	case cr >= 0:
		return -1, 0 // a LF may follow
	case n >= 0:
		return n, 1
	case last:
		return len(b), 0
	}
	return -1, 0
}

func countLines(b []byte) (lines int) {
	for len(b) > 0 {
		n, size := lineEnd(b, true)
		lines += min(size, 1)
		b = b[n+size:]
	}
	return lines
}
