package liquid

// filterFunc is the Call of a Filter.
type filterFunc = func(r *Run, in any, args []any) (any, error)

// standardFilters is a new table of the filters of Shopify's Liquid.
func standardFilters() map[string]*Filter {
	table := map[string]*Filter{}
	add := func(min, max int, call filterFunc, names ...string) {
		for _, name := range names {
			table[name] = &Filter{Min: min, Max: max, Call: call, name: name}
		}
	}
	addTextFilters(add)
	addHTMLFilters(add)
	addListFilters(add)
	addNumberFilters(add)
	add(1, 1, dateFilter, "date")
	add(0, 2, defaultFilter, "default")
	add(0, 0, sizeFilter, "size")
	add(0, 0, func(_ *Run, in any, _ []any) (any, error) { return firstOf(in), nil }, "first")
	add(0, 0, func(_ *Run, in any, _ []any) (any, error) { return lastOf(in), nil }, "last")
	table["default"].Missing, table["default"].Fallback = true, true
	for _, name := range []string{"default", "where", "reject", "find", "find_index", "has"} {
		table[name].MissingArgs = true
	}
	return table
}

type addFilter = func(min, max int, call filterFunc, names ...string)

// defaultFilter gives another value for nil, false and what is empty.
func defaultFilter(_ *Run, in any, args []any) (any, error) {
	var instead any = ""
	allowFalse := false
	if n := len(args); n > 0 {
		if options, ok := args[n-1].(*Object); ok {
			value, _ := options.Get("allow_false")
			allowFalse, args = truthy(value), args[:n-1]
		}
	}
	if len(args) > 0 {
		instead = args[0]
	}
	if in == nil || in == false && !allowFalse || in != false && isEmptyMethod.holds(in) {
		return instead, nil
	}
	return in, nil
}

func sizeFilter(_ *Run, in any, _ []any) (any, error) {
	n, _ := sizeOf(in)
	return n, nil
}
