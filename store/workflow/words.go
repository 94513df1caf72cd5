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

var typeWords = map[Type]string{
	TypeEmail: "Email", TypeSMS: "SMS", TypePush: "Push", TypeSlack: "Slack", TypeWebhook: "Webhook",
	TypeDelay: "Delay", TypeTimeWindow: "Time window", TypeWaitUntil: "Wait until",
	TypeBranch: "Branch", TypeRandomSplit: "Random split", TypeABTest: "A/B test", TypeExit: "Exit",
	TypeUpdatePerson: "Update person", TypeUpdateJourney: "Update journey", TypeSendEvent: "Send event",
	TypeSegmentUpdate: "Update segment", TypeBatchUpdate: "Batch update",
}

// Words is the type as people read it.
func (t Type) Words() string {
	if words, ok := typeWords[t]; ok {
		return words
	}
	return string(t)
}

// article is the type at the start of a sentence: An A/B test.
func (t Type) article() string {
	if t == TypeABTest {
		return "An A/B test"
	}
	return "A " + strings.ToLower(t.Words())
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
	case a.Delay != nil:
		return a.Delay.Words()
	case a.TimeWindow != nil:
		return a.TimeWindow.Words()
	}
	if detail := a.detail(); detail != "" {
		return a.Type.Words() + " · " + detail
	}
	return a.Type.Words()
}

// detail is what a summary says behind the type.
func (a Action) detail() string {
	switch {
	case a.Email != nil:
		return a.Email.words()
	case a.Webhook != nil:
		return a.Webhook.words()
	case a.Slack != nil:
		return said(a.Slack.Text)
	case a.Push != nil:
		return said(a.Push.Title + " " + a.Push.Body)
	case a.SMS != nil:
		return said(a.SMS.Text)
	case a.Branch != nil:
		return count(len(a.Branch.Paths), a.pathNoun())
	case a.UpdatePerson != nil:
		return setWords(a.UpdatePerson.Set)
	case a.UpdateJourney != nil:
		return setWords(a.UpdateJourney.Set)
	case a.SendEvent != nil:
		return a.SendEvent.words()
	case a.SegmentUpdate != nil:
		return a.SegmentUpdate.words()
	case a.BatchUpdate != nil:
		return a.BatchUpdate.words()
	}
	return ""
}

func (a Action) pathNoun() string {
	if a.Type == TypeABTest {
		return "variant"
	}
	return "path"
}

func said(text string) string {
	if strings.TrimSpace(text) == "" {
		return "no text yet"
	}
	return quote(short(text))
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

// Words is the window for people: Wait for Monday to Friday, 09:00 to 17:00.
func (w *TimeWindow) Words() string {
	hours := w.From + " to " + w.To
	if w.From == "00:00" && w.To == "24:00" {
		hours = "all day"
	}
	zone := w.Zone
	if w.PersonZone {
		zone = "their own time zone"
	}
	return "Wait for " + dayWords(w.Days) + ", " + hours + " (" + zone + ")"
}

// DayNames is the days of the week for people, in the order of Weekdays.
var DayNames = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

// dayWords is days for people: Monday to Friday, any day, Tuesday and Sunday.
func dayWords(days []string) string {
	var at []int
	for i, d := range Weekdays {
		if slices.Contains(days, d) {
			at = append(at, i)
		}
	}
	switch n := len(at); {
	case n == 0:
		return "a day that is not chosen yet"
	case n == 7:
		return "any day"
	case n > 2 && at[n-1]-at[0] == n-1:
		return DayNames[at[0]] + " to " + DayNames[at[n-1]]
	}
	var names []string
	for _, i := range at {
		names = append(names, DayNames[i])
	}
	return list(names)
}

func (e *SendEvent) words() string {
	if e.Event == "" {
		return "no event yet"
	}
	words := quote(short(e.Event))
	if e.Person != nil {
		words += " of another person"
	}
	if e.Workspace != "" {
		words += " in " + e.Workspace
	}
	return words
}

func (u *SegmentUpdate) words() string {
	if u.Change == RemoveFromSegment {
		return "take out of " + segmentWords(u.Segment)
	}
	return "add to " + segmentWords(u.Segment)
}

func (u *BatchUpdate) words() string {
	if u.People == nil {
		return "nobody yet"
	}
	return "who " + u.People.Words()
}

func setWords(set map[string]any) string {
	names := slices.Sorted(maps.Keys(set))
	if len(names) == 0 {
		return "no attribute yet"
	}
	var parts []string
	for i, name := range names {
		if i == 3 {
			parts = append(parts, fmt.Sprintf("%d more", len(names)-i))
			break
		}
		parts = append(parts, short(name)+valueWords(set[name]))
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

// Words is who takes the path of a branch, or what opens that of a wait_until,
// for people.
func (p Path) Words() string {
	switch {
	case p.When != nil:
		return p.When.Words()
	case p.At != "":
		return "when " + p.At + " comes"
	case p.After != "":
		if d, err := condition.ParseDuration(p.After); err == nil {
			return "after " + condition.DurationWords(d)
		}
		return "after a time that is not set"
	}
	return "everyone else"
}

// PathWords is Path.Words for a path of this action, which may deal by shares.
func (a Action) PathWords(i int) string {
	switch p := a.Branch.Paths[i]; {
	case a.Branch.Winner != "" && a.Branch.Winner == p.Name:
		return "the winner: everybody"
	case a.Branch.Winner != "":
		return "nobody any more"
	case a.Type == TypeRandomSplit, a.Type == TypeABTest:
		return strconv.Itoa(p.Percent) + " %"
	case a.Type == TypeWaitUntil && p.waitsFor() == 0:
		return "not set yet"
	default:
		return p.Words()
	}
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
