package condition

import (
	"cmp"
	"slices"
)

// Uses is everything outside of itself that a condition names, each once and
// in order.
type Uses struct {
	Attributes []string // fields of the person, as written
	Events     []string
	Segments   []string // those named by name
	SegmentIDs []int64  // those named by id
	Campaigns  []int64  // those whose messages are asked about
}

// Uses is what the condition depends on. The fields of an event's data are
// not among the attributes.
func (c *Condition) Uses() Uses {
	var u Uses
	c.Each(func(c *Condition) {
		switch {
		case c.Attribute != nil:
			u.Attributes = append(u.Attributes, c.Attribute.Field)
		case c.Event != nil && c.Event.Kind() == "event":
			u.Events = append(u.Events, c.Event.Name)
		case c.Segment != nil && c.Segment.Name != "":
			u.Segments = append(u.Segments, c.Segment.Name)
		case c.Segment != nil:
			u.SegmentIDs = append(u.SegmentIDs, c.Segment.ID)
		case c.Message != nil && c.Message.CampaignID != 0:
			u.Campaigns = append(u.Campaigns, c.Message.CampaignID)
		}
	})
	return Uses{sorted(u.Attributes), sorted(u.Events), sorted(u.Segments), sorted(u.SegmentIDs), sorted(u.Campaigns)}
}

func sorted[T cmp.Ordered](items []T) []T {
	slices.Sort(items)
	return slices.Compact(items)
}

// Each visits every node that asks about the person: not those below where.
func (c *Condition) Each(visit func(*Condition)) {
	if c == nil {
		return
	}
	visit(c)
	c.Not.Each(visit)
	for i := range c.And {
		c.And[i].Each(visit)
	}
	for i := range c.Or {
		c.Or[i].Each(visit)
	}
}

// MapSegments is a copy of the condition, sharing nothing with it, in which
// every segment is replaced by what to makes of it.
func (c *Condition) MapSegments(to func(Segment) Segment) *Condition {
	if c == nil {
		return nil
	}
	out := c.copy()
	out.Each(func(c *Condition) {
		if c.Segment != nil {
			*c.Segment = to(*c.Segment)
		}
	})
	return &out
}

func (c *Condition) copy() Condition {
	out := Condition{And: copyAll(c.And), Or: copyAll(c.Or), Segment: clone(c.Segment), Message: clone(c.Message)}
	if c.Not != nil {
		not := c.Not.copy()
		out.Not = &not
	}
	if out.Attribute = clone(c.Attribute); out.Attribute != nil {
		out.Attribute.Value = slices.Clone(out.Attribute.Value)
	}
	if out.Event = clone(c.Event); out.Event != nil && c.Event.Where != nil {
		where := c.Event.Where.copy()
		out.Event.Where = &where
	}
	return out
}

func copyAll(items []Condition) []Condition {
	if items == nil {
		return nil
	}
	out := make([]Condition, len(items))
	for i := range items {
		out[i] = items[i].copy()
	}
	return out
}

func clone[T any](p *T) *T {
	if p == nil {
		return nil
	}
	out := *p
	return &out
}
