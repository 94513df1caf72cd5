package workflow

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/postroom/postroom/store/condition"
)

// Copy is the picked actions of a workflow, ready to be inserted into another.
// A picked branch brings what is inside it; the order of the tree is kept.
// Keys are new in into, messages are drafts, and each action remembers where
// it comes from: what origin says, its key there and what it said. Where its
// source came from is not told on: who may see one workspace need not see
// another. With a zero origin, a copy beside the original, the source stays the
// one of that. Conditions about messages that are copied too mean the copies;
// those about other messages of the source say so.
func Copy(from []Action, picked []string, into *Campaign, origin Origin) []Action {
	var out []Action
	without(cloneActions(from), picked, &out)
	taken := keyring{}
	if into != nil {
		taken = keysOf(into.Actions)
	}
	keys := map[string]string{}
	refresh(out, func(a *Action) {
		if origin != (Origin{}) {
			source := origin
			source.Action, source.Hash = a.Key, a.Hash()
			a.Origin = &source
		}
		keys[a.Key] = taken.keep(a.Key)
		a.Key = keys[a.Key]
	})
	return mapMessages(out, func(m *condition.Message) {
		if m.CampaignID != 0 && m.CampaignID != origin.CampaignID || m.Action == "" {
			return
		}
		if key, ok := keys[m.Action]; ok {
			m.Action, m.CampaignID = key, 0
		} else if m.CampaignID == 0 {
			m.CampaignID = origin.CampaignID
		}
	})
}

// refresh makes a draft of each message in the tree, and calls change on each
// action.
func refresh(actions []Action, change func(*Action)) {
	for i := range actions {
		a := &actions[i]
		if s := a.sending(); s != nil {
			*s = Draft
		}
		change(a)
		for _, p := range a.paths() {
			refresh(p.Actions, change)
		}
	}
}

// Detach makes actions fit to leave their workspace: secrets stay behind, and
// so does what can only be named by an id, of which a hole remains that
// Problems asks to fill. Give segments their names with MapSegments first.
func Detach(actions []Action) []Action {
	out := MapSegments(actions, byName)
	out = mapMessages(out, func(m *condition.Message) {
		if m.CampaignID != 0 {
			m.CampaignID, m.Action = 0, hole+m.Action
		}
	})
	detachPeople(out)
	stripAll(out)
	return out
}

// byName is a segment without its id, which is another one's elsewhere.
func byName(s condition.Segment) condition.Segment {
	if s.ID != 0 {
		s = condition.Segment{Name: "#" + strconv.FormatInt(s.ID, 10)}
	}
	return s
}

// detachPeople makes holes of people and workspaces that are named outright.
func detachPeople(actions []Action) {
	for i := range actions {
		a := &actions[i]
		if p := a.person(); p != nil && p.By == "cio_id" && !isLiquid(p.Value) {
			p.Value = "" // one of the source's people
		}
		if e := a.SendEvent; e != nil && e.Workspace != "" && !strings.HasPrefix(e.Workspace, hole) {
			e.Workspace = hole + e.Workspace
		}
		for _, p := range a.paths() {
			detachPeople(p.Actions)
		}
	}
}

// hole begins what stands for the key of a message, or the slug of a workspace,
// that was left behind. No key and no slug begins like this.
const hole = "?"

// MapMessages is a copy of the actions in which each question about a message
// that was left behind asks about another one: about the one whose key to
// gives for the old key, if it gives any.
func MapMessages(actions []Action, to func(key string) string) []Action {
	return mapMessages(actions, func(m *condition.Message) {
		if was, left := strings.CutPrefix(m.Action, hole); left && m.CampaignID == 0 {
			m.Action = cmp.Or(to(was), m.Action)
		}
	})
}

// MapWorkspaces is a copy of the actions in which each event that went to
// another workspace goes to the one that to makes of its slug; a hole, when it
// has none, stays one without a name.
func MapWorkspaces(actions []Action, to func(slug string) (string, bool)) []Action {
	out := cloneActions(actions)
	mapWorkspaces(out, to)
	return out
}

func mapWorkspaces(actions []Action, to func(slug string) (string, bool)) {
	for i := range actions {
		if e := actions[i].SendEvent; e != nil && strings.HasPrefix(e.Workspace, hole) {
			slug, known := to(strings.TrimPrefix(e.Workspace, hole))
			if !known {
				slug = hole
			}
			e.Workspace = slug
		}
		for _, p := range actions[i].paths() {
			mapWorkspaces(p.Actions, to)
		}
	}
}

// LeftWorkspace says whether an event went to a workspace that was left behind.
func (e SendEvent) LeftWorkspace() bool { return strings.HasPrefix(e.Workspace, hole) }

// WithoutSecrets is the actions without the credentials that StripSecrets takes
// away.
func WithoutSecrets(actions []Action) []Action {
	out := cloneActions(actions)
	stripAll(out)
	return out
}

func stripAll(actions []Action) {
	for i := range actions {
		actions[i] = StripSecrets(actions[i])
		for _, p := range actions[i].paths() {
			stripAll(p.Actions)
		}
	}
}

// mapMessages is a copy of the actions in which change was called on each
// question about a message.
func mapMessages(actions []Action, change func(*condition.Message)) []Action {
	return mapConditions(actions, func(c *condition.Condition) *condition.Condition {
		c = c.MapSegments(same)
		eachMessage(c, change)
		return c
	})
}

func eachMessage(c *condition.Condition, visit func(*condition.Message)) {
	if c == nil {
		return
	}
	if c.Message != nil {
		visit(c.Message)
	}
	eachMessage(c.Not, visit)
	for i := range c.And {
		eachMessage(&c.And[i], visit)
	}
	for i := range c.Or {
		eachMessage(&c.Or[i], visit)
	}
}
