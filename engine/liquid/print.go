package liquid

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// print writes a value as {{ value }} shows it: a list as its items one after
// another, nothing for nil.
func (r *Run) print(v any) error {
	list, ok := v.([]any)
	if !ok {
		return r.write(v)
	}
	if r.depth++; r.depth > r.limits.Depth {
		return limitError("The list is nested too deeply.")
	}
	defer func() { r.depth-- }()
	for _, item := range list {
		if err := r.print(normal(item)); err != nil {
			return err
		}
	}
	return nil
}

// write writes one value's text, escaped if the engine does that.
func (r *Run) write(v any) error {
	switch v := v.(type) {
	case nil:
		return nil
	case HTML:
		r.out = append(r.out, v...)
	case string:
		r.writeText(v)
	case int:
		r.out = strconv.AppendInt(r.out, int64(v), 10)
	case float64:
		r.out = appendFloat(r.out, v)
	default:
		text, err := r.text(v)
		if err != nil {
			return err
		}
		r.writeText(text)
	}
	return r.fits()
}

func (r *Run) writeText(s string) {
	if r.engine.config.EscapeHTML {
		r.out = appendEscaped(r.out, s)
	} else {
		r.out = append(r.out, s...)
	}
}

// text is a value as filters see it: lists and maps as Ruby writes them.
func (r *Run) text(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case nil:
		return "", nil
	case int:
		return strconv.Itoa(v), nil
	case HTML:
		return string(v), nil
	case []any, map[string]any, *Object:
		b, err := r.inspect(nil, v, 0)
		if err != nil {
			return "", err
		}
		return string(b), r.use(len(b))
	}
	return string(appendSimple(nil, v)), nil
}

// appendSimple is the text of a value that holds no others.
func appendSimple(b []byte, v any) []byte {
	switch v := v.(type) {
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case float64:
		return appendFloat(b, v)
	case *big.Int:
		return v.Append(b, 10)
	case Range:
		return append(b, v.String()...)
	case time.Time:
		return append(b, timeText(v)...)
	case Drop:
		return append(b, v.String()...)
	}
	return b
}

// timeText is a time as Ruby writes it.
func timeText(t time.Time) string {
	if t.Location() == time.UTC {
		return t.Format("2006-01-02 15:04:05 UTC")
	}
	return t.Format("2006-01-02 15:04:05 -0700")
}

// inspect writes a value the way Ruby shows it inside of a list or map.
func (r *Run) inspect(b []byte, v any, depth int) ([]byte, error) {
	if depth > r.limits.Depth {
		return nil, limitError("The value is nested too deeply.")
	}
	if len(b) > r.limits.Output {
		return nil, r.tooLong()
	}
	switch v := normal(v).(type) {
	case nil:
		return append(b, "nil"...), nil
	case string:
		return appendQuoted(b, v), nil
	case HTML:
		return appendQuoted(b, string(v)), nil
	case []any:
		return r.inspectList(b, v, depth)
	case map[string]any, *Object:
		return r.inspectMap(b, v, depth)
	default:
		return appendSimple(b, v), nil
	}
}

func (r *Run) inspectList(b []byte, list []any, depth int) (_ []byte, err error) {
	b = append(b, '[')
	for i, item := range list {
		if i > 0 {
			b = append(b, ", "...)
		}
		if b, err = r.inspect(b, item, depth+1); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

func (r *Run) inspectMap(b []byte, m any, depth int) (_ []byte, err error) {
	b = append(b, '{')
	for i, key := range keysOf(m) {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(appendQuoted(b, key), "=>"...)
		value, _ := member(m, key)
		if b, err = r.inspect(b, value, depth+1); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

var rubyEscapes = map[rune]string{
	'"': `\"`, '\\': `\\`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '\f': `\f`, '\v': `\v`, '\b': `\b`, '\a': `\a`, 0x1b: `\e`,
}

// appendQuoted is text in quotes, as Ruby's inspect writes it.
func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	for i, c := range s {
		switch {
		case rubyEscapes[c] != "":
			b = append(b, rubyEscapes[c]...)
		case c == '#' && i+1 < len(s) && strings.IndexByte("{$@", s[i+1]) >= 0:
			b = append(b, `\#`...)
		case unicode.IsPrint(c):
			b = utf8.AppendRune(b, c)
		case c < 0x80:
			b = append(b, `\x`...)
			b = append(b, "0123456789ABCDEF"[c>>4], "0123456789ABCDEF"[c&15])
		default:
			b = append(b, `\u{`...)
			b = strconv.AppendInt(b, int64(c), 16)
			b = append(b, '}')
		}
	}
	return append(b, '"')
}

// appendFloat writes a fraction as Ruby does: at least one decimal, and an
// exponent for the very large and the very small.
func appendFloat(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, "NaN"...)
	case math.IsInf(f, 1):
		return append(b, "Infinity"...)
	case math.IsInf(f, -1):
		return append(b, "-Infinity"...)
	}
	if size := math.Abs(f); f != 0 && (size < 1e-4 || size >= 1e16) {
		text := strconv.FormatFloat(f, 'e', -1, 64)
		digits, exponent, _ := strings.Cut(text, "e")
		if !strings.Contains(digits, ".") {
			digits += ".0"
		}
		return append(append(append(b, digits...), 'e'), exponent...)
	}
	start := len(b)
	b = strconv.AppendFloat(b, f, 'f', -1, 64)
	for _, c := range b[start:] {
		if c == '.' {
			return b
		}
	}
	return append(b, ".0"...)
}

// appendEscaped writes text with the five characters of HTML escaped.
func appendEscaped(b []byte, s string) []byte {
	from := 0
	for i := range len(s) {
		if escape := htmlEscape(s[i]); escape != "" {
			b = append(append(b, s[from:i]...), escape...)
			from = i + 1
		}
	}
	return append(b, s[from:]...)
}

func htmlEscape(c byte) string {
	switch c {
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '"':
		return "&quot;"
	case '\'':
		return "&#39;"
	}
	return ""
}
