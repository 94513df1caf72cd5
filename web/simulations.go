package web

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

func (s *Server) listSimulations(c echo.Context) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	f := views.SimulationForm{Version: "draft", Who: "audience", Most: strconv.Itoa(views.SimulationSizes[1])}
	return s.simulationsPage(c, http.StatusOK, camp, f)
}

func (s *Server) simulationsPage(c echo.Context, status int, camp store.Campaign, f views.SimulationForm) (err error) {
	ctx, ws := c.Request().Context(), here(c).ID
	if f.Head, _, err = s.campaignHead(c, camp); err != nil {
		return err
	}
	if f.Segments, err = s.store.Segments(ctx, ws); err != nil {
		return err
	}
	if f.Earlier, err = s.store.Simulations(ctx, ws, camp.ID); err != nil {
		return err
	}
	if likely, err := store.LikelyPeople(camp.Draft.Trigger); err == nil {
		if f.Likely, err = s.store.CountPeople(ctx, ws, likely, previewWithin); err != nil {
			return err
		}
	}
	return s.page(c, status, views.ListSimulations(f))
}

func (s *Server) createSimulation(c echo.Context) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	f := views.SimulationForm{
		Version: c.FormValue("version"), Who: c.FormValue("who"), Segment: c.FormValue("segment"), Named: c.FormValue("named"), Most: c.FormValue("most"),
		StartsAt: strings.TrimSpace(c.FormValue("starts_at")), Data: c.FormValue("data"), Again: c.FormValue("again") != "",
	}
	n, wrong, err := s.readSimulation(c, camp, f)
	if err != nil {
		return err
	}
	if len(wrong) == 0 {
		var id store.JobID
		if id, err = s.store.CreateSimulation(c.Request().Context(), here(c).ID, n, by(c)); err == nil {
			return c.Redirect(http.StatusSeeOther, views.SimulationPath(here(c), camp.ID, id))
		}
		var ok bool
		if wrong, ok = invalid(err); !ok {
			return err
		}
	}
	if _, err := s.store.Imagined(c.Request().Context(), here(c).ID, n); err != nil { // all that is wrong, at once
		more, _ := invalid(err)
		maps.Copy(wrong, more)
	}
	f.Wrong = wrong
	return s.simulationsPage(c, http.StatusUnprocessableEntity, camp, f)
}

// readSimulation is what a form asks for.
func (s *Server) readSimulation(c echo.Context, camp store.Campaign, f views.SimulationForm) (n store.NewSimulation, wrong store.Invalid, err error) {
	wrong = store.Invalid{}
	n = store.NewSimulation{Campaign: camp.ID, Live: f.Version == "live", Again: f.Again}
	if text := strings.TrimSpace(f.Data); text != "" {
		n.Data = json.RawMessage(text)
	}
	if n.Most, err = strconv.Atoi(f.Most); err != nil || !slices.Contains(views.SimulationSizes, n.Most) {
		n.Most = views.SimulationSizes[1]
	}
	if f.StartsAt != "" {
		if n.StartsAt, err = time.Parse(views.ClockLayout, strings.Replace(f.StartsAt, " ", "T", 1)); err != nil {
			wrong["starts_at"] = "Write a date and a time, such as 2026-12-24 09:00."
		}
	}
	switch f.Who {
	case "named":
		n.Chosen, err = s.simulatedNames(c, f.Named, wrong)
		n.Expected, n.Most = store.PeopleCount{People: len(n.Chosen), Exact: true}, 0
		return n, wrong, err
	case "segment":
		n.Query.Filter = &condition.Condition{Segment: &condition.Segment{Name: f.Segment}}
		g, err := s.store.SegmentByName(c.Request().Context(), here(c).ID, f.Segment)
		if err == store.ErrNotFound {
			wrong["segment"] = "Choose a segment."
			return n, wrong, nil
		}
		if err != nil {
			return n, wrong, err
		}
		n.Query.Filter.Segment = &condition.Segment{ID: int64(g.ID)}
	default:
		doc, err := s.simulatedVersion(c, camp, n.Live)
		if err != nil {
			return n, wrong, err
		}
		if n.Query, err = store.LikelyPeople(doc.Trigger); err != nil {
			wrong, _ = invalid(err)
			return n, wrong, nil
		}
	}
	n.Expected, err = s.store.CountPeople(c.Request().Context(), here(c).ID, n.Query, previewWithin)
	n.Expected.People = min(n.Expected.People, n.Most)
	return n, wrong, err
}

// simulatedVersion is the live version, if that is asked for and there is one;
// else the draft.
func (s *Server) simulatedVersion(c echo.Context, camp store.Campaign, live bool) (workflow.Campaign, error) {
	if !live || camp.Version == 0 {
		return camp.Draft, nil
	}
	doc, _, err := s.store.Live(c.Request().Context(), here(c).ID, camp.ID)
	return doc, err
}

// simulatedNames is whom the lines of a field name.
func (s *Server) simulatedNames(c echo.Context, text string, wrong store.Invalid) (all []store.PersonID, err error) {
	lines := strings.Fields(strings.ReplaceAll(text, ",", " "))
	if len(lines) > store.MaxChosen {
		wrong["named"] = "Name at most 1,000 people."
		return nil, nil
	}
	var unknown []string
	for _, name := range lines {
		found, err := s.peopleNamed(c, name)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			unknown = append(unknown, name)
		}
		all = append(all, found...)
	}
	switch {
	case len(lines) == 0:
		wrong["named"] = "Write at least one email address or id."
	case len(unknown) > 0:
		wrong["named"] = "There is nobody here with " + strings.Join(unknown[:min(len(unknown), 5)], ", ") + "."
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}
