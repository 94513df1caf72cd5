package condition

import (
	"fmt"
	"strconv"
	"time"
)

const (
	day  = 24 * time.Hour
	week = 7 * day

	// longest keeps every sum of a duration and a time of our age in range.
	longest = 5200 * week
)

var units = []struct {
	letter byte
	word   string
	length time.Duration
}{
	{'w', "week", week},
	{'d', "day", day},
	{'h', "hour", time.Hour},
	{'m', "minute", time.Minute},
	{'s', "second", time.Second},
}

// ParseDuration reads a whole number and a unit: 90s, 15m, 4h, 2d or 1w. The
// error is a sentence.
func ParseDuration(s string) (time.Duration, error) {
	if s == "" {
		return 0, badDuration(s)
	}
	digits, letter := s[:len(s)-1], s[len(s)-1]
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || n == 0 {
		return 0, badDuration(s)
	}
	for _, u := range units {
		if u.letter != letter {
			continue
		}
		if n > uint64(longest/u.length) {
			return 0, fmt.Errorf("%q is longer than 100 years.", s)
		}
		return time.Duration(n) * u.length, nil
	}
	return 0, badDuration(s)
}

func badDuration(s string) error {
	return fmt.Errorf("%q is not a duration such as 90s, 15m, 4h, 2d or 1w.", s)
}

// FormatDuration writes d in the largest unit that fits it exactly, so that
// ParseDuration reads it back. Parts of a second are cut off.
func FormatDuration(d time.Duration) string {
	n, unit := inUnits(d)
	return strconv.FormatInt(n, 10) + string(units[unit].letter)
}

// DurationWords is d as people say it, in the largest unit that fits it
// exactly: "2 days", "1 week".
func DurationWords(d time.Duration) string {
	n, unit := inUnits(d)
	if n == 1 {
		return "1 " + units[unit].word
	}
	return strconv.FormatInt(n, 10) + " " + units[unit].word + "s"
}

func inUnits(d time.Duration) (n int64, unit int) {
	d = d.Truncate(time.Second)
	for i, u := range units {
		if d != 0 && d%u.length == 0 {
			return int64(d / u.length), i
		}
	}
	return 0, len(units) - 1
}
