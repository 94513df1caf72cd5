package workflow

import (
	"slices"
	"strings"
	"time"
)

// TimeWindow lets people go on at certain hours only.
type TimeWindow struct {
	Days       []string `json:"days"`                  // mon to sun
	From       string   `json:"from"`                  // 09:00
	To         string   `json:"to"`                    // 17:00; the day ends at 24:00; up to From or before it: of the day after
	Zone       string   `json:"zone"`                  // its IANA name, such as Europe/Berlin
	PersonZone bool     `json:"person_zone,omitempty"` // who has a valid attribute timezone is taken by that instead
}

// Weekdays is the days of the week as documents write them, from Monday.
var Weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

func weekday(d time.Weekday) string { return Weekdays[(int(d)+6)%7] }

// Opens is the first moment from now on at which the window is open, by the
// clocks of a zone: now itself when it is. The zero time: it never opens.
func (w TimeWindow) Opens(now time.Time, zone *time.Location) time.Time {
	local := now.In(zone)
	for day := -1; day <= 7; day++ { // yesterday's may still be open
		from, to, ok := w.on(local.AddDate(0, 0, day))
		if !ok || !now.Before(to) {
			continue
		}
		if now.Before(from) {
			return from.UTC()
		}
		return now
	}
	return time.Time{}
}

// on is when the window opens and closes that begins on the day of t. Times
// that a change of the clocks leaves out are those an hour later.
func (w TimeWindow) on(t time.Time) (from, to time.Time, ok bool) {
	opens, ok1 := minuteOfDay(w.From)
	closes, ok2 := minuteOfDay(w.To)
	if !ok1 || !ok2 || !slices.Contains(w.Days, weekday(t.Weekday())) {
		return from, to, false
	}
	at := func(days, minute int) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day()+days, 0, minute, 0, 0, t.Location())
	}
	if closes <= opens {
		return at(0, opens), at(1, closes), true
	}
	return at(0, opens), at(0, closes), true
}

// minuteOfDay reads 00:00 to 24:00.
func minuteOfDay(s string) (minute int, ok bool) {
	if s == "24:00" {
		return 24 * 60, true
	}
	t, err := time.Parse("15:04", s)
	return t.Hour()*60 + t.Minute(), err == nil
}

// zoneFor is the zone whose clocks count for somebody: their own if it is to be
// heeded and is a real one, else the fallback; UTC when that is none.
func zoneFor(own string, heed bool, fallback string) *time.Location {
	if zone, ok := Zone(own); heed && ok {
		return zone
	}
	if zone, ok := Zone(fallback); ok {
		return zone
	}
	return time.UTC
}

// Zone is the time zone of an IANA name such as Europe/Berlin. Offsets and the
// server's own zone are none.
func Zone(name string) (*time.Location, bool) {
	if name == "" || strings.EqualFold(name, "local") {
		return nil, false
	}
	zone, err := time.LoadLocation(name)
	return zone, err == nil
}
