package workflow

import (
	"errors"
	"fmt"
	"time"

	"github.com/postroom/postroom/store/condition"
)

// Parse reads a workflow document that comes from outside. It refuses what is
// wrong, with the path of the field; what is merely unfinished (an email
// without a subject) it accepts, for Problems to tell. Keys that are missing
// are given. The error is an *Error.
func Parse(data []byte) (Document, error) {
	if len(data) > MaxSize {
		return Document{}, &Error{Message: fmt.Sprintf("The document is larger than %d MB.", MaxSize>>20)}
	}
	root, wrong := readJSON(data)
	if wrong != nil {
		return Document{}, wrong
	}
	p := parser{strict: true}
	d := p.document(root)
	if p.wrong != nil {
		return Document{}, p.wrong
	}
	if err := Check(d.Campaign); err != nil {
		return Document{}, err
	}
	return d, nil
}

// UnmarshalJSON reads what MarshalJSON wrote. Unlike Parse it accepts values
// that a draft may have for a while, such as a duration that is none.
func (c *Campaign) UnmarshalJSON(data []byte) error {
	return unmarshal(data, func(p *parser, n *node) { *c = p.campaign(n) })
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (a *Action) UnmarshalJSON(data []byte) error {
	return unmarshal(data, func(p *parser, n *node) {
		list := []Action{p.action(n, 0)}
		p.giveKeys(list)
		*a = list[0]
	})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (t *Trigger) UnmarshalJSON(data []byte) error {
	return unmarshal(data, func(p *parser, n *node) { *t = p.trigger(n) })
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *Frequency) UnmarshalJSON(data []byte) error {
	return unmarshal(data, func(p *parser, n *node) { *f = p.frequency(n) })
}

func unmarshal(data []byte, read func(*parser, *node)) error {
	root, wrong := readJSON(data)
	if wrong != nil {
		return wrong
	}
	if root.kind == 'n' {
		return nil
	}
	p := parser{}
	read(&p, root)
	if p.wrong != nil {
		return p.wrong
	}
	return nil
}

// parser turns nodes into a campaign. It keeps the first error and reads on,
// so that the functions below need not look for one after each field.
type parser struct {
	strict  bool // values must be right, too
	wrong   *Error
	actions int
	keys    map[string]*node // where each key was seen
}

func (p *parser) fail(n *node, message string) {
	if p.wrong == nil {
		p.wrong = &Error{n.path(), message}
	}
}

func (p *parser) document(n *node) Document {
	o := p.object(n)
	version := o.number("postroom")
	switch {
	case o.at == nil:
	case version == 0:
		o.fail("postroom", `A workflow document starts with "postroom": 1.`)
	case version != Version:
		o.fail("postroom", fmt.Sprintf("This is version %d of the document format; this program reads version %d.", version, Version))
	}
	at := o.field("campaign")
	if at == nil {
		o.fail("campaign", "The campaign is missing.")
	}
	d := Document{Postroom: Version, Campaign: p.campaign(at)}
	p.uses(o.field("uses"))
	o.close()
	d.Uses = uses(d.Campaign)
	return d
}

// uses checks the form of the list. What the campaign really uses is computed.
func (p *parser) uses(n *node) {
	o := p.object(n)
	for _, name := range []string{"layouts", "snippets", "segments", "senders", "topics", "attributes", "events"} {
		o.texts(name)
	}
	o.close()
}

func (p *parser) campaign(n *node) Campaign {
	o := p.object(n)
	c := Campaign{
		Name:      o.text("name"),
		Trigger:   p.trigger(o.field("trigger")),
		Filter:    p.condition(o.field("filter")),
		Goal:      p.goal(o.field("goal")),
		Exit:      oneOf(o, "exit", exits...),
		Frequency: p.frequency(o.field("frequency")),

		Subscription: p.subscription(o),
		Actions:      p.list(o, 0),
	}
	o.close()
	if p.strict && c.Name == "" {
		o.fail("name", "Name the campaign.")
	}
	if p.wrong == nil {
		p.giveKeys(c.Actions)
	}
	return c
}

func (p *parser) segment(n *node) *condition.Segment {
	if n == nil {
		return nil
	}
	o := p.object(n)
	s := condition.Segment{ID: o.number("id"), Name: o.text("name")}
	o.close()
	if p.strict && s.ID != 0 && s.Name != "" {
		p.fail(n, bothNames)
	}
	return &s
}

const bothNames = "Name the segment by its id or by its name, not by both."

// duration is the duration as it was written; empty when it is missing.
func (p *parser) duration(o *object, name string) string {
	text := o.text(name)
	if p.strict && text != "" {
		if _, err := condition.ParseDuration(text); err != nil {
			o.fail(name, badDuration(text))
		}
	}
	return text
}

func badDuration(text string) string {
	return fmt.Sprintf("%q is not a duration. Write one such as 90s, 15m, 4h, 2d or 1w.", text)
}

// condition is the condition at n, nil when there is none.
func (p *parser) condition(n *node) *condition.Condition {
	if n == nil {
		return nil
	}
	c, err := condition.Parse(n.raw)
	p.failUnder(n, err)
	return c
}

// failUnder says what is wrong with a condition, which knows its own paths.
func (p *parser) failUnder(n *node, err error) {
	if bad := (*condition.Error)(nil); errors.As(err, &bad) && p.wrong == nil {
		bad = bad.Under(n.path())
		p.wrong = &Error{bad.Path, bad.Message}
	}
}

// moment is the time in the field, zero when it is missing.
func (p *parser) moment(o *object, name string) time.Time {
	text := o.text(name)
	if text == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		o.fail(name, "This must be a time such as 2026-11-23T10:00:00Z.")
	}
	return t.UTC()
}
