package workflow

import (
	"strings"
	"time"

	"github.com/postroom/postroom/store/condition"
)

// Trigger is what makes a person enter. The zero Trigger is not chosen yet.
type Trigger struct {
	Type    TriggerType
	Event   string               // of OnEvent: the event's name
	Form    string               // of OnForm: the form's id
	Filter  *condition.Condition // of OnEvent, OnForm and OnWebhook: what the data must be; nil for any
	Segment *condition.Segment   // of OnSegment
	When    Crossing             // of OnSegment
	Date    *Date                // of OnDate
	Person  *PersonRef           // of OnWebhook: who it is about, from the payload; nil: nobody
	People  *condition.Condition // of OnCall: whom a call that names nobody means; nil: such a call is refused
}

// TriggerType is a kind of trigger, as the document writes it.
type TriggerType string

// The triggers of this version.
const (
	OnEvent   TriggerType = "event"
	OnSegment TriggerType = "segment"
	OnDate    TriggerType = "date"
	OnForm    TriggerType = "form"
	OnWebhook TriggerType = "webhook"
	OnCall    TriggerType = "api" // the campaign is an API-triggered broadcast
)

// TriggerTypes is every type of trigger, in the order of a menu.
func TriggerTypes() []TriggerType {
	return []TriggerType{OnEvent, OnSegment, OnDate, OnForm, OnWebhook, OnCall}
}

// Patient says whether somebody who is triggered and does not match the
// campaign's filter yet is asked again for a while: what happened to them is
// often told before what they are.
func (t Trigger) Patient() bool {
	return t.Type == OnEvent || t.Type == OnForm || t.Type == OnWebhook
}

// Crossing is the way over a segment's border that starts a journey.
type Crossing string

// The two ways over a segment's border.
const (
	Enter Crossing = "enter"
	Leave Crossing = "leave"
)

// Date starts a journey on, before or after a day that an attribute of the
// person names: unix seconds, or an ISO 8601 date or time.
type Date struct {
	Attribute  string `json:"attribute"`
	Before     string `json:"before,omitempty"` // whole days or weeks, such as 3d; at most one of both is set
	After      string `json:"after,omitempty"`
	At         string `json:"at"` // the time of that day, 09:00
	Zone       string `json:"zone"`
	PersonZone bool   `json:"person_zone,omitempty"` // as of a TimeWindow
	Repeat     Repeat `json:"repeat"`
}

// Repeat says how often a date comes.
type Repeat string

// The ways in which a date repeats.
const (
	RepeatOnce    Repeat = "once"
	RepeatYearly  Repeat = "yearly"
	RepeatMonthly Repeat = "monthly"
)

// Next is the first moment after a time at which the date of a person starts a
// journey: value is what their attribute holds, zone their attribute timezone.
// The zero time: it never does. The 29th of February comes on the 28th in
// other years, and the 31st on the last day of shorter months.
func (d Date) Next(value any, zone string, after time.Time) time.Time {
	clocks := d.Clocks(zone)
	day, ok := dayOf(value, clocks)
	minute, known := minuteOfDay(d.At)
	if !ok || !known {
		return time.Time{}
	}
	at := func(y int, m time.Month, dom int) time.Time {
		if last := time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day(); dom > last {
			dom = last
		}
		return clockTime(y, m, dom+d.shift(), minute, clocks).UTC()
	}
	y, m, dom := day.Date()
	if d.Repeat != RepeatYearly && d.Repeat != RepeatMonthly {
		return onlyAfter(at(y, m, dom), after)
	}
	months := 12
	if d.Repeat == RepeatMonthly {
		months = 1
	}
	start := after.In(clocks).AddDate(-1, 0, -d.shift()) // too early by a year: the rest is looked through
	passed := (start.Year()-y)*12 + int(start.Month()-m)
	for n := max(0, passed/months); ; n++ {
		total := int(m) - 1 + n*months
		next := at(y+total/12, time.Month(total%12+1), dom)
		if next.After(after) {
			return next
		}
	}
}

// Clocks is the zone by which the date of a person counts whose attribute
// timezone is zone.
func (d Date) Clocks(zone string) *time.Location { return zoneFor(zone, d.PersonZone, d.Zone) }

func onlyAfter(t, after time.Time) time.Time {
	if t.After(after) {
		return t
	}
	return time.Time{}
}

// shift is how many days after its day the date counts.
func (d Date) shift() int {
	if length, err := condition.ParseDuration(d.After); err == nil {
		return int(length / (24 * time.Hour))
	}
	if length, err := condition.ParseDuration(d.Before); err == nil {
		return -int(length / (24 * time.Hour))
	}
	return 0
}

// dateLayouts is how a moment may be written, the usual way first.
var dateLayouts = []string{
	time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04",
	"2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z0700",
}

// dayOf reads the day that an attribute names. A moment is the day that it is
// by those clocks; a bare date is that day wherever one is. Zero is what
// programs write for “no date”, and is none.
func dayOf(value any, clocks *time.Location) (time.Time, bool) {
	if text, ok := value.(string); ok {
		text = strings.TrimSpace(text)
		if day, err := time.Parse(time.DateOnly, text); err == nil {
			return day, true
		}
		for _, layout := range dateLayouts {
			if t, err := time.ParseInLocation(layout, text, clocks); err == nil {
				return t.In(clocks), true
			}
		}
	}
	t, ok := condition.Timestamp(value)
	if !ok || t.Unix() == 0 {
		return time.Time{}, false
	}
	return t.In(clocks), true
}

