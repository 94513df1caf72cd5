package workflow

import (
	"errors"
	"fmt"
	"maps"
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
	v.goal(c)
	if c.Frequency.Repeat && c.Frequency.Every != "" {
		v.duration("frequency.every", c.Frequency.Every)
	}
	switch {
	case len(c.Actions) == 0:
		v.block("actions", "Add at least one action.")
	case len(v.keys) > MaxActions:
		v.block("actions", tooMany)
	case nesting(c.Actions) > MaxNesting:
		v.block("actions", tooDeep)
	}
}

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
	default:
		v.block("trigger.type", unknownTrigger(t.Type))
	}
}

func (v *validator) goal(c Campaign) {
	switch {
	case c.Goal == nil && c.Exit == ExitGoal:
		v.block("exit", "People cannot leave at the goal because there is none. Set a goal or another exit.")
	case c.Goal != nil && strings.TrimSpace(c.Goal.Event) == "":
		v.block("goal.event", "Name the event that is the goal.")
	}
	if c.Goal != nil && c.Goal.Within != "" {
		v.duration("goal.within", c.Goal.Within)
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
		if a.Branch == nil || !a.Branch.endsWithElse() {
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
	v.content(a)
}

func (v *validator) content(a Action) {
	switch {
	case a.Type == TypeExit:
	case !slices.Contains(Types(), a.Type):
		v.block("type", unknownType(a.Type))
	case a.content() == nil:
		v.block("type", emptyAction)
	case a.Email != nil:
		v.email(a)
	case a.Webhook != nil:
		v.webhook(a.Webhook)
	case a.Delay != nil:
		v.duration("duration", a.Delay.Duration)
	case a.Branch != nil:
		v.branch(a.Branch)
	case a.UpdatePerson != nil:
		v.updatePerson(a.UpdatePerson)
	}
}

func (v *validator) branch(b *Branch) {
	if len(b.Paths) < MinPaths || len(b.Paths) > MaxPaths {
		v.block("paths", pathCount)
	}
	for i, p := range b.Paths {
		field := fmt.Sprintf("paths[%d].when", i)
		if p.When == nil && i < len(b.Paths)-1 {
			v.block(field, "Say who takes the path "+quote(b.pathName(i))+". Only the last path may be without a condition.")
		}
		v.condition(field, p.When)
	}
}

func (v *validator) updatePerson(u *UpdatePerson) {
	if len(u.Set) == 0 {
		v.block("set", "Choose at least one attribute to set.")
	}
	for _, name := range slices.Sorted(maps.Keys(u.Set)) {
		switch {
		case strings.TrimSpace(name) == "":
			v.block("set", "Name each attribute to set.")
		case name == "cio_id":
			v.block("set", "cio_id belongs to the person for good. Set another attribute.")
		}
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
