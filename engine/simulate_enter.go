package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// enters asks whether somebody would come into the campaign, and when: w.now. An
// outcome of w says that they would not.
func (s *Simulator) enters(ctx context.Context, p store.Person, t *imagined, w *simulatedWalk) (event store.TriggerEvent, err error) {
	w.now = s.sim.StartsAt
	w.out.EnteredAt = w.now
	refuse := func(reason string) { w.out.Outcome, w.out.Reason, w.out.EndedAt = store.WouldNot, reason, w.now }
	c := s.plan.Campaign
	if event, err = s.event(ctx, p, t); err != nil {
		return event, err
	}
	if data := s.e.store.Subject(ctx, s.workspace.ID, store.Person{}, event, nil); !c.Trigger.Filter.Match(data, w.now) {
		refuse("What happened to them is not what the trigger asks for.")
		return event, data.Err
	}
	if c.Trigger.Type == workflow.OnDate {
		zone, _ := p.Attributes["timezone"].(string)
		if w.now = c.Trigger.Date.Next(p.Attributes[c.Trigger.Date.Attribute], zone, w.now); w.now.IsZero() {
			w.now = s.sim.StartsAt
			refuse(fmt.Sprintf("The date in “%s” does not come, or they have none.", c.Trigger.Date.Attribute))
			return event, nil
		}
	}
	if !s.sim.Again && p.ID != 0 {
		last, err := s.e.store.LastEntry(ctx, s.workspace.ID, s.sim.Campaign, p.ID)
		if err != nil {
			return event, err
		}
		if !c.Frequency.Allows(last, w.now) {
			refuse("They have been in this campaign, and do not enter again.")
			return event, nil
		}
	}
	t.Subject = s.e.store.Subject(ctx, s.workspace.ID, p, event, nil).In(s.sim.Campaign)
	t.now = w.now
	t.cross(c.Trigger)
	if event.Name != "" {
		data, _ := store.DecodeObject(event.Data) // nothing, or what was read before
		t.events = append(t.events, imaginedEvent{event.Name, w.now, data})
	}
	if !s.admitted(t, w) {
		refuse(store.NotAdmitted)
	}
	w.out.EnteredAt = w.now
	return event, t.Err
}

// event is what begins the journey: what was given, or somebody's own last
// event of the trigger's name that it takes.
func (s *Simulator) event(ctx context.Context, p store.Person, t *imagined) (store.TriggerEvent, error) {
	trigger := s.plan.Campaign.Trigger
	event := store.TriggerEvent{Data: s.sim.Data}
	if trigger.Type != workflow.OnEvent {
		return event, nil
	}
	event.Name, event.Timestamp = trigger.Event, s.sim.StartsAt.Unix()
	if len(s.sim.Data) > 0 {
		return event, nil
	}
	own, ok, err := s.e.store.LastEvent(ctx, s.workspace.ID, p.ID, trigger.Event, func(e store.TriggerEvent) bool {
		data := s.e.store.Subject(ctx, s.workspace.ID, store.Person{}, e, nil)
		return trigger.Filter.Match(data, s.sim.StartsAt) && data.Err == nil
	})
	if ok {
		event.Data = own.Data
	}
	return event, err
}

// admitted asks the campaign's filter, for as long as it is asked of who was
// triggered.
func (s *Simulator) admitted(t *imagined, w *simulatedWalk) bool {
	until := w.now
	if s.plan.Campaign.Trigger.Patient() {
		until = until.Add(store.AdmitWithin)
	}
	for {
		t.now = w.now
		is, again := s.plan.Campaign.Admits(t, w.now)
		if is {
			return true
		}
		if again.IsZero() || !again.After(w.now) {
			again = w.now.Add(time.Minute)
		}
		if again.After(until) {
			return false
		}
		w.now = again
	}
}
