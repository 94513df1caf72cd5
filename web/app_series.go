package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
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

// answerSeries answers with what came of a campaign's messages, or of those of
// one action, by when they were made.
func (s *Server) answerSeries(c echo.Context, campaign store.Campaign, action string) error {
	w, err := readSpan(c)
	if err != nil {
		return err
	}
	series, err := s.store.Series(c.Request().Context(), here(c).ID, store.SeriesOf{
		Campaign: campaign.ID, Action: action, Metrics: store.MessageMetrics, Begins: w.begins, Unit: w.unit,
	})
	if err != nil {
		return err
	}
	return answerJSON(c, http.StatusOK, map[string]any{"metric": w.echo(series)})
}

func (s *Server) campaignSeries(c echo.Context) error {
	campaign, err := s.campaign(c)
	if err != nil {
		return err
	}
	return s.answerSeries(c, campaign, "")
}

func (s *Server) actionSeries(c echo.Context) error {
	campaign, action, err := s.appAction(c)
	if err != nil {
		return err
	}
	return s.answerSeries(c, campaign, action.Key)
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
