package liquid

import (
	"cmp"
	"math/big"
	"strings"
	"time"
)

// equal is whether two values are the same: numbers by value, lists and maps
// by what they hold. Blank and empty ask the other value.
func (r *Run) equal(a, b any) (bool, error) {
	if m, ok := a.(method); ok {
		return m.holds(b), nil
	}
	if m, ok := b.(method); ok {
		return m.holds(a), nil
	}
	return r.same(a, b, 0)
}

// holds is whether a value is blank or empty.
func (m method) holds(v any) bool {
	if text, ok := textOf(v); ok {
		return text == "" || m == isBlankMethod && strings.Trim(text, white) == ""
	}
	switch v := v.(type) {
	case nil:
		return m == isBlankMethod
	case bool:
		return m == isBlankMethod && !v
	case []any:
		return len(v) == 0
	case map[string]any, *Object:
		return len(keysOf(v)) == 0
	}
	return false
}

func (r *Run) same(a, b any, depth int) (bool, error) {
	if x, ok := textOf(a); ok {
		y, isText := textOf(b)
		return isText && x == y, r.use(min(len(x), len(y)))
	}
	switch x := a.(type) {
	case int:
		if y, ok := b.(int); ok {
			return x == y, nil
		}
	case nil, bool, Range:
		return a == b, nil
	case time.Time:
		y, ok := b.(time.Time)
		return ok && x.Equal(y), nil
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false, nil
		}
		return r.sameLists(x, y, depth)
	case map[string]any, *Object:
		return r.sameMaps(a, b, depth)
	case Drop:
		return a == b, nil
	}
	if !isNumber(a) || !isNumber(b) {
		return false, nil
	}
	return compareNumbers(a, b) == 0, nil
}

func (r *Run) sameLists(x, y []any, depth int) (bool, error) {
	if err := r.compared(len(x), depth); err != nil {
		return false, err
	}
	for i := range x {
		if ok, err := r.same(normal(x[i]), normal(y[i]), depth+1); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (r *Run) sameMaps(a, b any, depth int) (bool, error) {
	n, _ := sizeOf(a)
	if m, _ := sizeOf(b); !isMap(b) || n != m {
		return false, nil
	}
	if err := r.compared(n, depth); err != nil {
		return false, err
	}
	for _, key := range keysOf(a) {
		x, _ := member(a, key)
		y, ok := member(b, key)
		if !ok {
			return false, nil
		}
		if ok, err := r.same(normal(x), normal(y), depth+1); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (r *Run) compared(items, depth int) error {
	if depth > r.limits.Depth {
		return limitError("The values are nested too deeply to compare them.")
	}
	return r.use(items * itemSize)
}

// order compares two values for < and >. Ok is false where Ruby knows no order,
// which makes the condition false; text against a number is a mistake.
func (r *Run) order(a, b any) (result int, ok bool, err error) {
	x, text := textOf(a)
	y, bothText := textOf(b)
	switch {
	case text && bothText:
		return strings.Compare(x, y), true, r.use(min(len(x), len(y)))
	case isNumber(a) && isNumber(b):
		return compareNumbers(a, b), true, nil
	case (text || isNumber(a)) && (bothText || isNumber(b)):
		return 0, false, argumentError("comparison of " + r.className(a) + " with " + r.shown(b) + " failed")
	}
	s, aTime := a.(time.Time)
	t, bTime := b.(time.Time)
	if aTime && bTime {
		return s.Compare(t), true, nil
	}
	return 0, false, nil
}

// className is what Ruby calls the kind of a value.
func (r *Run) className(v any) string {
	switch v.(type) {
	case string, HTML:
		return "String"
	case int, *big.Int:
		return "Integer"
	case float64:
		return "Float"
	}
	return "Object"
}

// shown is how Ruby names the second value of a failed comparison.
func (r *Run) shown(v any) string {
	if isNumber(v) {
		return string(appendSimple(nil, v))
	}
	return r.className(v)
}

// contains is whether text holds a text, a list an item, a map a key or a
// range a number.
func (r *Run) contains(in, what any) (bool, error) {
	if !truthy(in) || !truthy(what) {
		return false, nil
	}
	if text, ok := textOf(in); ok {
		part, err := r.text(what)
		if err != nil {
			return false, err
		}
		return strings.Contains(text, part), r.use(len(text))
	}
	switch in := in.(type) {
	case []any:
		return r.has(in, what)
	case map[string]any, *Object:
		key, ok := textOf(what)
		if !ok {
			return false, nil
		}
		_, found := member(in, key)
		return found, nil
	case Range:
		return isNumber(what) && compareNumbers(what, in.From) >= 0 && compareNumbers(what, in.To) <= 0, nil
	}
	return false, nil
}

func (r *Run) has(list []any, what any) (bool, error) {
	if err := r.use(len(list) * itemSize); err != nil {
		return false, err
	}
	for _, item := range list {
		if ok, err := r.same(normal(item), what, 0); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

func compareNumbers(a, b any) int {
	x, isInt := a.(int)
	y, bothInt := b.(int)
	if isInt && bothInt {
		return cmp.Compare(x, y)
	}
	f, isFloat := a.(float64)
	g, bothFloat := b.(float64)
	if isFloat && bothFloat {
		return cmp.Compare(f, g)
	}
	return decimalOf(a).compare(decimalOf(b))
}
