package workflow

import (
	"slices"
	"strings"
	"sync"
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
	y, m, d := now.In(zone).Date()
	for day := -1; day <= 7; day++ { // yesterday's may still be open
		from, to, ok := w.on(y, m, d+day, zone)
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

// on is when the window opens and closes that begins on a day.
func (w TimeWindow) on(y int, m time.Month, d int, zone *time.Location) (from, to time.Time, ok bool) {
	opens, ok1 := minuteOfDay(w.From)
	closes, ok2 := minuteOfDay(w.To)
	day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	if !ok1 || !ok2 || !slices.Contains(w.Days, weekday(day.Weekday())) {
		return from, to, false
	}
	if closes <= opens {
		closes += minutesOfDay
	}
	from, to = clockTime(y, m, d, opens, zone), clockTime(y, m, d, closes, zone)
	if !from.Before(to) { // its hours are left out that day
		to = from.Add(time.Duration(closes-opens) * time.Minute)
	}
	return from, to, true
}

const minutesOfDay = 24 * 60

// clockTime is when the clocks of a zone show a minute of a day. One that a
// change of the clocks leaves out is as much later as they go forward; of one
// that comes twice it is the first.
func clockTime(y int, m time.Month, d, minute int, zone *time.Location) time.Time {
	t := time.Date(y, m, d, 0, minute, 0, 0, zone)
	want := time.Date(y, m, d, 0, minute, 0, 0, time.UTC)
	if early := want.Sub(shown(t)); early > 0 {
		return t.Add(early)
	}
	for _, back := range []time.Duration{time.Hour, 30 * time.Minute} { // by which clocks go back
		if first := t.Add(-back); shown(first).Equal(want) {
			return first
		}
	}
	return t
}

// shown is what the clocks show at a moment, as if it were UTC.
func shown(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// minuteOfDay reads 00:00 to 24:00.
func minuteOfDay(s string) (minute int, ok bool) {
	if s == "24:00" {
		return minutesOfDay, true
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

// zones keeps zones that were asked for: reading one takes longer than all that
// is done with it. There are some hundreds.
var zones sync.Map

// Zone is the time zone of an IANA name such as Europe/Berlin. Offsets and the
// server's own zone are none.
func Zone(name string) (*time.Location, bool) {
	if name == "" || strings.EqualFold(name, "local") {
		return nil, false
	}
	if zone, ok := zones.Load(name); ok {
		return zone.(*time.Location), true
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, false
	}
	zones.Store(name, zone)
	return zone, true
}

// IsClock says whether text is a time of day, 00:00 to 24:00.
func IsClock(text string) bool { _, ok := minuteOfDay(text); return ok }
