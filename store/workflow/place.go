package workflow

import (
	"fmt"
	"strconv"
	"strings"
)

// Place is a gap in the tree into which actions can be put. The zero Place is
// the start of the workflow.
type Place struct {
	After  string // key of the action before the gap
	Parent string // or key of the branch at the start of whose path the gap is
	Path   int    // which path of Parent, from 0
}

// String is the place as a form field has it: start, after:hello,
// path:split:0.
func (p Place) String() string {
	switch {
	case p.After != "":
		return "after:" + p.After
	case p.Parent != "":
		return "path:" + p.Parent + ":" + strconv.Itoa(p.Path)
	}
	return "start"
}

// ParsePlace reads what String wrote.
func ParsePlace(s string) (Place, error) {
	if s == "start" {
		return Place{}, nil
	}
	kind, rest, _ := strings.Cut(s, ":")
	switch kind {
	case "after":
		if validKey(rest) {
			return Place{After: rest}, nil
		}
	case "path":
		key, number, _ := strings.Cut(rest, ":")
		path, err := strconv.Atoi(number)
		if err == nil && path >= 0 && path < MaxPaths && validKey(key) {
			return Place{Parent: key, Path: path}, nil
		}
	}
	return Place{}, &Error{Message: fmt.Sprintf("%.80q is not a place in a workflow. Choose where to put it again.", s)}
}

// End is the place behind everything else.
func End(c Campaign) Place {
	if len(c.Actions) == 0 {
		return Place{}
	}
	return Place{After: c.Actions[len(c.Actions)-1].Key}
}

// Words is the place for people, such as: after “Hello”.
func (p Place) Words(c Campaign) string {
	if a, ok := Find(c, p.After); ok && p.After != "" {
		return "after " + quote(a.Title())
	}
	a, ok := Find(c, p.Parent)
	if ok && p.Parent != "" && p.Path < len(a.paths()) {
		return fmt.Sprintf("at the start of %s in %s", quote(a.Branch.pathName(p.Path)), quote(a.Title()))
	}
	if p == (Place{}) {
		return "at the start"
	}
	return "at a place that is no longer there"
}

// spot is a position in the tree: the index of an action, or the gap before
// it, in the list of the workflow or of a path.
type spot struct {
	list   *[]Action
	index  int
	branch *spot // the branch whose path the list is; nil at the top
	path   int
}

// locate finds the action with this key.
func locate(list *[]Action, key string, branch *spot, path int) *spot {
	for i := range *list {
		here := &spot{list, i, branch, path}
		if (*list)[i].Key == key {
			return here
		}
		paths := (*list)[i].paths()
		for j := range paths {
			if found := locate(&paths[j].Actions, key, here, j); found != nil {
				return found
			}
		}
	}
	return nil
}

// at is the spot of the action with this key.
func (c *Campaign) at(key string) (*spot, error) {
	if s := locate(&c.Actions, key, nil, 0); s != nil && key != "" {
		return s, nil
	}
	return nil, ErrNoAction
}

// gap is the spot that the place means.
func (c *Campaign) gap(p Place) (*spot, error) {
	switch {
	case p.After != "":
		s, err := c.at(p.After)
		if err != nil {
			return nil, err
		}
		s.index++
		return s, nil
	case p.Parent != "":
		s, err := c.at(p.Parent)
		if err != nil {
			return nil, err
		}
		paths := (*s.list)[s.index].paths()
		if p.Path < 0 || p.Path >= len(paths) {
			return nil, ErrNoPath
		}
		return &spot{&paths[p.Path].Actions, 0, s, p.Path}, nil
	}
	return &spot{list: &c.Actions}, nil
}

var (
	// ErrNoAction says that the workflow has no action with this key.
	ErrNoAction = &Error{Message: "This action is no longer in the workflow. Reload the page to see what changed."}
	// ErrNoPath says that the branch has no such path.
	ErrNoPath = &Error{Message: "This path is no longer in the branch. Reload the page to see what changed."}
)
