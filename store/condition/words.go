package condition

import (
	"fmt"
	"strings"
	"time"
)

// Words says the condition as people read it on a branch or a segment:
//
//	plan is "pro" and not in segment "Trial"
func (c *Condition) Words() string {
	if c == nil {
		return "everyone"
	}
	return c.phrase(false).text
}

// phrase is a piece of a sentence. A loose one needs parentheses inside a
// larger one, unless that joins with the same word.
type phrase struct {
	text  string
	joint string // the word that joins its parts, or "where"; empty when it is not loose
}

func (p phrase) inside(joint string) string {
	if p.joint == "" || p.joint == joint {
		return p.text
	}
	return "(" + p.text + ")"
}

// phrase negates in the words themselves, as in "is not", where it can.
func (c *Condition) phrase(negated bool) phrase {
	switch {
	case c.Not != nil:
		return c.Not.phrase(!negated)
	case c.And != nil:
		return joined(c.And, "and", negated)
	case c.Or != nil:
		return joined(c.Or, "or", negated)
	case c.Attribute != nil:
		return phrase{text: c.Attribute.words(negated)}
	case c.Segment != nil:
		return phrase{text: not(negated) + "in segment " + c.Segment.words()}
	case c.Event != nil:
		return c.Event.phrase(negated)
	case c.Message != nil:
		return phrase{text: c.Message.words(negated)}
	}
	return phrase{text: "nobody"}
}

func joined(items []Condition, joint string, negated bool) phrase {
	if len(items) == 1 {
		return items[0].phrase(negated)
	}
	parts := make([]string, len(items))
	for i := range items {
		parts[i] = items[i].phrase(false).inside(joint)
	}
	all := strings.Join(parts, " "+joint+" ")
	if negated {
		return phrase{text: "not (" + all + ")"}
	}
	return phrase{text: all, joint: joint}
}

func not(negated bool) string {
	if negated {
		return "not "
	}
	return ""
}

func (a *Attribute) words(negated bool) string {
	m, _ := a.Operator.meaning()
	verb := m.words
	if negated {
		verb = m.negated
	}
	value := a.valueWords(m.takes)
	_, complement := a.Operator.Positive()
	if len(a.Values()) > 1 {
		verb = "is any of"
		if negated != complement {
			verb = "is none of"
		}
	}
	return strings.TrimSpace(a.Field + " " + verb + " " + value)
}

func (a *Attribute) valueWords(takes operand) string {
	words := make([]string, 0, 1)
	for _, v := range a.Values() {
		words = append(words, valueWord(takes, v))
	}
	return strings.Join(words, ", ")
}

func valueWord(takes operand, v any) string {
	s, _ := v.(string)
	switch takes {
	case takesNumber:
		return fmt.Sprint(v)
	case takesMoment:
		return momentWords(v)
	case takesDuration:
		d, _ := ParseDuration(s)
		return DurationWords(d)
	}
	if s != "" {
		return quote(s)
	}
	return fmt.Sprint(v)
}

func momentWords(v any) string {
	s, _ := v.(string)
	if d, ok := relative(s); ok && d < 0 {
		return DurationWords(-d) + " ago"
	} else if ok {
		return DurationWords(d) + " from now"
	}
	t, ok := momentOf(v, time.Time{})
	if !ok {
		return s
	}
	if t = t.UTC(); t.Equal(t.Truncate(day)) {
		return t.Format("2 January 2006")
	}
	return t.Format("2 January 2006, 15:04 UTC")
}

func quote(s string) string { return `"` + s + `"` }

func (s *Segment) words() string {
	if s.Name != "" {
		return quote(s.Name)
	}
	return fmt.Sprint(s.ID)
}

func (e *Event) phrase(negated bool) phrase {
	did := map[string]string{"event": "done ", "page": "viewed page ", "screen": "seen screen "}[e.Kind()] + quote(e.Name)
	text := "has " + not(negated) + did
	if e.AtLeast > 1 && negated {
		text = fmt.Sprintf("has %s fewer than %d times", did, e.AtLeast)
	} else if e.AtLeast > 1 {
		text += fmt.Sprintf(" at least %d times", e.AtLeast)
	}
	text += withinWords(e.Within)
	if e.Where == nil {
		return phrase{text: text}
	}
	return phrase{text: text + " where " + e.Where.Words(), joint: "where"}
}

func withinWords(within string) string {
	d, err := ParseDuration(within)
	if err != nil {
		return ""
	}
	return " within the past " + DurationWords(d)
}

var metricWords = map[string]string{
	"sent":      "been sent",
	"delivered": "received",
	"opened":    "opened",
	"clicked":   "clicked a link in",
	"converted": "converted through",
}

func (m *Message) words(negated bool) string {
	text := "has " + not(negated) + metricWords[m.Metric] + " "
	switch {
	case m.Action != "":
		text += "message " + quote(m.Action)
	case negated:
		text += "any message"
	default:
		text += "a message"
	}
	if m.CampaignID != 0 {
		text += fmt.Sprintf(" of campaign %d", m.CampaignID)
	}
	return text + withinWords(m.Within)
}
