package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// actionForm is the settings of an action as a form shows them.
func actionForm(a workflow.Action) views.ActionForm {
	f := views.ActionForm{Action: a, Condition: conditionForm("", a.Condition)}
	switch {
	case a.Delay != nil:
		f.Delay = durationForm(a.Delay.Duration)
	case a.Email != nil:
		f.Topic, _ = a.Email.Subscription.Topic()
	case a.Webhook != nil:
		f.Headers = views.HeaderLines(a.Webhook.Headers)
		f.Kept = a.Webhook.Response
	case a.UpdatePerson != nil:
		f.Set, f.Person = setRows(a.UpdatePerson.Set), personRefForm(a.UpdatePerson.Person)
	case a.UpdateJourney != nil:
		f.Set = setRows(a.UpdateJourney.Set)
	case a.SendEvent != nil:
		f.Data, f.Person = setRows(a.SendEvent.Data), personRefForm(a.SendEvent.Person)
	case a.SegmentUpdate != nil && a.SegmentUpdate.Segment != nil:
		f.Segment = a.SegmentUpdate.Segment.Name
	case a.BatchUpdate != nil:
		f.People = conditionForm(peoplePrefix, a.BatchUpdate.People)
		f.Set, f.Data = setRows(a.BatchUpdate.Set), setRows(a.BatchUpdate.Data)
	case a.Branch != nil:
		for i, p := range a.Branch.Paths {
			f.Paths = append(f.Paths, pathForm(a, i, p, conditionForm(pathPrefix(i), p.When)))
		}
	}
	return f
}

// peoplePrefix begins the names of the fields that say whom a batch update
// changes.
const peoplePrefix = "people-"

// readAction is the action with what was typed in its form. Wrong says what
// could not be taken.
func readAction(a workflow.Action, form url.Values) views.ActionForm {
	f := views.ActionForm{Wrong: store.Invalid{}}
	a.Name = strings.Join(strings.Fields(form.Get("name")), " ")
	var problem string
	if f.Condition, a.Condition, problem = readCondition(form, ""); problem != "" {
		f.Wrong["condition"] = problem
	}
	switch {
	case a.IsMessage():
		readMessage(&f, &a, form)
	case a.Delay != nil:
		f.Delay = typedDuration(form, "duration")
		if a.Delay.Duration, problem = readDuration(f.Delay); problem != "" {
			f.Wrong["duration"] = problem
		}
	case a.TimeWindow != nil:
		readWindow(&f, a.TimeWindow, form)
	case a.Branch != nil:
		typedPaths(&f, a, form)
	default:
		readData(&f, &a, form)
	}
	f.Action = a
	return f
}

func readSending(form url.Values) workflow.Sending {
	sending := workflow.Sending(form.Get("sending"))
	if !slices.Contains([]workflow.Sending{workflow.Automatic, workflow.Off}, sending) {
		return workflow.Draft // the one from which nothing leaves by accident
	}
	return sending
}

// readWindow keeps times that are none, for the problems to tell.
func readWindow(f *views.ActionForm, w *workflow.TimeWindow, form url.Values) {
	w.Days = nil
	for _, day := range workflow.Weekdays {
		if slices.Contains(form["day"], day) {
			w.Days = append(w.Days, day)
		}
	}
	if len(w.Days) == 0 {
		f.Wrong["days"] = "Choose at least one day."
	}
	w.From, w.To = strings.TrimSpace(form.Get("from")), strings.TrimSpace(form.Get("to"))
	if w.To == "00:00" {
		w.To = "24:00" // what browsers know as the end of a day
	}
	for field, text := range map[string]string{"from": w.From, "to": w.To} {
		if !workflow.IsClock(text) {
			f.Wrong[field] = "Write a time such as 09:00."
		}
	}
	w.Zone, w.PersonZone = strings.TrimSpace(form.Get("zone")), form.Get("person_zone") != ""
	if _, ok := workflow.Zone(w.Zone); !ok {
		f.Wrong["zone"] = "Write the name of a time zone, such as Europe/Berlin."
	}
}