// Goal is what the campaign wants people to do: exactly one of an event that
// happens and a segment that is entered or left.
type Goal struct {
	Event   string
	Segment *condition.Segment
	When    Crossing // of Segment
	Within  string   // of Since, such as "7d"; any time up to MaxGoal when empty
	Since   Moment   // of the message from which on it counts
}

// MaxGoal is how long after a message a goal may be met.
const MaxGoal = 90 * 24 * time.Hour

// Moment is something that happens to a message.
type Moment string

// The moments from which on a goal may be met.
const (
	SinceSent    Moment = "sent"
	SinceOpened  Moment = "opened"
	SinceClicked Moment = "clicked"
)

// MarshalJSON writes the fields that the goal has.
func (g Goal) MarshalJSON() ([]byte, error) {
	since := g.Since
	if since == SinceSent {
		since = ""
	}
	if g.Segment != nil {
		return encode(struct {
			Segment *condition.Segment `json:"segment"`
			When    Crossing           `json:"when"`
			Within  string             `json:"within,omitempty"`
			Since   Moment             `json:"since,omitempty"`
		}{g.Segment, g.When, g.Within, since})
	}
	return encode(struct {
		Event  string `json:"event"`
		Within string `json:"within,omitempty"`
		Since  Moment `json:"since,omitempty"`
	}{g.Event, g.Within, since})
}

// From is the moment from which on the goal counts.
func (g *Goal) From() Moment {
	if g.Since == "" {
		return SinceSent
	}
	return g.Since
}

// Window is how long after the message the goal may be met.
func (g *Goal) Window() time.Duration {
	if d, err := condition.ParseDuration(g.Within); err == nil {
		return min(d, MaxGoal)
	}
	return MaxGoal
}

// Exit says when people leave before the end.
type Exit string

// The early exits.
const (
	ExitNever  Exit = "never"
	ExitGoal   Exit = "goal"   // as soon as the goal is met
	ExitFilter Exit = "filter" // when they match the trigger’s segment (asked before waits, too) or the filter no longer, asked before each action
	ExitEither Exit = "goal_or_filter"
)

var exits = []Exit{ExitNever, ExitGoal, ExitFilter, ExitEither}

// AtGoal says whether people leave when they meet the goal.
func (e Exit) AtGoal() bool { return e == ExitGoal || e == ExitEither }

// AtFilter says whether people leave who match no longer.
func (e Exit) AtFilter() bool { return e == ExitFilter || e == ExitEither }

// Frequency says how often one person may enter. The zero Frequency is once.
type Frequency struct {
	Repeat   bool   // on each match
	Every    string // with Repeat: at most once in this time, such as "7d"; no limit when empty
	Interval string // again and again after this time, as long as they are in the trigger's segment
}

// Audience is whom a trigger is likely to be about: who did the event before,
// who is in the segment, who has the date. Nil: it may be anybody.
func (t Trigger) Audience() *condition.Condition {
	switch {
	case t.Type == OnEvent:
		return &condition.Condition{Event: &condition.Event{Name: t.Event}}
	case t.Type == OnSegment && t.Segment != nil:
		return &condition.Condition{Segment: t.Segment}
	case t.Type == OnDate && t.Date != nil:
		return &condition.Condition{Attribute: &condition.Attribute{Field: t.Date.Attribute, Operator: condition.Exists}}
	case t.Type == OnCall:
		return t.People
	}
	return nil
}

// Allows says whether somebody may enter now who last entered at a time; zero:
// never.
func (f Frequency) Allows(last, now time.Time) bool {
	if last.IsZero() || f.Repeat && f.Every == "" {
		return true
	}
	pause, err := condition.ParseDuration(f.Every + f.Interval) // one of both is set, if it may happen again
	return err == nil && !last.Add(pause).After(now)
}

// MarshalJSON writes the fields that a trigger of this type has, or null when
// none is chosen.
func (t Trigger) MarshalJSON() ([]byte, error) {
	switch t.Type {
	case OnEvent:
		return encode(struct {
			Type   TriggerType          `json:"type"`
			Event  string               `json:"event"`
			Filter *condition.Condition `json:"filter,omitempty"`
		}{t.Type, t.Event, t.Filter})
	case OnForm:
		return encode(struct {
			Type   TriggerType          `json:"type"`
			Form   string               `json:"form"`
			Filter *condition.Condition `json:"filter,omitempty"`
		}{t.Type, t.Form, t.Filter})
	case OnSegment:
		return encode(struct {
			Type    TriggerType        `json:"type"`
			Segment *condition.Segment `json:"segment"`
			When    Crossing           `json:"when"`
		}{t.Type, t.Segment, t.When})
	case OnDate:
		return encode(struct {
			Type TriggerType `json:"type"`
			*Date
		}{t.Type, t.Date})
	case OnWebhook:
		return encode(struct {
			Type   TriggerType          `json:"type"`
			Person *PersonRef           `json:"person,omitempty"`
			Filter *condition.Condition `json:"filter,omitempty"`
		}{t.Type, t.Person, t.Filter})
	case OnCall:
		return encode(struct {
			Type   TriggerType          `json:"type"`
			People *condition.Condition `json:"people,omitempty"`
		}{t.Type, t.People})
	}
	return []byte("null"), nil
}

// MarshalJSON writes "once", "every", {"every": "7d"} or {"interval": "7d"}.
func (f Frequency) MarshalJSON() ([]byte, error) {
	switch {
	case f.Interval != "":
		return encode(map[string]string{"interval": f.Interval})
	case !f.Repeat:
		return []byte(`"once"`), nil
	case f.Every == "":
		return []byte(`"every"`), nil
	}
	return encode(map[string]string{"every": f.Every})
}
