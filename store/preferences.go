package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/postroom/postroom/store/identity"
)

// PreferencesActivity is a person's choice of topics, in the reference
// product's words.
const PreferencesActivity ActivityType = "cio_subscription_preferences_changed"

// withPreferences is what a call sets, with keys such as
// cio_subscription_preferences.topics.topic_1 put into the object that they
// mean. A choice against something stays: only a call that names it alone, and
// is no import, merge or campaign, may turn it on again.
func withPreferences(before Attributes, set Attributes, source string) Attributes {
	whole, given := set[preferences]
	var named []string
	for name := range set {
		if strings.HasPrefix(name, preferences+".") {
			named = append(named, name)
		}
	}
	if !given && len(named) == 0 {
		return set
	}
	out, mine := maps.Clone(set), before[preferences]
	kept, _ := mine.(map[string]any)
	if given {
		kept, _ = keepRefusals(mine, whole).(map[string]any)
	}
	slices.Sort(named)
	for _, name := range named {
		value := out[name]
		delete(out, name)
		if wants, ok := yes(value); ok {
			value = wants
		}
		path := strings.Split(strings.TrimPrefix(name, preferences+"."), ".")
		if source == "" || value == false || !refuses(at(kept, path)) {
			kept = put(kept, path, value)
		}
	}
	if kept == nil && !given {
		return out
	}
	out[preferences] = kept
	if kept == nil {
		out[preferences] = whole
	}
	return out
}

// refuses says whether a choice is against something.
func refuses(choice any) bool {
	wants, chosen := yes(choice)
	return chosen && !wants
}

// keepRefusals is the preferences that a call gives, without what would turn
// on again what is off.
func keepRefusals(mine, theirs any) any {
	a, _ := mine.(map[string]any)
	b, ok := theirs.(map[string]any)
	if !ok {
		b = map[string]any{}
	}
	out := maps.Clone(b)
	for name, value := range a {
		switch inner := value.(type) {
		case map[string]any:
			if kept, _ := keepRefusals(inner, b[name]).(map[string]any); len(kept) > 0 {
				out[name] = kept
			}
		default:
			if refuses(value) {
				out[name] = value
			}
		}
	}
	if len(out) == 0 {
		return theirs
	}
	return out
}

// at is what stands in an object at a path.
func at(object map[string]any, path []string) any {
	value := object[path[0]]
	if len(path) == 1 {
		return value
	}
	inner, _ := value.(map[string]any)
	return at(inner, path[1:])
}

// put is the object with a value at a path; null removes it.
func put(object map[string]any, path []string, value any) map[string]any {
	out := maps.Clone(object)
	if out == nil {
		out = map[string]any{}
	}
	switch {
	case len(path) > 1:
		inner, _ := out[path[0]].(map[string]any)
		out[path[0]] = put(inner, path[1:], value)
	case value == nil || value == "":
		delete(out, path[0])
	default:
		out[path[0]] = value
	}
	return out
}

// TopicChoice is what a person, or a member for them, chose about topics.
type TopicChoice struct {
	Wants    map[TopicID]bool // about these
	Delivery *Delivery        // the message behind whose link they chose; nil: none
	By       string
	How      string
}

// SetTopics keeps a choice of topics. What is chosen as it was changes nothing
// but that it is a choice from now on, whatever becomes of the topic's default.
func (s *Store) SetTopics(ctx context.Context, ws WorkspaceID, id PersonID, choice TopicChoice) error {
	return s.update(ctx, func(tx *Tx) error { return tx.setTopics(ws, id, choice) })
}

func (tx *Tx) setTopics(ws WorkspaceID, id PersonID, choice TopicChoice) error {
	w, err := tx.workspace(ws)
	if err != nil {
		return err
	}
	p, err := person(context.Background(), tx, ws, id)
	if err != nil {
		return err
	}
	all, err := topics(context.Background(), tx, ws)
	if err != nil {
		return err
	}
	set, told := Attributes{}, map[string]bool{}
	for _, t := range all {
		wants, said := choice.Wants[t.ID]
		if !said {
			continue
		}
		set[preferences+".topics."+t.ID.Identifier()] = wants
		if p.Wants(t) != wants {
			told[t.Name] = wants
		}
	}
	if choice.Delivery != nil {
		if err := tx.countOptOut(ws, p, *choice.Delivery, choice.Wants); err != nil {
			return err
		}
	}
	if err := tx.changePerson(w, p, Identify{Attributes: set, Quiet: true}, identity.Decision{}); err != nil || len(told) == 0 {
		return asInvalid(err, "topics")
	}
	a := Activity{PersonID: id, Type: PreferencesActivity}
	if choice.Delivery != nil {
		a.DeliveryID = choice.Delivery.ID
	}
	return tx.noteData(ws, a, map[string]any{"by": choice.By, "how": choice.How, "topics": told})
}

// countOptOut counts who does not want more of what a message was about, as
// one who unsubscribed by it; once for each message. The person is as before
// their choice.
func (tx *Tx) countOptOut(ws WorkspaceID, p Person, d Delivery, wants map[TopicID]bool) error {
	t, err := tx.topicOf(ws, d)
	if err != nil || t == nil {
		return err
	}
	if wanted, said := wants[t.ID]; !said || wanted || !p.Wants(*t) {
		return nil
	}
	fresh, err := tx.note(ws, Activity{PersonID: p.ID, DeliveryID: d.ID, Type: UnsubscribedEmailActivity, Data: []byte(encode(map[string]string{
		"by": "the person", "how": fmt.Sprintf("From the topic “%s”, on the page behind a message's link.", t.Name),
	}))}, fmt.Sprintf("opted out %d", d.ID))
	if err == nil && fresh {
		tx.countRecipient(ws, d, "unsubscribed")
	}
	return err
}

// SetTopicsByDelivery is SetTopics for whoever received a message; for
// somebody who is gone it does nothing.
func (s *Store) SetTopicsByDelivery(ctx context.Context, ws WorkspaceID, d Delivery, wants map[TopicID]bool) error {
	choice := TopicChoice{Wants: wants, Delivery: &d, By: "the person", How: "On the page behind a message's link."}
	err := s.SetTopics(ctx, ws, d.PersonID, choice)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// ChooseTopics keeps what a member says that somebody wants to hear about. What
// turns a topic on again needs the proof that they asked for it.
func (s *Store) ChooseTopics(ctx context.Context, ws WorkspaceID, id PersonID, wants map[TopicID]bool, why string, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		p, err := person(context.Background(), tx, ws, id)
		if err != nil {
			return err
		}
		all, err := topics(context.Background(), tx, ws)
		if err != nil {
			return err
		}
		changed := map[TopicID]bool{}
		for _, t := range all {
			if now, said := wants[t.ID]; said && now != p.Wants(t) {
				changed[t.ID] = now
				if now && strings.TrimSpace(why) == "" {
					return Invalid{"why": "Write down how they asked for it."}
				}
			}
		}
		if len(changed) == 0 {
			return nil
		}
		return tx.setTopics(ws, id, TopicChoice{Wants: changed, By: by.Name, How: strings.TrimSpace(why)})
	})
}

// Choosing is the person with another choice of topics, for showing it.
func (p Person) Choosing(wants map[TopicID]bool) Person {
	p.Attributes = maps.Clone(p.Attributes)
	if p.Attributes == nil {
		p.Attributes = Attributes{}
	}
	kept, _ := p.Attributes[preferences].(map[string]any)
	for id, one := range wants {
		kept = put(kept, []string{"topics", id.Identifier()}, one)
	}
	p.Attributes[preferences] = kept
	return p
}
