package liquid

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// maxWidth is the widest that a field of a date may be padded to.
const maxWidth = 100

// Strftime writes a time in a format of strftime as Ruby reads it, with the
// flags - ^ # 0 _ and : and with widths. What is no field stays as it is.
func Strftime(t time.Time, format string) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(format, "%")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		f, n := readField(rest)
		text, ok := f.text(t)
		switch {
		case f.width > maxWidth:
			return "", errors.New("a width in the format is too large")
		case ok:
			b.WriteString(text)
		default:
			b.WriteString("%" + rest[:n])
		}
		if b.Len() > 64<<10 {
			return "", errors.New("the format is too long")
		}
		format = rest[n:]
	}
}

// field is one %… of a format.
type field struct {
	pad    byte // 0, ' ', '-' for none; or 0 for the field's own
	upper  bool
	swap   bool // the case
	colons int
	width  int
	letter byte
}

// readField reads what stands after a % and gives its length.
func readField(s string) (f field, n int) {
	for ; n < len(s); n++ {
		switch c := s[n]; {
		case c == '-', c == '0' && f.width == 0:
			f.pad = c
		case c == '_':
			f.pad = ' '
		case c == '^':
			f.upper = true
		case c == '#':
			f.swap = true
		case c == ':':
			f.colons++
		case isDigit(c):
			f.width = min(f.width*10+int(c-'0'), maxWidth+1)
		default:
			f.letter = c
			return f, n + 1
		}
	}
	return f, n
}

// text is the field of a time; ok is false when there is no such field.
func (f field) text(t time.Time) (string, bool) {
	if value, digits, pad, ok := f.number(t); ok {
		return f.padded(value, digits, pad), true
	}
	text, ok := f.name(t)
	if !ok {
		return "", false
	}
	switch {
	case f.swap && (f.letter == 'p' || f.letter == 'Z'):
		text = strings.ToLower(text)
	case f.upper || f.swap:
		text = strings.ToUpper(text)
	}
	return f.wide(text, ' '), true
}

// number is the fields that are whole numbers, with the digits that they are
// padded to.
func (f field) number(t time.Time) (value, digits int, pad byte, ok bool) {
	year, week := t.ISOWeek()
	switch f.letter {
	case 'Y':
		return t.Year(), 4, '0', true
	case 'C':
		return floorDiv(t.Year(), 100), 2, '0', true
	case 'y':
		return t.Year() - floorDiv(t.Year(), 100)*100, 2, '0', true
	case 'm':
		return int(t.Month()), 2, '0', true
	case 'd':
		return t.Day(), 2, '0', true
	case 'e':
		return t.Day(), 2, ' ', true
	case 'j':
		return t.YearDay(), 3, '0', true
	case 'H':
		return t.Hour(), 2, '0', true
	case 'k':
		return t.Hour(), 2, ' ', true
	case 'I':
		return hour12(t), 2, '0', true
	case 'l':
		return hour12(t), 2, ' ', true
	case 'M':
		return t.Minute(), 2, '0', true
	case 'S':
		return t.Second(), 2, '0', true
	case 'u':
		return (int(t.Weekday())+6)%7 + 1, 1, '0', true
	case 'w':
		return int(t.Weekday()), 1, '0', true
	case 'G':
		return year, 4, '0', true
	case 'g':
		return year - floorDiv(year, 100)*100, 2, '0', true
	case 'V':
		return week, 2, '0', true
	case 'U':
		return (t.YearDay() + 6 - int(t.Weekday())) / 7, 2, '0', true
	case 'W':
		return (t.YearDay() + 6 - (int(t.Weekday())+6)%7) / 7, 2, '0', true
	case 's':
		return int(t.Unix()), 1, '0', true
	}
	return 0, 0, 0, false
}

func floorDiv(a, b int) int {
	n, _ := computeInts('/', a, b)
	return n
}

func hour12(t time.Time) int { return (t.Hour()+11)%12 + 1 }

// padded is a number with its padding, or with that which was asked for.
func (f field) padded(value, digits int, pad byte) string {
	text := strconv.Itoa(value)
	if f.pad == '-' {
		return text
	}
	if f.pad != 0 {
		pad = f.pad
	}
	if f.width > 0 {
		digits = f.width
	}
	sign := ""
	if value < 0 && pad == '0' {
		sign, text = "-", text[1:]
	}
	return sign + strings.Repeat(string(pad), max(0, min(digits, maxWidth)-len(text)-len(sign))) + text
}

// wide is a text padded to the width that was asked for.
func (f field) wide(text string, pad byte) string {
	if f.pad == '-' {
		return text
	}
	if f.pad != 0 {
		pad = f.pad
	}
	return strings.Repeat(string(pad), max(0, min(f.width, maxWidth)-len(text))) + text
}

// formats are the fields that stand for several.
var formats = map[byte]string{
	'c': "%a %b %e %H:%M:%S %Y", 'D': "%m/%d/%y", 'x': "%m/%d/%y", 'F': "%Y-%m-%d", 'T': "%H:%M:%S", 'X': "%H:%M:%S",
	'R': "%H:%M", 'r': "%I:%M:%S %p", 'v': "%e-%^b-%4Y", '+': "%a %b %e %H:%M:%S %Z %Y",
}

func (f field) name(t time.Time) (string, bool) {
	if format := formats[f.letter]; format != "" {
		text, err := Strftime(t, format)
		return text, err == nil
	}
	switch f.letter {
	case 'A':
		return t.Weekday().String(), true
	case 'a':
		return t.Weekday().String()[:3], true
	case 'B':
		return t.Month().String(), true
	case 'b', 'h':
		return t.Month().String()[:3], true
	case 'p':
		return t.Format("PM"), true
	case 'P':
		return t.Format("pm"), true
	case 'Z':
		return t.Format("MST"), true
	case 'z':
		return f.offset(t), true
	case 'L':
		return f.fraction(t, 3), true
	case 'N':
		return f.fraction(t, 9), true
	case 'n':
		return "\n", true
	case 't':
		return "\t", true
	case '%':
		return "%", true
	}
	return "", false
}

// fraction is the digits after the second's point; a width is their number.
func (f field) fraction(t time.Time, digits int) string {
	if f.width > 0 {
		digits = min(f.width, maxWidth)
	}
	text := strconv.Itoa(1_000_000_000 + t.Nanosecond())[1:]
	return (text + strings.Repeat("0", max(0, digits-9)))[:digits]
}

func (f field) offset(t time.Time) string {
	switch f.colons {
	case 0:
		return t.Format("-0700")
	case 1:
		return t.Format("-07:00")
	}
	return t.Format("-07:00:00")
}
