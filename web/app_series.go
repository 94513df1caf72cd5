package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// span is the time that a series is asked for.
type span struct {
	unit   store.Unit
	begins []time.Time
}

// readSpan reads period and steps, the older way, or start, end and res.
func readSpan(c echo.Context) (w span, err error) {
	zone := time.UTC
	if name := c.QueryParam("tz"); name != "" {
		if zone, err = time.LoadLocation(name); err != nil {
			return w, badCall("tz must be the name of a time zone, like Europe/Amsterdam")
		}
	}
	unit := c.QueryParam("res") + c.QueryParam("resolution") + c.QueryParam("period")
	if unit == "" {
		unit = "days"
	}
	if w.unit, err = store.ParseUnit(unit); err != nil {
		return w, badCall("%s", err)
	}
	if c.QueryParam("start") != "" {
		return w, w.between(c, zone)
	}
	steps := 12
	if text := c.QueryParam("steps"); text != "" {
		if steps, err = strconv.Atoi(text); err != nil || steps < 1 {
			return w, badCall("steps must be a number from 1 to %d", w.unit.Most())
		}
	}
	w.begins = w.unit.Steps(min(steps, w.unit.Most()), time.Now().In(zone))
	return w, nil
}

func (w *span) between(c echo.Context, zone *time.Location) error {
	start, err := strconv.ParseInt(c.QueryParam("start"), 10, 64)
	if err != nil || start < 0 || start > 1<<40 {
		return badCall("start must be a time in unix seconds")
	}
	end := time.Now().Unix()
	if text := c.QueryParam("end"); text != "" {
		if end, err = strconv.ParseInt(text, 10, 64); err != nil || end < start || end > 1<<40 {
			return badCall("end must be a time in unix seconds, after start")
		}
	}
	w.begins = w.unit.Between(time.Unix(start, 0).In(zone), time.Unix(end, 0))
	return nil
}

func (w span) echo(series map[string][]int) map[string]any {
	out := map[string]any{"series": series, "resolution": w.unit}
	if len(w.begins) > 0 {
		out["start"], out["end"] = w.begins[0].Format(time.RFC3339), w.begins[len(w.begins)-1].Format(time.RFC3339)
	}
	return out
}

// messagesOf is whose messages a path means: of a campaign, or of an action
// that it has or had.
func (s *Server) messagesOf(c echo.Context) (of store.SeriesOf, err error) {
	campaign, err := s.campaign(c)
	if err != nil {
		return of, err
	}
	of.Campaign = campaign.ID
	name := c.Param("action")
	if name == "" {
		return of, nil
	}
	if of.Action, err = s.actionKey(c, campaign.ID, name); err != nil {
		return of, err
	}
	ids, err := s.store.ActionIDs(c.Request().Context(), here(c).ID, campaign.ID)
	if err == nil && ids[of.Action] == 0 {
		err = store.ErrNotFound
	}
	return of, err
}

// answerSeries answers with what came of messages, by when they were made.
func (s *Server) answerSeries(c echo.Context, of store.SeriesOf) error {
	w, err := readSpan(c)
	if err != nil {
		return err
	}
	of.Metrics, of.Begins, of.Unit = slices.Concat(store.MessageMetrics, store.AnswerMetrics), w.begins, w.unit
	series, err := s.store.Series(c.Request().Context(), here(c).ID, of)
	if err != nil {
		return err
	}
	return answerJSON(c, http.StatusOK, map[string]any{"metric": w.echo(series)})
}

func (s *Server) campaignSeries(c echo.Context) error {
	of, err := s.messagesOf(c)
	if err != nil {
		return err
	}
	of.Type = workflow.Type(appChannelIn(c.QueryParam("type")))
	return s.answerSeries(c, of)
}

func (s *Server) actionSeries(c echo.Context) error {
	of, err := s.messagesOf(c)
	if err != nil {
		return err
	}
	return s.answerSeries(c, of)
}

// journeySeries is how the people fared who entered in each unit of time.
func (s *Server) journeySeries(c echo.Context) error {
	campaign, err := s.campaign(c)
	if err != nil {
		return err
	}
	w, err := readSpan(c)
	if err != nil {
		return err
	}
	series, err := s.store.Series(c.Request().Context(), here(c).ID, store.SeriesOf{
		Campaign: campaign.ID, Metrics: store.JourneyMetrics, Begins: w.begins, Unit: w.unit,
	})
	if err != nil {
		return err
	}
	series["converted"] = series[store.JourneysConverted]
	delete(series, store.JourneysConverted)
	return answerJSON(c, http.StatusOK, map[string]any{"journey_metric": w.echo(series)})
}

// linkSeries is how often the links of a campaign's messages, or of those of one
// action, were clicked; unique: in how many messages.
func (s *Server) linkSeries(c echo.Context) error {
	of, err := s.messagesOf(c)
	if err != nil {
		return err
	}
	w, err := readSpan(c)
	if err != nil {
		return err
	}
	of.Begins, of.Unit = w.begins, w.unit
	found, err := s.store.LinkSeries(c.Request().Context(), here(c).ID, of)
	if err != nil {
		return err
	}
	links := []map[string]any{}
	for _, l := range found {
		clicked := l.Clicks
		if c.QueryParam("unique") == "true" {
			clicked = l.Messages
		}
		links = append(links, map[string]any{
			"link":   map[string]any{"id": l.ID, "href": l.Href},
			"metric": w.echo(map[string][]int{"clicked": clicked}),
		})
	}
	return answerJSON(c, http.StatusOK, map[string]any{"links": links})
}
