package web

import (
	"net/url"
	"strings"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// readData is what was typed in the form of an action that changes data.
func readData(f *views.ActionForm, a *workflow.Action, form url.Values) {
	switch {
	case a.UpdatePerson != nil:
		f.Set, f.Person = typedSet(form, "set"), typedPersonRef(form)
		a.UpdatePerson.Set = readSet("set", f.Set, f.Wrong)
		a.UpdatePerson.Person = readPersonRef(f)
	case a.UpdateJourney != nil:
		f.Set = typedSet(form, "set")
		a.UpdateJourney.Set = readSet("set", f.Set, f.Wrong)
	case a.SendEvent != nil:
		readSendEvent(f, a.SendEvent, form)
	case a.SegmentUpdate != nil:
		readSegmentUpdate(f, a.SegmentUpdate, form)
	case a.BatchUpdate != nil:
		readBatchUpdate(f, a.BatchUpdate, form)
	}
}

func readSendEvent(f *views.ActionForm, e *workflow.SendEvent, form url.Values) {
	f.Data, f.Person = typedSet(form, "data"), typedPersonRef(form)
	e.Event, e.Workspace = strings.TrimSpace(form.Get("event")), form.Get("in")
	e.Data = readSet("data", f.Data, f.Wrong)
	e.Person = readPersonRef(f)
	if e.Event == "" {
		f.Wrong["event"] = "Name the event to send."
	}
}

func readSegmentUpdate(f *views.ActionForm, u *workflow.SegmentUpdate, form url.Values) {
	f.Segment, u.Segment = form.Get("segment"), nil
	if f.Segment == "" {
		f.Wrong["segment"] = "Choose the manual segment."
	} else {
		u.Segment = &condition.Segment{Name: f.Segment}
	}
	u.Change = workflow.AddToSegment
	if form.Get("change") == string(workflow.RemoveFromSegment) {
		u.Change = workflow.RemoveFromSegment
	}
}

func readBatchUpdate(f *views.ActionForm, u *workflow.BatchUpdate, form url.Values) {
	var problem string
	if f.People, u.People, problem = readCondition(form, peoplePrefix); problem != "" {
		f.Wrong[peoplePrefix+"condition"] = problem
	} else if u.People == nil {
		f.Wrong[peoplePrefix+"condition"] = "Say who is changed."
	}
	f.Set, f.Data = typedSet(form, "set"), typedSet(form, "data")
	u.Set, u.Data = readSet("set", f.Set, f.Wrong), readSet("data", f.Data, f.Wrong)
	u.Event = strings.TrimSpace(form.Get("event"))
	if len(u.Set) == 0 && u.Event == "" {
		f.Wrong["set"] = "Choose attributes to set, or an event to send to each of them."
	}
}

// personRefForm is whom an action is about, as a form shows it.
func personRefForm(p *workflow.PersonRef) views.PersonRefForm {
	if p == nil {
		return views.PersonRefForm{}
	}
	return views.PersonRefForm{By: p.By, Value: p.Value, Create: p.Create}
}

func typedPersonRef(form url.Values) views.PersonRefForm {
	return views.PersonRefForm{By: form.Get("person-by"), Value: strings.TrimSpace(form.Get("person-value")), Create: form.Get("person-create") != ""}
}

// readPersonRef is whom an action is about; nil: the person on the journey.
func readPersonRef(f *views.ActionForm) *workflow.PersonRef {
	p := f.Person
	if p.By == "" {
		return nil
	}
	if p.Value == "" {
		f.Wrong["person-value"] = "Say who is meant, such as {{event.friend_email}}."
	}
	return &workflow.PersonRef{By: p.By, Value: p.Value, Create: p.Create && p.By != "cio_id"}
}
