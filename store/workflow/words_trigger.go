package workflow

import (
	"strconv"

	"github.com/postroom/postroom/store/condition"
)

// Words is the trigger for people, such as: Does “signed_up” where plan is
// "pro".
func (t Trigger) Words() string {
	switch t.Type {
	case OnEvent:
		return "Does " + quote(t.Event) + where(t.Filter)
	case OnForm:
		return "Submits the form " + quote(t.Form) + where(t.Filter)
	case OnSegment:
		return crosses(t.When) + segmentWords(t.Segment)
	case OnDate:
		return t.Date.words()
	case OnWebhook:
		return "The campaign’s webhook is called" + where(t.Filter)
	case OnCall:
		if t.People == nil {
			return "The API calls it, with whom it names"
		}
		return "The API calls it, for who " + t.People.Words()
	}
	return "Not chosen yet"
}

func where(filter *condition.Condition) string {
	if filter == nil {
		return ""
	}
	return " where " + filter.Words()
}

func crosses(when Crossing) string {
	if when == Leave {
		return "Leaves "
	}
	return "Enters "
}

func (d *Date) words() string {
	if d == nil || d.Attribute == "" {
		return "A date that is not chosen yet"
	}
	words := "On the day of " + d.Attribute
	if length, err := condition.ParseDuration(d.Before); err == nil {
		words = condition.DurationWords(length) + " before " + d.Attribute
	} else if length, err := condition.ParseDuration(d.After); err == nil {
		words = condition.DurationWords(length) + " after " + d.Attribute
	}
	words += " at " + d.At
	switch d.Repeat {
	case RepeatYearly:
		words += ", every year"
	case RepeatMonthly:
		words += ", every month"
	}
	return words
}

func segmentWords(s *condition.Segment) string {
	switch {
	case s == nil || *s == (condition.Segment{}):
		return "a segment that is not chosen yet"
	case s.Name != "":
		return "the segment " + quote(s.Name)
	}
	return "the segment " + strconv.FormatInt(s.ID, 10)
}

// Words is the frequency for people.
func (f Frequency) Words() string {
	if length, err := condition.ParseDuration(f.Interval); err == nil {
		return "Again every " + condition.DurationWords(length) + " while they match"
	}
	if !f.Repeat {
		return "Once per person"
	}
	length, err := condition.ParseDuration(f.Every)
	if err != nil {
		return "On each match"
	}
	return "On each match, at most once in " + condition.DurationWords(length)
}

// Words is the goal for people. There may be none.
func (g *Goal) Words() string {
	if g == nil {
		return "No goal"
	}
	words := "Does " + quote(g.Event)
	if g.Segment != nil {
		words = crosses(g.When) + segmentWords(g.Segment)
	}
	if length, err := condition.ParseDuration(g.Within); err == nil {
		words += " within " + condition.DurationWords(length)
	}
	switch g.Since {
	case SinceOpened:
		words += " of opening a message"
	case SinceClicked:
		words += " of clicking in a message"
	}
	return words
}

// Words is the early exit for people.
func (e Exit) Words() string {
	switch e {
	case ExitGoal:
		return "When the goal is met"
	case ExitFilter:
		return "When they no longer match"
	case ExitEither:
		return "When the goal is met, or they no longer match"
	}
	return "Only at the end"
}

// Words is who gets messages, for people.
func (s Subscription) Words() string {
	if name, ok := s.Topic(); ok {
		return "Who is subscribed to " + quote(name)
	}
	if s.ToAll() {
		return "Everybody, also who has unsubscribed"
	}
	return "Who has not unsubscribed"
}
