package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// campaignPageSize is how many campaigns a page of the list has.
const campaignPageSize = 50

func (s *Server) listCampaigns(c echo.Context) error { return s.campaignList(c, false) }

func (s *Server) listBroadcasts(c echo.Context) error { return s.campaignList(c, true) }

func (s *Server) campaignList(c echo.Context, broadcasts bool) error {
	list := views.CampaignList{Q: strings.TrimSpace(c.QueryParam("q")), Archived: c.QueryParam("archived") != "", Broadcasts: broadcasts}
	page := store.CampaignPage{
		Before: store.ParseCampaignCursor(c.QueryParam("before")),
		After:  store.ParseCampaignCursor(c.QueryParam("after")),
		Limit:  campaignPageSize + 1,
	}
	all, err := s.store.Campaigns(c.Request().Context(), here(c).ID, list.Filter(), page)
	if err == nil && page.After.ID != 0 && len(all) <= campaignPageSize {
		page.After = store.CampaignCursor{} // back at the beginning, which is a full page
		all, err = s.store.Campaigns(c.Request().Context(), here(c).ID, list.Filter(), page)
	}
	if err != nil {
		return err
	}
	list.Campaigns, list.Pages = campaignPages(here(c), list, page, all)
	return s.page(c, http.StatusOK, views.ListCampaigns(list))
}

// campaignPages cuts the one campaign too many, which only says that the list
// goes on, and finds the addresses of the pages on either side.
func campaignPages(ws store.Workspace, list views.CampaignList, page store.CampaignPage, all []store.CampaignSummary) ([]store.CampaignSummary, views.Pages) {
	more := len(all) == page.Limit
	if more && page.After.ID != 0 {
		all = all[1:]
	} else if more {
		all = all[:page.Limit-1]
	}
	address := func(name string, at store.CampaignSummary) string {
		q := url.Values{name: {at.Cursor().String()}}
		if list.Q != "" {
			q.Set("q", list.Q)
		}
		if list.Archived {
			q.Set("archived", "1")
		}
		return list.Base(ws) + "?" + q.Encode()
	}
	var pages views.Pages
	if len(all) > 0 && (page.Before.ID != 0 || page.After.ID != 0) {
		pages.Newer = address("after", all[0])
	}
	if more || page.After.ID != 0 {
		pages.Older = address("before", all[len(all)-1])
	}
	return all, pages
}

func (s *Server) newCampaign(c echo.Context) error {
	return s.askCampaign(c, http.StatusOK, views.NewCampaignForm{Trigger: "event"}, nil)
}

func (s *Server) askCampaign(c echo.Context, status int, form views.NewCampaignForm, wrong store.Invalid) error {
	var err error
	if form.Events, err = s.store.EventNames(c.Request().Context(), here(c).ID); err != nil {
		return err
	}
	if form.Segments, err = s.store.Segments(c.Request().Context(), here(c).ID); err != nil {
		return err
	}
	return s.page(c, status, views.NewCampaign(form, wrong))
}

func (s *Server) createCampaign(c echo.Context) error {
	ctx := c.Request().Context()
	form := views.NewCampaignForm{
		Name: c.FormValue("name"), Trigger: c.FormValue("trigger"),
		Event: strings.TrimSpace(c.FormValue("event")), Segment: c.FormValue("segment"),
	}
	trigger, wrong, err := s.newTrigger(ctx, here(c).ID, form)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return s.askCampaign(c, http.StatusUnprocessableEntity, form, wrong)
	}
	made, err := s.store.CreateCampaign(ctx, here(c).ID, form.Name, by(c))
	if wrong, ok := invalid(err); ok {
		return s.askCampaign(c, http.StatusUnprocessableEntity, form, wrong)
	}
	if err != nil {
		return err
	}
	_, err = s.store.EditDraft(ctx, here(c).ID, made.ID, made.Revision, "Choose the trigger", func(draft workflow.Campaign) (workflow.Campaign, error) {
		draft.Trigger = trigger
		return draft, nil
	}, by(c))
	if err != nil {
		return err
	}
	to := views.WorkflowPath(here(c), made.ID)
	if trigger.Type == workflow.OnDate || trigger.Type == workflow.OnForm || trigger.Type == workflow.OnWebhook {
		to = views.TriggerPath(here(c), made.ID) // which asks for the rest
	}
	return s.done(c, to, "“"+made.Name+"” is created, as a draft.")
}

