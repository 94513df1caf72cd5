package web

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// shownLinks is how many links the page of a campaign's figures lists.
const shownLinks = 50

// showMetrics is the figures of a campaign over time, of its messages all
// together or of one.
func (s *Server) showMetrics(c echo.Context) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	m := views.CampaignMetrics{Period: views.Periods[1]}
	if i := slices.IndexFunc(views.Periods, func(p views.Period) bool { return string(p.Unit) == c.QueryParam("period") }); i >= 0 {
		m.Period = views.Periods[i]
	}
	if m.Head, _, err = s.campaignHead(c, camp); err != nil {
		return err
	}
	if m.Messages, err = s.running(c.Request().Context(), camp, here(c).ID); err != nil {
		return err
	}
	if a, ok := workflow.Find(m.Messages, c.QueryParam("action")); ok {
		m.Action = a.Key
	}
	if err := s.readMetrics(c, &m); err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.ShowCampaignMetrics(m))
}

func (s *Server) readMetrics(c echo.Context, m *views.CampaignMetrics) (err error) {
	ctx, ws := c.Request().Context(), here(c).ID
	of := store.SeriesOf{
		Campaign: m.Head.ID, Action: m.Action, Metrics: store.MessageMetrics,
		Begins: m.Period.Unit.Steps(m.Period.Steps, s.store.Now().UTC()), Unit: m.Period.Unit,
	}
	m.Span = views.Chart{Unit: of.Unit, Begins: of.Begins}
	if m.Series, err = s.store.Series(ctx, ws, of); err != nil {
		return err
	}
	if m.Links, err = s.store.LinkSeries(ctx, ws, of); err != nil {
		return err
	}
	m.Links = m.Links[:min(len(m.Links), shownLinks)]
	of.Action, of.Metrics = "", store.JourneyMetrics
	m.People, err = s.store.Series(ctx, ws, of)
	return err
}
