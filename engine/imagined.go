package engine

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
)

// imagined is somebody as they would be after what a simulation has done to
// them, at a moment of its clock.
type imagined struct {
	*store.Subject
	now      time.Time
	campaign store.CampaignID
	segments *segmentBook
	members  map[int64]bool // manual segments and the trigger's, whatever the database says
	events   []imaginedEvent
	messages map[string]time.Time // when each action's message was sent last
	consent  *bool                // unsubscribed, if the campaign changed that
}

type imaginedEvent struct {
	name string
	at   time.Time
	data map[string]any
}

// Person is them, with the consent that they would have.
func (t *imagined) Person() store.Person {
	p := t.Subject.Person()
	if t.consent != nil {
		p.Unsubscribed = *t.consent
	}
	return p
}

// Attribute is as of a subject.
func (t *imagined) Attribute(name string) (any, bool) {
	if name == "unsubscribed" && t.consent != nil {
		return *t.consent, true
	}
	return t.Subject.Attribute(name)
}

// InSegment asks a segment's condition by the clock of the simulation; a manual
// one by what is kept of it.
func (t *imagined) InSegment(ref condition.Segment) bool {
	g, err := t.segments.find(ref)
	if err != nil {
		t.fail(err)
		return false
	}
	if in, ok := t.members[int64(g.ID)]; ok {
		return in
	}
	if g.ID == 0 || g.Manual {
		return t.Subject.InSegment(ref)
	}
	return g.Condition.Match(t, t.now)
}

// Events is what they did and would do.
func (t *imagined) Events(e condition.Event, limit int, where func(map[string]any) bool) (times []time.Time) {
	for i := len(t.events) - 1; i >= 0 && len(times) < limit; i-- {
		own := t.events[i]
		if e.Kind() == "event" && own.name == e.Name && (where == nil || where(own.data)) {
			times = append(times, own.at)
		}
	}
	if len(times) == limit {
		return times
	}
	return append(times, t.Subject.Events(e, limit-len(times), where)...)
}

// Message is when the metric last happened, in the simulation or before.
func (t *imagined) Message(m condition.Message) time.Time {
	last := t.Subject.Message(m)
	if m.Metric != "sent" && m.Metric != "delivered" || m.CampaignID != 0 && m.CampaignID != int64(t.campaign) {
		return last
	}
	for key, at := range t.messages {
		if (m.Action == "" || m.Action == key) && at.After(last) {
			last = at
		}
	}
	return last
}

func (t *imagined) fail(err error) {
	if t.Err == nil {
		t.Err = err
	}
}

// cross puts somebody on the side of the trigger's segment on which they are
// once they are triggered.
func (t *imagined) cross(trigger workflow.Trigger) {
	if trigger.Type != workflow.OnSegment || trigger.Segment == nil {
		return
	}
	in := trigger.When != workflow.Leave
	if t.InSegment(*trigger.Segment) == in {
		return
	}
	t.member(*trigger.Segment, in)
}

func (t *imagined) member(ref condition.Segment, in bool) {
	g, err := t.segments.find(ref)
	if err != nil {
		t.fail(err)
		return
	}
	if t.members == nil {
		t.members = map[int64]bool{}
	}
	t.members[int64(g.ID)] = in
}

func (t *imagined) sent(action string, at time.Time) {
	if t.messages == nil {
		t.messages = map[string]time.Time{}
	}
	t.messages[action] = at
}

// imagine lets an effect be seen by what follows. Attributes are seen already.
func (t *imagined) imagine(w store.Workspace, e store.Effect) {
	a := e.Action
	switch {
	case a.SegmentUpdate != nil:
		t.member(*a.SegmentUpdate.Segment, a.SegmentUpdate.Change != workflow.RemoveFromSegment)
	case a.SendEvent != nil && isAbout(e.Ref, t.Subject.Person()) && (a.SendEvent.Workspace == "" || a.SendEvent.Workspace == w.Slug):
		t.events = append(t.events, imaginedEvent{a.SendEvent.Event, t.now, e.Data})
	case a.UpdatePerson != nil && isAbout(e.Ref, t.Subject.Person()):
		if value, ok := e.Set["unsubscribed"]; ok {
			words := store.AttributeWords(value)
			out := words == "1" || strings.EqualFold(words, "true")
			t.consent = &out
		}
	}
}

// segmentBook finds segments, each once.
type segmentBook struct {
	store *store.Store
	ws    store.WorkspaceID
	known map[condition.Segment]store.Segment
}

// find is the zero segment when there is none.
func (b *segmentBook) find(ref condition.Segment) (g store.Segment, err error) {
	if g, ok := b.known[ref]; ok {
		return g, nil
	}
	if ref.ID != 0 {
		g, err = b.store.Segment(context.Background(), b.ws, store.SegmentID(ref.ID))
	} else {
		g, err = b.store.SegmentByName(context.Background(), b.ws, ref.Name)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return g, err
	}
	if b.known == nil {
		b.known = map[condition.Segment]store.Segment{}
	}
	b.known[ref] = g
	return g, nil
}
