package workflow

import (
	"fmt"
	"slices"

	"github.com/postroom/postroom/store/condition"
)

// AddPath adds a path to a branch: last, but before the path that takes
// everyone else.
func AddPath(c Campaign, key, name string, when *condition.Condition) (Campaign, error) {
	return editBranch(c, key, func(a *Action) error {
		b := a.Branch
		if a.Type == TypeABTest {
			return &Error{Message: "A variant is a copy of another one. Choose which to copy."}
		}
		if _, most := a.Type.pathLimits(); len(b.Paths) >= most {
			return &Error{Message: pathCount(a.Type)}
		}
		at := len(b.Paths)
		if a.Type == TypeBranch && b.endsWithElse() {
			at--
		}
		b.Paths = slices.Insert(b.Paths, at, Path{Name: name, When: when.MapSegments(same)})
		return nil
	})
}

// RemovePath takes a path out of a branch, and the actions on it.
func RemovePath(c Campaign, key string, path int) (Campaign, error) {
	return editBranch(c, key, func(a *Action) error {
		b := a.Branch
		least, _ := a.Type.pathLimits()
		switch {
		case !b.has(path):
			return ErrNoPath
		case len(b.Paths) <= least:
			return &Error{Message: pathCount(a.Type) + " Delete the whole action instead."}
		}
		b.Paths = slices.Delete(b.Paths, path, path+1)
		return nil
	})
}

// SwapPaths exchanges what happens on two paths: their actions change places,
// their names and conditions stay.
func SwapPaths(c Campaign, key string, one, other int) (Campaign, error) {
	return editBranch(c, key, func(a *Action) error {
		b := a.Branch
		if !b.has(one) || !b.has(other) {
			return ErrNoPath
		}
		b.Paths[one].Actions, b.Paths[other].Actions = b.Paths[other].Actions, b.Paths[one].Actions
		return nil
	})
}

// MovePath changes the order in which the paths of a branch are asked. The
// path for everyone else stays last.
func MovePath(c Campaign, key string, from, to int) (Campaign, error) {
	return editBranch(c, key, func(a *Action) error {
		b := a.Branch
		last := len(b.Paths) - 1
		switch {
		case !b.has(from) || !b.has(to):
			return ErrNoPath
		case from != to && a.Type == TypeBranch && b.endsWithElse() && (from == last || to == last):
			return &Error{Message: quote(b.pathName(last)) + " stays last: it takes everyone else."}
		}
		p := b.Paths[from]
		b.Paths = slices.Insert(slices.Delete(b.Paths, from, from+1), to, p)
		return nil
	})
}

func editBranch(c Campaign, key string, change func(*Action) error) (Campaign, error) {
	return edit(c, func(c *Campaign) error {
		s, err := c.at(key)
		if err != nil {
			return err
		}
		a := &(*s.list)[s.index]
		if a.Branch == nil {
			return &Error{Message: "Only actions at which people part have paths. Choose a branch."}
		}
		return change(a)
	})
}

func (b *Branch) has(path int) bool { return path >= 0 && path < len(b.Paths) }

// endsWithElse tells whether the last path takes everyone else.
func (b *Branch) endsWithElse() bool {
	return len(b.Paths) > 0 && b.Paths[len(b.Paths)-1].When == nil
}

// PathName is what to call a path.
func (b *Branch) PathName(i int) string { return b.pathName(i) }

// pathName is the path's name, or one made from its number.
func (b *Branch) pathName(i int) string {
	if name := b.Paths[i].Name; name != "" {
		return name
	}
	return fmt.Sprintf("Path %d", i+1)
}
