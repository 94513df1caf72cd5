package liquid

import (
	"errors"
	"slices"
)

// keyed is an item and what it is sorted by.
type keyed struct{ item, key any }

// sorted sorts items, or by a property of theirs. A list with an item that has
// no properties is nil then.
func sorted(r *Run, in any, args []any, compare func(a, b any) (int, error)) (any, error) {
	list, err := r.items(in)
	if err != nil {
		return nil, err
	}
	pairs := make([]keyed, len(list))
	for i, item := range list {
		item = normal(item)
		pairs[i] = keyed{item, item}
		if len(args) == 0 || args[0] == nil {
			continue
		}
		var ok bool
		if pairs[i].key, ok, err = propertyOf(item, args[0]); err != nil || !ok {
			return nil, err
		}
	}
	slices.SortStableFunc(pairs, func(a, b keyed) int {
		if err != nil {
			return 0
		}
		var n int
		if n, err = compare(a.key, b.key); err == nil {
			err = r.use(itemSize)
		}
		return n
	})
	out := make([]any, len(pairs))
	for i, pair := range pairs {
		out[i] = pair.item
	}
	return out, err
}

// sortFilter sorts numbers with numbers and text with text, nil last.
func sortFilter(r *Run, in any, args []any) (any, error) {
	return sorted(r, in, args, func(a, b any) (int, error) {
		if n, ok := nilLast(a, b); ok {
			return n, nil
		}
		if n, ok, err := r.order(a, b); ok && err == nil {
			return n, nil
		}
		if same, err := r.same(a, b, 0); same || err != nil {
			return 0, err
		}
		return 0, errors.New("cannot sort values of incompatible types")
	})
}

// sortNaturalFilter sorts as text, whatever the case of its letters.
func sortNaturalFilter(r *Run, in any, args []any) (any, error) {
	return sorted(r, in, args, func(a, b any) (int, error) {
		if n, ok := nilLast(a, b); ok {
			return n, nil
		}
		x, err := r.text(a)
		if err != nil {
			return 0, err
		}
		y, err := r.text(b)
		if err != nil {
			return 0, err
		}
		return compareFolded(x, y), r.use(min(len(x), len(y)))
	})
}

func nilLast(a, b any) (n int, ok bool) {
	switch {
	case a == nil && b == nil:
		return 0, true
	case a == nil:
		return 1, true
	case b == nil:
		return -1, true
	}
	return 0, false
}

// compareFolded compares as Ruby's casecmp does: A to Z are a to z, other
// letters differ by case.
func compareFolded(x, y string) int {
	for i := range min(len(x), len(y)) {
		if a, b := fold(x[i]), fold(y[i]); a != b {
			return int(a) - int(b)
		}
	}
	return len(x) - len(y)
}

func fold(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}
