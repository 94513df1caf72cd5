package workflow

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/postroom/postroom/store/condition"
)

// Check tells why a campaign cannot be kept, however unfinished a draft may
// be: what passes can be stored as JSON and read again. Every edit of this
// package checks its result. The error is an *Error.
func Check(c Campaign) error {
	if !allowed(c.Exit, exits...) {
		return &Error{Message: unknownWord(c.Exit, exits...)}
	}
	if !c.Subscription.valid() {
		return &Error{Message: badSubscription(c.Subscription)}
	}
	for _, asked := range []*condition.Condition{c.Filter, c.Trigger.Filter, c.Trigger.People} {
		if err := checkCondition(asked); err != nil {
			return err
		}
	}
	taken := keyring{}
	size := 0
	for a := range All(c.Actions) {
		if taken[a.Key] {
			return &Error{Message: takenKey(a.Key)}
		}
		taken[a.Key] = true
		size += a.size()
		if err := checkAction(a); err != nil {
			return err
		}
	}
	switch {
	case len(taken) > MaxActions:
		return &Error{Message: tooMany}
	case nesting(c.Actions) > MaxNesting:
		return &Error{Message: tooDeep}
	case size > MaxText:
		return &Error{Message: tooLong}
	}
	return nil
}

const tooLong = "A workflow holds at most 4 MB of text. Keep images out of the body and link to them."

// Size is the length of all texts of the actions, in bytes.
func Size(actions []Action) (n int) {
	for a := range All(actions) {
		n += a.size()
	}
	return n
}

// size is the length of the action's texts, in bytes.
func (a Action) size() int {
	n := len(a.Name)
	for _, t := range a.texts() {
		n += len(t.source)
	}
	return n
}

// allowed tells whether a word is empty or one of these.
func allowed[T ~string](word T, words ...T) bool {
	return word == "" || slices.Contains(words, word)
}

func unknownWord[T ~string](word T, words ...T) string {
	return fmt.Sprintf("%q is not known here. Use one of %s.", word, quoted(words))
}

func takenKey(key string) string {
	return fmt.Sprintf("The key %q is taken. Each action needs its own.", key)
}

func checkAction(a Action) error {
	switch {
	case !validKey(a.Key):
		return &Error{Message: badKey(a.Key)}
	case !slices.Contains(Types(), a.Type):
		return &Error{Message: unknownType(a.Type)}
	case a.content() == nil && a.Type != TypeExit:
		return &Error{Message: emptyAction}
	case len(a.paths()) > MaxPaths:
		return &Error{Message: pathCount(a.Type)}
	case a.Webhook != nil && (len(a.Webhook.Headers) > maxHeaders || len(a.Webhook.LeftOut) > maxHeaders):
		return &Error{Message: tooManyHeaders}
	case a.Webhook != nil && len(a.Webhook.Response) > maxHeaders:
		return &Error{Message: tooManyKept}
	case a.Email != nil && len(a.Email.Languages) > MaxLanguages:
		return &Error{Message: tooManyLanguages}
	case a.Email != nil && !a.Email.Subscription.valid():
		return &Error{Message: badSubscription(a.Email.Subscription)}
	}
	if s := a.sending(); s != nil && !allowed(*s, Draft, Automatic, Off) {
		return &Error{Message: unknownWord(*s, Draft, Automatic, Off)}
	}
	return checkInside(a)
}

// checkInside looks at the values that an action sets and at what it asks.
func checkInside(a Action) error {
	for _, set := range a.sets() {
		for name, value := range set {
			if !scalar(value) {
				return &Error{Message: fmt.Sprintf("The attribute %q can only be set to text, a number, true, false or nothing.", name)}
			}
		}
	}
	asked := []*condition.Condition{a.Condition}
	if a.BatchUpdate != nil {
		asked = append(asked, a.BatchUpdate.People)
	}
	for _, p := range a.paths() {
		asked = append(asked, p.When)
	}
	for _, c := range asked {
		if err := checkCondition(c); err != nil {
			return err
		}
	}
	return nil
}

const emptyAction = "This action is empty. Delete it and add it again."

func checkCondition(c *condition.Condition) error {
	if bad := (*condition.Error)(nil); errors.As(c.Check(""), &bad) {
		return &Error{bad.Path, badCondition(bad)}
	}
	return nil
}

func badCondition(bad *condition.Error) string {
	return "This condition cannot be asked: " + bad.Message
}

// scalar tells whether an attribute can be set to v.
func scalar(v any) bool {
	switch v := v.(type) {
	case nil, string, bool, int, int64, float64:
		return true
	case json.Number:
		text, err := json.Marshal(v)
		return err == nil && len(text) > 0
	}
	return false
}

// nesting is how many branches stand inside each other at most.
func nesting(actions []Action) (deepest int) {
	for _, a := range actions {
		if a.Branch != nil {
			deepest = max(deepest, 1)
		}
		for _, p := range a.paths() {
			deepest = max(deepest, 1+nesting(p.Actions))
		}
	}
	return deepest
}
