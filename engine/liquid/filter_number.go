package liquid

import (
	"math/big"
)

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
	switch n := toNumber(in).(type) {
	case decimal:
		return fromNumeric(decimal{big: new(big.Int).Abs(n.bigCoef()), exp: n.exp}.small())
	case int:
		if n < 0 {
			return compute('*', n, -1)
		}
		return n, nil
	case *big.Int:
		return new(big.Int).Abs(n), nil
	}
	return 0, nil
}

// whole is ceil and floor.
func whole(how rounding) filterFunc {
	return func(_ *Run, in any, _ []any) (any, error) {
		n := toNumber(in)
		if d, ok := n.(decimal); ok {
			return d.round(0, how).whole(), nil
		}
		return n, nil
	}
}

// roundFilter rounds halves away from zero, to so many digits after the point.
func roundFilter(_ *Run, in any, args []any) (any, error) {
	digits := 0
	if len(args) > 0 {
		if d, ok := toNumber(args[0]).(decimal); ok {
			digits = clampInt(d.round(0, down).whole())
		} else {
			digits = clampInt(toNumber(args[0]))
		}
	}
	digits = min(max(digits, -maxDigits), maxDigits)
	n := toNumber(in)
	d, fraction := n.(decimal)
	switch {
	case !fraction && digits >= 0:
		return n, nil
	case !fraction:
		return decimalOf(n).round(digits, nearest).whole(), nil
	}
	d = d.round(digits, nearest)
	if digits <= 0 {
		return d.whole(), nil
	}
	return fromNumeric(d)
}

func atLeast(_ *Run, in any, args []any) (any, error) {
	n, bound := toNumber(in), toNumber(args[0])
	if compareNumbers(n, bound) < 0 {
		n = bound
	}
	return fromNumeric(n)
}

func atMost(_ *Run, in any, args []any) (any, error) {
	n, bound := toNumber(in), toNumber(args[0])
	if compareNumbers(n, bound) > 0 {
		n = bound
	}
	return fromNumeric(n)
}
