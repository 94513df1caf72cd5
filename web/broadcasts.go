package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

func (s *Server) newBroadcast(c echo.Context) error {
	return s.page(c, http.StatusOK, views.NewBroadcast(views.NewBroadcastForm{Kind: "newsletter"}, nil))
}

func (s *Server) createBroadcast(c echo.Context) error {
	form := views.NewBroadcastForm{Name: c.FormValue("name"), Kind: c.FormValue("kind")}
	made, err := s.store.CreateBroadcast(c.Request().Context(), here(c).ID, form.Name, form.Kind != "api", by(c))
	if wrong, ok := invalid(err); ok {
		return s.page(c, http.StatusUnprocessableEntity, views.NewBroadcast(form, wrong))
	}
	if err != nil {
		return err
	}
	return s.done(c, views.AudiencePath(here(c), made.ID), "“"+made.Name+"” is created, as a draft. Choose who gets it, then write the message.")
}

// broadcastPage is the broadcast that the path names.
func (s *Server) broadcastPage(c echo.Context) (store.Campaign, error) {
	camp, err := s.campaign(c)
	if err == nil && !camp.Broadcast {
		err = store.ErrNotFound
	}
	return camp, err
}

func (s *Server) editAudience(c echo.Context) error {
	camp, err := s.broadcastPage(c)
	if err != nil {
		return err
	}
	named, err := s.store.WithSegmentNames(c.Request().Context(), here(c).ID, camp.Draft)
	if err != nil {
		return err
	}
	form := views.AudienceForm{People: conditionForm("", named.Trigger.People), Subscription: string(camp.Draft.Subscription), InZones: camp.InZones}
	form.Goal = triggerForm(camp.Draft, named)
	if camp.PerHour > 0 {
		form.PerHour = strconv.Itoa(camp.PerHour)
	}
	return s.askAudience(c, http.StatusOK, camp, form, camp.Draft.Trigger.People, nil)
}

// askAudience shows the form, with how many people a condition reaches.
func (s *Server) askAudience(c echo.Context, status int, camp store.Campaign, form views.AudienceForm, people *condition.Condition, wrong store.Invalid) error {
	var err error
	if form.Head, _, err = s.campaignHead(c, camp); err != nil {
		return err
	}
	if form.Names, err = s.conditionNames(c); err != nil {
		return err
	}
	form.Goal.Names = form.Names
	if form.Reach, err = s.reach(c, people, workflow.Subscription(form.Subscription), previewWithin); err != nil {
		return err
	}
	return s.page(c, status, views.EditAudience(form, wrong))
}

// sampled is how many people are named as examples.
const sampled = 5

func (s *Server) saveAudience(c echo.Context) error {
	camp, err := s.broadcastPage(c)
	if err != nil {
		return err
	}
	values, err := c.FormParams()
	if err != nil {
		return err
	}
	wrong := store.Invalid{}
	form := views.AudienceForm{
		Subscription: values.Get("subscription"), PerHour: strings.TrimSpace(values.Get("per_hour")), InZones: values.Get("in_zones") != "",
	}
	var people *condition.Condition
	var problem string
	if form.People, people, problem = readCondition(values, ""); problem != "" {
		wrong["condition"] = problem
	}
	form.Goal = typedTrigger(values)
	goal, _ := readGoal(form.Goal, wrong)
	plan := store.NewsletterPlan{InZones: form.InZones}
	if form.PerHour != "" {
		if plan.PerHour, err = strconv.Atoi(form.PerHour); err != nil || plan.PerHour < 1 {
			wrong["per_hour"] = "Write a whole number, or nothing for as fast as it can."
		}
	}
	counts := values.Get("do") == "count"
	if editingCondition(values) || counts && len(wrong) == 0 {
		return s.askAudience(c, http.StatusOK, camp, form, people, nil)
	}
	if len(wrong) > 0 {
		return s.askAudience(c, http.StatusUnprocessableEntity, camp, form, people, wrong)
	}
	if wrong, err = s.keepAudience(c, camp, audienceChange{people, workflow.Subscription(form.Subscription), goal}, plan); err != nil {
		return err
	}
	if len(wrong) > 0 {
		return s.askAudience(c, http.StatusUnprocessableEntity, camp, form, people, wrong)
	}
	return s.done(c, views.AudiencePath(here(c), camp.ID), "Saved.")
}

