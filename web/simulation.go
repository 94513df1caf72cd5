package web

import (
	"encoding/csv"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// simulation is the one that the address names, with its job.
func (s *Server) simulation(c echo.Context) (p views.SimulationPage, err error) {
	camp, err := s.campaign(c)
	if err != nil {
		return p, err
	}
	ctx, ws := c.Request().Context(), here(c).ID
	if p.Job, err = s.job(c); err != nil {
		return p, err
	}
	if p.Sim, err = s.store.Simulation(ctx, ws, p.Job.ID); err != nil {
		return p, err
	}
	if p.Sim.Campaign != camp.ID {
		return p, store.ErrNotFound
	}
	if p.Head, _, err = s.campaignHead(c, camp); err != nil {
		return p, err
	}
	p.Sim.Document, err = s.store.WithSegmentNames(ctx, ws, p.Sim.Document)
	return p, err
}

func (s *Server) showSimulation(c echo.Context) error {
	p, err := s.simulation(c)
	if err != nil {
		return err
	}
	ctx, ws := c.Request().Context(), here(c)
	p.Q = strings.TrimSpace(c.QueryParam("person"))
	if f := store.SimulatedFilter(c.QueryParam("show")); slices.Contains(store.SimulatedFilters, f) {
		p.Filter = f
	}
	if p.Q != "" {
		p.Found, err = s.simulatedNamed(c, p.Job.ID, p.Q)
	} else {
		p.Found, p.Pages, err = readPage(c,
			func(page store.Page) ([]store.SimulatedJourney, error) {
				return s.store.Simulated(ctx, ws.ID, p.Job.ID, p.Filter, page)
			},
			func(j store.SimulatedJourney) int64 { return int64(j.Person) },
			func(at views.At) string { return p.Path(ws, at) + "#list" })
	}
	if err != nil {
		return err
	}
	if p.Names, err = s.exampleNames(c, p.Sim.Tally); err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.ShowSimulation(p))
}

// simulatedNamed is the journeys of whom an identifier names.
func (s *Server) simulatedNamed(c echo.Context, id store.JobID, name string) (all []store.SimulatedJourney, err error) {
	people, err := s.peopleNamed(c, name)
	if err != nil {
		return nil, err
	}
	for _, who := range people {
		j, err := s.store.SimulatedOf(c.Request().Context(), here(c).ID, id, who)
		if err == nil {
			all = append(all, j)
		} else if err != store.ErrNotFound {
			return nil, err
		}
	}
	return all, nil
}

// exampleNames names the people who are examples of problems.
func (s *Server) exampleNames(c echo.Context, t store.SimulationTally) (map[store.PersonID]string, error) {
	names := map[store.PersonID]string{}
	for _, one := range slices.Concat(t.Problems, t.Refusals) {
		for _, who := range one.People {
			if names[who] != "" {
				continue
			}
			p, err := s.store.Person(c.Request().Context(), here(c).ID, who)
			switch {
			case err == store.ErrNotFound:
				names[who] = "somebody who is gone"
			case err != nil:
				return nil, err
			default:
				names[who] = p.Label()
			}
		}
	}
	return names, nil
}

// showSimulationProgress is the part of the page that is asked for while a
// simulation runs. 286 ends that, and the page is shown anew.
func (s *Server) showSimulationProgress(c echo.Context) error {
	p, err := s.simulation(c)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if p.Job.State != store.JobRunning {
		status = 286
		c.Response().Header().Set("HX-Refresh", "true")
	}
	return s.part(c, status, views.SimulationProgress(p))
}

func (s *Server) showSimulated(c echo.Context) error {
	p, err := s.simulation(c)
	if err != nil {
		return err
	}
	who, err := strconv.ParseInt(c.Param("person"), 10, 64)
	if err != nil {
		return store.ErrNotFound
	}
	j, err := s.store.SimulatedOf(c.Request().Context(), here(c).ID, p.Job.ID, store.PersonID(who))
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.ShowSimulated(views.SimulatedPage{Head: p.Head, Job: p.Job, Sim: p.Sim, Journey: j}))
}

func (s *Server) deleteSimulation(c echo.Context) error {
	p, err := s.simulation(c)
	if err != nil {
		return err
	}
	if err := s.store.DeleteSimulation(c.Request().Context(), here(c).ID, p.Job.ID); err != nil {
		return err
	}
	return s.done(c, views.SimulationsPath(here(c), p.Head.ID), "The simulation is deleted.")
}

// simulationFile writes a row for each thing that would happen.
func (s *Server) simulationFile(c echo.Context) error {
	p, err := s.simulation(c)
	if err != nil {
		return err
	}
	head := c.Response().Header()
	head.Set("Content-Type", "text/csv; charset=utf-8")
	head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{
		"filename": here(c).Slug + "-simulation-" + strconv.FormatInt(int64(p.Job.ID), 10) + ".csv",
	}))
	out := csv.NewWriter(c.Response())
	if err := out.Write([]string{"cio_id", "id", "email", "at", "action", "name", "what", "to", "subject", "reason"}); err != nil {
		return err
	}
	for page := (store.Page{Limit: 500}); ; {
		found, err := s.store.Simulated(c.Request().Context(), here(c).ID, p.Job.ID, store.SimulatedAll, page)
		if err != nil {
			return err
		}
		for _, j := range found {
			if err := writeSimulated(out, p.Sim.Document, j); err != nil {
				return err
			}
		}
		if len(found) < page.Limit {
			break
		}
		page.Before = int64(found[len(found)-1].Person)
	}
	out.Flush()
	return out.Error()
}

func writeSimulated(out *csv.Writer, doc workflow.Campaign, j store.SimulatedJourney) error {
	row := func(at time.Time, action, name, what, to, subject, reason string) error {
		cells := []string{"", j.Who.ExternalID, j.Who.Email, at.UTC().Format(time.RFC3339), action, name, what, to, subject, reason}
		if j.Person != 0 {
			cells[0] = j.Person.CioID()
		}
		for i := range cells {
			cells[i] = cell(cells[i])
		}
		return out.Write(cells)
	}
	for _, step := range j.Steps {
		name := ""
		if a, ok := workflow.Find(doc, step.Action); ok {
			name = a.Title()
		}
		if err := row(time.Unix(step.At, 0), step.Action, name, string(step.What), step.To, step.Subject, step.Reason); err != nil {
			return err
		}
	}
	end := j.EndedAt
	if end.IsZero() {
		end = j.EnteredAt
	}
	return row(end, "", "", string(j.Outcome), "", "", j.Reason)
}
