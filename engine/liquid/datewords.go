package liquid

import (
	"strings"
	"time"
)

var months = []string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// monthOf is the month of a name or its first letters, three at least; 0
// without one.
func monthOf(s string) int {
	if s == "sept" {
		return 9
	}
	for i, name := range months {
		if len(s) >= 3 && strings.HasPrefix(name, s) {
			return i + 1
		}
	}
	return 0
}

// zones are the names of RFC 2822 and those that are clear everywhere.
var zones = map[string]int{
	"utc": 0, "gmt": 0, "z": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
	"bst": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3, "jst": 9,
}

func (m *moment) word(s string) int {
	n := 0
	for n < len(s) && isLetter(s[n]) {
		n++
	}
	word := s[:n]
	hours, isZone := zones[word]
	switch {
	case monthOf(word) > 0 && m.month < 0:
		m.month = monthOf(word)
	case word == "am", word == "pm":
		m.am, m.pm = word == "am", word == "pm"
	case isZone && m.hour >= 0 && hours == 0:
		m.zone = time.UTC
	case isZone && m.hour >= 0:
		m.zone = time.FixedZone(strings.ToUpper(word), hours*3600)
	case word == "t" && n < len(s) && isDigit(s[n]), word == "of", word == "at", isWeekday(word):
	default:
		return 0
	}
	return n
}

func isWeekday(word string) bool {
	for _, name := range weekdays {
		if len(word) >= 3 && strings.HasPrefix(name, word) {
			return true
		}
	}
	return false
}
