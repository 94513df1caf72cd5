package workflow

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/postroom/postroom/store/condition"
)

// Words is the type as people read it.
func (t Type) Words() string {
	switch t {
	case TypeEmail:
		return "Email"
	case TypeWebhook:
		return "Webhook"
	case TypeDelay:
		return "Delay"
	case TypeBranch:
		return "Branch"
	case TypeUpdatePerson:
		return "Update person"
	case TypeExit:
		return "Exit"
	}
	return string(t)
}

// Title is what to call the action: its name or, without one, its summary.
func (a Action) Title() string {
	if a.Name != "" {
		return a.Name
	}
	return a.Summary()
}

// Summary is the action in one line, as its card shows it: Email · “Welcome”,
// Wait 2 days, Branch · 2 paths. It holds no secrets.
func (a Action) Summary() string {
	switch {
	case a.Email != nil:
		return "Email · " + a.Email.words()
	case a.Webhook != nil:
		return "Webhook · " + a.Webhook.words()
	case a.Delay != nil:
		return a.Delay.Words()
	case a.Branch != nil:
		return "Branch · " + count(len(a.Branch.Paths), "path")
	case a.UpdatePerson != nil:
		return "Update person · " + a.UpdatePerson.words()
	}
	return a.Type.Words()
}

func (e *Email) words() string {
	if strings.TrimSpace(e.Subject) == "" {
		return "no subject yet"
	}
	return quote(short(e.Subject))
}

func (w *Webhook) words() string {
	if w.URL == "" {
		return "no address yet"
	}
	url, _ := stripURL(w.URL)
	url, _, _ = strings.Cut(url, "?")
	return w.Method + " " + short(url)
}

// Words is the delay for people: Wait 2 days.
func (d *Delay) Words() string {
	length, err := d.Length()
	if err != nil {
		return "Wait, for how long is not set"
	}
	return "Wait " + condition.DurationWords(length)
}

func (u *UpdatePerson) words() string {
	names := slices.Sorted(maps.Keys(u.Set))
	if len(names) == 0 {
		return "no attribute yet"
	}
	var parts []string
	for i, name := range names {
		if i == 3 {
			parts = append(parts, fmt.Sprintf("%d more", len(names)-i))
			break
		}
		parts = append(parts, short(name)+valueWords(u.Set[name]))
	}
	return strings.Join(parts, ", ")
}

func valueWords(v any) string {
	switch v := v.(type) {
	case nil:
		return " removed"
	case string:
		return " = " + quote(short(v))
	case bool:
		return " = " + strconv.FormatBool(v)
	case json.Number:
		return " = " + v.String()
	}
	return fmt.Sprintf(" = %v", v)
}

// Words is the trigger for people, such as: Does “signed_up” where plan is
// "pro".
func (t Trigger) Words() string {
	switch t.Type {
	case OnEvent:
		words := "Does " + quote(t.Event)
		if t.Filter != nil {
			words += " where " + t.Filter.Words()
		}
		return words
	case OnSegment:
		verb := "Enters "
		if t.When == Leave {
			verb = "Leaves "
		}
		return verb + segmentWords(t.Segment)
	}
	return "Not chosen yet"
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
	if length, err := condition.ParseDuration(g.Within); err == nil {
		words += " within " + condition.DurationWords(length)
	}
	return words
}

// Words is the early exit for people.
func (e Exit) Words() string {
	if e == ExitGoal {
		return "When the goal is met"
	}
	return "Only at the end"
}

// Words is who takes the path, for people. Without a condition it is everyone
// else when it is the last one.
func (p Path) Words() string {
	if p.When == nil {
		return "everyone else"
	}
	return p.When.Words()
}

// Words is the way of sending, for people.
func (s Sending) Words() string {
	switch s {
	case Automatic:
		return "Sends automatically"
	case Off:
		return "Does not send"
	}
	return "Queues drafts"
}

func quote(s string) string { return "“" + s + "”" }

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// short is at most 80 characters of s, in one line.
func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= 80 {
		return s
	}
	return string([]rune(s)[:79]) + "…"
}
