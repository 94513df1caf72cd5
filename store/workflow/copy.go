package workflow

import (
	"strconv"

	"github.com/postroom/postroom/store/condition"
)

// Copy is the picked actions of a workflow, ready to be inserted into another.
// A picked branch brings what is inside it; the order of the tree is kept.
// Keys are new in into, messages are drafts, and each action remembers where
// it comes from: what origin says and its key there, unless it is itself an
// imported one and remembers its first source. A zero origin is not
// remembered. Conditions about messages that are copied too mean the copies;
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
		if a.Origin == nil && origin != (Origin{}) {
			source := origin
			source.Action = a.Key
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
	out := MapSegments(actions, func(s condition.Segment) condition.Segment {
		if s.ID != 0 {
			s = condition.Segment{Name: "#" + strconv.FormatInt(s.ID, 10)}
		}
		return s
	})
	out = mapMessages(out, func(m *condition.Message) {
		if m.CampaignID != 0 {
			m.CampaignID, m.Action = 0, hole+m.Action
		}
	})
	stripAll(out)
	return out
}

// hole begins what stands for the key of a message that was left behind. No
// key begins like this.
const hole = "?"

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