// audienceChange is what the page of the audience changes in the workflow.
type audienceChange struct {
	people *condition.Condition
	to     workflow.Subscription
	goal   *workflow.Goal
}

func (s *Server) keepAudience(c echo.Context, camp store.Campaign, to audienceChange, plan store.NewsletterPlan) (store.Invalid, error) {
	ctx, ws := c.Request().Context(), here(c).ID
	_, err := s.store.EditDraft(ctx, ws, camp.ID, revision(c), "Choose the audience", func(draft workflow.Campaign) (workflow.Campaign, error) {
		draft.Trigger.People, draft.Subscription, draft.Goal = to.people, to.to, to.goal
		return draft, workflow.Check(draft)
	}, by(c))
	var refused *workflow.Error
	switch {
	case errors.Is(err, store.ErrChanged):
		return store.Invalid{"condition": "Somebody changed this broadcast while you had it open. What you typed is still here: look at it and save again."}, nil
	case errors.As(err, &refused):
		return store.Invalid{"condition": refused.Message}, nil
	case err != nil || !camp.Newsletter:
		wrong, ok := invalid(err)
		if ok {
			return wrong, nil
		}
		return nil, err
	}
	err = s.store.SetNewsletterPlan(ctx, ws, camp.ID, plan, by(c))
	if wrong, ok := invalid(err); ok {
		return wrong, nil
	}
	return nil, err
}

func (s *Server) listBroadcastRuns(c echo.Context) error {
	camp, err := s.broadcastPage(c)
	if err != nil {
		return err
	}
	return s.runsPage(c, http.StatusOK, camp, views.RunList{Data: "{}"})
}

func (s *Server) runsPage(c echo.Context, status int, camp store.Campaign, list views.RunList) (err error) {
	ctx, ws := c.Request().Context(), here(c)
	if list.Head, _, err = s.campaignHead(c, camp); err != nil {
		return err
	}
	list.Runs, list.Pages, err = readPage(c,
		func(p store.Page) ([]store.Job, error) { return s.store.Runs(ctx, ws.ID, camp.ID, p) },
		func(j store.Job) int64 { return int64(j.ID) },
		func(at views.At) string { return views.RunsAtPath(ws, camp.ID, at) })
	if err != nil {
		return err
	}
	return s.page(c, status, views.ShowRuns(list))
}

// runBroadcast lets people into a broadcast by hand.
func (s *Server) runBroadcast(c echo.Context) error {
	camp, err := s.broadcastPage(c)
	if err != nil {
		return err
	}
	list := views.RunList{Data: strings.TrimSpace(c.FormValue("data")), Wrong: store.Invalid{}}
	data, err := decodeObject([]byte(list.Data))
	if err != nil {
		list.Wrong["data"] = "Write a JSON object, such as {\"code\": \"SALE\"}."
		return s.runsPage(c, http.StatusUnprocessableEntity, camp, list)
	}
	run := store.NewRun{}
	if run.Data, err = json.Marshal(data); err != nil {
		return err
	}
	if run.Filter, err = s.ownAudience(c, camp); err != nil {
		return err
	}
	id, err := s.store.TriggerBroadcast(c.Request().Context(), here(c).ID, camp.ID, run, by(c))
	wrong, ok := invalid(err)
	switch {
	case errors.Is(err, store.ErrTooSoon):
		list.Wrong["data"] = "It was run a moment ago, or five runs are not over yet. Try again in a few seconds."
	case ok:
		list.Wrong["data"] = wrong["campaign"]
	case err != nil:
		return err
	default:
		return s.done(c, views.JobPath(here(c), id), "The run has begun.")
	}
	return s.runsPage(c, http.StatusUnprocessableEntity, camp, list)
}
