package compose

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// numberFilters compute: on whole numbers in whole numbers, on others in
// fractions as people write them, so that 10.1 minus 2.2 is 7.9. The
// library's own cut 9.5 down to 9 before dividing it.
var numberFilters = map[string]func(a, b any) (any, error){
	"plus":       func(a, b any) (any, error) { return compute(a, b, addInt, func(x, y float64) float64 { return x + y }) },
	"minus":      func(a, b any) (any, error) { return compute(a, b, subInt, func(x, y float64) float64 { return x - y }) },
	"times":      func(a, b any) (any, error) { return compute(a, b, mulInt, func(x, y float64) float64 { return x * y }) },
	"divided_by": func(a, b any) (any, error) { return compute(a, b, divInt, func(x, y float64) float64 { return x / y }) },
	"modulo":     func(a, b any) (any, error) { return compute(a, b, modInt, math.Mod) },
}

// compute applies one of the two operations. The one on whole numbers says
// when its result does not fit.
func compute(a, b any, whole func(x, y int) (int, bool), fraction func(x, y float64) float64) (any, error) {
	x, err := toNumber(a)
	if err != nil {
		return nil, err
	}
	y, err := toNumber(b)
	if err != nil {
		return nil, err
	}
	i, isInt := x.(int)
	j, bothInt := y.(int)
	if isInt && bothInt {
		if n, fits := whole(i, j); fits {
			return n, nil
		}
	}
	f := fraction(toFloat(x), toFloat(y))
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, errors.New("division by zero, or a number too large")
	}
	return strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64)
}

// toNumber is a number as int or float64; text that is a number counts.
func toNumber(value any) (any, error) {
	switch v := value.(type) {
	case int, float64:
		return v, nil
	case string:
		s := strings.TrimSpace(v)
		if i, err := strconv.Atoi(s); err == nil {
			return i, nil
		}
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			return f, nil
		}
	}
	return nil, errors.New("“" + shorten(printed(value)) + "” is no number")
}

func toFloat(n any) float64 {
	if i, ok := n.(int); ok {
		return float64(i)
	}
	return n.(float64)
}

func addInt(a, b int) (int, bool) { return a + b, (a+b > a) == (b > 0) }
func subInt(a, b int) (int, bool) { return a - b, (a-b < a) == (b > 0) }

func mulInt(a, b int) (int, bool) {
	n := a * b
	return n, a == 0 || n/a == b && !(a == -1 && b == math.MinInt)
}

// divInt rounds down, as Ruby does.
func divInt(a, b int) (int, bool) {
	if b == 0 {
		return 0, false
	}
	n := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		n--
	}
	return n, true
}

func modInt(a, b int) (int, bool) {
	n, ok := divInt(a, b)
	return a - n*b, ok
}
