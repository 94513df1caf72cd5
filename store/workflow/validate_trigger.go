package workflow

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postroom/postroom/store/condition"
)

func (v *validator) trigger(t Trigger) {
	switch t.Type {
	case "":
		v.block("trigger.type", "Choose what starts this campaign for a person.")
	case OnEvent:
		if strings.TrimSpace(t.Event) == "" {
			v.block("trigger.event", "Name the event that starts this campaign.")
		}
		v.condition("trigger.filter", t.Filter)
	case OnSegment:
		if t.Segment == nil || *t.Segment == (condition.Segment{}) {
			v.block("trigger.segment", "Choose the segment that starts this campaign.")
		} else if t.Segment.ID != 0 && t.Segment.Name != "" {
			v.block("trigger.segment", bothNames)
		}
		if t.When != Enter && t.When != Leave {
			v.block("trigger.when", "Say whether people enter or leave the segment.")
		}
	case OnForm:
		if strings.TrimSpace(t.Form) == "" {
			v.block("trigger.form", "Name the form that starts this campaign.")
		}
		v.condition("trigger.filter", t.Filter)
	case OnDate:
		v.date(t.Date)
	case OnWebhook:
		v.condition("trigger.filter", t.Filter)
		if t.Person != nil {
			v.person("trigger.person", t.Person)
		}
	case OnCall:
		v.condition("trigger.people", t.People)
		v.atOnce = true
	default:
		v.block("trigger.type", unknownTrigger(t.Type))
	}
}

func (v *validator) date(d *Date) {
	if d == nil || strings.TrimSpace(d.Attribute) == "" {
		v.block("trigger.attribute", "Name the attribute that holds the date.")
	}
	if d == nil {
		return
	}
	for _, shift := range []struct{ field, text string }{{"trigger.before", d.Before}, {"trigger.after", d.After}} {
		if shift.text == "" {
			continue
		}
		length, err := condition.ParseDuration(shift.text)
		if err != nil || length%(24*time.Hour) != 0 {
			v.block(shift.field, fmt.Sprintf("%q is no number of whole days. Write one such as 3d or 2w.", shift.text))
		}
	}
	if d.Before != "" && d.After != "" {
		v.block("trigger.after", "Say how long before the date, or how long after it, not both.")
	}
	v.clock("trigger.at", d.At)
	v.zone("trigger.zone", d.Zone)
}

func (v *validator) clock(field, text string) {
	if _, ok := minuteOfDay(text); !ok {
		v.block(field, badClock(text))
	}
}

func (v *validator) zone(field, text string) {
	if _, ok := Zone(text); !ok {
		v.block(field, badZone(text))
	}
}

func (v *validator) person(field string, p *PersonRef) {
	switch {
	case !slices.Contains(personKeys, p.By):
		v.block(field+".by", unknownWord(p.By, personKeys...))
	case strings.TrimSpace(p.Value) == "":
		v.block(field+".value", "Say who is meant, such as {{event.friend_email}}.")
	case p.By == "cio_id" && p.Create:
		v.warn(field+".create", "Nobody is created by a cio_id: Postroom gives those itself.")
	}
}

func (v *validator) frequency(c Campaign) {
	f := c.Frequency
	if f.Repeat && f.Every != "" {
		v.duration("frequency.every", f.Every)
	}
	if f.Interval == "" {
		return
	}
	v.duration("frequency.interval", f.Interval)
	if c.Trigger.Type != OnSegment || c.Trigger.When != Enter {
		v.block("frequency.interval", "Only who is in a segment can enter again and again. Choose that trigger, or another frequency.")
	}
}

func (v *validator) goal(c Campaign) {
	g := c.Goal
	if g == nil {
		if c.Exit.AtGoal() {
			v.block("exit", "People cannot leave at the goal because there is none. Set a goal or another exit.")
		}
		return
	}
	switch {
	case g.Segment != nil && g.Event != "":
		v.block("goal.event", "A goal is an event or a segment, not both.")
	case g.Segment != nil && *g.Segment == (condition.Segment{}):
		v.block("goal.segment", "Choose the segment that is the goal.")
	case g.Segment == nil && strings.TrimSpace(g.Event) == "":
		v.block("goal.event", "Name the event that is the goal.")
	}
	if g.Within == "" {
		return
	}
	v.duration("goal.within", g.Within)
	if d, err := condition.ParseDuration(g.Within); err == nil && d > MaxGoal {
		v.block("goal.within", "A goal counts for 90 days at most. Write a shorter time.")
	}
}
