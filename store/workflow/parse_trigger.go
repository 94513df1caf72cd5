package workflow

import (
	"fmt"
	"strings"
)

func (p *parser) trigger(n *node) Trigger {
	if n == nil {
		return Trigger{}
	}
	o := p.object(n)
	t := Trigger{Type: TriggerType(o.text("type"))}
	switch t.Type {
	case OnEvent:
		t.Event = o.text("event")
		t.Filter = p.condition(o.field("filter"))
	case OnForm:
		t.Form = o.text("form")
		t.Filter = p.condition(o.field("filter"))
	case OnSegment:
		t.Segment = p.segment(o.field("segment"))
		t.When = oneOf(o, "when", Enter, Leave)
	case OnDate:
		t.Date = p.date(o)
	case OnWebhook:
		t.Person = p.person(o.field("person"))
		t.Filter = p.condition(o.field("filter"))
	case OnCall:
		t.People = p.condition(o.field("people"))
	default:
		o.fail("type", unknownTrigger(t.Type))
	}
	o.close()
	return t
}

func unknownTrigger(t TriggerType) string {
	return fmt.Sprintf("%q is not a trigger this version knows. Use one of %s.", t, quoted(TriggerTypes()))
}

func (p *parser) date(o *object) *Date {
	return &Date{
		Attribute:  o.text("attribute"),
		Before:     p.duration(o, "before"),
		After:      p.duration(o, "after"),
		At:         p.clock(o, "at", "09:00"),
		Zone:       p.zone(o),
		PersonZone: o.flag("person_zone"),
		Repeat:     oneOf(o, "repeat", RepeatOnce, RepeatYearly, RepeatMonthly),
	}
}

// clock is the time of a day in the field.
func (p *parser) clock(o *object, name, other string) string {
	text := o.textOr(name, other)
	if _, ok := minuteOfDay(text); !ok && p.strict {
		o.fail(name, badClock(text))
	}
	return text
}

func badClock(text string) string {
	return fmt.Sprintf("%.20q is not a time of day. Write one such as 09:00.", text)
}

// zone is the time zone in the field "zone".
func (p *parser) zone(o *object) string {
	text := o.textOr("zone", "UTC")
	if _, ok := Zone(text); !ok && p.strict {
		o.fail("zone", badZone(text))
	}
	return text
}

func badZone(text string) string {
	return fmt.Sprintf("%.60q is not a time zone. Write its name, such as Europe/Berlin.", text)
}

// person is the person at n, nil when there is none.
func (p *parser) person(n *node) *PersonRef {
	if n == nil {
		return nil
	}
	o := p.object(n)
	ref := &PersonRef{By: string(oneOf(o, "by", personKeys...)), Value: o.text("value"), Create: o.flag("create")}
	o.close()
	return ref
}

// personKeys is by what a PersonRef may name somebody.
var personKeys = []string{"email", "id", "cio_id"}

func (p *parser) goal(n *node) *Goal {
	if n == nil {
		return nil
	}
	o := p.object(n)
	g := Goal{Event: o.text("event"), Segment: p.segment(o.field("segment")), Within: p.duration(o, "within"), Since: oneOf(o, "since", SinceSent, SinceOpened, SinceClicked)}
	when := oneOf(o, "when", Enter, Leave)
	if g.Segment != nil {
		g.When = when
	}
	o.close()
	if p.strict && g.Segment != nil && g.Event != "" {
		p.fail(n, "A goal is an event or a segment, not both.")
	}
	return &g
}

func (p *parser) frequency(n *node) Frequency {
	switch {
	case n == nil, n.kind == '"' && n.text == "once":
		return Frequency{}
	case n.kind == '"' && n.text == "every":
		return Frequency{Repeat: true}
	case n.kind != '{':
		p.fail(n, `This must be "once", "every", or an object such as {"every": "7d"}.`)
		return Frequency{}
	}
	o := p.object(n)
	f := Frequency{Every: p.duration(o, "every"), Interval: p.duration(o, "interval")}
	o.close()
	switch {
	case f.Every == "" && f.Interval == "":
		o.fail("every", "Say how long, such as 7d.")
	case f.Every != "" && f.Interval != "":
		o.fail("interval", `Write "every" or "interval", not both.`)
	}
	f.Repeat = f.Interval == ""
	return f
}

// subscription is who gets messages.
func (p *parser) subscription(o *object) Subscription {
	s := Subscription(strings.TrimSpace(o.text("subscription")))
	if !s.valid() {
		o.fail("subscription", badSubscription(s))
		return ""
	}
	return s
}

func badSubscription(s Subscription) string {
	return fmt.Sprintf(`%.80q does not say who gets messages. Write "all", or a topic such as "topic:News", or leave it out.`, s)
}
