package workflow

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/postroom/postroom/store/condition"
)

// tree reads a workflow from a line: keys in order, a branch with its paths in
// brackets. The mark behind a key is its type: none an update, ~ delay, ! exit,
// and so on as marks says. [ is a branch, ?[ a wait_until, ^[ a random_split.
//
//	hello@ pause~ split[a@ b|c!] end
func tree(line string) Campaign {
	c := Campaign{
		Name:    "Test",
		Trigger: Trigger{Type: OnEvent, Event: "signed_up"},
		Exit:    ExitNever,
	}
	r := treeReader{rest: line}
	c.Actions = r.actions()
	return c
}

type treeReader struct{ rest string }

func (r *treeReader) actions() (all []Action) {
	for {
		r.rest = strings.TrimLeft(r.rest, " ")
		n := strings.IndexAny(r.rest+" ", " []|?^"+marks)
		if n == 0 {
			return all
		}
		a := Action{Key: r.rest[:n]}
		mark := (r.rest + " ")[n]
		r.rest = r.rest[n:]
		if strings.ContainsRune("[?^"+marks, rune(mark)) {
			r.rest = strings.TrimPrefix(r.rest[1:], "[")
		}
		r.content(&a, mark)
		all = append(all, a)
	}
}

// marks are the types of marked actions, in the order of marked.
const marks = "~!@%#$&+*=><"

var marked = []Type{TypeDelay, TypeExit, TypeEmail, TypeWebhook, TypeSlack, TypePush, TypeSMS, TypeTimeWindow, TypeUpdateJourney, TypeSendEvent, TypeSegmentUpdate, TypeBatchUpdate}

func markOf(t Type) string {
	switch i := slices.Index(marked, t); {
	case i >= 0:
		return marks[i : i+1]
	case t == TypeWaitUntil:
		return "?"
	case t == TypeRandomSplit:
		return "^"
	}
	return ""
}

func (r *treeReader) content(a *Action, mark byte) {
	switch mark {
	case '~':
		a.Type, a.Delay = TypeDelay, &Delay{"1d"}
	case '!':
		a.Type = TypeExit
	case '@':
		a.Type, a.Name, a.Email = TypeEmail, a.Key, &Email{
			Sending: Automatic, From: "Acme <hi@acme.test>", To: defaultTo, Subject: a.Key, Body: "<p>{% unsubscribe %}</p>",
		}
	case '%':
		a.Type, a.Webhook = TypeWebhook, &Webhook{Sending: Automatic, Method: "POST", URL: "https://crm.test/" + a.Key}
	case '[', '?', '^':
		a.Type, a.Branch = map[byte]Type{'[': TypeBranch, '?': TypeWaitUntil, '^': TypeRandomSplit}[mark], &Branch{}
		for i := 0; ; i++ {
			a.Branch.Paths = append(a.Branch.Paths, Path{Name: fmt.Sprintf("P%d", i), When: is("path", fmt.Sprint(i)), Actions: r.actions()})
			sep := r.rest[0]
			r.rest = r.rest[1:]
			if sep == ']' {
				break
			}
		}
		finishPaths(a)
	case '#', '$', '&', '+', '*', '=', '>', '<':
		made, _ := NewAction(Campaign{}, marked[strings.IndexByte(marks, mark)])
		made.Key = a.Key
		*a = made
	default:
		a.Type, a.UpdatePerson = TypeUpdatePerson, &UpdatePerson{Set: map[string]any{"at": a.Key}}
	}
}

// finishPaths makes the last path take who takes no other.
func finishPaths(a *Action) {
	last := len(a.Branch.Paths) - 1
	a.Branch.Paths[last].When = nil
	if a.Type == TypeWaitUntil {
		a.Branch.Paths[last].After = "2d"
	}
	if a.Type == TypeRandomSplit {
		for i := range a.Branch.Paths {
			a.Branch.Paths[i].When = nil
		}
		a.Branch.Paths[last].Percent = 100
	}
}

// show is the inverse of tree.
func show(c Campaign) string { return showList(c.Actions) }

func showList(actions []Action) string {
	var words []string
	for _, a := range actions {
		word := a.Key + markOf(a.Type)
		if a.Branch != nil {
			var paths []string
			for _, p := range a.Branch.Paths {
				paths = append(paths, showList(p.Actions))
			}
			word += "[" + strings.Join(paths, "|") + "]"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// is asks whether an attribute has a value.
func is(field, value string) *condition.Condition {
	text, _ := json.Marshal(value)
	return &condition.Condition{Attribute: &condition.Attribute{Field: field, Operator: condition.Eq, Value: text}}
}

func TestTreeNotation(t *testing.T) {
	for _, line := range []string{"", "a", "a@ b~ c! d%", "a s[b|c~ d] e", "s[t[|]|u[a|b|]]", "a# b$ c& d+ e* f= g> h< w?[a|b] r^[c|d~]"} {
		if got := show(tree(line)); got != line {
			t.Errorf("%q became %q", line, got)
		}
	}
}

// wantError checks an error by its whole text.
func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if known := (*Error)(nil); err != nil && !errors.As(err, &known) {
		t.Errorf("error is a %T", err)
	}
}
