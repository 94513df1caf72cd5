package condition

import (
	"slices"
	"strings"
	"time"
)

// Subject is the person that a condition is asked about.
type Subject interface {
	// Attribute is the attribute of exactly this name, as encoding/json decodes
	// it: a string, bool, float64, json.Number, []any or map[string]any; int and
	// int64 will do as well. Identifiers and created_at are attributes, too.
	Attribute(name string) (any, bool)

	// InSegment tells whether the person is in a segment.
	InSegment(s Segment) bool

	// Events is how often the person did this since a time (ever, when it is
	// zero), counting only those whose data where accepts. A nil where accepts
	// all of them.
	Events(name string, since time.Time, where func(data map[string]any) bool) int

	// Messages tells whether the metric of m happened since a time (ever, when
	// it is zero) with any of the messages that m means. Its Within is that time
	// already.
	Messages(m Message, since time.Time) bool
}

// Match tells whether the condition holds for s. The nil condition holds for
// everyone.
func (c *Condition) Match(s Subject, now time.Time) bool {
	fails := func(c Condition) bool { return !c.Match(s, now) }
	holds := func(c Condition) bool { return c.Match(s, now) }
	switch {
	case c == nil:
		return true
	case c.And != nil:
		return !slices.ContainsFunc(c.And, fails)
	case c.Or != nil:
		return slices.ContainsFunc(c.Or, holds)
	case c.Not != nil:
		return !c.Not.Match(s, now)
	case c.Attribute != nil:
		return c.Attribute.match(s.Attribute, now)
	case c.Segment != nil:
		return s.InSegment(*c.Segment)
	case c.Event != nil:
		return c.Event.match(s, now)
	case c.Message != nil:
		return s.Messages(*c.Message, since(c.Message.Within, now))
	}
	return false // an empty node asks nothing, and Check refuses it
}

// MatchData tells whether the condition holds for the data of an event.
func (c *Condition) MatchData(data map[string]any, now time.Time) bool {
	return c.Match(fields(data), now)
}

// fields is an event's data as the Subject of a condition that passed CheckData.
type fields map[string]any

func (f fields) Attribute(name string) (any, bool) { v, ok := f[name]; return v, ok }

func (fields) InSegment(Segment) bool                                  { return false }
func (fields) Events(string, time.Time, func(map[string]any) bool) int { return 0 }
func (fields) Messages(Message, time.Time) bool                        { return false }

func (e *Event) match(s Subject, now time.Time) bool {
	var where func(map[string]any) bool
	if e.Where != nil {
		where = func(data map[string]any) bool { return e.Where.MatchData(data, now) }
	}
	return s.Events(e.Name, since(e.Within, now), where) >= max(1, e.AtLeast)
}

func since(within string, now time.Time) time.Time {
	d, err := ParseDuration(within)
	if err != nil {
		return time.Time{}
	}
	return now.Add(-d)
}

func (a *Attribute) match(lookup func(string) (any, bool), now time.Time) bool {
	op, negated := a.Operator.positive()
	found := find(lookup, a.Field)
	if op == Exists {
		return slices.ContainsFunc(found, exists) != negated
	}
	test := a.test(op, now)
	return slices.ContainsFunc(found, func(v any) bool { return anyScalar(v, test) }) != negated
}

func exists(v any) bool { return v != nil && v != "" }

// anyScalar tells whether a value, or any element of a list, passes the test.
func anyScalar(v any, test func(scalar) bool) bool {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	return slices.ContainsFunc(list, func(v any) bool {
		s, ok := scalarOf(v)
		return ok && test(s)
	})
}

// test is the comparison that an operator makes with one scalar.
func (a *Attribute) test(op Operator, now time.Time) func(scalar) bool {
	switch op {
	case IsTrue:
		return func(s scalar) bool { return s.text == "true" || s.text == "1" }
	case IsFalse:
		return func(s scalar) bool { return s.text == "false" || s.text == "0" }
	case IsTimestamp:
		return func(s scalar) bool { _, ok := s.time(); return ok }
	case Before, After, WithinPast, WithinNext:
		return a.timeTest(op, now)
	case Gt, Gte, Lt, Lte:
		return a.numberTest(op)
	}
	return a.textTest(op)
}

func (a *Attribute) textTest(op Operator) func(scalar) bool {
	var wanted []scalar
	for _, v := range a.Values() {
		if s, ok := scalarOf(v); ok {
			wanted = append(wanted, s)
		}
	}
	return func(s scalar) bool {
		return slices.ContainsFunc(wanted, func(w scalar) bool {
			switch op {
			case Eq:
				return s.equal(w)
			case Contains:
				return strings.Contains(s.text, w.text)
			case StartsWith:
				return strings.HasPrefix(s.text, w.text)
			case EndsWith:
				return strings.HasSuffix(s.text, w.text)
			}
			return false
		})
	}
}

func (a *Attribute) numberTest(op Operator) func(scalar) bool {
	var wanted scalar
	if values := a.Values(); len(values) == 1 {
		wanted, _ = scalarOf(values[0])
	}
	return func(s scalar) bool {
		if s.number == "" || wanted.number == "" {
			return false
		}
		order := s.compare(wanted)
		switch op {
		case Gt:
			return order > 0
		case Gte:
			return order >= 0
		case Lt:
			return order < 0
		default:
			return order <= 0
		}
	}
}

func (a *Attribute) timeTest(op Operator, now time.Time) func(scalar) bool {
	moment, ok := a.Moment(now)
	return func(s scalar) bool {
		t, isTime := s.time()
		if !ok || !isTime {
			return false
		}
		switch op {
		case Before:
			return t.Before(moment)
		case After:
			return t.After(moment)
		case WithinPast:
			return !t.Before(moment) && !t.After(now)
		default:
			return !t.Before(now) && !t.After(moment)
		}
	}
}
