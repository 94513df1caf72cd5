package liquid

import (
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"
)

func addHTMLFilters(add addFilter) {
	add(0, 0, escapeFilter, "escape", "h")
	add(0, 0, escapeOnceFilter, "escape_once")
	add(0, 0, rawFilter, "raw")
	add(0, 0, ofText(stripHTML), "strip_html")
	add(0, 0, newlineToBR, "newline_to_br")
	add(0, 0, ofText(url.QueryEscape), "url_encode")
	add(0, 0, urlDecode, "url_decode")
	add(0, 0, ofText(func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }), "base64_encode")
	add(0, 0, ofText(func(s string) string { return base64.URLEncoding.EncodeToString([]byte(s)) }), "base64_url_safe_encode")
	add(0, 0, base64Decode("base64_decode", func(s string) string { return s }), "base64_decode")
	add(0, 0, base64Decode("base64_url_safe_decode", fromURLSafe), "base64_url_safe_decode")
}

// escapeFilter escapes for HTML. What it makes is not escaped again.
func escapeFilter(r *Run, in any, _ []any) (any, error) {
	if in == nil {
		return nil, nil
	}
	s, err := r.text(in)
	if err != nil {
		return nil, err
	}
	out := appendEscaped(make([]byte, 0, len(s)+len(s)/8), s)
	return r.html(string(out))
}

// html is text that an engine which escapes leaves as it is.
func (r *Run) html(s string) (any, error) {
	if err := r.room(len(s)); err != nil {
		return nil, err
	}
	if r.engine.config.EscapeHTML {
		return HTML(s), nil
	}
	return s, nil
}

// escapeOnceFilter escapes what is not an escape already.
func escapeOnceFilter(r *Run, in any, _ []any) (any, error) {
	s, err := r.text(in)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	from := 0
	for i := range len(s) {
		escape := htmlEscape(s[i])
		if escape == "" || s[i] == '&' && isEntity(s[i+1:]) {
			continue
		}
		b.WriteString(s[from:i])
		b.WriteString(escape)
		from = i + 1
	}
	b.WriteString(s[from:])
	return r.html(b.String())
}

// isEntity is whether text after an & goes on as letters or a number and a
// semicolon.
func isEntity(s string) bool {
	n := 0
	if strings.HasPrefix(s, "#") {
		for n++; n < len(s) && isDigit(s[n]); n++ {
		}
		return n > 1 && n < len(s) && s[n] == ';'
	}
	for n < len(s) && n < 100 && isLetter(s[n]) && s[n] != '_' {
		n++
	}
	return n > 0 && n < len(s) && s[n] == ';'
}

// rawFilter prints as it is what an engine that escapes would escape.
func rawFilter(r *Run, in any, _ []any) (any, error) {
	if in == nil {
		return nil, nil
	}
	s, err := r.text(in)
	if err != nil {
		return nil, err
	}
	return r.html(s)
}

// hidden are the parts of HTML that strip_html takes out with what they hold.
var hidden = [...]struct{ open, close string }{
	{"<script", "</script>"}, {"<!--", "-->"}, {"<style", "</style>"},
}

// stripHTML takes scripts, comments, styles and tags out. It reads the text
// once: an end that was not found is not looked for again.
func stripHTML(s string) string {
	return stripTags(stripHidden(s))
}

func stripHidden(s string) string {
	var b strings.Builder
	var unclosed [len(hidden)]bool
	from := 0
	for at := 0; at < len(s); at++ {
		i := strings.IndexByte(s[at:], '<')
		if i < 0 {
			break
		}
		at += i
		for k, h := range hidden {
			if unclosed[k] || !strings.HasPrefix(s[at:], h.open) {
				continue
			}
			end := strings.Index(s[at+len(h.open):], h.close)
			if unclosed[k] = end < 0; unclosed[k] {
				continue
			}
			b.WriteString(s[from:at])
			from = at + len(h.open) + end + len(h.close)
			at = from - 1
			break
		}
	}
	return b.String() + s[from:]
}

func stripTags(s string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '<')
		if open < 0 {
			break
		}
		end := strings.IndexByte(s[open:], '>')
		if end < 0 {
			break
		}
		b.WriteString(s[:open])
		s = s[open+end+1:]
	}
	return b.String() + s
}

// newlineToBR writes <br /> before every line break.
func newlineToBR(r *Run, in any, _ []any) (any, error) {
	s, err := r.text(in)
	if err != nil {
		return nil, err
	}
	if _, safe := in.(HTML); r.engine.config.EscapeHTML && !safe {
		s = string(appendEscaped(nil, s))
	}
	if err := r.room(len(s) + 6*strings.Count(s, "\n")); err != nil {
		return nil, err
	}
	return r.html(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "<br />\n"))
}

// urlDecode reads + and %XX; a % that is none of these stays.
func urlDecode(r *Run, in any, _ []any) (any, error) {
	if in == nil {
		return nil, nil
	}
	s, err := r.text(in)
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+':
			b = append(b, ' ')
		case s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b = append(b, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		default:
			b = append(b, s[i])
		}
	}
	if !utf8.Valid(b) {
		return nil, errors.New("invalid byte sequence in UTF-8")
	}
	return string(b), nil
}

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

func unhex(c byte) byte {
	if isDigit(c) {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// base64Decode is a filter that reads base64 once it has been made standard.
func base64Decode(name string, standard func(string) string) filterFunc {
	return func(r *Run, in any, _ []any) (any, error) {
		s, err := r.text(in)
		if err != nil {
			return nil, err
		}
		out, err := base64.StdEncoding.Strict().DecodeString(standard(s))
		if err != nil || strings.ContainsAny(s, "\r\n") {
			return nil, errors.New("invalid base64 provided to " + name)
		}
		return string(out), nil
	}
}

var urlSafe = strings.NewReplacer("-", "+", "_", "/")

// fromURLSafe is standard base64 of the kind for addresses, which may lack its
// padding.
func fromURLSafe(s string) string {
	if rest := len(s) % 4; rest != 0 && !strings.HasSuffix(s, "=") {
		s += strings.Repeat("=", 4-rest)
	}
	return urlSafe.Replace(s)
}
