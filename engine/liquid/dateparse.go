package liquid

import (
	"strconv"
	"strings"
	"time"
)

// maxDateText is the longest text that is looked at as a time, in bytes.
const maxDateText = 100

// moment is what a text says of a time. What it does not say is negative.
type moment struct {
	year, month, day     int
	hour, minute, second int
	nanos                int
	pm, am               bool
	zone                 *time.Location
	numbers              []int // that may be a day or a year
}

// parseTime reads a time in the usual ways to write one, in lower case:
// ISO 8601, RFC 2822, "march 14, 2016 10:30 pm", "14/3/2016", "10:30". What is
// missing of the date is today's; the time of day is midnight.
func parseTime(text string, now time.Time) (time.Time, bool) {
	m := moment{year: -1, month: -1, day: -1, hour: -1, zone: now.Location()}
	s := text
	for s != "" {
		n := m.take(s)
		if n == 0 {
			return time.Time{}, false
		}
		s = s[n:]
	}
	return m.time(now)
}

// take reads the next word or number and gives its length; 0 when it means
// nothing.
func (m *moment) take(s string) int {
	switch c := s[0]; {
	case isSpace(c) || c == ',' || c == '.':
		return 1
	case isDigit(c):
		return m.number(s)
	case (c == '+' || c == '-') && m.hour >= 0:
		return m.offset(s)
	case isLetter(c):
		return m.word(s)
	}
	return 0
}

// digits is how many digits a text begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

func (m *moment) number(s string) int {
	n := digits(s)
	if n > 14 {
		return 0
	}
	if n < len(s) && s[n] == ':' && n <= 2 {
		return m.clock(s)
	}
	if n < len(s) && (s[n] == '-' || s[n] == '/' || s[n] == '.') && m.month < 0 {
		if taken := m.dashed(s, s[n]); taken > 0 {
			return taken
		}
	}
	if n == 8 || n == 14 {
		return m.compact(s, n)
	}
	rest := s[n:]
	for _, suffix := range []string{"st", "nd", "rd", "th"} {
		if strings.HasPrefix(rest, suffix) {
			m.numbers = append(m.numbers, atoi(s[:n]))
			return n + 2
		}
	}
	if trimmed := trimLeft(rest); n <= 2 && m.hour < 0 && (strings.HasPrefix(trimmed, "am") || strings.HasPrefix(trimmed, "pm")) {
		m.hour, m.minute, m.second = atoi(s[:n]), 0, 0
		return n
	}
	m.numbers = append(m.numbers, atoi(s[:n]))
	return n
}

// compact reads 20160314 and 20160314103000.
func (m *moment) compact(s string, n int) int {
	m.year, m.month, m.day = atoi(s[:4]), atoi(s[4:6]), atoi(s[6:8])
	if n == 14 {
		m.hour, m.minute, m.second = atoi(s[8:10]), atoi(s[10:12]), atoi(s[12:14])
	}
	return n
}

// clock reads 10:30, 10:30:15 and 10:30:15.123.
func (m *moment) clock(s string) int {
	var parts [3]int
	at := 0
	for i := range parts {
		n := digits(s[at:])
		if n == 0 || n > 2 {
			return 0
		}
		parts[i] = atoi(s[at : at+n])
		if at += n; at == len(s) || s[at] != ':' || i == 2 {
			break
		}
		at++
	}
	m.hour, m.minute, m.second = parts[0], parts[1], parts[2]
	if n := 0; at < len(s) && s[at] == '.' {
		if n = digits(s[at+1:]); n > 0 {
			m.nanos = atoi((s[at+1:at+1+n] + "000000000")[:9])
			at += n + 1
		}
	}
	return at
}

// dashed reads 2016-03-14, 2016/3/14, 14/3/2016, 14-3-2016, 14-mar-2016 and
// 2016-03.
func (m *moment) dashed(s string, separator byte) int {
	var parts [3]string
	at, count := 0, 0
	for count < 3 {
		n := at
		for n < len(s) && (isDigit(s[n]) || isLetter(s[n]) && count == 1) {
			n++
		}
		if n == at {
			break
		}
		parts[count] = s[at:n]
		count++
		if at = n; at == len(s) || s[at] != separator || count == 3 {
			break
		}
		at++
	}
	if count < 2 || count == 2 && len(parts[0]) != 4 {
		return 0
	}
	if count == 2 {
		parts[2] = "1"
	}
	if len(parts[0]) < 3 && len(parts[2]) > 0 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	m.year, m.day = fullYear(parts[0]), atoi(parts[2])
	if m.month = atoi(parts[1]); m.month == 0 {
		m.month = monthOf(parts[1])
	}
	return at
}

// fullYear is a year; of two digits, one from 1969 to 2068.
func fullYear(s string) int {
	n := atoi(s)
	switch {
	case len(s) > 2:
		return n
	case n >= 69:
		return n + 1900
	}
	return n + 2000
}

// offset reads +0100, +01:00 and -5.
func (m *moment) offset(s string) int {
	n := digits(s[1:])
	hours, minutes, taken := 0, 0, n+1
	switch {
	case n == 4:
		hours, minutes = atoi(s[1:3]), atoi(s[3:5])
	case n == 1 || n == 2:
		hours = atoi(s[1 : 1+n])
		if rest := s[1+n:]; len(rest) > 2 && rest[0] == ':' && digits(rest[1:]) == 2 {
			minutes, taken = atoi(rest[1:3]), taken+3
		}
	default:
		return 0
	}
	seconds := hours*3600 + minutes*60
	if s[0] == '-' {
		seconds = -seconds
	}
	m.zone = time.FixedZone("", seconds)
	return taken
}

// place gives the numbers without a name their meaning: the day before the
// year, unless it can be no day.
func (m *moment) place() bool {
	for _, n := range m.numbers {
		switch {
		case m.day < 0 && n >= 1 && n <= 31 && m.month > 0:
			m.day = n
		case m.year < 0 && m.month > 0:
			m.year = fullYear(strconv.Itoa(n))
		default:
			return false
		}
	}
	return true
}

func (m *moment) time(now time.Time) (time.Time, bool) {
	if !m.place() || m.month < 0 && m.hour < 0 {
		return time.Time{}, false
	}
	if m.month < 0 {
		m.year, m.month, m.day = now.Year(), int(now.Month()), now.Day()
	}
	if m.year < 0 {
		m.year = now.Year()
	}
	m.day = max(m.day, 1)
	if m.hour < 0 {
		m.hour, m.minute, m.second = 0, 0, 0
	}
	if (m.am || m.pm) && (m.hour < 1 || m.hour > 12) {
		return time.Time{}, false
	}
	if m.am && m.hour == 12 || m.pm && m.hour < 12 {
		m.hour = (m.hour + 12) % 24
	}
	t := time.Date(m.year, time.Month(m.month), m.day, m.hour, m.minute, m.second, m.nanos, m.zone)
	exact := t.Day() == m.day && int(t.Month()) == m.month && m.hour < 24 && m.minute < 60 && m.second < 61
	return t, exact && m.year < 10000
}
