package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

func (s *Server) askSchedule(c echo.Context) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	p := camp.Schedule
	f := views.ScheduleForm{Zone: p.Zone, Current: p.Current, Exit: "finish", Start: clockText(p.StartAt, p.Zone), Stop: clockText(p.StopAt, p.Zone)}
	if f.Zone == "" {
		f.Zone = "UTC"
	}
	if p.ExitNow {
		f.Exit = "now"
	}
	return s.showSchedule(c, http.StatusOK, camp, f, nil)
}

// clockText is a time as a field for one holds it.
func clockText(at time.Time, zone string) string {
	loc, ok := workflow.Zone(zone)
	if at.IsZero() || !ok {
		return ""
	}
	return at.In(loc).Format(views.ClockLayout)
}

func (s *Server) showSchedule(c echo.Context, status int, camp store.Campaign, f views.ScheduleForm, wrong store.Invalid) error {
	var err error
	if f.Head, f.Problems, err = s.campaignHead(c, camp); err != nil {
		return err
	}
	if f.Draft, err = s.store.WithSegmentNames(c.Request().Context(), here(c).ID, camp.Draft); err != nil {
		return err
	}
	t := camp.Draft.Trigger
	f.Segment = t.Type == workflow.OnSegment && t.When != workflow.Leave
	return s.page(c, status, views.ScheduleCampaign(f, wrong))
}

func (s *Server) planCampaign(c echo.Context) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	f := views.ScheduleForm{
		Start: strings.TrimSpace(c.FormValue("start")), Stop: strings.TrimSpace(c.FormValue("stop")), Zone: strings.TrimSpace(c.FormValue("zone")),
		Current: c.FormValue("current") != "", Exit: "finish",
	}
	if c.FormValue("exit") == "now" {
		f.Exit = "now"
	}
	plan, wrong := readSchedule(f)
	if len(wrong) > 0 {
		return s.showSchedule(c, http.StatusUnprocessableEntity, camp, f, wrong)
	}
	_, err = s.store.PlanCampaign(c.Request().Context(), here(c).ID, camp.ID, plan, by(c))
	var problems store.NotReady
	if errors.As(err, &problems) {
		return s.showSchedule(c, http.StatusUnprocessableEntity, camp, f, nil)
	}
	if wrong, ok := invalid(err); ok {
		return s.showSchedule(c, http.StatusUnprocessableEntity, camp, f, wrong)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.CampaignPath(here(c), camp.ID), "The schedule is saved.")
}

// readSchedule is what was typed, by the clocks of its zone.
func readSchedule(f views.ScheduleForm) (plan store.Schedule, wrong store.Invalid) {
	wrong = store.Invalid{}
	zone, ok := workflow.Zone(f.Zone)
	if !ok {
		wrong["zone"] = "Choose a time zone, such as Europe/Berlin."
		zone = time.UTC
	}
	read := func(field, text string) time.Time {
		if text == "" {
			return time.Time{}
		}
		at, err := time.ParseInLocation(views.ClockLayout, text, zone)
		if err != nil {
			wrong[field] = "Write a date and a time, such as 2026-12-24 09:00."
		}
		return at
	}
	plan = store.Schedule{Current: f.Current, ExitNow: f.Exit == "now", Zone: f.Zone}
	plan.StartAt, plan.StopAt = read("start", strings.Replace(f.Start, " ", "T", 1)), read("stop", strings.Replace(f.Stop, " ", "T", 1))
	return plan, wrong
}

func (s *Server) cancelSchedule(c echo.Context) error {
	return s.actOnCampaign(c, func(ctx context.Context, camp store.Campaign) (string, string, error) {
		err := s.store.CancelSchedule(ctx, here(c).ID, camp.ID, by(c))
		return views.CampaignPath(here(c), camp.ID), "The schedule is cancelled. The campaign stays as it is.", err
	})
}

func (s *Server) renewHook(c echo.Context) error {
	return s.actOnCampaign(c, func(ctx context.Context, camp store.Campaign) (string, string, error) {
		err := s.store.RenewHook(ctx, here(c).ID, camp.ID, by(c))
		return views.TriggerPath(here(c), camp.ID), "The campaign has another address. The one before leads nowhere now.", err
	})
}
