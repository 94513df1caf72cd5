package liquid

import (
	"errors"
	"slices"
	"strings"
)

func addListFilters(add addFilter) {
	add(0, 1, joinFilter, "join")
	add(0, 0, reverseFilter, "reverse")
	add(1, 1, concatFilter, "concat")
	add(0, 1, compactFilter, "compact")
	add(0, 1, uniqFilter, "uniq")
	add(1, 1, mapFilter, "map")
	add(0, 1, sumFilter, "sum")
	add(0, 1, sortFilter, "sort")
	add(0, 1, sortNaturalFilter, "sort_natural")
	add(1, 2, whereFilter, "where")
	add(1, 2, rejectFilter, "reject")
	add(1, 2, findFilter, "find")
	add(1, 2, findIndexFilter, "find_index")
	add(1, 2, hasFilter, "has")
}

// items is a value as the filters of lists see it: lists in lists are one
// list, a range its numbers, nil nothing and all else a list of itself. The
// result may be the list of the data, which nobody may change.
func (r *Run) items(in any) ([]any, error) {
	switch v := in.(type) {
	case nil:
		return nil, nil
	case Range:
		if err := r.use(v.Len() * itemSize); err != nil {
			return nil, err
		}
		list := make([]any, v.Len())
		for i := range list {
			list[i] = v.From + i
		}
		return list, nil
	case []any:
		if err := r.use(len(v) * itemSize); err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(v, isUnusual) {
			return v, nil
		}
		return r.flatten(nil, v, 0)
	}
	return []any{in}, nil
}

// isUnusual is whether an item is a list, or has to be made normal.
func isUnusual(v any) bool {
	switch v.(type) {
	case nil, bool, int, float64, string, map[string]any, *Object:
		return false
	}
	return true
}

func (r *Run) flatten(to, list []any, depth int) ([]any, error) {
	if depth > r.limits.Depth {
		return nil, limitError("The list is nested too deeply.")
	}
	if err := r.use(len(list) * itemSize); err != nil {
		return nil, err
	}
	for _, item := range list {
		item = normal(item)
		inner, ok := item.([]any)
		if !ok {
			to = append(to, item)
			continue
		}
		var err error
		if to, err = r.flatten(to, inner, depth+1); err != nil {
			return nil, err
		}
	}
	return to, nil
}

// propertyOf is what an item has under a key the way Ruby's [] finds it: in a
// map the value, in a text a part of it, in a number a bit. Ok is false for an
// item that has no [].
func propertyOf(item, key any) (value any, ok bool, err error) {
	if text, isText := textOf(item); isText {
		value, err = partOf(text, key)
		return value, true, err
	}
	switch item := item.(type) {
	case map[string]any, *Object, Drop:
		if name, isText := textOf(key); isText {
			value, _ = member(item, name)
		}
		return normal(value), true, nil
	case int:
		bit, isInt := key.(int)
		if !isInt {
			return nil, true, propertyError(key)
		}
		return item >> min(max(bit, 0), 63) & 1, true, nil
	}
	return nil, false, nil
}

// partOf is text[key]: the part itself when the text holds it, or a character.
func partOf(text string, key any) (any, error) {
	if part, ok := textOf(key); ok {
		if strings.Contains(text, part) {
			return part, nil
		}
		return nil, nil
	}
	i, ok := key.(int)
	if !ok {
		return nil, propertyError(key)
	}
	chars := []rune(text)
	if i < 0 {
		i += len(chars)
	}
	if i < 0 || i >= len(chars) {
		return nil, nil
	}
	return string(chars[i]), nil
}

func propertyError(key any) error {
	text, ok := textOf(key)
	if !ok {
		text = string(appendSimple(nil, key))
	}
	return errors.New("cannot select the property '" + text + "'")
}

func joinFilter(r *Run, in any, args []any) (any, error) {
	glue := " "
	if len(args) > 0 {
		var err error
		if glue, err = r.text(args[0]); err != nil {
			return nil, err
		}
	}
	list, err := r.items(in)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for i, item := range list {
		text, err := r.text(normal(item))
		if err != nil {
			return nil, err
		}
		if i > 0 {
			b.WriteString(glue)
		}
		b.WriteString(text)
		if err := r.room(len(glue) + len(text)); err != nil || b.Len() > r.limits.Output {
			return nil, r.tooLong()
		}
	}
	return b.String(), nil
}

func reverseFilter(r *Run, in any, _ []any) (any, error) {
	list, err := r.items(in)
	if err != nil {
		return nil, err
	}
	list = slices.Clone(list)
	slices.Reverse(list)
	return list, nil
}

func concatFilter(r *Run, in any, args []any) (any, error) {
	more, ok := args[0].([]any)
	if !ok {
		return nil, errors.New("concat filter requires an array argument")
	}
	list, err := r.items(in)
	if err == nil {
		err = r.use((len(list) + len(more)) * itemSize)
	}
	if err != nil {
		return nil, err
	}
	return slices.Concat(list, more), nil
}

func mapFilter(r *Run, in any, args []any) (any, error) {
	list, err := r.items(in)
	if err != nil {
		return nil, err
	}
	out := make([]any, len(list))
	for i, item := range list {
		if out[i], _, err = propertyOf(item, args[0]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// compactFilter takes out nil, or the items whose property is nil.
func compactFilter(r *Run, in any, args []any) (any, error) {
	list, err := r.items(in)
	if err != nil {
		return nil, err
	}
	out := []any{}
	for _, item := range list {
		value := item
		if len(args) > 0 && args[0] != nil {
			var ok bool
			if value, ok, err = propertyOf(item, args[0]); err != nil || !ok {
				return nil, err
			}
		}
		if value != nil {
			out = append(out, item)
		}
	}
	return out, nil
}

// uniqFilter keeps the first of the items that are the same, or have the same
// property.
func uniqFilter(r *Run, in any, args []any) (any, error) {
	list, err := r.items(in)
	if err != nil {
		return nil, err
	}
	out := []any{}
	seen := map[string]bool{}
	for _, item := range list {
		value := item
		if len(args) > 0 && args[0] != nil {
			var ok bool
			if value, ok, err = propertyOf(item, args[0]); err != nil || !ok {
				return nil, err
			}
		}
		key, err := r.inspect(nil, value, 0)
		if err == nil {
			err = r.use(len(key))
		}
		if err != nil {
			return nil, err
		}
		if !seen[string(key)] {
			seen[string(key)] = true
			out = append(out, item)
		}
	}
	return out, nil
}

// sumFilter adds the items, or their property, as far as they are numbers.
func sumFilter(r *Run, in any, args []any) (any, error) {
	list, err := r.items(in)
	if err != nil {
		return nil, err
	}
	if len(args) > 0 && args[0] != nil {
		values := make([]any, len(list))
		for i, item := range list {
			if values[i], _, err = propertyOf(item, args[0]); err != nil {
				return nil, err
			}
		}
		if list, err = r.items(values); err != nil {
			return nil, err
		}
	}
	return sum(list)
}

func sum(list []any) (any, error) {
	total := decimal{whole: true}
	for _, item := range list {
		total = total.apply('+', toNumber(normal(item)))
	}
	return total.value()
}
