package liquid

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

func addTextFilters(add addFilter) {
	add(0, 0, ofText(strings.ToLower), "downcase")
	add(0, 0, ofText(upcase), "upcase")
	add(0, 0, ofText(capitalize), "capitalize")
	add(0, 0, ofText(func(s string) string { return strings.Trim(s, white) }), "strip")
	add(0, 0, ofText(trimLeft), "lstrip")
	add(0, 0, ofText(trimRight), "rstrip")
	add(0, 0, ofText(squish), "squish")
	add(0, 0, ofText(stripNewlines), "strip_newlines")
	add(1, 1, appendFilter, "append")
	add(1, 1, prependFilter, "prepend")
	add(1, 2, replaceFilter, "replace")
	add(1, 2, replaceFirstFilter, "replace_first")
	add(2, 2, replaceLastFilter, "replace_last")
	add(1, 1, replaceFilter, "remove")
	add(1, 1, replaceFirstFilter, "remove_first")
	add(1, 1, replaceLastFilter, "remove_last")
	add(1, 1, splitFilter, "split")
	add(1, 2, sliceFilter, "slice")
	add(0, 2, truncateFilter, "truncate")
	add(0, 2, truncateWordsFilter, "truncatewords")
}

// ofText is a filter that makes a text of a text of about the same length.
func ofText(change func(string) string) filterFunc {
	return func(r *Run, in any, _ []any) (any, error) {
		s, err := r.text(in)
		if err != nil {
			return nil, err
		}
		out := change(s)
		return out, r.room(len(out))
	}
}

func upcase(s string) string { return strings.ToUpper(strings.ReplaceAll(s, "ß", "SS")) }

func capitalize(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(first)) + strings.ToLower(s[n:])
}

func squish(s string) string { return strings.Join(fields(s), " ") }

// fields is the words between white space as Ruby sees it, which is ASCII's.
func fields(s string) []string {
	return strings.FieldsFunc(s, func(c rune) bool { return c < utf8.RuneSelf && isWhite(byte(c)) })
}

func stripNewlines(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", ""), "\n", "")
}

// texts is the input and the arguments as text.
func (r *Run) texts(in any, args []any) (s string, rest [2]string, err error) {
	if s, err = r.text(in); err != nil {
		return
	}
	for i, arg := range args {
		if rest[i], err = r.text(arg); err != nil {
			return
		}
	}
	return
}

func appendFilter(r *Run, in any, args []any) (any, error) {
	s, rest, err := r.texts(in, args)
	if err == nil {
		err = r.room(len(s) + len(rest[0]))
	}
	if err != nil {
		return nil, err
	}
	return s + rest[0], nil
}

func prependFilter(r *Run, in any, args []any) (any, error) {
	s, rest, err := r.texts(in, args)
	if err == nil {
		err = r.room(len(s) + len(rest[0]))
	}
	if err != nil {
		return nil, err
	}
	return rest[0] + s, nil
}

// replaceFilter is replace, and remove when there is no other text.
func replaceFilter(r *Run, in any, args []any) (any, error) {
	s, rest, err := r.texts(in, args)
	if err != nil {
		return nil, err
	}
	old, new := rest[0], rest[1]
	n := strings.Count(s, old)
	if err := r.room(len(s) + n*(len(new)-len(old))); err != nil {
		return nil, err
	}
	return strings.ReplaceAll(s, old, new), nil
}

func replaceFirstFilter(r *Run, in any, args []any) (any, error) {
	return replaceOnce(r, in, args, strings.Index)
}

func replaceLastFilter(r *Run, in any, args []any) (any, error) {
	return replaceOnce(r, in, args, strings.LastIndex)
}

func replaceOnce(r *Run, in any, args []any, find func(s, part string) int) (any, error) {
	s, rest, err := r.texts(in, args)
	if err != nil {
		return nil, err
	}
	i := find(s, rest[0])
	if i < 0 {
		return s, nil
	}
	if err := r.room(len(s) + len(rest[1])); err != nil {
		return nil, err
	}
	return s[:i] + rest[1] + s[i+len(rest[0]):], nil
}

// splitFilter cuts at a separator: at each character without one, at runs of
// white space for a space. Empty parts at the end are left out, as in Ruby.
func splitFilter(r *Run, in any, args []any) (any, error) {
	s, rest, err := r.texts(in, args)
	if err != nil {
		return nil, err
	}
	separator := rest[0]
	if err := r.use(2 * itemSize * (strings.Count(s, separator) + 1)); err != nil {
		return nil, err
	}
	var parts []string
	if separator == " " {
		parts = fields(s)
	} else {
		parts = strings.Split(s, separator)
	}
	for len(parts) > 0 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	return copied(parts), nil
}

// sliceFilter is a part of a text or list.
func sliceFilter(r *Run, in any, args []any) (any, error) {
	offset, err := toInteger(args[0])
	if err != nil {
		return nil, err
	}
	length := 1
	if len(args) > 1 && truthy(args[1]) {
		if length, err = toInteger(args[1]); err != nil {
			return nil, err
		}
	}
	if list, ok := in.([]any); ok {
		from, to := bounds(offset, length, len(list))
		return list[from:to:to], nil
	}
	s, err := r.text(in)
	if err != nil {
		return nil, err
	}
	from, to := bounds(offset, length, utf8.RuneCountInString(s))
	return s[byteAt(s, from):byteAt(s, to)], nil
}

// bounds is where a part begins and ends among n items; a negative offset
// counts from the end.
func bounds(offset, length, n int) (from, to int) {
	if offset < 0 {
		offset = clampSum(offset, n)
	}
	if offset < 0 || offset > n || length < 0 {
		return 0, 0
	}
	return offset, min(n, clampSum(offset, length))
}

// byteAt is where a character of a text begins.
func byteAt(s string, char int) int {
	if char >= len(s) {
		return len(s)
	}
	for i := range s {
		if char == 0 {
			return i
		}
		char--
	}
	return len(s)
}

// lengthAndEnd is the arguments of truncate and truncatewords.
func lengthAndEnd(r *Run, args []any, length int) (int, string, error) {
	end := "..."
	var err error
	if len(args) > 0 {
		if length, err = toInteger(args[0]); err != nil {
			return 0, "", err
		}
	}
	if len(args) > 1 {
		end, err = r.text(args[1])
	}
	return length, end, err
}

func truncateFilter(r *Run, in any, args []any) (any, error) {
	if in == nil {
		return nil, nil
	}
	length, end, err := lengthAndEnd(r, args, 50)
	if err != nil {
		return nil, err
	}
	s, err := r.text(in)
	if err != nil || utf8.RuneCountInString(s) <= length {
		return s, err
	}
	keep := max(0, clampSum(length, -utf8.RuneCountInString(end)))
	out := s[:byteAt(s, keep)] + end
	return out, r.room(len(out))
}

func truncateWordsFilter(r *Run, in any, args []any) (any, error) {
	if in == nil {
		return nil, nil
	}
	length, end, err := lengthAndEnd(r, args, 15)
	if err != nil {
		return nil, err
	}
	s, err := r.text(in)
	if err != nil {
		return nil, err
	}
	words := fields(s)
	length = max(1, length)
	count := len(words)
	if count > 0 && isWhite(s[len(s)-1]) {
		count++ // what follows the last space is one more, as in Ruby
	}
	if err := r.use(count * itemSize); err != nil || count <= length {
		return s, err
	}
	out := strings.Join(words[:min(length, len(words))], " ") + end
	return out, r.room(len(out))
}
