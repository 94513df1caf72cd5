package condition

import (
	"testing"
	"time"
)

func TestDurations(t *testing.T) {
	rows := []struct {
		text, canonical, words string
		length                 time.Duration
	}{
		{"90s", "90s", "90 seconds", 90 * time.Second},
		{"1s", "1s", "1 second", time.Second},
		{"60s", "1m", "1 minute", time.Minute},
		{"15m", "15m", "15 minutes", 15 * time.Minute},
		{"4h", "4h", "4 hours", 4 * time.Hour},
		{"24h", "1d", "1 day", day},
		{"36h", "36h", "36 hours", 36 * time.Hour},
		{"2d", "2d", "2 days", 2 * day},
		{"7d", "1w", "1 week", week},
		{"14d", "2w", "2 weeks", 2 * week},
		{"5200w", "5200w", "5200 weeks", 5200 * week},
	}
	for _, r := range rows {
		d, err := ParseDuration(r.text)
		if err != nil || d != r.length || FormatDuration(d) != r.canonical || DurationWords(d) != r.words {
			t.Errorf("%s: %v, %q, %q, %v", r.text, d, FormatDuration(d), DurationWords(d), err)
		}
	}
	for _, bad := range []string{"", "s", "5", "0d", "-1d", "+1d", "1.5h", "1D", "1y", " 1d", "1d ", "1d12h", "5201w", "99999999999999999999s", "1µ", "１d"} {
		if d, err := ParseDuration(bad); err == nil {
			t.Errorf("%q is %v", bad, d)
		}
	}
	if FormatDuration(0) != "0s" || DurationWords(0) != "0 seconds" {
		t.Error(FormatDuration(0), DurationWords(0))
	}
}
