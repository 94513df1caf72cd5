package liquid

// pick goes over the items of a list with whether each has a property, or has
// it with a value. Found says when to stop. Ok is false for a list with an
// item that has no properties, which makes the filter's result nil.
func (r *Run) pick(in any, args []any, found func(i int, item any, has bool) bool) (ok bool, err error) {
	list, err := r.items(in)
	if err != nil {
		return false, err
	}
	for i, item := range list {
		value, ok, err := propertyOf(normal(item), args[0])
		if err != nil || !ok {
			return false, err
		}
		has := truthy(value)
		if len(args) > 1 && args[1] != nil {
			if has, err = r.same(value, args[1], 0); err != nil {
				return false, err
			}
		}
		if found(i, item, has) {
			break
		}
	}
	return true, nil
}

func whereFilter(r *Run, in any, args []any) (any, error) {
	return selectItems(r, in, args, true)
}

func rejectFilter(r *Run, in any, args []any) (any, error) {
	return selectItems(r, in, args, false)
}

func selectItems(r *Run, in any, args []any, keep bool) (any, error) {
	out := []any{}
	ok, err := r.pick(in, args, func(_ int, item any, has bool) bool {
		if has == keep {
			out = append(out, item)
		}
		return false
	})
	if err != nil || !ok {
		return nil, err
	}
	return out, nil
}

func findFilter(r *Run, in any, args []any) (any, error) {
	var result any
	ok, err := r.pick(in, args, func(_ int, item any, has bool) bool {
		if has {
			result = item
		}
		return has
	})
	if err != nil || !ok {
		return nil, err
	}
	return result, nil
}

func findIndexFilter(r *Run, in any, args []any) (any, error) {
	var result any
	ok, err := r.pick(in, args, func(i int, _ any, has bool) bool {
		if has {
			result = i
		}
		return has
	})
	if err != nil || !ok {
		return nil, err
	}
	return result, nil
}

func hasFilter(r *Run, in any, args []any) (any, error) {
	result := false
	ok, err := r.pick(in, args, func(_ int, _ any, has bool) bool {
		result = has
		return has
	})
	if err != nil || !ok {
		return nil, err
	}
	return result, nil
}
