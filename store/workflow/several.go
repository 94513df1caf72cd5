package workflow

import (
	"fmt"
	"slices"
)

// Picked is the actions with these keys, each with what is inside it, in the
// order of the tree. One inside another that is picked goes with it.
func Picked(c Campaign, keys []string) []Action {
	var picked []Action
	without(cloneActions(c.Actions), keys, &picked)
	return picked
}

// DuplicateAll puts copies of the actions behind the last of them, and tells
// the key of the first copy. Messages in them are drafts.
func DuplicateAll(c Campaign, keys []string) (Campaign, string, error) {
	tops := Picked(c, keys)
	if len(tops) == 0 {
		return c, "", &Error{Message: "Choose at least one action first."}
	}
	copied := Copy(c.Actions, keys, &c, Origin{})
	for i := range copied {
		if copied[i].Name != "" {
			copied[i].Name += " copy"
		}
	}
	out, err := Insert(c, Place{After: tops[len(tops)-1].Key}, copied...)
	return out, copied[0].Key, err
}

// Where is where an action stands, for people: 2 of 3, or 1 of 2 in “Yes” of
// “Split”. Empty when it is not there.
func Where(c Campaign, key string) string {
	s, err := c.at(key)
	if err != nil {
		return ""
	}
	words := fmt.Sprintf("%d of %d", s.index+1, len(*s.list))
	if s.branch == nil {
		return words
	}
	parent := (*s.branch.list)[s.branch.index]
	return words + " in " + quote(parent.Branch.pathName(s.path)) + " of " + quote(parent.Title())
}

// Has tells whether all of these keys are in the workflow.
func Has(c Campaign, keys []string) bool {
	known := keysOf(c.Actions)
	return !slices.ContainsFunc(keys, func(key string) bool { return !known[key] })
}
