package workflow

import (
	"cmp"
	"slices"

	"github.com/postroom/postroom/store/condition"
)

// source is what two copies of one action have in common.
type source struct {
	workspace string
	campaign  int64
	action    string
	kind      Type
}

func sourceOf(a Action) (source, bool) {
	if a.Origin == nil {
		return source{}, false
	}
	return source{a.Origin.Workspace, a.Origin.CampaignID, a.Origin.Action, a.Type}, true
}

// Before is what is known of actions that came before.
type Before struct {
	Essences map[string]Action // what their sources said and say, by Hash
	Home     map[string]string // see Home
}

// Home is the actions of c of which actions of another campaign are copies: by
// their keys there, their keys in c. So what was tried elsewhere can be brought
// home. self is the origin that copies of c's own actions have.
func Home(c Campaign, self Origin, there []Action) map[string]string {
	home := map[string]string{}
	for a := range All(there) {
		if o := a.Origin; o != nil && o.Workspace == self.Workspace && o.CampaignID == self.CampaignID {
			if mine, ok := Find(c, o.Action); ok && mine.Type == a.Type {
				home[a.Key] = mine.Key
			}
		}
	}
	return home
}

// CameBefore is the actions of c that are copies of the same sources as some
// of copied, which Copy made, or that those are copies of: their keys in c by
// the keys of those.
func CameBefore(c Campaign, copied []Action, home map[string]string) map[string]string {
	here := map[source]string{}
	for a := range All(c.Actions) {
		if from, ok := sourceOf(a); ok && here[from] == "" {
			here[from] = a.Key
		}
	}
	came, used := map[string]string{}, map[string]bool{}
	for a := range All(copied) {
		from, ok := sourceOf(a)
		if !ok {
			continue
		}
		key := cmp.Or(here[from], home[a.Origin.Action])
		if key != "" && !used[key] {
			came[a.Key], used[key] = key, true
		}
	}
	return came
}

// Update brings copied actions, which Copy made, into a campaign that has some
// of them already. Those that came before take what changed in their source
// and keep the rest, their key and their place. The others are new: those
// inside a branch go to the end of their path, the rest to the place. Nothing
// is taken out of the campaign.
func Update(c Campaign, at Place, copied []Action, before Before) (Campaign, error) {
	came := CameBefore(c, copied, before.Home)
	copied = rename(copied, came)
	return edit(c, func(c *Campaign) error {
		added, err := (&updater{c, keysOf(c.Actions), before.Essences}).bring(copied)
		if err != nil {
			return err
		}
		s, err := c.gap(at)
		if err != nil {
			return err
		}
		s.insert(added...)
		return nil
	})
}

// rename is a copy of the actions with other keys, also where conditions ask
// about their messages.
func rename(actions []Action, keys map[string]string) []Action {
	out := mapMessages(actions, func(m *condition.Message) {
		if key, ok := keys[m.Action]; ok && m.CampaignID == 0 {
			m.Action = key
		}
	})
	renameAll(out, keys)
	return out
}

func renameAll(actions []Action, keys map[string]string) {
	for i := range actions {
		if key, ok := keys[actions[i].Key]; ok {
			actions[i].Key = key
		}
		for _, p := range actions[i].paths() {
			renameAll(p.Actions, keys)
		}
	}
}

type updater struct {
	into     *Campaign
	known    keyring
	essences map[string]Action
}

// bring changes the actions that the campaign has, and returns the others.
func (u *updater) bring(actions []Action) (added []Action, err error) {
	for _, a := range actions {
		for i, p := range a.paths() {
			if a.Branch.Paths[i].Actions, err = u.bring(p.Actions); err != nil {
				return nil, err
			}
		}
		if !u.known[a.Key] {
			added = append(added, a)
			continue
		}
		s, err := u.into.at(a.Key)
		if err != nil {
			return nil, err
		}
		was := &(*s.list)[s.index]
		*was = u.updated(*was, a)
	}
	return added, nil
}

// updated is an action that came before, with what changed in its source.
// Where nothing did it stays untouched, but for what is new inside.
func (u *updater) updated(mine, fitted Action) Action {
	var base *Action
	if mine.Origin != nil {
		if mine.Origin.Hash == fitted.Origin.Hash && mine.Origin.Hash != "" {
			return withAdded(mine, fitted)
		}
		if known, ok := u.essences[mine.Origin.Hash]; ok {
			base = &known
		}
	}
	now, ok := u.essences[fitted.Origin.Hash]
	if !ok {
		now, base = Essence(fitted), nil
	}
	return take(mine, base, now, fitted)
}

// withAdded is an action with the actions that are new inside it.
func withAdded(mine, fitted Action) Action {
	if mine.Branch != nil && fitted.Branch != nil {
		mine.Branch.Paths = mergePaths(mine.Type, mine.Branch.Paths, fitted.Branch.Paths, false)
	}
	return mine
}

// mergePaths is the old paths with the actions of the new ones behind their
// own. Of a branch they are matched one by one, and that for everyone else
// with its like; of the others by name, or else one by one. anew: they become
// as the new ones are. Old paths that have no new one stay.
func mergePaths(t Type, was, now []Path, anew bool) []Path {
	out, rest := slices.Clone(was), []Path(nil)
	partner := partners(t, was, now)
	for n, p := range now {
		switch o := partner[n]; {
		case o < 0 && (anew || len(p.Actions) > 0):
			rest = append(rest, p)
		case o >= 0:
			actions := append(slices.Clone(out[o].Actions), p.Actions...)
			if anew {
				out[o] = p
			}
			out[o].Actions = actions
		}
	}
	if last := len(out) - 1; t == TypeBranch && len(out) > 0 && out[last].When == nil {
		return append(append(out[:last:last], rest...), out[last])
	}
	return append(out, rest...)
}

// partners is for each new path the old one that it is matched with, or -1.
func partners(t Type, was, now []Path) []int {
	found, used := make([]int, len(now)), make([]bool, len(was))
	for n := range found {
		found[n] = -1
	}
	pair := func(fits func(o, n int) bool) {
		for n := range now {
			for o := range was {
				if found[n] < 0 && !used[o] && fits(o, n) {
					found[n], used[o] = o, true
				}
			}
		}
	}
	rest := func(paths []Path, i int) bool {
		return t == TypeBranch && i == len(paths)-1 && paths[i].When == nil
	}
	pair(func(o, n int) bool { return rest(was, o) && rest(now, n) })
	if t != TypeBranch {
		pair(func(o, n int) bool { return was[o].Name != "" && was[o].Name == now[n].Name })
	}
	pair(func(o, n int) bool { return !rest(was, o) && !rest(now, n) })
	return found
}
