package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

func (s *Server) editTrigger(c echo.Context) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	draft, err := s.store.WithSegmentNames(c.Request().Context(), here(c).ID, camp.Draft)
	if err != nil {
		return err
	}
	return s.askTrigger(c, http.StatusOK, camp, triggerForm(camp.Draft, draft), nil)
}

// triggerForm is the form for a draft; named is the same with the names of its
// segments.
func triggerForm(draft, named workflow.Campaign) views.TriggerForm {
	t := draft.Trigger
	f := views.TriggerForm{
		Type: string(t.Type), Event: t.Event, Filter: conditionForm("", named.Trigger.Filter), When: string(t.When),
		Frequency: "once", Every: durationForm(draft.Frequency.Every), Within: durationForm(""), Exit: string(draft.Exit),
	}
	if t.Segment != nil {
		f.Segment = idText(store.SegmentID(t.Segment.ID))
	}
	switch {
	case draft.Frequency.Every != "":
		f.Frequency = "interval"
	case draft.Frequency.Repeat:
		f.Frequency = "every"
	}
	if draft.Goal != nil {
		f.Goal, f.Within = draft.Goal.Event, durationForm(draft.Goal.Within)
	}
	return f
}

func (s *Server) askTrigger(c echo.Context, status int, camp store.Campaign, f views.TriggerForm, wrong store.Invalid) error {
	ctx, ws := c.Request().Context(), here(c).ID
	var err error
	if f.Head, _, err = s.campaignHead(c, camp); err != nil {
		return err
	}
	if f.Events, err = s.store.EventNames(ctx, ws); err != nil {
		return err
	}
	if f.Segments, err = s.store.Segments(ctx, ws); err != nil {
		return err
	}
	return s.page(c, status, views.EditTrigger(f, wrong))
}

func (s *Server) saveTrigger(c echo.Context) error {
	camp, err := s.campaign(c)
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

// readTrigger is what was typed, and the change of the draft that it asks for.
func readTrigger(c echo.Context) (views.TriggerForm, func(workflow.Campaign) (workflow.Campaign, error), store.Invalid) {
	wrong := store.Invalid{}
	values, err := c.FormParams()
	if err != nil {
		wrong["trigger"] = "This form could not be read. Send it again."
	}
	f := views.TriggerForm{
		Type: values.Get("trigger"), Event: strings.TrimSpace(values.Get("event")),
		Segment: values.Get("segment"), When: values.Get("when"), Frequency: values.Get("frequency"),
		Every: typedDuration(values, "every"), Goal: strings.TrimSpace(values.Get("goal")), Within: typedDuration(values, "within"), Exit: values.Get("exit"),
	}
	filter := readFilter(&f, values, wrong)
	trigger := readTriggerType(f, filter, wrong)
	frequency := readFrequency(f, wrong)
	goal, exit := readGoal(f, wrong)
	return f, func(draft workflow.Campaign) (workflow.Campaign, error) {
		draft.Trigger, draft.Frequency, draft.Goal, draft.Exit = trigger, frequency, goal, exit
		return draft, nil
	}, wrong
}

// readFilter is what an event's data must match. Other triggers have none.
func readFilter(f *views.TriggerForm, values url.Values, wrong store.Invalid) *condition.Condition {
	shown, filter, problem := readCondition(values, "")
	f.Filter = shown
	if f.Type != "event" {
		return nil
	}
	if problem != "" {
		wrong["condition"] = problem
	} else if err := filter.CheckData(""); err != nil {
		wrong["condition"] = "Only attributes of the event’s data can be asked for here."
	}
	return filter
}

func readTriggerType(f views.TriggerForm, filter *condition.Condition, wrong store.Invalid) (t workflow.Trigger) {
	switch f.Type {
	case "event":
		if f.Event == "" {
			wrong["event"] = "Name the event that starts this campaign."
		}
		return workflow.Trigger{Type: workflow.OnEvent, Event: f.Event, Filter: filter}
	case "segment":
		g := condition.Segment{ID: number(f.Segment)}
		if g.ID == 0 {
			wrong["segment"] = "Choose the segment that starts this campaign."
		}
		t = workflow.Trigger{Type: workflow.OnSegment, Segment: &g, When: workflow.Enter}
		if f.When == "leave" {
			t.When = workflow.Leave
		}
	}
	return t
}

func readFrequency(f views.TriggerForm, wrong store.Invalid) workflow.Frequency {
	switch f.Frequency {
	case "every":
		return workflow.Frequency{Repeat: true}
	case "interval":
		every, problem := readDuration(f.Every)
		if problem != "" {
			wrong["every"] = problem
		}
		return workflow.Frequency{Repeat: true, Every: every}
	}
	return workflow.Frequency{}
}

func readGoal(f views.TriggerForm, wrong store.Invalid) (*workflow.Goal, workflow.Exit) {
	exit := workflow.ExitNever
	if f.Exit == string(workflow.ExitGoal) {
		exit = workflow.ExitGoal
	}
	if f.Goal == "" {
		if exit == workflow.ExitGoal {
			wrong["goal"] = "Name the goal, or let people leave never."
		}
		return nil, exit
	}
	goal := &workflow.Goal{Event: f.Goal}
	if f.Within.Number != "" {
		within, problem := readDuration(f.Within)
		if problem != "" {
			wrong["within"] = problem
		}
		goal.Within = within
	}
	return goal, exit
}
