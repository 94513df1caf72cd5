package workflow

import (
	"maps"
	"slices"

	"github.com/postroom/postroom/store/condition"
)

// Clone is a copy of the campaign that shares nothing with it.
func (c Campaign) Clone() Campaign { return c.MapSegments(same) }

// MapSegments is a copy of the campaign in which every segment that it names
// is replaced by what to makes of it: names for ids on the way out, ids for
// names on the way in.
func (c Campaign) MapSegments(to func(condition.Segment) condition.Segment) Campaign {
	one := func(s *condition.Segment) *condition.Segment {
		if s == nil {
			return nil
		}
		mapped := to(*s)
		return &mapped
	}
	if c.Goal = pointer(c.Goal); c.Goal != nil {
		c.Goal.Segment = one(c.Goal.Segment)
	}
	c.Filter = c.Filter.MapSegments(to)
	c.Trigger.Filter = c.Trigger.Filter.MapSegments(to)
	c.Trigger.People = c.Trigger.People.MapSegments(to)
	c.Trigger.Segment = one(c.Trigger.Segment)
	c.Trigger.Date = pointer(c.Trigger.Date)
	c.Trigger.Person = pointer(c.Trigger.Person)
	c.Actions = MapSegments(c.Actions, to)
	return c
}

// MapSegments is Campaign.MapSegments for actions alone.
func MapSegments(actions []Action, to func(condition.Segment) condition.Segment) []Action {
	return mapConditions(actions, func(c *condition.Condition) *condition.Condition { return c.MapSegments(to) })
}

func same(s condition.Segment) condition.Segment { return s }

func cloneActions(actions []Action) []Action { return MapSegments(actions, same) }

// mapConditions is a deep copy of the actions in which each condition is
// replaced by what to makes of it, which must be a copy as well.
func mapConditions(actions []Action, to func(*condition.Condition) *condition.Condition) []Action {
	out := slices.Clone(actions)
	for i := range out {
		a := &out[i]
		a.Condition = to(a.Condition)
		a.Origin = pointer(a.Origin)
		a.copyMessage()
		a.copyData(to)
		a.Delay = pointer(a.Delay)
		if a.TimeWindow = pointer(a.TimeWindow); a.TimeWindow != nil {
			a.TimeWindow.Days = slices.Clone(a.TimeWindow.Days)
		}
		if a.Branch = pointer(a.Branch); a.Branch != nil {
			a.Branch.Paths = slices.Clone(a.Branch.Paths)
			for j := range a.Branch.Paths {
				p := &a.Branch.Paths[j]
				p.When, p.Actions = to(p.When), mapConditions(p.Actions, to)
			}
		}
	}
	return out
}

func (a *Action) copyMessage() {
	if a.Email = pointer(a.Email); a.Email != nil {
		a.Email.Languages = slices.Clone(a.Email.Languages)
	}
	if a.Webhook = pointer(a.Webhook); a.Webhook != nil {
		a.Webhook.Headers = slices.Clone(a.Webhook.Headers)
		a.Webhook.LeftOut = slices.Clone(a.Webhook.LeftOut)
		a.Webhook.Response = slices.Clone(a.Webhook.Response)
	}
	a.Slack, a.Push, a.SMS = pointer(a.Slack), pointer(a.Push), pointer(a.SMS)
}

func (a *Action) copyData(to func(*condition.Condition) *condition.Condition) {
	if a.UpdatePerson = pointer(a.UpdatePerson); a.UpdatePerson != nil {
		a.UpdatePerson.Set = maps.Clone(a.UpdatePerson.Set)
		a.UpdatePerson.Person = pointer(a.UpdatePerson.Person)
	}
	if a.UpdateJourney = pointer(a.UpdateJourney); a.UpdateJourney != nil {
		a.UpdateJourney.Set = maps.Clone(a.UpdateJourney.Set)
	}
	if a.SendEvent = pointer(a.SendEvent); a.SendEvent != nil {
		a.SendEvent.Data = maps.Clone(a.SendEvent.Data)
		a.SendEvent.Person = pointer(a.SendEvent.Person)
	}
	if a.BatchUpdate = pointer(a.BatchUpdate); a.BatchUpdate != nil {
		a.BatchUpdate.People = to(a.BatchUpdate.People)
		a.BatchUpdate.Set = maps.Clone(a.BatchUpdate.Set)
		a.BatchUpdate.Data = maps.Clone(a.BatchUpdate.Data)
	}
	if a.SegmentUpdate = pointer(a.SegmentUpdate); a.SegmentUpdate != nil && a.SegmentUpdate.Segment != nil {
		a.SegmentUpdate.Segment = to(&condition.Condition{Segment: a.SegmentUpdate.Segment}).Segment
	}
}

// pointer is a pointer to a copy.
func pointer[T any](p *T) *T {
	if p == nil {
		return nil
	}
	value := *p
	return &value
}
