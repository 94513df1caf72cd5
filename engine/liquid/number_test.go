package liquid_test

import (
	"context"
	"fmt"
	"math/big"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/postroom/postroom/engine/liquid"
)

// Whole numbers and decimals are computed exactly: what is printed is what
// fractions of any length give, as the nearest float when there is a point.
func TestArithmeticIsExact(t *testing.T) {
	operations := map[string]func(z, x, y *big.Rat) *big.Rat{"plus": (*big.Rat).Add, "minus": (*big.Rat).Sub, "times": (*big.Rat).Mul, "divided_by": (*big.Rat).Quo}
	engine := testEngine{liquid.New(liquid.Config{})}
	rapid.Check(t, func(t *rapid.T) {
		a, b := decimalText(t, "a"), decimalText(t, "b")
		x, _ := new(big.Rat).SetString(a)
		y, _ := new(big.Rat).SetString(b)
		for name, operation := range operations {
			if y.Sign() == 0 && name == "divided_by" {
				continue
			}
			out, err := engine.with(fmt.Sprintf("{{ '%s' | %s: '%s' }}", a, name, b), nil)
			if err != nil {
				t.Fatal(err)
			}
			got, _ := strconv.ParseFloat(out, 64)
			if want, _ := operation(new(big.Rat), x, y).Float64(); got != want {
				t.Errorf("%s %s %s is %s, want %v", a, name, b, out, want)
			}
		}
	})
}

func decimalText(t *rapid.T, name string) string {
	return rapid.StringMatching(`-?[0-9]{1,25}\.[0-9]{1,12}`).Draw(t, name)
}

// The quotient rounds down and the rest has the sign of the divisor, so that
// quotient × divisor + rest is the number again.
func TestDivisionOfWholeNumbers(t *testing.T) {
	engine := liquid.New(liquid.Config{})
	parsed, err := engine.Parse("{% assign q = a | divided_by: b %}{% assign r = a | modulo: b %}{{ q | times: b | plus: r }} {% if b > 0 and r >= 0 and r < b %}ok{% elsif b < 0 and r <= 0 and r > b %}ok{% endif %}")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int().Draw(t, "a"), rapid.Int().Filter(func(n int) bool { return n != 0 }).Draw(t, "b")
		out, err := parsed.Render(context.Background(), map[string]any{"a": a, "b": b}, liquid.Options{})
		if want := strconv.Itoa(a) + " ok"; err != nil || out != want {
			t.Errorf("%d by %d: %q, %v", a, b, out, err)
		}
	})
}

func TestRounding(t *testing.T) {
	engine := liquid.New(liquid.Config{})
	parsed, err := engine.Parse("{% assign c = x | ceil %}{% assign f = x | floor %}{% assign r = x | round %}{% if f <= x and x <= c and f <= r and r <= c %}{{ c | minus: f | at_most: 1 | at_least: 0 | minus: c | plus: f }}{% endif %}")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-1e15, 1e15).Draw(t, "x")
		if out, err := parsed.Render(context.Background(), map[string]any{"x": x}, liquid.Options{}); err != nil || out != "0" {
			t.Errorf("%v: %q, %v", x, out, err)
		}
	})
}