// newTrigger is the trigger that the form for a new campaign asks for.
func (s *Server) newTrigger(ctx context.Context, ws store.WorkspaceID, form views.NewCampaignForm) (workflow.Trigger, store.Invalid, error) {
	wrong := store.Invalid{}
	if strings.TrimSpace(form.Name) == "" {
		wrong["name"] = "Name the campaign."
	}
	switch form.Trigger {
	case "event":
		if form.Event == "" {
			wrong["event"] = "Name the event that starts it, or decide later."
		}
		return workflow.Trigger{Type: workflow.OnEvent, Event: form.Event}, wrong, nil
	case "segment":
		g, err := s.chosenSegment(ctx, ws, form.Segment)
		if err != nil {
			return workflow.Trigger{}, nil, err
		}
		if g == nil {
			wrong["segment"] = "Choose a segment, or decide later."
		}
		return workflow.Trigger{Type: workflow.OnSegment, Segment: g, When: workflow.Enter}, wrong, nil
	case "date":
		return workflow.Trigger{Type: workflow.OnDate, Date: &workflow.Date{At: "09:00", Zone: "UTC", Repeat: workflow.RepeatOnce}}, wrong, nil
	case "form":
		return workflow.Trigger{Type: workflow.OnForm}, wrong, nil
	case "webhook":
		return workflow.Trigger{Type: workflow.OnWebhook}, wrong, nil
	}
	return workflow.Trigger{}, wrong, nil
}

// chosenSegment is the segment that a form names by its id, nil when there is
// none such.
func (s *Server) chosenSegment(ctx context.Context, ws store.WorkspaceID, id string) (*condition.Segment, error) {
	all, err := s.store.Segments(ctx, ws)
	if err != nil {
		return nil, err
	}
	for _, g := range all {
		if idText(g.ID) == id {
			return &condition.Segment{ID: int64(g.ID)}, nil
		}
	}
	return nil, nil
}

// campaign is the campaign that the path names.
func (s *Server) campaign(c echo.Context) (store.Campaign, error) {
	n, err := id[store.CampaignID](c, "campaign")
	if err != nil {
		return store.Campaign{}, err
	}
	return s.store.Campaign(c.Request().Context(), here(c).ID, n)
}

// campaignHead is the top of a campaign's pages, and its draft's problems.
func (s *Server) campaignHead(c echo.Context, camp store.Campaign) (views.CampaignHead, []workflow.Problem, error) {
	ctx := c.Request().Context()
	head := views.CampaignHead{Campaign: camp}
	if camp.Broadcast {
		c.Set(sectionKey, "broadcasts")
	}
	changes, err := s.changes(ctx, here(c).ID, camp)
	if err != nil {
		return head, nil, err
	}
	head.Changes = len(changes)
	if head.History, err = s.store.History(ctx, here(c).ID, camp.ID); err != nil {
		return head, nil, err
	}
	problems, err := s.store.CampaignProblems(ctx, here(c).ID, camp.Draft)
	problems = append(camp.NoAudience(), problems...)
	for _, p := range problems {
		if p.Blocking {
			head.Blocking++
		}
	}
	return head, problems, err
}

// changes is what publishing the draft would change.
func (s *Server) changes(ctx context.Context, ws store.WorkspaceID, camp store.Campaign) ([]workflow.Change, error) {
	if !camp.Unpublished() {
		return nil, nil
	}
	live, draft, err := s.liveAndDraft(ctx, ws, camp)
	return workflow.Diff(live, draft), err
}

// liveAndDraft is both, with the names of their segments.
func (s *Server) liveAndDraft(ctx context.Context, ws store.WorkspaceID, camp store.Campaign) (live, draft workflow.Campaign, err error) {
	if draft, err = s.store.WithSegmentNames(ctx, ws, camp.Draft); err != nil || camp.Version == 0 {
		return live, draft, err
	}
	if live, _, err = s.store.Live(ctx, ws, camp.ID); err != nil {
		return live, draft, err
	}
	live, err = s.store.WithSegmentNames(ctx, ws, live)
	return live, draft, err
}

func (s *Server) showCampaign(c echo.Context) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	return s.overview(c, http.StatusOK, camp, nil)
}

func (s *Server) overview(c echo.Context, status int, camp store.Campaign, wrong store.Invalid) error {
	ctx := c.Request().Context()
	head, _, err := s.campaignHead(c, camp)
	if err != nil {
		return err
	}
	shown := camp.Draft
	if camp.Version > 0 {
		if shown, _, err = s.store.Live(ctx, here(c).ID, camp.ID); err != nil {
			return err
		}
	}
	if shown, err = s.store.WithSegmentNames(ctx, here(c).ID, shown); err != nil {
		return err
	}
	counts, err := s.store.CampaignCounts(ctx, here(c).ID, camp.ID)
	if err != nil {
		return err
	}
	o := views.CampaignOverview{Head: head, Shown: shown, Counts: counts[""], ByAction: counts}
	if o.Dated, err = s.store.DatesProgress(ctx, here(c).ID, camp); err != nil {
		return err
	}
	return s.page(c, status, views.ShowCampaign(o, wrong))
}
