package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// triggeredCampaign is the campaign that the path names, unless it is a
// broadcast: what starts one is not for this form to say.
func (s *Server) triggeredCampaign(c echo.Context) (store.Campaign, error) {
	camp, err := s.campaign(c)
	if err == nil && camp.Broadcast {
		err = store.ErrNotFound
	}
	return camp, err
}

func (s *Server) editTrigger(c echo.Context) error {
	camp, err := s.triggeredCampaign(c)
	if err != nil {
		return err
	}
	draft, err := s.store.WithSegmentNames(c.Request().Context(), here(c).ID, camp.Draft)
	if err != nil {
		return err
	}
	return s.askTrigger(c, http.StatusOK, camp, triggerForm(camp.Draft, draft), nil)
}

// whoPrefix begins the names of the fields that say who may enter.
const whoPrefix = "who."

// triggerForm is the form for a draft; named is the same with the names of its
// segments.
func triggerForm(draft, named workflow.Campaign) views.TriggerForm {
	t := draft.Trigger
	f := views.TriggerForm{
		Type: string(t.Type), Event: t.Event, Form: t.Form, When: string(t.When), Date: dateForm(t.Date),
		Filter: conditionForm("", named.Trigger.Filter), Who: conditionForm(whoPrefix, named.Filter),
		Frequency: "once", Every: durationForm(draft.Frequency.Every), Again: durationForm(draft.Frequency.Interval),
		GoalKind: "none", Within: durationForm(""), Since: string(workflow.SinceSent), Exit: string(draft.Exit), Subscription: "default",
	}
	if t.Segment != nil {
		f.Segment = idText(store.SegmentID(t.Segment.ID))
	}
	if t.Person != nil {
		f.PersonBy, f.PersonValue, f.PersonCreate = t.Person.By, t.Person.Value, t.Person.Create
	}
	switch {
	case draft.Frequency.Interval != "":
		f.Frequency = "again"
	case draft.Frequency.Every != "":
		f.Frequency = "interval"
	case draft.Frequency.Repeat:
		f.Frequency = "every"
	}
	showGoal(&f, draft.Goal)
	if topic, ok := draft.Subscription.Topic(); ok {
		f.Subscription, f.Topic = "topic", topic
	} else if draft.Subscription.ToAll() {
		f.Subscription = "all"
	}
	return f
}

func showGoal(f *views.TriggerForm, g *workflow.Goal) {
	if g == nil {
		return
	}
	f.GoalKind, f.Goal, f.Within, f.Since = "event", g.Event, durationForm(g.Within), string(g.From())
	if g.Segment != nil {
		f.GoalKind, f.GoalSegment, f.GoalWhen = "segment", idText(store.SegmentID(g.Segment.ID)), string(g.When)
	}
}

// dateForm is a date as a form shows it; a new one comes on its day at nine.
func dateForm(d *workflow.Date) views.DateForm {
	if d == nil {
		return views.DateForm{Shift: "on", Days: durationForm(""), At: "09:00", Zone: "UTC", Repeat: string(workflow.RepeatOnce)}
	}
	f := views.DateForm{Attribute: d.Attribute, Shift: "on", Days: durationForm(""), At: d.At, Zone: d.Zone, PersonZone: d.PersonZone, Repeat: string(d.Repeat)}
	switch {
	case d.Before != "":
		f.Shift, f.Days = "before", durationForm(d.Before)
	case d.After != "":
		f.Shift, f.Days = "after", durationForm(d.After)
	}
	return f
}

func (s *Server) askTrigger(c echo.Context, status int, camp store.Campaign, f views.TriggerForm, wrong store.Invalid) error {
	var err error
	if f.Head, _, err = s.campaignHead(c, camp); err != nil {
		return err
	}
	if f.Names, err = s.conditionNames(c); err != nil {
		return err
	}
	if f.Forms, err = s.store.Forms(c.Request().Context(), here(c).ID); err != nil {
		return err
	}
	if camp.Hook != "" {
		f.Hook = s.baseURL + "/hooks/" + camp.Hook
	}
	return s.page(c, status, views.EditTrigger(f, wrong))
}

func (s *Server) saveTrigger(c echo.Context) error {
	camp, err := s.triggeredCampaign(c)
	if err != nil {
		return err
	}
	form, change, wrong := readTrigger(c)
	if values, err := c.FormParams(); err == nil && editingCondition(values) {
		return s.askTrigger(c, http.StatusOK, camp, form, nil)
	}
	if len(wrong) > 0 {
		return s.askTrigger(c, http.StatusUnprocessableEntity, camp, form, wrong)
	}
	_, err = s.store.EditDraft(c.Request().Context(), here(c).ID, camp.ID, revision(c), "Change the trigger and goal", change, by(c))
	if errors.Is(err, store.ErrChanged) {
		return s.askTrigger(c, http.StatusConflict, camp, form, store.Invalid{"trigger": "Somebody changed this campaign while you had it open. What you typed is still here: look at it and save again."})
	}
	if wrong, ok := invalid(err); ok {
		return s.askTrigger(c, http.StatusUnprocessableEntity, camp, form, wrong)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.TriggerPath(here(c), camp.ID), "Trigger and goal saved.")
}
