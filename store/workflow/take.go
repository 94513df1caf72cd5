package workflow

import (
	"encoding/json"
	"slices"

	"github.com/postroom/postroom/store/condition"
)

// Taken is what changed in the source of an action, and who changed it here.
type Taken struct {
	Fields []string     // what is another in the source now, in words: subject
	Texts  []TextChange // those of them that are texts, from what the source said to what it says
	Here   []string     // which of Fields were changed here as well, so that taking them loses that
}

// SourceChanges compares an imported action with its source: base is what the
// source said when it was imported (nil: nobody remembers), now what it says;
// both as Essence makes them.
func SourceChanges(mine Action, base *Action, now Action) (t Taken) {
	was := Essence(mine)
	if base == nil {
		base = &was
	}
	for _, f := range fieldsOf(*base, now) {
		if !equal(f.old, f.new) {
			t.Fields = append(t.Fields, f.name)
		}
	}
	for _, f := range fieldsOf(*base, was) {
		if slices.Contains(t.Fields, f.name) && !equal(f.old, f.new) {
			t.Here = append(t.Here, f.name)
		}
	}
	t.Texts = TextChanges(*base, now)
	return t
}

// take is an imported action with what changed in its source: fitted is the
// source as it is now, with the names of here. What did not change there stays
// as it is here, and so do the key, the actions inside and secrets that were
// put in again. A message that changes becomes a draft. base nil: nobody
// remembers what the source said, so everything is taken.
func take(mine Action, base *Action, now, fitted Action) Action {
	if mine.Type != fitted.Type {
		return mine
	}
	was := fieldsByName(Essence(mine))
	if base != nil {
		was = fieldsByName(*base)
	}
	source, here, new := fieldsByName(now), fieldsByName(mine.head()), fieldsByName(fitted.head())
	changed := false
	for name := range union(was, source) {
		if string(was[name]) == string(source[name]) || name == "paths" {
			continue
		}
		changed = true
		if value, ok := new[name]; ok {
			here[name] = value
		} else {
			delete(here, name)
		}
	}
	out := decoded(here, mine)
	out.Key, out.Origin = mine.Key, fitted.Origin
	if out.Branch != nil {
		repath := string(was["paths"]) != string(source["paths"])
		out.Branch.Paths = mergePaths(mine.Type, mine.Branch.Paths, fitted.Branch.Paths, repath)
	}
	if out.Webhook != nil && changed {
		keepSecrets(out.Webhook, *mine.Webhook, *fitted.Webhook)
	}
	if s := out.sending(); s != nil && changed {
		*s = Draft
	}
	return out
}

// fieldsByName is what the document says of an action by itself.
func fieldsByName(a Action) map[string]json.RawMessage {
	a.Key, a.Origin = "", nil
	all := map[string]json.RawMessage{}
	text, err := encode(a)
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		return nil // what was checked can be written
	}
	for _, name := range []string{"key", "type", "sending", "left_out"} {
		delete(all, name)
	}
	return all
}

func union(a, b map[string]json.RawMessage) map[string]bool {
	all := map[string]bool{}
	for name := range a {
		all[name] = true
	}
	for name := range b {
		all[name] = true
	}
	return all
}

// decoded is mine with these fields instead of its own.
func decoded(fields map[string]json.RawMessage, mine Action) Action {
	whole := map[string]json.RawMessage{}
	for name, value := range fields {
		whole[name] = value
	}
	for name, value := range map[string]any{"type": mine.Type, "key": mine.Key} {
		whole[name], _ = encode(value)
	}
	if s := mine.sending(); s != nil {
		whole["sending"], _ = encode(*s)
	}
	if mine.Webhook != nil && len(mine.Webhook.LeftOut) > 0 {
		whole["left_out"], _ = encode(mine.Webhook.LeftOut)
	}
	text, err := encode(whole)
	out := Action{}
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		return mine // what was checked can be read
	}
	return out
}

// keepSecrets puts secrets that were put in here again into a webhook whose
// address or headers came anew, and asks for those that are missing.
func keepSecrets(w *Webhook, mine, fitted Webhook) {
	for i, h := range w.Headers {
		for _, m := range mine.Headers {
			if h.Value == "" && isSecret(h.Name) && m.Name == h.Name {
				w.Headers[i].Value = m.Value
			}
		}
	}
	if clean, found := stripURL(mine.URL); len(found) > 0 && clean == fitted.URL {
		w.URL = mine.URL
	}
	w.LeftOut = slices.DeleteFunc(appendNew(slices.Clone(mine.LeftOut), fitted.LeftOut...), func(what string) bool {
		return slices.Contains(secrets(*w), what)
	})
}

// ChangedPart is the part of a source that changed: an action of its kind with
// nothing but the fields that differ from what it said before (nil: nobody
// remembers).
func ChangedPart(base *Action, now Action) Action {
	if base == nil {
		return now
	}
	was, part := fieldsByName(*base), map[string]json.RawMessage{}
	for name, value := range fieldsByName(now) {
		if string(was[name]) != string(value) {
			part[name] = value
		}
	}
	now.Condition = nil
	return decoded(part, now)
}

// TakeChanges gives actions what changed in their sources: fitted is the
// sources as they are now, with the names of here, by the keys of their copies.
func TakeChanges(c Campaign, fitted map[string]Action, essences map[string]Action) (Campaign, error) {
	return edit(c, func(c *Campaign) error {
		u := updater{c, nil, essences}
		for key, source := range fitted {
			s, err := c.at(key)
			if err != nil {
				return err
			}
			mine := &(*s.list)[s.index]
			*mine = u.updated(*mine, source)
		}
		return nil
	})
}

// DetachCampaign is a whole campaign as it leaves its workspace to become another one:
// its actions as Copy and Detach make them, and who enters it and what it is
// for without what is the workspace's own.
func DetachCampaign(c Campaign, origin Origin) Campaign {
	var tops []string
	for _, a := range c.Actions {
		tops = append(tops, a.Key)
	}
	out := c.Clone()
	out = out.MapSegments(byName)
	out.Actions = Detach(Copy(c.Actions, tops, nil, origin))
	for _, asked := range []*condition.Condition{out.Filter, out.Trigger.Filter, out.Trigger.People} {
		eachMessage(asked, func(m *condition.Message) {
			switch {
			case m.CampaignID == origin.CampaignID:
				m.CampaignID = 0
			case m.CampaignID != 0:
				m.CampaignID, m.Action = 0, hole+m.Action
			}
		})
	}
	if p := out.Trigger.Person; p != nil && p.By == "cio_id" && !isLiquid(p.Value) {
		p.Value = ""
	}
	return out
}
