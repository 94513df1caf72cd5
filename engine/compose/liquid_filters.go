package compose

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/postroom/postroom/engine/liquid"
)

// filters are those of the reference product beside Shopify's.
func filters() map[string]liquid.Filter {
	all := map[string]liquid.Filter{
		"json":          {Call: toJSON, Missing: true, Fallback: true},
		"to_json":       {Call: toJSON, Missing: true, Fallback: true},
		"timezone":      {Min: 1, Max: 1, Call: inZone},
		"format_number": {Max: 1, Call: formatNumber},
		"currency":      {Max: 1, Call: currency},
	}
	for name, add := range map[string]func(t time.Time, n int) time.Time{
		"second": func(t time.Time, n int) time.Time { return t.Add(time.Duration(n) * time.Second) },
		"minute": func(t time.Time, n int) time.Time { return t.Add(time.Duration(n) * time.Minute) },
		"hour":   func(t time.Time, n int) time.Time { return t.Add(time.Duration(n) * time.Hour) },
		"day":    func(t time.Time, n int) time.Time { return t.AddDate(0, 0, n) },
		"week":   func(t time.Time, n int) time.Time { return t.AddDate(0, 0, 7*n) },
		"month":  func(t time.Time, n int) time.Time { return t.AddDate(0, n, 0) },
		"year":   func(t time.Time, n int) time.Time { return t.AddDate(n, 0, 0) },
	} {
		all["add_"+name] = liquid.Filter{Min: 1, Max: 1, Call: shift(add, 1)}
		all["subtract_"+name] = liquid.Filter{Min: 1, Max: 1, Call: shift(add, -1)}
	}
	return all
}

var errNoTime = errors.New("the value is no time")

// toJSON is a value as JSON; a missing one is null.
func toJSON(r *liquid.Run, in any, _ []any) (any, error) {
	text, err := json.Marshal(in)
	if err != nil {
		return nil, errors.New("the value cannot be written as JSON")
	}
	return string(text), r.Use(len(text))
}

// shift is add_… and subtract_…: the time, so much later or earlier.
func shift(add func(t time.Time, n int) time.Time, sign int) func(*liquid.Run, any, []any) (any, error) {
	const most = 1_000_000_000 // some thirty years of seconds
	return func(r *liquid.Run, in any, args []any) (any, error) {
		t, ok := r.Time(in)
		if !ok {
			return nil, errNoTime
		}
		n, ok := number(args[0])
		if !ok || math.Abs(n) > most {
			return nil, errors.New("how much is no number, or too large")
		}
		return add(t, sign*int(n)), nil
	}
}

// zones keeps the zones in use: reading one takes a while.
var zones sync.Map // of name to *time.Location

// inZone is the time on the clocks of a zone, for example Europe/Oslo.
func inZone(r *liquid.Run, in any, args []any) (any, error) {
	t, ok := r.Time(in)
	if !ok {
		return nil, errNoTime
	}
	name, err := r.Text(args[0])
	if err != nil {
		return nil, err
	}
	zone, ok := zones.Load(name)
	if !ok {
		read, err := time.LoadLocation(name)
		if err != nil || name == "Local" {
			return nil, errors.New("there is no time zone called “" + shorten(name) + "”")
		}
		zone, _ = zones.LoadOrStore(name, read)
	}
	return t.In(zone.(*time.Location)), nil
}

// formatNumber is a number with a comma between thousands and, when that is
// asked for, so many decimals.
func formatNumber(_ *liquid.Run, in any, args []any) (any, error) {
	n, ok := number(in)
	if !ok {
		return nil, errors.New("the value is no number")
	}
	decimals := -1
	if len(args) > 0 {
		d, ok := number(args[0])
		if !ok || d < 0 || d > 20 {
			return nil, errors.New("the number of decimals is not from 0 to 20")
		}
		decimals = int(d)
	}
	return thousands(strconv.FormatFloat(n, 'f', decimals, 64)), nil
}

// thousands puts commas between the thousands of a number.
func thousands(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	whole, fraction, has := strings.Cut(digits, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if has {
		whole += "." + fraction
	}
	return sign + whole
}

// symbols are the currencies that are written with one.
var symbols = map[string]string{"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹"}

// currency is an amount of money, of US dollars unless it is said of what.
func currency(r *liquid.Run, in any, args []any) (any, error) {
	n, ok := number(in)
	if !ok {
		return nil, errors.New("the value is no number")
	}
	code := "USD"
	if len(args) > 0 {
		text, err := r.Text(args[0])
		if err != nil {
			return nil, err
		}
		code = strings.ToUpper(text)
	}
	decimals := 2
	if code == "JPY" {
		decimals = 0
	}
	sign, amount := "", thousands(strconv.FormatFloat(math.Abs(n), 'f', decimals, 64))
	if n < 0 {
		sign = "-"
	}
	if symbol := symbols[code]; symbol != "" {
		return sign + symbol + amount, nil
	}
	return sign + amount + " " + code, nil
}
