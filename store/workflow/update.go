package workflow

import (
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

// CameBefore is the actions of c that are copies of the same sources as some
// of copied, which Copy made: their keys in c by the keys of those.
func CameBefore(c Campaign, copied []Action) map[string]string {
	here := map[source]string{}
	for a := range All(c.Actions) {
		if from, ok := sourceOf(a); ok && here[from] == "" {
			here[from] = a.Key
		}
	}
	came := map[string]string{}
	for a := range All(copied) {
		from, ok := sourceOf(a)
		if key := here[from]; ok && key != "" {
			came[a.Key] = key
			delete(here, from)
		}
	}
	return came
}

// Update brings copied actions, which Copy made, into a campaign that has some
// of them already. Those that came before take the new content and keep their
// key and their place. The others are new: those inside a branch go to the end
// of their path, the rest to the place. Nothing is taken out of the campaign.
func Update(c Campaign, at Place, copied []Action) (Campaign, error) {
	came := CameBefore(c, copied)
	copied = rename(copied, came)
	return edit(c, func(c *Campaign) error {
		added, err := (&updater{c, keysOf(c.Actions)}).bring(copied)
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
	into  *Campaign
	known keyring
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
		if a.Branch != nil && was.Branch != nil {
			a.Branch.Paths = mergePaths(was.Branch.Paths, a.Branch.Paths)
		}
		*was = a
	}
	return added, nil
}

// mergePaths is the new paths with the actions of the old ones before their
// own: one by one, and that for everyone else with its like. Old paths that
// have no new one stay.
func mergePaths(was, now []Path) []Path {
	oldRest, was := cutRest(was)
	rest, now := cutRest(now)
	out := slices.Clone(now)
	for i := range min(len(was), len(now)) {
		out[i].Actions = append(slices.Clone(was[i].Actions), now[i].Actions...)
	}
	if len(was) > len(now) {
		out = append(out, was[len(now):]...)
	}
	switch {
	case len(rest) == 0:
		return append(out, oldRest...)
	case len(oldRest) > 0:
		rest[0].Actions = append(slices.Clone(oldRest[0].Actions), rest[0].Actions...)
	}
	return append(out, rest...)
}

// cutRest takes the path for everyone else away from the others.
func cutRest(paths []Path) (rest, others []Path) {
	if b := (Branch{Paths: paths}); !b.endsWithElse() {
		return nil, paths
	}
	last := len(paths) - 1
	return slices.Clone(paths[last:]), paths[:last]
}
