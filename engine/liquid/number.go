package liquid

import (
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// maxDigits bounds the numbers that templates compute with.
const maxDigits = 1000

var (
	errZeroDivision = errors.New("divided by 0")
	errTooLarge     = errors.New("the number is too large")
	errInteger      = argumentError("invalid integer")
)

func isNumber(v any) bool {
	switch v.(type) {
	case int, float64, *big.Int:
		return true
	}
	return false
}

// toNumber is a value as filters compute with it. What is no number is 0; text
// begins with as much of one as it does.
func toNumber(v any) decimal {
	if text, ok := textOf(v); ok {
		if isDecimal(text) {
			return parseDecimal(strings.Trim(text, white))
		}
		return decimalOf(leadingInt(text))
	}
	if isNumber(v) {
		return decimalOf(v)
	}
	return decimal{whole: true}
}

// isDecimal is whether text is digits, a dot and digits.
func isDecimal(text string) bool {
	whole, fraction, ok := strings.Cut(strings.TrimPrefix(strings.Trim(text, white), "-"), ".")
	return ok && allDigits(whole) && allDigits(fraction) && len(text) <= maxDigits
}

func allDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// leadingInt is the whole number that text begins with, 0 without one.
func leadingInt(text string) any {
	s := strings.TrimLeft(text, white)
	n := 0
	if n < len(s) && (s[n] == '-' || s[n] == '+') {
		n++
	}
	for n < len(s) && n < maxDigits && (isDigit(s[n]) || s[n] == '_' && n > 0 && isDigit(s[n-1])) {
		n++
	}
	digits := strings.ReplaceAll(s[:n], "_", "")
	if i, err := strconv.Atoi(digits); err == nil {
		return i
	}
	if i, ok := new(big.Int).SetString(digits, 10); ok {
		return i
	}
	return 0
}

// toInteger is a whole number, or text that is one. All else is a mistake.
func toInteger(v any) (int, error) {
	switch v := v.(type) {
	case int:
		return v, nil
	case *big.Int:
		return clampInt(v), nil
	}
	text, ok := textOf(v)
	if !ok || len(text) > maxDigits {
		return 0, errInteger
	}
	i, ok := new(big.Int).SetString(strings.Trim(text, white), 0)
	if !ok {
		return 0, errInteger
	}
	return clampInt(i), nil
}

// clampInt is a whole number as far as an int goes.
func clampInt(v any) int {
	switch v := v.(type) {
	case int:
		return v
	case *big.Int:
		if v.IsInt64() {
			return int(v.Int64())
		}
		return map[int]int{1: math.MaxInt, -1: math.MinInt}[v.Sign()]
	}
	return 0
}

// shrink is a whole number as int where it fits.
func shrink(n *big.Int) any {
	if n.IsInt64() {
		return int(n.Int64())
	}
	return n
}

// compute applies an operation: + - * / or %. Whole numbers stay whole, and
// are divided rounding down; with a fraction the result is one.
func compute(op byte, a, b any) (any, error) {
	x, y := toNumber(a), toNumber(b)
	if (op == '/' || op == '%') && y.sign() == 0 {
		return nil, errZeroDivision
	}
	return x.apply(op, y).value()
}

// computeInts is the operation on ints; ok is false when the result may not
// fit.
func computeInts(op byte, a, b int) (n int, ok bool) {
	switch op {
	case '+':
		n = a + b
		return n, (n > a) == (b > 0)
	case '-':
		n = a - b
		return n, (n < a) == (b > 0)
	case '*':
		n = a * b
		fits := a == 0 || n/a == b && !(a == -1 && b == math.MinInt)
		return n, fits
	}
	if a == math.MinInt {
		return 0, false
	}
	quotient, rest := a/b, a%b
	if rest != 0 && (rest < 0) != (b < 0) {
		quotient, rest = quotient-1, rest+b
	}
	if op == '/' {
		return quotient, true
	}
	return rest, true
}

func computeBig(op byte, a, b *big.Int) *big.Int {
	n := new(big.Int)
	switch op {
	case '+':
		return n.Add(a, b)
	case '-':
		return n.Sub(a, b)
	case '*':
		return n.Mul(a, b)
	}
	rest := new(big.Int)
	n.QuoRem(a, b, rest)
	if rest.Sign() != 0 && rest.Sign() != b.Sign() {
		n.Sub(n, big.NewInt(1))
		rest.Add(rest, b)
	}
	if op == '/' {
		return n
	}
	return rest
}
