package liquid

func addNumberFilters(add addFilter) {
	for name, op := range map[string]byte{"plus": '+', "minus": '-', "times": '*', "divided_by": '/', "modulo": '%'} {
		add(1, 1, func(_ *Run, in any, args []any) (any, error) { return compute(op, in, args[0]) }, name)
	}
	add(0, 0, absFilter, "abs")
	add(0, 0, whole(up), "ceil")
	add(0, 0, whole(down), "floor")
	add(0, 1, roundFilter, "round")
	add(1, 1, atLeast, "at_least")
	add(1, 1, atMost, "at_most")
}

func absFilter(_ *Run, in any, _ []any) (any, error) {
	n := toNumber(in)
	if n.sign() < 0 {
		n = n.times(decimal{coef: -1, whole: true})
	}
	return n.value()
}

// whole is ceil and floor.
func whole(how rounding) filterFunc {
	return func(_ *Run, in any, _ []any) (any, error) { return toNumber(in).integer(how).value() }
}

// roundFilter rounds halves away from zero, to so many digits after the point.
func roundFilter(_ *Run, in any, args []any) (any, error) {
	digits := 0
	if len(args) > 0 {
		n, err := toNumber(args[0]).integer(down).value()
		if err != nil {
			return nil, err
		}
		digits = min(max(clampInt(n), -maxDigits), maxDigits)
	}
	n := toNumber(in)
	if n.whole && digits >= 0 {
		return n.value()
	}
	rounded := n.round(digits, nearest)
	if digits <= 0 {
		return rounded.integer(nearest).value()
	}
	return rounded.value()
}

func atLeast(_ *Run, in any, args []any) (any, error) {
	n, bound := toNumber(in), toNumber(args[0])
	if n.compare(bound) < 0 {
		n = bound
	}
	return n.value()
}

func atMost(_ *Run, in any, args []any) (any, error) {
	n, bound := toNumber(in), toNumber(args[0])
	if n.compare(bound) > 0 {
		n = bound
	}
	return n.value()
}
