package workflow

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/postroom/postroom/store/condition"
)

// Problem is something that a person should look at before the campaign
// starts.
type Problem struct {
	Key      string // of the action; empty for the campaign itself
	Field    string // the form field that cures it: subject, paths[0].when, trigger.event
	Message  string // a sentence that says what to do
	Blocking bool   // the campaign cannot start like this
}

// Problems is everything that is wrong or doubtful: of the campaign first, then
// of the actions in the order of the tree.
func Problems(c Campaign) []Problem {
	v := validator{keys: keysOf(c.Actions), seen: keyring{}}
	v.campaign(c)
	v.list(c.Actions)
	return v.problems
}

// Blocking tells whether one of the problems stops the campaign from starting.
func Blocking(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return p.Blocking })
}

type validator struct {
	key      string // of the action being looked at
	keys     keyring
	seen     keyring
	atOnce   bool // a broadcast, whose messages go out together
	problems []Problem
}

func (v *validator) block(field, message string) {
	v.problems = append(v.problems, Problem{v.key, field, message, true})
}

func (v *validator) warn(field, message string) {
	v.problems = append(v.problems, Problem{v.key, field, message, false})
}

func (v *validator) campaign(c Campaign) {
	if strings.TrimSpace(c.Name) == "" {
		v.block("name", "Name the campaign.")
	}
	v.trigger(c.Trigger)
	v.condition("filter", c.Filter)
	v.goal(c)
	v.frequency(c)
	switch {
	case len(c.Actions) == 0:
		v.block("actions", "Add at least one action.")
	case len(v.keys) > MaxActions:
		v.block("actions", tooMany)
	case nesting(c.Actions) > MaxNesting:
		v.block("actions", tooDeep)
	}
}

func (v *validator) duration(field, text string) {
	if _, err := condition.ParseDuration(text); err != nil {
		v.block(field, badDuration(text))
	}
}

// list looks at the actions that follow each other, and notes the first that
// nobody can reach.
func (v *validator) list(actions []Action) {
	for i, a := range actions {
		v.action(a)
		if i > 0 && ends(actions[i-1]) && !ends(actions[:i-1]...) {
			v.warn("", "Nobody comes this far: everyone has left the workflow before. Move it up, or remove the exit.")
		}
		for _, p := range a.paths() {
			v.list(p.Actions)
		}
	}
}

// ends tells whether everyone who comes to these actions leaves the workflow
// there.
func ends(actions ...Action) bool {
	return slices.ContainsFunc(actions, func(a Action) bool {
		if a.Condition != nil {
			return false // others pass by
		}
		if !a.takesEveryone() {
			return a.Type == TypeExit
		}
		return !slices.ContainsFunc(a.Branch.Paths, func(p Path) bool { return !ends(p.Actions...) })
	})
}

func (v *validator) action(a Action) {
	v.key = a.Key
	if !validKey(a.Key) {
		v.block("key", badKey(a.Key))
	} else if v.seen[a.Key] {
		v.block("key", takenKey(a.Key))
	}
	v.seen[a.Key] = true
	v.condition("condition", a.Condition)
	if v.atOnce && (a.Delay != nil || a.TimeWindow != nil || a.Type == TypeWaitUntil) {
		v.block("type", "Nobody waits in a broadcast: its messages go out at once. Delete this, or choose another trigger.")
	}
	v.content(a)
	v.templates(a)
}

// templates looks for Liquid that nobody can read, with which no message could
// be made. What is not sent may be unfinished.
func (v *validator) templates(a Action) {
	for _, t := range a.texts() {
		mistake := t.mistake()
		switch {
		case mistake == "":
		case a.IsMessage() && a.Sending() == Off:
			v.warn(t.field, mistake)
		default:
			v.block(t.field, mistake)
		}
	}
}

func (v *validator) content(a Action) {
	switch {
	case a.Type == TypeExit:
	case !slices.Contains(Types(), a.Type):
		v.block("type", unknownType(a.Type))
	case a.content() == nil:
		v.block("type", emptyAction)
	case a.IsMessage():
		v.message(a)
	case a.Delay != nil:
		v.duration("duration", a.Delay.Duration)
	case a.TimeWindow != nil:
		v.timeWindow(a.TimeWindow)
	case a.Branch != nil:
		v.parting(a)
	default:
		v.data(a)
	}
}

// condition looks for questions that cannot be answered.
func (v *validator) condition(field string, c *condition.Condition) {
	if bad := (*condition.Error)(nil); errors.As(c.Check(""), &bad) {
		v.block(join(field, bad.Path), badCondition(bad))
	}
	eachMessage(c, func(m *condition.Message) {
		if m.CampaignID == 0 && m.Action != "" && !v.keys[m.Action] {
			v.block(field, fmt.Sprintf("This asks about the message %q, which is not in this workflow. Choose another.", strings.TrimPrefix(m.Action, hole)))
		}
	})
}

// Ends tells whether everyone who comes to these actions leaves the workflow
// there.
func Ends(actions []Action) bool { return ends(actions...) }
