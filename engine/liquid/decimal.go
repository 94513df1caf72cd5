package liquid

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// decimal is the number coef × 10^exp, exact, so that 0.1 and 0.2 are 0.3.
type decimal struct {
	coef  int64
	big   *big.Int // instead of coef, when that does not hold it
	exp   int
	whole bool // an integer, which has no exponent and is divided as one
}

// decimalOf is an int, *big.Int or float64 as a decimal. A float is the shortest decimal that
// reads as it, which is what the author wrote.
func decimalOf(v any) decimal {
	switch v := v.(type) {
	case int:
		return decimal{coef: int64(v), whole: true}
	case *big.Int:
		return decimal{big: v, whole: true}
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

// value is the number as templates have it: int or *big.Int when it is whole,
// else float64.
func (d decimal) value() (any, error) {
	if !d.whole {
		f := d.float()
		if math.IsInf(f, 0) {
			return nil, errTooLarge
		}
		return f, nil
	}
	if d.big == nil {
		return int(d.coef), nil
	}
	if d.big.BitLen() > maxDigits*4 {
		return nil, errTooLarge
	}
	return shrink(d.big), nil
}

// apply is + - * / or % of two numbers; the second is not zero for the last
// two. The result is whole when both are.
func (d decimal) apply(op byte, other decimal) decimal {
	whole := d.whole && other.whole
	switch {
	case op == '/' && !whole:
		return d.dividedBy(other)
	case op == '*':
		return d.times(other)
	}
	if d.exp == other.exp && d.big == nil && other.big == nil {
		if n, ok := computeInts(op, int(d.coef), int(other.coef)); ok {
			return decimal{coef: int64(n), exp: d.exp, whole: whole}
		}
	}
	x, y, exp := aligned(d, other)
	return decimal{big: computeBig(op, x, y), exp: exp, whole: whole}.small()
}

func (d decimal) times(other decimal) decimal {
	result := decimal{exp: d.exp + other.exp, whole: d.whole && other.whole}
	if d.big == nil && other.big == nil {
		if n, ok := computeInts('*', int(d.coef), int(other.coef)); ok {
			result.coef = int64(n)
			return result
		}
	}
	result.big = new(big.Int).Mul(d.bigCoef(), other.bigCoef())
	return result
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
	drop := min(-digits-d.exp, 2*maxDigits)
	if d.big == nil && drop < len(powers) {
		return decimal{coef: roundInt(d.coef, powers[drop], how), exp: -digits}
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

// powers are those of ten that an int64 holds, with room to spare.
var powers = [...]int64{1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17}

// roundInt divides by a power of ten.
func roundInt(n, power int64, how rounding) int64 {
	quotient, rest := n/power, n%power
	if rest < 0 {
		quotient, rest = quotient-1, rest+power
	}
	half := power - rest // compared with rest
	if how == up && rest > 0 || how == nearest && (rest > half || rest == half && n > 0) {
		quotient++
	}
	return quotient
}

// integer is the number rounded to a whole one.
func (d decimal) integer(how rounding) decimal {
	if d.whole {
		return d
	}
	d = d.round(0, how)
	d.whole = true
	if d.exp > 0 {
		d.big, d.exp = scaled(d, 0), 0
	}
	return d
}
