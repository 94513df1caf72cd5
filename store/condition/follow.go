package condition

import (
	"math"
	"time"
)

// never is the time, in unix microseconds, of what time alone does not bring.
const never = math.MaxInt64

// verdict is what a condition says at one moment, and the moment, in unix
// microseconds, up to which it says the same if nothing but time happens.
type verdict struct {
	is    bool
	until int64
}

// Follow is Match, and the first moment at which its answer may be another one
// although nothing but time has passed; zero: never. Dates that move inside of
// where are not followed; see MovesInside.
func (c *Condition) Follow(s Subject, now time.Time) (is bool, until time.Time) {
	v := c.follow(s, now)
	if v.until == never {
		return v.is, time.Time{}
	}
	return v.is, time.UnixMicro(v.until).UTC()
}

func (c *Condition) follow(s Subject, now time.Time) verdict {
	switch {
	case c == nil:
		return verdict{true, never}
	case c.And != nil:
		return allOf(followAll(c.And, s, now))
	case c.Or != nil:
		return anyOf(followAll(c.Or, s, now))
	case c.absence():
		return allOf([]verdict{c.Not.Event.knownLong(s, now), c.Not.follow(s, now).not()})
	case c.Not != nil:
		return c.Not.follow(s, now).not()
	case c.Attribute != nil:
		return verdict{c.Attribute.match(s.Attribute, now), c.Attribute.until(s.Attribute, now)}
	case c.Event != nil:
		return c.Event.follow(s, now)
	case c.Message != nil:
		return c.Message.follow(s, now)
	}
	return verdict{c.Match(s, now), never}
}

func followAll(items []Condition, s Subject, now time.Time) []verdict {
	all := make([]verdict, len(items))
	for i := range items {
		all[i] = items[i].follow(s, now)
	}
	return all
}

func (v verdict) not() verdict { return verdict{!v.is, v.until} }

// allOf holds until the first part changes. When it does not hold, every part
// that fails has to change first.
func allOf(parts []verdict) verdict {
	holds, first, last := true, int64(never), int64(0)
	for _, p := range parts {
		first = min(first, p.until)
		if !p.is {
			holds, last = false, max(last, p.until)
		}
	}
	if holds {
		return verdict{true, first}
	}
	return verdict{false, last}
}

func anyOf(parts []verdict) verdict {
	opposite := make([]verdict, len(parts))
	for i, p := range parts {
		opposite[i] = p.not()
	}
	return allOf(opposite).not()
}

// follow counts what lies in the window, which the last needed one leaves.
func (e *Event) follow(s Subject, now time.Time) verdict {
	var where func(map[string]any) bool
	if e.Where != nil {
		where = func(data map[string]any) bool { return e.Where.MatchData(data, now) }
	}
	times := s.Events(*e, e.Count(), where)
	if len(times) < e.Count() {
		return verdict{false, never}
	}
	return within(times[e.Count()-1], e.Within, now)
}

func (m *Message) follow(s Subject, now time.Time) verdict {
	at := s.Message(*m)
	if at.IsZero() {
		return verdict{false, never}
	}
	return within(at, m.Within, now)
}

// within tells whether at is not longer ago than a duration.
func within(at time.Time, duration string, now time.Time) verdict {
	d, err := ParseDuration(duration)
	if err != nil {
		return verdict{true, never}
	}
	leaves := at.UnixMicro() + d.Microseconds() + 1
	if now.UnixMicro() < leaves {
		return verdict{true, leaves}
	}
	return verdict{false, never}
}

// knownLong tells whether the person has been known for as long as e looks back.
func (e *Event) knownLong(s Subject, now time.Time) verdict {
	return within(s.KnownSince(), e.Within, now).not()
}

// until is when a moment that moves with the clock next passes one of the
// attribute's values.
func (a *Attribute) until(lookup func(string) (any, bool), now time.Time) int64 {
	next := int64(never)
	if !a.Moves() {
		return next
	}
	for _, v := range find(lookup, a.Field) {
		anyScalar(v, func(s scalar) bool {
			if t, ok := s.time(); ok {
				next = min(next, a.passes(t.UnixMicro(), now.UnixMicro()))
			}
			return false // ask all of them
		})
	}
	return next
}

// passes is when a value of t next makes a difference, t and now in unix
// microseconds.
func (a *Attribute) passes(t, now int64) int64 {
	next := int64(never)
	for _, shift := range a.Shifts() {
		for _, at := range []int64{t + shift.Microseconds(), t + shift.Microseconds() + 1} {
			if at > now {
				next = min(next, at)
			}
		}
	}
	return next
}

// Moves says whether the condition's answer depends on the clock.
func (a *Attribute) Moves() bool { return len(a.Shifts()) > 0 }

// Shifts is how long after the attribute's value (before it, when negative)
// the answer may change; none when the clock does not matter.
func (a *Attribute) Shifts() []time.Duration {
	values := a.Values()
	if len(values) != 1 {
		return nil
	}
	s, _ := values[0].(string)
	switch a.Operator {
	case WithinPast:
		d, _ := relative("+" + s)
		return []time.Duration{0, d}
	case WithinNext:
		d, _ := relative("-" + s)
		return []time.Duration{d, 0}
	case Before, After:
		if d, ok := relative(s); ok {
			return []time.Duration{-d}
		}
	}
	return nil
}

// Moves says whether the condition's answer may change by time alone.
func (c *Condition) Moves() (yes bool) {
	c.Each(func(c *Condition) {
		yes = yes || c.Attribute != nil && c.Attribute.Moves() || c.Event != nil && c.Event.Within != "" || c.Message != nil && c.Message.Within != ""
	})
	return yes
}

// MovesInside says whether where, of any event, has a date that moves with the
// clock, which Follow cannot follow.
func (c *Condition) MovesInside() (yes bool) {
	c.Each(func(c *Condition) {
		yes = yes || c.Event != nil && c.Event.Where != nil && c.Event.Where.Moves()
	})
	return yes
}
