package views

import (
	"testing"
	"time"
)

func TestAgo(t *testing.T) {
	now := time.Date(2026, 11, 23, 13, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		past time.Duration
		want string
	}{
		{0, "now"},
		{-time.Minute, "now"}, // a clock that is a little ahead
		{59 * time.Second, "now"},
		{time.Minute, "1 min ago"},
		{59 * time.Minute, "59 min ago"},
		{11*time.Hour + 59*time.Minute, "11 h ago"},
		{13 * time.Hour, "today 00:30"},
		{14 * time.Hour, "yesterday 23:30"},
		{37 * time.Hour, "yesterday 00:30"},
		{38 * time.Hour, "Saturday 23:30"},
		{7 * 24 * time.Hour, "16 Nov 2026"},
	} {
		if got := Ago(now.Add(-c.past), now); got != c.want {
			t.Errorf("%v ago is %q, want %q", c.past, got, c.want)
		}
	}
}
