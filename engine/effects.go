package engine

import (
	"strings"

	"github.com/postroom/postroom/engine/compose"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

// effect is an action that takes effect, with the Liquid in its values
// replaced. A value that is missing keeps it from being done.
func effect(a workflow.Action, step workflow.Step, j store.DueJourney, s traveller) store.Effect {
	e := store.Effect{Action: a, Skipped: step.Skipped, Path: step.Path}
	if step.Skipped || a.IsMessage() || a.IsWait() {
		return e
	}
	r := renderer{scope: scope(s.Person(), j.Event, s.Journey())}
	switch {
	case a.UpdatePerson != nil:
		e.Set, e.Ref = r.set(a.UpdatePerson.Set), r.ref(a.UpdatePerson.Person)
	case a.UpdateJourney != nil:
		e.Set = r.set(a.UpdateJourney.Set)
		r.check(e.Set, s.Journey())
	case a.SendEvent != nil:
		e.Data, e.Ref = r.set(a.SendEvent.Data), r.ref(a.SendEvent.Person)
	case a.BatchUpdate != nil:
		e.Set, e.Data = r.set(a.BatchUpdate.Set), r.set(a.BatchUpdate.Data)
	}
	if r.problem != "" {
		return store.Effect{Action: a, Path: step.Path, Problem: r.problem}
	}
	switch { // later steps of this walk see it
	case a.UpdatePerson != nil && isAbout(e.Ref, s.Person()):
		s.Set(e.Set)
	case a.UpdateJourney != nil:
		s.SetJourney(e.Set)
	}
	return e
}

// isAbout says whether an update is of the person on the journey.
func isAbout(ref identity.Ref, p store.Person) bool {
	switch ref.Kind {
	case "":
		return true
	case identity.ID:
		return ref.Value == p.ExternalID
	case identity.Email:
		return strings.EqualFold(ref.Value, p.Email)
	}
	return strings.TrimPrefix(ref.Value, "cio_") == p.ID.CioID()
}

// journeySet is the attributes of the journey that an effect sets.
func journeySet(e store.Effect) store.Attributes {
	if e.Action.UpdateJourney == nil {
		return nil
	}
	return e.Set
}

// changesStored says whether an effect may change what the database answers:
// events, segments.
func changesStored(e store.Effect) bool {
	a := e.Action
	return !e.Skipped && e.Problem == "" && (a.UpdatePerson != nil || a.SendEvent != nil || a.SegmentUpdate != nil)
}

// asksStored says whether an action, or what may end the journey before it,
// asks the database about the person.
func asksStored(p *store.Plan, key string) (asks bool) {
	a, ok := p.Action(key)
	if !ok {
		return false
	}
	if exit := p.Campaign.Exit; exit.AtGoal() || exit.AtFilter() {
		return true
	}
	look := func(c *condition.Condition) {
		asks = asks || c.Segment != nil || c.Event != nil || c.Message != nil
	}
	a.Condition.Each(look)
	if a.Branch != nil {
		for _, path := range a.Branch.Paths {
			path.When.Each(look)
		}
	}
	return asks
}

// renderer replaces Liquid and keeps the first thing that is wrong.
type renderer struct {
	scope   compose.Scope
	problem string
}

func (r *renderer) fail(reason string) {
	if r.problem == "" {
		r.problem = reason
	}
}

// set is the values that an update sets.
func (r *renderer) set(set map[string]any) store.Attributes {
	out := store.Attributes{}
	for name, value := range set {
		text, ok := value.(string)
		if !ok {
			out[name] = value
			continue
		}
		rendered, err := compose.String(text, r.scope)
		if err != nil {
			r.fail(name + ": " + err.Error())
		}
		out[name] = rendered
	}
	return out
}

// ref is whom an action names besides the person on the journey.
func (r *renderer) ref(p *workflow.PersonRef) identity.Ref {
	if p == nil {
		return identity.Ref{}
	}
	value, err := compose.String(p.Value, r.scope)
	if err != nil {
		r.fail(p.By + " of the person: " + err.Error())
	} else if value = strings.TrimSpace(value); value == "" {
		r.fail("The " + p.By + " of the person is empty.")
	}
	return identity.Ref{Kind: identity.Kind(p.By), Value: value}
}

// check holds what a journey keeps to the limits of a person's attributes.
func (r *renderer) check(set, has store.Attributes) {
	for name, value := range set {
		if err := store.CheckAttribute(name, value); err != nil {
			r.fail(err.Error())
		}
	}
	if len(has)+len(set) > store.MaxAttributes && len(has.And(set)) > store.MaxAttributes {
		r.fail("A journey has as many attributes as a person can have. This is one more.")
	}
}
