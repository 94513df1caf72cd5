package workflow

import "strconv"

// layout is where the actions of a workflow stand.
type layout struct {
	order []Action // of the tree
	byKey map[string]Action
	home  map[string]string   // the list that each action is in
	lists map[string][]string // the keys in each list, in order
	homes []string            // the lists, in the order of the tree
}

// positions is the layout of a workflow. Paths are called by their index, or
// by the index that renamed knows for them.
func positions(c Campaign, renamed map[string]int) layout {
	l := layout{byKey: map[string]Action{}, home: map[string]string{}, lists: map[string][]string{}}
	l.add(c.Actions, "", renamed)
	return l
}

func (l *layout) add(actions []Action, home string, renamed map[string]int) {
	l.homes = append(l.homes, home)
	for _, a := range actions {
		l.order = append(l.order, a)
		l.byKey[a.Key] = a
		l.home[a.Key] = home
		l.lists[home] = append(l.lists[home], a.Key)
		for i, p := range a.paths() {
			path := pathID(a.Key, i)
			if was, ok := renamed[path]; ok {
				path = pathID(a.Key, was)
			}
			l.add(p.Actions, path, renamed)
		}
	}
}

func pathID(key string, path int) string { return key + ":" + strconv.Itoa(path) }

// pathsBefore tells for each path of new which path of old it was. Paths of
// the same name are the same; the others are matched in their order, so that a
// path can be renamed or moved without its actions seeming to move.
func pathsBefore(old, new Campaign) map[string]int {
	branches := map[string]*Branch{}
	for a := range All(old.Actions) {
		branches[a.Key] = a.Branch
	}
	was := map[string]int{}
	for a := range All(new.Actions) {
		if before := branches[a.Key]; before != nil && a.Branch != nil {
			match(a.Key, before.Paths, a.Branch.Paths, was)
		}
	}
	return was
}

func match(key string, old, new []Path, was map[string]int) {
	used := make([]bool, len(old))
	pair := func(fits func(o, n int) bool) {
		for n := range new {
			if _, done := was[pathID(key, n)]; done {
				continue
			}
			for o := range old {
				if !used[o] && fits(o, n) {
					used[o], was[pathID(key, n)] = true, o
					break
				}
			}
		}
	}
	pair(func(o, n int) bool { return old[o].Name != "" && old[o].Name == new[n].Name })
	pair(func(o, n int) bool { return true })
	for n := range new {
		if _, done := was[pathID(key, n)]; !done {
			was[pathID(key, n)] = len(old) + n // a new path
		}
	}
}

// movedKeys is the actions of both layouts that stand in another list, or
// elsewhere among those that stayed in theirs. As few as possible count as
// moved.
func movedKeys(before, after layout) map[string]bool {
	moved := map[string]bool{}
	for _, home := range after.homes {
		index := map[string]int{}
		for i, key := range before.lists[home] {
			index[key] = i
		}
		var stayed []string
		for _, key := range after.lists[home] {
			if _, known := before.byKey[key]; known && before.home[key] != home {
				moved[key] = true
			} else if known {
				stayed = append(stayed, key)
			}
		}
		kept := longestRising(stayed, index)
		for _, key := range stayed {
			moved[key] = !kept[key]
		}
	}
	return moved
}

// longestRising is the largest set of keys whose indexes rise in this order.
func longestRising(keys []string, index map[string]int) map[string]bool {
	length, from, best := make([]int, len(keys)), make([]int, len(keys)), -1
	for i := range keys {
		length[i], from[i] = 1, -1
		for j := range i {
			if index[keys[j]] < index[keys[i]] && length[j]+1 > length[i] {
				length[i], from[i] = length[j]+1, j
			}
		}
		if best < 0 || length[i] > length[best] {
			best = i
		}
	}
	kept := map[string]bool{}
	for i := best; i >= 0; i = from[i] {
		kept[keys[i]] = true
	}
	return kept
}
