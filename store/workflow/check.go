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
	if !allowed(c.Exit, ExitNever, ExitGoal) {
		return &Error{Message: unknownWord(c.Exit, ExitNever, ExitGoal)}
	}
	if err := checkCondition(c.Trigger.Filter); err != nil {
		return err
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
		return &Error{Message: pathCount}
	case a.Webhook != nil && (len(a.Webhook.Headers) > maxHeaders || len(a.Webhook.LeftOut) > maxHeaders):
		return &Error{Message: tooManyHeaders}
	case !allowed(a.sending(), Draft, Automatic, Off):
		return &Error{Message: unknownWord(a.sending(), Draft, Automatic, Off)}
	}
	if a.UpdatePerson != nil {
		for name, value := range a.UpdatePerson.Set {
			if !scalar(value) {
				return &Error{Message: fmt.Sprintf("The attribute %q can only be set to text, a number, true, false or nothing.", name)}
			}
		}
	}
	for _, p := range a.paths() {
		if err := checkCondition(p.When); err != nil {
			return err
		}
	}
	return checkCondition(a.Condition)
}

// sending is how a message is sent, empty for other actions.
func (a Action) sending() Sending {
	switch {
	case a.Email != nil:
		return a.Email.Sending
	case a.Webhook != nil:
		return a.Webhook.Sending
	}
	return ""
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
