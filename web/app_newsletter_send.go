package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// sendNewsletter lets a newsletter go out now.
func (s *Server) sendNewsletter(c echo.Context) error {
	campaign, _, err := s.pacedNewsletter(c)
	if err != nil {
		return refusedChange(c, err)
	}
	if campaign, err = s.store.StartCampaign(c.Request().Context(), here(c).ID, campaign.ID, false, store.APICalls); err != nil {
		return refusedChange(c, err)
	}
	return s.answerNewsletter(c, campaign)
}

// scheduleNewsletter plans when a newsletter goes out.
func (s *Server) scheduleNewsletter(c echo.Context) error {
	campaign, body, err := s.pacedNewsletter(c, "send_at")
	if err != nil {
		return refusedChange(c, err)
	}
	at, ok := body["send_at"].(json.Number)
	seconds, err := at.Int64()
	if !ok || err != nil {
		return pointed{"/send_at", "send_at must be a time to come in seconds since 1970"}.answer(c)
	}
	plan := store.Schedule{StartAt: time.Unix(seconds, 0), Zone: "UTC"}
	campaign, err = s.store.PlanCampaign(c.Request().Context(), here(c).ID, campaign.ID, plan, store.APICalls)
	if wrong, ok := invalid(err); ok && wrong["start"] != "" {
		return pointed{"/send_at", wrong["start"]}.answer(c)
	}
	if err != nil {
		return refusedChange(c, err)
	}
	return s.answerNewsletter(c, campaign)
}

// paces is for how long a rate holds, in seconds.
var paces = map[any]int{nil: 3600, "": 3600, "second": 1, "minute": 60, "hour": 3600, "day": 86_400}

// pacedNewsletter is the newsletter that the path names, with the pace that the
// call asks for. Other fields than these and the pace are refused.
func (s *Server) pacedNewsletter(c echo.Context, others ...string) (campaign store.Campaign, body map[string]any, err error) {
	if campaign, err = s.broadcast(c, true); err != nil {
		return campaign, nil, err
	}
	if body, err = readObject(c); err != nil {
		return campaign, nil, err
	}
	for name := range body {
		if !slices.Contains(append(others, "rate_limit_email_rate", "rate_limit_time_period", "timezone_match"), name) {
			return campaign, nil, pointed{"/" + name, name + " is not known here"}
		}
	}
	plan := store.NewsletterPlan{PerHour: campaign.PerHour, InZones: campaign.InZones}
	if match := body["timezone_match"]; match != nil {
		var ok bool
		if plan.InZones, ok = match.(bool); !ok {
			return campaign, nil, pointed{"/timezone_match", "timezone_match must be true or false"}
		}
	}
	if rate := body["rate_limit_email_rate"]; rate != nil {
		seconds, known := paces[body["rate_limit_time_period"]]
		number, _ := rate.(json.Number)
		n, err := number.Int64()
		switch {
		case !known:
			return campaign, nil, pointed{"/rate_limit_time_period", "rate_limit_time_period must be second, minute, hour or day"}
		case err != nil || n < 1 || n > 10_000_000:
			return campaign, nil, pointed{"/rate_limit_email_rate", "rate_limit_email_rate must be a whole number of emails"}
		}
		plan.PerHour = int(max(1, n*3600/int64(seconds)))
	}
	if plan.PerHour > 10_000_000 {
		plan.PerHour = 0 // as fast as it can
	}
	return campaign, body, s.store.SetNewsletterPlan(c.Request().Context(), here(c).ID, campaign.ID, plan, store.APICalls)
}

// onlyContent lets a call that names no message of a newsletter be about its
// only one.
func (s *Server) onlyContent(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		campaign, err := s.broadcast(c, true)
		if err != nil {
			return err
		}
		var keys []string
		for a := range workflow.All(campaign.Draft.Actions) {
			if a.Email != nil {
				keys = append(keys, a.Key)
			}
		}
		if len(keys) != 1 {
			return pointed{"/", fmt.Sprintf("the newsletter has %d emails: name a test group", len(keys))}.answer(c)
		}
		names, values := slices.Clone(c.ParamNames()), slices.Clone(c.ParamValues())
		c.SetParamNames(append(names, "action")...)
		c.SetParamValues(append(values, keys[0])...)
		return next(c)
	}
}

// translation is where the texts of a translation are, by the App API's names.
func translation(t *workflow.Translation) map[string]*string {
	return map[string]*string{"subject": &t.Subject, "preheader_text": &t.Preheader, "body": &t.Body}
}

// addTranslation writes an email in one more language.
func (s *Server) addTranslation(c echo.Context) error {
	return s.changeMessage(c, func(a workflow.Action, body map[string]any) (workflow.Action, error) {
		if a.Email == nil {
			return a, store.ErrNotFound
		}
		var t workflow.Translation
		texts := translation(&t)
		texts["language"] = &t.Language
		if err := putTexts(texts, body); err != nil {
			return a, err
		}
		switch {
		case t.Language == "":
			return a, pointed{"/language", "language must be a tag such as de or en-US"}
		case a.Email.LanguageFor(t.Language) != "":
			return a, pointed{"/language", "this language is there already"}
		}
		a.Email.Languages = append(a.Email.Languages, t)
		return a, nil
	})
}

// deleteTranslation takes a language of an email away.
func (s *Server) deleteTranslation(c echo.Context) error {
	return s.changeMessage(c, func(a workflow.Action, _ map[string]any) (workflow.Action, error) {
		if a.Email == nil {
			return a, store.ErrNotFound
		}
		language := a.Email.LanguageFor(c.Param("language"))
		if language == "" {
			return a, store.ErrNotFound
		}
		a.Email.Languages = slices.DeleteFunc(slices.Clone(a.Email.Languages), func(t workflow.Translation) bool { return t.Language == language })
		return a, nil
	})
}

// listTestGroups is the variants of a newsletter that is tested.
func (s *Server) listTestGroups(c echo.Context) error {
	campaign, err := s.broadcast(c, true)
	if err != nil {
		return err
	}
	n, err := s.appNewsletterOf(c, campaign)
	if err != nil {
		return err
	}
	return answerJSON(c, http.StatusOK, map[string]any{"test_groups": n.Tests})
}

// addTestGroup tests the newsletter's email with one variant more. Nobody gets
// it until it has a share.
func (s *Server) addTestGroup(c echo.Context) error {
	campaign, err := s.broadcast(c, true)
	if err != nil {
		return err
	}
	campaign, err = s.store.EditDraft(c.Request().Context(), here(c).ID, campaign.ID, store.AnyRevision, "Add a variant", func(draft workflow.Campaign) (workflow.Campaign, error) {
		for a := range workflow.All(draft.Actions) {
			if a.Type == workflow.TypeABTest {
				return workflow.AddVariant(draft, a.Key, 0)
			}
		}
		for a := range workflow.All(draft.Actions) {
			if a.IsMessage() {
				tested, _, err := workflow.Test(draft, a.Key)
				return tested, err
			}
		}
		return draft, pointed{"/", "the newsletter has no message yet"}
	}, store.APICalls)
	if err != nil {
		return refusedChange(c, err)
	}
	return s.answerNewsletter(c, campaign)
}
