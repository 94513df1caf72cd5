package workflow

import (
	"time"

	"github.com/postroom/postroom/store/condition"
)

// Admits says whether the campaign's filter lets somebody in. When it does not,
// again is when time alone may change that; zero: never.
func (c Campaign) Admits(s condition.Subject, now time.Time) (is bool, again time.Time) {
	if c.Filter == nil {
		return true, time.Time{}
	}
	is, again = c.Filter.Follow(s, now)
	if c.Filter.MovesInside() { // nobody knows when: look again now and then
		if soon := now.Add(time.Minute); again.IsZero() || soon.Before(again) {
			again = soon
		}
	}
	return is, again
}

// Leaves says why somebody inside leaves early because they match no longer;
// empty: they stay.
func (c Campaign) Leaves(s condition.Subject, now time.Time) (reason string) {
	if !c.Exit.AtFilter() {
		return ""
	}
	if reason := c.LeavesTrigger(s); reason != "" {
		return reason
	}
	if !c.Filter.Match(s, now) {
		return "No longer matches the campaign’s filter."
	}
	return ""
}

// LeavesTrigger is Leaves for the segment of the trigger alone, which is asked
// before waits, too.
func (c Campaign) LeavesTrigger(s condition.Subject) (reason string) {
	t := c.Trigger
	if !c.Exit.AtFilter() || t.Type != OnSegment || t.Segment == nil {
		return ""
	}
	switch in := s.InSegment(*t.Segment); {
	case !in && t.When != Leave:
		return "Left the segment that the campaign is for."
	case in && t.When == Leave:
		return "Came back into the segment whose leaving started it."
	}
	return ""
}
