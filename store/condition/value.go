package condition

import (
	"cmp"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Timestamps lie between the years 1 and 5138. What is beyond is most often
// counted in milliseconds.
const (
	FirstTimestamp = -62135596800
	LastTimestamp  = 99999999999
)

// Fold is the text by which values are compared, so that case is no difference.
func Fold(s string) string { return strings.ToLower(s) }

// Operand is one of the values that an attribute is compared with, as a query
// needs it.
type Operand struct {
	Text   string // folded
	Number string // as JSON writes it; empty when it is none
	Typed  bool   // it is a number, not a text that looks like one
}

// Operands is the values that the attribute is compared with.
func (a *Attribute) Operands() []Operand {
	var all []Operand
	for _, v := range a.Values() {
		if s, ok := scalarOf(v); ok {
			all = append(all, Operand{s.text, s.number, s.typed})
		}
	}
	return all
}

// MatchAttribute tells whether one attribute matches, given how to look it up.
func (a *Attribute) MatchAttribute(lookup func(string) (any, bool), now time.Time) bool {
	return a.match(lookup, now)
}

// Passes is when the clock next makes a difference to what the attribute's
// value says, in unix microseconds; ok is false when it never does.
func (a *Attribute) Passes(lookup func(string) (any, bool), now time.Time) (at int64, ok bool) {
	at = a.until(lookup, now)
	return at, at != never
}

// Timestamp is the moment that a value names, if it is a timestamp.
func Timestamp(v any) (time.Time, bool) {
	s, ok := scalarOf(v)
	if !ok || s.number == "" {
		return time.Time{}, false
	}
	return s.time()
}

// scalar is one text, number or boolean, ready to be compared.
type scalar struct {
	text   string // folded
	number string // as JSON writes it; empty when it is none
	typed  bool   // it came as a number, not as a text that looks like one
}

// scalarOf fails for what is missing (nil, "") and for lists and objects.
func scalarOf(v any) (scalar, bool) {
	switch v := v.(type) {
	case string:
		return scalar{text: Fold(v), number: numberIn(v)}, v != ""
	case bool:
		return scalar{text: strconv.FormatBool(v)}, true
	case json.Number:
		return scalar{text: Fold(v.String()), number: numberIn(v.String()), typed: true}, v != ""
	case float64:
		return scalarOf(json.Number(strconv.FormatFloat(v, 'f', -1, 64)))
	case int:
		return scalarOf(json.Number(strconv.Itoa(v)))
	case int64:
		return scalarOf(json.Number(strconv.FormatInt(v, 10)))
	}
	return scalar{}, false
}

// numberIn is the JSON number that a text is, or empty.
func numberIn(s string) string {
	s = strings.Trim(s, " \t\r\n")
	if s == "" || s[0] > '9' || !json.Valid([]byte(s)) {
		return ""
	}
	if _, err := strconv.ParseFloat(s, 64); err != nil {
		return "" // another kind of JSON, or beyond the range of numbers
	}
	return s
}

func (s scalar) equal(other scalar) bool {
	if s.text == other.text {
		return true
	}
	return (s.typed || other.typed) && s.number != "" && other.number != "" && s.compare(other) == 0
}

// compare orders two numbers: integers exactly, also those that a float64
// would round.
func (s scalar) compare(other scalar) int {
	a, errA := strconv.ParseInt(s.number, 10, 64)
	b, errB := strconv.ParseInt(other.number, 10, 64)
	if errA == nil && errB == nil {
		return cmp.Compare(a, b)
	}
	x, _ := strconv.ParseFloat(s.number, 64)
	y, _ := strconv.ParseFloat(other.number, 64)
	return cmp.Compare(x, y)
}

// time is the moment that a timestamp names, to the microsecond.
func (s scalar) time() (time.Time, bool) {
	seconds, err := strconv.ParseFloat(s.number, 64)
	if err != nil || seconds < FirstTimestamp || seconds > LastTimestamp {
		return time.Time{}, false
	}
	whole := int64(seconds)
	return time.Unix(whole, int64((seconds-float64(whole))*1e6)*1e3).UTC(), true
}

// Moment is the time that the value of before, after, within_past or
// within_next means at now.
func (a *Attribute) Moment(now time.Time) (time.Time, bool) {
	values := a.Values()
	if len(values) != 1 {
		return time.Time{}, false
	}
	s, _ := values[0].(string)
	switch a.Operator {
	case WithinPast:
		return momentOf("-"+s, now)
	case WithinNext:
		return momentOf("+"+s, now)
	}
	return momentOf(values[0], now)
}

func momentOf(v any, now time.Time) (time.Time, bool) {
	if s, ok := scalarOf(v); ok && s.number != "" {
		return s.time()
	}
	s, _ := v.(string)
	if d, ok := relative(s); ok {
		return now.Add(d), true
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, true
	}
	t, err := time.Parse(time.RFC3339, s)
	return t, err == nil
}

// relative reads -7d and +2d.
func relative(s string) (time.Duration, bool) {
	if s == "" || s[0] != '-' && s[0] != '+' {
		return 0, false
	}
	d, err := ParseDuration(s[1:])
	if s[0] == '-' {
		d = -d
	}
	return d, err == nil
}

var (
	fieldPath = regexp.MustCompile(`^[^.\[\]]+(\[\d*\])*(\.[^.\[\]]+(\[\d*\])*)*$`)
	fieldStep = regexp.MustCompile(`\[\d*\]|[^.\[\]]+`)
)

// Path is the steps of a field that reaches into nested data: items[0].sku is
// "items", "[0]", "sku", and "[]" is any element. It is nil for a field that
// is a plain name.
func Path(field string) []string {
	if !strings.ContainsAny(field, ".[") || !fieldPath.MatchString(field) {
		return nil
	}
	return fieldStep.FindAllString(field, -1)
}

// find is every value that a field names: several when it has a [] in it.
func find(lookup func(string) (any, bool), field string) []any {
	if v, ok := lookup(field); ok {
		return []any{v}
	}
	steps := Path(field)
	if steps == nil {
		return nil
	}
	root, ok := lookup(steps[0])
	if !ok {
		return nil
	}
	found := []any{root}
	for _, step := range steps[1:] {
		var below []any
		for _, v := range found {
			below = append(below, stepInto(v, step)...)
		}
		found = below
	}
	return found
}

func stepInto(v any, step string) []any {
	if step[0] != '[' {
		object, _ := v.(map[string]any)
		if v, ok := object[step]; ok {
			return []any{v}
		}
		return nil
	}
	list, _ := v.([]any)
	if step == "[]" {
		return list
	}
	i, err := strconv.Atoi(step[1 : len(step)-1])
	if err != nil || i >= len(list) {
		return nil
	}
	return list[i : i+1]
}
