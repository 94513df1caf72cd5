package condition

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	maxText   = 1000 // bytes: no attribute's value is longer
	maxField  = 500  // bytes: a name of 150, and a path below it
	maxValues = 1000
)

var (
	metrics    = []string{"sent", "delivered", "opened", "clicked", "converted"}
	eventTypes = []string{"", "event", "page", "screen"}
)

// Metrics is what can be asked about messages, in the order in which people
// are offered it.
func Metrics() []string { return slices.Clone(metrics) }

// Check tells what is wrong with a condition that was not made by Parse. The
// error is an *Error whose path begins with path. Nothing is wrong with nil.
func (c *Condition) Check(path string) error {
	if c == nil {
		return nil
	}
	return new(checker).node(path, c, 1, false)
}

// CheckData is Check for a condition about an event's data, as a trigger's
// filter is: it may ask for attributes only.
func (c *Condition) CheckData(path string) error {
	if c == nil {
		return nil
	}
	return new(checker).node(path, c, 1, true)
}

type checker struct{ budget }

func (k *checker) node(path string, c *Condition, depth int, data bool) error {
	if err := k.spend(path, depth); err != nil {
		return err
	}
	if n := c.parts(); n != 1 {
		return wrong(path, "a condition has exactly one of and, or, not, attribute, segment, event and message; this has %d.", n)
	}
	if data && (c.Segment != nil || c.Event != nil || c.Message != nil) {
		return wrong(path, "only attributes of the event's data can be asked for here.")
	}
	switch {
	case c.Not != nil:
		return k.node(join(path, "not"), c.Not, depth+1, data)
	case c.Attribute != nil:
		return c.Attribute.check(join(path, "attribute"))
	case c.Segment != nil:
		return c.Segment.check(join(path, "segment"))
	case c.Event != nil:
		return k.event(join(path, "event"), c.Event, depth)
	case c.Message != nil:
		return c.Message.check(join(path, "message"))
	case c.And != nil:
		return k.list(join(path, "and"), c.And, depth, data)
	default:
		return k.list(join(path, "or"), c.Or, depth, data)
	}
}

func (c *Condition) parts() (n int) {
	for _, set := range []bool{c.And != nil, c.Or != nil, c.Not != nil, c.Attribute != nil, c.Segment != nil, c.Event != nil, c.Message != nil} {
		if set {
			n++
		}
	}
	return n
}

func (k *checker) list(path string, items []Condition, depth int, data bool) error {
	if len(items) == 0 {
		return wrong(path, "must be a list of at least one condition.")
	}
	for i := range items {
		if err := k.node(fmt.Sprintf("%s[%d]", path, i), &items[i], depth+1, data); err != nil {
			return err
		}
	}
	return nil
}

func (k *checker) event(path string, e *Event, depth int) error {
	switch {
	case !slices.Contains(eventTypes, e.Type):
		return wrong(join(path, "type"), "must be event, page or screen.")
	case strings.TrimSpace(e.Name) == "":
		return wrong(join(path, "name"), "name the event.")
	case e.AtLeast < 0:
		return wrong(join(path, "at_least"), "must be 1 or more.")
	}
	if err := checkWithin(path, e.Within); err != nil || e.Where == nil {
		return err
	}
	return k.node(join(path, "where"), e.Where, depth+1, true)
}

func (s *Segment) check(path string) error {
	switch {
	case s.ID < 0:
		return wrong(join(path, "id"), "must be the id of a segment.")
	case (s.ID == 0) == (s.Name == ""):
		return wrong(path, "give either the id or the name of the segment.")
	}
	return nil
}

func (m *Message) check(path string) error {
	switch {
	case !slices.Contains(metrics, m.Metric):
		return wrong(join(path, "metric"), "must be one of %s.", strings.Join(metrics, ", "))
	case m.CampaignID < 0:
		return wrong(join(path, "campaign_id"), "must be the id of a campaign.")
	}
	return checkWithin(path, m.Within)
}

func checkWithin(path, within string) error {
	if within == "" {
		return nil
	}
	if _, err := ParseDuration(within); err != nil {
		return wrong(join(path, "within"), "%s", err)
	}
	return nil
}

func (a *Attribute) check(path string) error {
	m, known := a.Operator.meaning()
	switch {
	case a.Field == "":
		return wrong(join(path, "field"), "name the attribute.")
	case len(a.Field) > maxField:
		return wrong(join(path, "field"), "must be at most %d bytes long.", maxField)
	case a.Operator == "":
		return wrong(join(path, "operator"), "choose an operator.")
	case !known:
		return wrong(join(path, "operator"), "unknown operator %q.", string(a.Operator))
	}
	return a.checkValue(join(path, "value"), m.takes)
}

func (a *Attribute) checkValue(path string, takes operand) error {
	if !a.hasValue() {
		if takes == takesNothing {
			return nil
		}
		return wrong(path, "%s needs a value.", a.Operator)
	}
	if takes == takesNothing {
		return wrong(path, "%s takes no value.", a.Operator)
	}
	v, err := decodeValue(a.Value)
	if err != nil {
		return wrong(path, "not valid JSON: %s.", err)
	}
	list, isList := v.([]any)
	if !isList {
		return a.checkOne(path, takes, v)
	}
	if takes != takesValues || len(list) == 0 || len(list) > maxValues {
		return wrong(path, "%s", a.expectation(takes))
	}
	for i, item := range list {
		if err := a.checkOne(fmt.Sprintf("%s[%d]", path, i), takes, item); err != nil {
			return err
		}
	}
	return nil
}

// checkOne checks one value. What of it is usable is decided by the same
// functions that evaluate it.
func (a *Attribute) checkOne(path string, takes operand, v any) error {
	s, isScalar := scalarOf(v)
	_, isBool := v.(bool)
	asText, _ := v.(string)
	good := isScalar
	switch takes {
	case takesText:
		good = isScalar && !isBool
	case takesNumber:
		good = s.number != ""
	case takesMoment:
		_, good = momentOf(v, time.Time{})
	case takesDuration:
		_, err := ParseDuration(asText)
		good = err == nil
	}
	if !good {
		return wrong(path, "%s", a.expectation(takes))
	}
	if len(asText) > maxText {
		return wrong(path, "must be at most %d bytes long, as attributes are.", maxText)
	}
	return nil
}

func (a *Attribute) expectation(takes operand) string {
	what := map[operand]string{
		takesValues:   fmt.Sprintf("a text, a number, true, false or a list of at most %d of them; for a missing attribute use not_exists", maxValues),
		takesText:     "a text or a number",
		takesNumber:   "a number",
		takesMoment:   "unix seconds, a date such as 2026-01-31, an RFC 3339 time, or a moment such as -7d (7 days ago) or +2d",
		takesDuration: "a duration such as 90s, 15m, 4h, 2d or 1w",
	}
	return fmt.Sprintf("%s needs %s.", a.Operator, what[takes])
}

// hasValue: a value of null is none.
func (a *Attribute) hasValue() bool {
	return len(a.Value) > 0 && string(a.Value) != "null"
}

// Values is what the attribute is compared with, decoded: each a string, a
// json.Number or a bool. Only eq and ne have more than one.
func (a *Attribute) Values() []any {
	if !a.hasValue() {
		return nil
	}
	v, err := decodeValue(a.Value)
	if err != nil {
		return nil
	}
	if list, ok := v.([]any); ok {
		return list
	}
	return []any{v}
}
