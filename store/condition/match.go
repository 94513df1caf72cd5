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

	// Events is when the person did what e names, the latest first and at most
	// limit times, counting only what where accepts. A nil where accepts all.
	// Its Within, AtLeast and Where are seen to already.
	Events(e Event, limit int, where func(data map[string]any) bool) []time.Time

	// Message is when the metric of m last happened with any of the messages
	// that m means, whatever its Within; zero: never.
	Message(m Message) time.Time

	// KnownSince is when the person is first heard of: when they were added or
	// their created_at, or what they first did, whichever is earliest.
	KnownSince() time.Time
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
	case c.absence():
		return c.Not.Event.knownLong(s, now).is && !c.Not.Match(s, now)
	case c.Not != nil:
		return !c.Not.Match(s, now)
	case c.Attribute != nil:
		return c.Attribute.match(s.Attribute, now)
	case c.Segment != nil:
		return s.InSegment(*c.Segment)
	case c.Event != nil:
		return c.Event.follow(s, now).is
	case c.Message != nil:
		return c.Message.follow(s, now).is
	}
	return false // an empty node asks nothing, and Check refuses it
}

// absence says whether this is "has not done X within a time".
func (c *Condition) absence() bool {
	return c.Not != nil && c.Not.Event != nil && c.Not.Event.Within != ""
}

// MatchData tells whether the condition holds for the data of an event.
func (c *Condition) MatchData(data map[string]any, now time.Time) bool {
	return c.Match(fields(data), now)
}

// fields is an event's data as the Subject of a condition that passed CheckData.
type fields map[string]any

func (f fields) Attribute(name string) (any, bool) { v, ok := f[name]; return v, ok }

func (fields) InSegment(Segment) bool                                   { return false }
func (fields) Events(Event, int, func(map[string]any) bool) []time.Time { return nil }
func (fields) Message(Message) time.Time                                { return time.Time{} }
func (fields) KnownSince() time.Time                                    { return time.Time{} }

// Count is how often the event must have happened.
func (e *Event) Count() int { return max(1, e.AtLeast) }

// Kind is event, page or screen.
func (e *Event) Kind() string {
	if e.Type == "" {
		return "event"
	}
	return e.Type
}

// Names tells whether the condition means an event, page or screen of this
// name, or a page of this URL (empty: not said).
func (e *Event) Names(kind, name, url string) bool {
	switch {
	case kind != e.Kind():
		return false
	case kind == "event":
		return name == e.Name
	}
	return wild(e.Name, name) || kind == "page" && url != "" && wild(e.Name, url)
}

// wild tells whether text is pattern, in which * is any text.
func wild(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	first, last := parts[0], parts[len(parts)-1]
	if len(text) < len(first)+len(last) || !strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(text, part)
		if !found {
			return false
		}
		text = after
	}
	return true
}

func (a *Attribute) match(lookup func(string) (any, bool), now time.Time) bool {
	op, negated := a.Operator.Positive()
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

// Value is what a field of the subject holds: an attribute or, in nested data,
// the first value that the field reaches.
func Value(s Subject, field string) (any, bool) {
	found := find(s.Attribute, field)
	if len(found) == 0 {
		return nil, false
	}
	return found[0], true
}

// Lookup is what a field reaches in an object, the first value of several.
func Lookup(object map[string]any, field string) (any, bool) {
	found := find(func(name string) (any, bool) {
		v, ok := object[name]
		return v, ok
	}, field)
	if len(found) == 0 {
		return nil, false
	}
	return found[0], true
}
