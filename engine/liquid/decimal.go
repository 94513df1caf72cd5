package liquid

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// decimal is the fraction coef × 10^exp, exact, so that 0.1 and 0.2 are 0.3.
type decimal struct {
	coef int64
	big  *big.Int // instead of coef, when that does not hold it
	exp  int
}

// decimalOf is a number as a decimal. A float is the shortest decimal that
// reads as it, which is what the author wrote.
func decimalOf(v any) decimal {
	switch v := v.(type) {
	case decimal:
		return v
	case int:
		return decimal{coef: int64(v)}
	case *big.Int:
		return decimal{big: v}
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return decimal{}
		}
		var buf [32]byte
		return scanDecimal(strconv.AppendFloat(buf[:0], v, 'e', -1, 64))
	}
	return decimal{}
}

// scanDecimal reads what strconv writes: -d.ddde±dd.
func scanDecimal(text []byte) decimal {
	var d decimal
	negative, dot := false, false
	for i, c := range text {
		switch {
		case c == '-':
			negative = true
		case c == '.':
			dot = true
		case c == 'e':
			exp, _ := strconv.Atoi(string(text[i+1:]))
			d.exp += exp
		}
		if c == 'e' {
			break
		}
		if isDigit(c) {
			d.coef = d.coef*10 + int64(c-'0')
			if dot {
				d.exp--
			}
		}
	}
	if negative {
		d.coef = -d.coef
	}
	return d
}

// parseDecimal reads digits, a dot and digits.
func parseDecimal(text string) decimal {
	whole, fraction, _ := strings.Cut(text, ".")
	n, _ := new(big.Int).SetString(whole+fraction, 10)
	return decimal{big: n, exp: -len(fraction)}.small()
}

// small keeps the coefficient in an int64 where it fits.
func (d decimal) small() decimal {
	if d.big != nil && d.big.IsInt64() {
		d.coef, d.big = d.big.Int64(), nil
	}
	return d
}

func (d decimal) bigCoef() *big.Int {
	if d.big != nil {
		return d.big
	}
	return big.NewInt(d.coef)
}

func (d decimal) sign() int {
	switch {
	case d.big != nil:
		return d.big.Sign()
	case d.coef < 0:
		return -1
	case d.coef > 0:
		return 1
	}
	return 0
}

// float is the nearest float.
func (d decimal) float() float64 {
	var buf [64]byte
	var b []byte
	if d.big == nil {
		b = strconv.AppendInt(buf[:0], d.coef, 10)
	} else {
		b = d.big.Append(buf[:0], 10)
	}
	b = strconv.AppendInt(append(b, 'e'), int64(d.exp), 10)
	f, _ := strconv.ParseFloat(string(b), 64)
	return f
}

// aligned is both coefficients for the smaller of the two exponents.
func aligned(a, b decimal) (x, y *big.Int, exp int) {
	exp = min(a.exp, b.exp)
	return scaled(a, exp), scaled(b, exp), exp
}

func scaled(d decimal, exp int) *big.Int {
	if d.exp == exp {
		return d.bigCoef()
	}
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(d.exp-exp)), nil)
	return power.Mul(power, d.bigCoef())
}

func (d decimal) compare(other decimal) int {
	x, y, _ := aligned(d, other)
	return x.Cmp(y)
}

// apply is + - * / or % of two decimals; the second is not zero for the last
// two.
func (d decimal) apply(op byte, other decimal) decimal {
	if op == '*' {
		return d.times(other)
	}
	if op == '/' {
		return d.dividedBy(other)
	}
	if d.exp == other.exp && d.big == nil && other.big == nil && op != '%' {
		if n, ok := computeInts(op, int(d.coef), int(other.coef)); ok {
			return decimal{coef: int64(n), exp: d.exp}
		}
	}
	x, y, exp := aligned(d, other)
	return decimal{big: computeBig(op, x, y), exp: exp}.small()
}

func (d decimal) times(other decimal) decimal {
	exp := d.exp + other.exp
	if d.big == nil && other.big == nil {
		if n, ok := computeInts('*', int(d.coef), int(other.coef)); ok {
			return decimal{coef: int64(n), exp: exp}
		}
	}
	return decimal{big: new(big.Int).Mul(d.bigCoef(), other.bigCoef()), exp: exp}
}

// quotientDigits are more than a float holds.
const quotientDigits = 40

func (d decimal) dividedBy(other decimal) decimal {
	x := scaled(decimal{big: d.bigCoef()}, -quotientDigits-len(other.bigCoef().String()))
	shift := quotientDigits + len(other.bigCoef().String())
	return decimal{big: x.Quo(x, other.bigCoef()), exp: d.exp - other.exp - shift}
}

// rounding is a way to a whole number.
type rounding int

const (
	nearest rounding = iota // halves away from zero
	down
	up
)

// round is the decimal with so many digits after the point; negative for tens.
func (d decimal) round(digits int, how rounding) decimal {
	if d.exp >= -digits {
		return d
	}
	drop := -digits - d.exp
	if drop > 2*maxDigits {
		drop = 2 * maxDigits
	}
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(drop)), nil)
	n, rest := new(big.Int).DivMod(d.bigCoef(), power, new(big.Int))
	add := rest.Sign() != 0 && how == up
	if how == nearest {
		half := rest.Lsh(rest, 1).Cmp(power)
		add = half > 0 || half == 0 && d.sign() > 0
	}
	if add {
		n.Add(n, big.NewInt(1))
	}
	return decimal{big: n, exp: -digits}.small()
}

// whole is a decimal without a fraction as a whole number.
func (d decimal) whole() any {
	if d.exp < 0 {
		d = d.round(0, nearest)
	}
	return shrink(scaled(d, 0))
}
