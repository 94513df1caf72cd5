package liquid

import (
	"math/big"
	"strings"
	"time"
)

// dateFilter writes a time in a format of strftime. What is no time stays as
// it is.
func dateFilter(r *Run, in any, args []any) (any, error) {
	format, err := r.text(args[0])
	if err != nil || format == "" {
		return in, err
	}
	t, ok := r.time(in)
	if !ok {
		return in, nil
	}
	if err := r.use(8 * len(format)); err != nil {
		return nil, err
	}
	return Strftime(t, format)
}

// time is a value as a time, in the engine's zone unless it says another:
// a time, seconds since 1970, "now", "today", or text that says a time.
func (r *Run) time(in any) (time.Time, bool) {
	zone := r.engine.config.Zone
	switch v := in.(type) {
	case time.Time:
		return v, true
	case int:
		return unixTime(int64(v)).In(zone), true
	case *big.Int, nil:
		return time.Time{}, false
	}
	text, ok := textOf(in)
	if !ok {
		return time.Time{}, false
	}
	switch text = strings.ToLower(strings.Trim(text, white)); {
	case text == "now" || text == "today":
		return r.Now(), true
	case allDigits(strings.TrimPrefix(text, "-")) && len(text) <= 12:
		return unixTime(int64(clampInt(leadingInt(text)))).In(zone), true
	case len(text) > maxDateText:
		return time.Time{}, false
	}
	return parseTime(text, r.Now())
}

// unixTime keeps to the years that people write.
func unixTime(seconds int64) time.Time {
	const limit = 1 << 38 // some 8,700 years
	return time.Unix(min(max(seconds, -limit), limit), 0)
}
