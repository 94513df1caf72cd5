package csvfile

import (
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Encoding is how a file writes its characters.
type Encoding string

const (
	UTF8        Encoding = "UTF-8"
	UTF16LE     Encoding = "UTF-16, little-endian"
	UTF16BE     Encoding = "UTF-16, big-endian"
	Windows1252 Encoding = "Windows-1252"
)

const (
	utf8BOM    = "\xEF\xBB\xBF"
	utf16LEBOM = "\xFF\xFE"
	utf16BEBOM = "\xFE\xFF"
)

// Detector finds out how a file is encoded, from all of its bytes, which are
// written to it: a byte order mark says it; without one, what is valid UTF-8
// is UTF-8, and everything else is what Excel writes in the West.
type Detector struct {
	head    []byte // the first bytes
	tail    []byte // the begin of a character whose end was not yet written
	invalid bool
}

// Write takes the next bytes of the file.
func (d *Detector) Write(p []byte) (int, error) {
	if missing := 4 - len(d.head); missing > 0 {
		d.head = append(d.head, p[:min(missing, len(p))]...)
	}
	if !d.invalid {
		d.check(p)
	}
	return len(p), nil
}

func (d *Detector) check(p []byte) {
	for len(d.tail) > 0 && len(p) > 0 {
		d.tail = append(d.tail, p[0])
		p = p[1:]
		if utf8.FullRune(d.tail) {
			d.invalid = !utf8.Valid(d.tail)
			d.tail = d.tail[:0]
		}
	}
	whole := len(p)
	for i := max(0, whole-utf8.UTFMax); i < len(p); i++ {
		if utf8.RuneStart(p[i]) && !utf8.FullRune(p[i:]) {
			whole = i
			break
		}
	}
	d.tail = append(d.tail, p[whole:]...)
	d.invalid = d.invalid || !utf8.Valid(p[:whole])
}

// Encoding is what the bytes so far are.
func (d *Detector) Encoding() Encoding {
	switch head := string(d.head); {
	case len(head) >= 2 && head[:2] == utf16LEBOM:
		return UTF16LE
	case len(head) >= 2 && head[:2] == utf16BEBOM:
		return UTF16BE
	case d.invalid || len(d.tail) > 0:
		return Windows1252
	}
	return UTF8
}

// Archive says that the file is a spreadsheet or another packed file.
func (d *Detector) Archive() bool { return string(d.head) == "PK\x03\x04" }

// Decode is the file in UTF-8.
func Decode(src io.Reader, e Encoding) io.Reader {
	switch e {
	case UTF16LE:
		return transform.NewReader(src, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	case UTF16BE:
		return transform.NewReader(src, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder())
	case Windows1252:
		return transform.NewReader(src, charmap.Windows1252.NewDecoder())
	}
	return src
}
