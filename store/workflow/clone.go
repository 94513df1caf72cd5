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
	c.Goal = pointer(c.Goal)
	c.Trigger.Filter = c.Trigger.Filter.MapSegments(to)
	if c.Trigger.Segment != nil {
		segment := to(*c.Trigger.Segment)
		c.Trigger.Segment = &segment
	}
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
		a.Email = pointer(a.Email)
		a.Delay = pointer(a.Delay)
		if a.Webhook = pointer(a.Webhook); a.Webhook != nil {
			a.Webhook.Headers = slices.Clone(a.Webhook.Headers)
			a.Webhook.LeftOut = slices.Clone(a.Webhook.LeftOut)
		}
		if a.UpdatePerson = pointer(a.UpdatePerson); a.UpdatePerson != nil {
			a.UpdatePerson.Set = maps.Clone(a.UpdatePerson.Set)
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

// pointer is a pointer to a copy.
func pointer[T any](p *T) *T {
	if p == nil {
		return nil
	}
	value := *p
	return &value
}
