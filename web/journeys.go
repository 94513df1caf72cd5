package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

func (s *Server) listJourneys(c echo.Context) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	ctx, ws := c.Request().Context(), here(c)
	list := views.JourneyList{State: journeyStateIn(c.QueryParam("state")), Action: c.QueryParam("at"), Person: strings.TrimSpace(c.QueryParam("person"))}
	if list.Head, _, err = s.campaignHead(c, camp); err != nil {
		return err
	}
	if list.Live, _, err = s.liveOf(c, camp); err != nil {
		return err
	}
	filter := store.JourneyFilter{Campaign: camp.ID, State: list.State, Action: list.Action}
	if list.Person != "" {
		if filter.People, err = s.peopleNamed(c, list.Person); err != nil {
			return err
		}
	}
	list.Found, list.Pages, err = readPage(c,
		func(p store.Page) ([]store.ListedJourney, error) { return s.store.Journeys(ctx, ws.ID, filter, p) },
		func(j store.ListedJourney) int64 { return int64(j.ID) },
		func(at views.At) string { return list.Path(ws, at) })
	if err != nil {
		return err
	}
	if list.Counts, err = s.store.CampaignCounts(ctx, ws.ID, camp.ID); err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.CampaignJourneys(list))
}

// journeyStateIn is a state that an address names, empty for none.
func journeyStateIn(text string) store.JourneyState {
	switch state := store.JourneyState(text); state {
	case store.JourneyActive, store.JourneyFinished, store.JourneyExited:
		return state
	}
	return ""
}

// liveOf is the version that people walk through; of a campaign that never
// ran, nothing.
func (s *Server) liveOf(c echo.Context, camp store.Campaign) (workflow.Campaign, int, error) {
	if camp.Version == 0 {
		return workflow.Campaign{}, 0, nil
	}
	return s.store.Live(c.Request().Context(), here(c).ID, camp.ID)
}

// journey is the journey that the path names.
func (s *Server) journey(c echo.Context) (store.ListedJourney, error) {
	n, err := id[store.JourneyID](c, "journey")
	if err != nil {
		return store.ListedJourney{}, err
	}
	return s.store.Journey(c.Request().Context(), here(c).ID, n)
}

func (s *Server) showJourney(c echo.Context) error {
	j, err := s.journey(c)
	if err != nil {
		return err
	}
	return s.journeyPage(c, http.StatusOK, j, nil)
}

func (s *Server) journeyPage(c echo.Context, status int, j store.ListedJourney, wrong store.Invalid) error {
	ctx, ws := c.Request().Context(), here(c).ID
	page := views.JourneyPage{Journey: j, Wrong: wrong}
	c.Set(sectionKey, "campaigns")
	camp, err := s.store.Campaign(ctx, ws, j.Campaign)
	if err != nil {
		return err
	}
	if page.Head, _, err = s.campaignHead(c, camp); err != nil {
		return err
	}
	if page.Live, _, err = s.liveOf(c, camp); err != nil {
		return err
	}
	if page.Live, err = s.store.WithSegmentNames(ctx, ws, page.Live); err != nil {
		return err
	}
	if page.Deliveries, err = s.store.DeliveriesOn(ctx, ws, j.ID); err != nil {
		return err
	}
	return s.page(c, status, views.ShowJourney(page))
}

// moveJourney takes somebody to another action by hand.
func (s *Server) moveJourney(c echo.Context) error {
	j, err := s.journey(c)
	if err != nil {
		return err
	}
	to := c.FormValue("to")
	if to == "" {
		return s.journeyPage(c, http.StatusUnprocessableEntity, j, store.Invalid{"to": "Choose an action."})
	}
	_, err = s.store.MoveJourney(c.Request().Context(), here(c).ID, j.ID, to, by(c))
	if wrong, ok := invalid(err); ok {
		return s.journeyPage(c, http.StatusUnprocessableEntity, j, wrong)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.JourneyPath(here(c), j.ID), "Moved.")
}

// exitJourney takes somebody out of a campaign by hand.
func (s *Server) exitJourney(c echo.Context) error {
	j, err := s.journey(c)
	if err != nil {
		return err
	}
	_, err = s.store.ExitJourney(c.Request().Context(), here(c).ID, j.ID, by(c))
	if wrong, ok := invalid(err); ok {
		return s.journeyPage(c, http.StatusUnprocessableEntity, j, wrong)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.JourneyPath(here(c), j.ID), "Taken out. What was not sent is not sent.")
}
