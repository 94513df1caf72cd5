// Package csvfile reads files of comma-separated values as people really have
// them: any of the usual separators, line ends and encodings, quotes, and
// damage, which it names by its line. It takes no more memory than one row
// needs and can go on from the end of any row. It does no I/O of its own.
package csvfile

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// MaxRecord is the longest row in bytes. A longer one is damage: mostly a quote
// that is never closed.
const MaxRecord = 1 << 20

// Position is the end of a row: where to go on.
type Position struct {
	Offset int64 // bytes from the beginning of the file
	Line   int   // the line that begins there, from 1
}

// Record is one row.
type Record struct {
	Line   int // on which it begins
	Fields []string
	Loose  bool // there is text behind a closing quote, so the values may be wrong
}

// Error is damage after which the file cannot be read on.
type Error struct {
	Line   int
	Reason string
}

func (e *Error) Error() string { return fmt.Sprintf("Line %d %s", e.Line, e.Reason) }

// Reader reads rows of a file in UTF-8. Rows without any value are left out.
type Reader struct {
	src       io.Reader
	err       error // of src; io.EOF: buf has all that is left
	separator byte
	buf       []byte // what is read of src and not yet consumed
	room      []byte // where buf lies
	at        Position
	columns   int // of the last row, as a guess for the next
}

const firstRoom = 64 << 10

// NewReader reads on from a position, to which src must have been moved.
func NewReader(src io.Reader, separator byte, from Position) *Reader {
	return &Reader{src: src, separator: separator, room: make([]byte, firstRoom), at: from}
}

// Position is the end of the last row.
func (r *Reader) Position() Position { return r.at }

// Read is the next row; io.EOF after the last one, an *Error for damage.
func (r *Reader) Read() (Record, error) {
	for {
		if err := r.begin(); err != nil {
			return Record{}, err
		}
		rec := Record{Line: r.at.Line}
		s, err := r.scan()
		if err != nil {
			return rec, err
		}
		text := r.buf[:s.text]
		if bytes.IndexByte(text, 0) >= 0 {
			return rec, &Error{rec.Line, "has a NUL byte, which no text has. Save the file as CSV in UTF-8 and upload it again."}
		}
		if s.quotes {
			rec.Fields, rec.Loose = r.unquote(string(text))
		} else {
			rec.Fields = r.split(string(text))
		}
		r.consume(s)
		if !blank(rec.Fields) {
			r.columns = len(rec.Fields)
			return rec, nil
		}
	}
}

// begin makes sure that there is something to read, and leaves out a byte
// order mark.
func (r *Reader) begin() error {
	if len(r.buf) == 0 {
		r.fill()
	}
	if r.at.Offset == 0 && bytes.HasPrefix(r.buf, []byte(utf8BOM)) {
		r.buf = r.buf[len(utf8BOM):]
		r.at.Offset = int64(len(utf8BOM))
	}
	if len(r.buf) == 0 {
		return r.err
	}
	return nil
}

// fill reads on behind what is still in buf, in more room when that is full.
func (r *Reader) fill() {
	if r.err != nil {
		return
	}
	room := r.room
	if len(r.buf) == len(room) {
		room = make([]byte, min(2*len(room), MaxRecord))
	}
	n := copy(room, r.buf)
	r.room = room
	read, err := io.ReadFull(r.src, room[n:])
	r.buf = room[:n+read]
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	r.err = err
}

func (r *Reader) consume(s span) {
	r.buf = r.buf[s.all:]
	r.at.Offset += int64(s.all)
	r.at.Line += s.lines
}

func (r *Reader) split(text string) []string {
	fields := make([]string, 0, max(r.columns, 1))
	for {
		i := strings.IndexByte(text, r.separator)
		if i < 0 {
			return append(fields, text)
		}
		fields = append(fields, text[:i])
		text = text[i+1:]
	}
}

// unquote splits a row in which there are quotes.
func (r *Reader) unquote(text string) (fields []string, loose bool) {
	fields = make([]string, 0, max(r.columns, 1))
	for {
		field, rest, more, bad := r.field(text)
		fields, loose = append(fields, field), loose || bad
		if !more {
			return fields, loose
		}
		text = rest
	}
}

// field is the first value of text and what is behind its separator.
func (r *Reader) field(text string) (field, rest string, more, loose bool) {
	inner := ""
	if strings.HasPrefix(text, `"`) {
		n := closing(text)
		inner, text = text[1:n], text[n+1:]
		if strings.Contains(inner, `""`) {
			inner = strings.ReplaceAll(inner, `""`, `"`)
		}
		loose = text != "" && text[0] != r.separator
	}
	field, rest, more = strings.Cut(text, string(rune(r.separator)))
	return inner + field, rest, more, loose
}

// closing is where the quote ends that text begins with.
func closing[T string | []byte](text T) int {
	for i := 1; i < len(text); i++ {
		if text[i] != '"' {
			continue
		}
		if i+1 == len(text) || text[i+1] != '"' {
			return i
		}
		i++
	}
	return -1
}

func blank(fields []string) bool {
	for _, f := range fields {
		if strings.TrimSpace(f) != "" {
			return false
		}
	}
	return true
}
