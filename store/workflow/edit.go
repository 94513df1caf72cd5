package workflow

import (
	"fmt"
	"slices"
)

// The functions of this file return a changed copy and leave their argument as
// it is. Their errors are *Error, in words for the person who edits.

// Find is a copy of the action with this key.
func Find(c Campaign, key string) (Action, bool) {
	s := locate(&c.Actions, key, nil, 0)
	if s == nil {
		return Action{}, false
	}
	return cloneActions((*s.list)[s.index : s.index+1])[0], true
}

// Insert puts actions at the place, in their order. Those without a key get
// one.
func Insert(c Campaign, at Place, actions ...Action) (Campaign, error) {
	return edit(c, func(c *Campaign) error {
		added := cloneActions(actions)
		keysOf(c.Actions).with(added).give(added)
		s, err := c.gap(at)
		if err != nil {
			return err
		}
		s.insert(added...)
		return nil
	})
}

// Replace puts a in the place of the action with the same key.
func Replace(c Campaign, a Action) (Campaign, error) {
	return edit(c, func(c *Campaign) error {
		s, err := c.at(a.Key)
		if err != nil {
			return err
		}
		(*s.list)[s.index] = cloneActions([]Action{a})[0]
		return nil
	})
}

// Delete takes out the actions with these keys, and what is inside them.
func Delete(c Campaign, keys []string) (Campaign, error) {
	return edit(c, func(c *Campaign) error {
		_, err := c.take(keys)
		return err
	})
}

// Move puts the actions with these keys at the place, in the order that they
// have in the tree. What is inside them goes with them.
func Move(c Campaign, keys []string, to Place) (Campaign, error) {
	return edit(c, func(c *Campaign) error {
		s, err := c.gap(to)
		if err != nil {
			return err
		}
		for up := s.branch; up != nil; up = up.branch {
			if a := (*up.list)[up.index]; slices.Contains(keys, a.Key) {
				return &Error{Message: fmt.Sprintf("%s cannot be moved into itself. Choose a place outside of it.", quote(a.Title()))}
			}
		}
		s.insert(Action{Key: marker}) // holds the place while the others leave
		moved, err := c.take(keys)
		if err != nil {
			return err
		}
		s, _ = c.at(marker)
		s.remove()
		s.insert(moved...)
		return nil
	})
}

// marker is no valid key, so no action has it.
const marker = "\x00"

// MoveUp moves the action one place up the page: past the action before it,
// into the end of a branch before it, from the start of a path to the end of
// the path before, and from the start of the first path out of the branch.
func MoveUp(c Campaign, key string) (Campaign, error) {
	return edit(c, func(c *Campaign) error {
		s, err := c.at(key)
		if err != nil {
			return err
		}
		up := s.branch
		switch {
		case s.index > 0:
			paths := (*s.list)[s.index-1].paths()
			if len(paths) > 0 {
				list := &paths[len(paths)-1].Actions
				(&spot{list: list, index: len(*list)}).insert(s.remove())
				return nil
			}
			s.swap(s.index - 1)
		case up == nil:
			return &Error{Message: "This action comes first already."}
		case s.path > 0:
			list := &(*up.list)[up.index].Branch.Paths[s.path-1].Actions
			(&spot{list: list, index: len(*list)}).insert(s.remove())
		default:
			up.insert(s.remove())
		}
		return nil
	})
}

// MoveDown undoes MoveUp: it moves the action one place down the page.
func MoveDown(c Campaign, key string) (Campaign, error) {
	return edit(c, func(c *Campaign) error {
		s, err := c.at(key)
		if err != nil {
			return err
		}
		up := s.branch
		switch {
		case s.index+1 < len(*s.list):
			paths := (*s.list)[s.index+1].paths()
			if len(paths) > 0 {
				(&spot{list: &paths[0].Actions}).insert(s.remove())
				return nil
			}
			s.swap(s.index + 1)
		case up == nil:
			return &Error{Message: "This action comes last already."}
		case s.path+1 < len((*up.list)[up.index].Branch.Paths):
			list := &(*up.list)[up.index].Branch.Paths[s.path+1].Actions
			(&spot{list: list}).insert(s.remove())
		default:
			up.index++
			up.insert(s.remove())
		}
		return nil
	})
}

// Duplicate puts a copy of the action right behind it, and tells the key of the
// copy. Messages in it are drafts.
func Duplicate(c Campaign, key string) (Campaign, string, error) {
	var twin string
	out, err := edit(c, func(c *Campaign) error {
		s, err := c.at(key)
		if err != nil {
			return err
		}
		copied := Copy(c.Actions, []string{key}, c, Origin{})
		if copied[0].Name != "" {
			copied[0].Name += " copy"
		}
		twin = copied[0].Key
		s.index++
		s.insert(copied...)
		return nil
	})
	return out, twin, err
}

// edit runs change on a copy of c, and refuses a result that is no workflow.
func edit(c Campaign, change func(*Campaign) error) (Campaign, error) {
	out := c.Clone()
	err := change(&out)
	if err == nil {
		err = Check(out)
	}
	if err != nil {
		return c, err
	}
	return out, nil
}

func (s *spot) insert(actions ...Action) {
	*s.list = slices.Insert(*s.list, s.index, actions...)
}

// remove takes out the action that stands at the spot.
func (s *spot) remove() Action {
	a := (*s.list)[s.index]
	*s.list = slices.Delete(*s.list, s.index, s.index+1)
	return a
}

func (s *spot) swap(with int) {
	list := *s.list
	list[s.index], list[with] = list[with], list[s.index]
}

// take removes the actions with these keys and returns them in the order of
// the tree. One inside another that is taken goes with it.
func (c *Campaign) take(keys []string) ([]Action, error) {
	for _, key := range keys {
		if _, err := c.at(key); err != nil {
			return nil, err
		}
	}
	var taken []Action
	c.Actions = without(c.Actions, keys, &taken)
	return taken, nil
}

func without(actions []Action, keys []string, taken *[]Action) []Action {
	var rest []Action
	for _, a := range actions {
		if slices.Contains(keys, a.Key) {
			*taken = append(*taken, a)
			continue
		}
		for i, p := range a.paths() {
			a.Branch.Paths[i].Actions = without(p.Actions, keys, taken)
		}
		rest = append(rest, a)
	}
	return rest
}
