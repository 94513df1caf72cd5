package web

import (
	"errors"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func (s *Server) listJobs(c echo.Context) error {
	ctx, ws := c.Request().Context(), here(c)
	list := views.JobList{Q: strings.TrimSpace(c.QueryParam("q"))}
	var err error
	list.Jobs, list.Pages, err = readPage(c,
		func(page store.Page) ([]store.Job, error) { return s.store.Jobs(ctx, ws.ID, list.Q, page) },
		func(j store.Job) int64 { return int64(j.ID) },
		func(at views.At) string { return views.JobsAtPath(ws, list.Q, at) })
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.ListJobs(list))
}

// job is the one that the address names, if it is in this workspace.
func (s *Server) job(c echo.Context) (store.Job, error) {
	id, err := id[store.JobID](c, "job")
	if err != nil {
		return store.Job{}, err
	}
	return s.store.Job(c.Request().Context(), here(c).ID, id)
}

func (s *Server) showJob(c echo.Context) error {
	j, err := s.job(c)
	if err != nil {
		return err
	}
	if j.Kind == store.SimulateJob {
		sim, err := s.store.Simulation(c.Request().Context(), here(c).ID, j.ID)
		if err == nil {
			return c.Redirect(http.StatusSeeOther, views.SimulationPath(here(c), sim.Campaign, j.ID))
		}
		if !errors.Is(err, store.ErrNotFound) { // its campaign was deleted
			return err
		}
	}
	return s.page(c, http.StatusOK, views.ShowJob(j, false))
}

func (s *Server) askCancelJob(c echo.Context) error {
	j, err := s.job(c)
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.ShowJob(j, j.State == store.JobRunning))
}

func (s *Server) cancelJob(c echo.Context) error {
	j, err := s.job(c)
	if err != nil {
		return err
	}
	if !role(c).May(j.Kind.Needs()) {
		return errForbidden
	}
	if err := s.store.CancelJob(c.Request().Context(), here(c).ID, j.ID, by(c)); err != nil {
		return err
	}
	return s.done(c, views.JobPath(here(c), j.ID), "Cancelled.")
}

// showJobProgress is the part of the page that is asked for while a job runs.
// 286 ends that, and the page is shown anew.
func (s *Server) showJobProgress(c echo.Context) error {
	j, err := s.job(c)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if j.State != store.JobRunning {
		status = 286
		c.Response().Header().Set("HX-Refresh", "true")
	}
	return s.part(c, status, views.JobProgress(j))
}

// newJob asks before many people are changed. It counts them first.
func (s *Server) newJob(c echo.Context) error {
	f, err := s.jobForm(c)
	if err != nil {
		return err
	}
	return s.jobPage(c, http.StatusOK, f)
}

func (s *Server) createJob(c echo.Context) error {
	f, err := s.jobForm(c)
	if err != nil {
		return err
	}
	if !role(c).May(f.Kind.Needs()) {
		return errForbidden
	}
	if f.Wrong == nil && views.Confirms(f.Kind) && !strings.EqualFold(strings.TrimSpace(c.FormValue("confirm")), views.ConfirmPhrase) {
		f.Wrong = store.Invalid{"confirm": "Type “" + views.ConfirmPhrase + "” to go on."}
	}
	if f.Wrong != nil {
		return s.jobPage(c, http.StatusUnprocessableEntity, f)
	}
	if f.Count, err = s.countJob(c, f); err != nil {
		return err
	}
	id, err := s.store.CreateJob(c.Request().Context(), here(c).ID, newJobOf(f), by(c))
	if wrong, ok := invalid(err); ok {
		f.Wrong = wrong
		return s.jobPage(c, http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.JobPath(here(c), id))
}

func newJobOf(f views.JobForm) store.NewJob {
	n := store.NewJob{Kind: f.Kind, Chosen: f.Chosen, Query: f.State.Query, Expected: f.Count}
	n.Parameters = store.JobParameters{Segment: f.Segment, Attribute: f.Attribute, Columns: f.Picked, Gzip: f.Gzip, Raw: f.Raw}
	if f.Value != "" {
		n.Parameters.Value = rowValue(f.Value, nil)
	}
	return n
}

// jobForm reads what a form of a job, or the selection in the list, says.
func (s *Server) jobForm(c echo.Context) (f views.JobForm, err error) {
	form, err := c.FormParams()
	if err != nil {
		return f, err
	}
	f.Kind = store.JobKind(form.Get("do"))
	if !slices.Contains(store.JobKinds, f.Kind) {
		return f, store.ErrNotFound
	}
	var broken string
	if f.State, broken = s.peopleState(c); broken != "" {
		f.Wrong = store.Invalid{"people": "The filter cannot be read. " + broken}
	}
	f.Chosen = chosen(form)
	if len(f.Chosen) == 0 && form.Get("all") != "true" {
		f.Wrong = store.Invalid{"people": "Nobody is selected. Go back and tick people, or all that match."}
	}
	f.Segment, f.Attribute, f.Value = store.SegmentID(number(form.Get("segment"))), form.Get("attribute"), strings.TrimSpace(form.Get("value"))
	f.Picked, f.Gzip, f.Raw = form["column"], form.Get("gzip") == "true", form.Get("raw") == "true"
	return f, nil
}

// chosen is the people who were ticked one by one, unless all are meant.
func chosen(form url.Values) (people []store.PersonID) {
	if form.Get("all") == "true" {
		return nil
	}
	for _, text := range form["person"] {
		if id, err := store.ParseCioID(text); err == nil {
			people = append(people, id)
		}
	}
	return people
}

func (s *Server) countJob(c echo.Context, f views.JobForm) (store.PeopleCount, error) {
	if len(f.Chosen) > 0 {
		return store.PeopleCount{People: len(f.Chosen), Exact: true}, nil
	}
	return s.store.CountJob(c.Request().Context(), here(c).ID, f.State.Query)
}

func (s *Server) jobPage(c echo.Context, status int, f views.JobForm) (err error) {
	if !role(c).May(f.Kind.Needs()) {
		return errForbidden
	}
	if f.Wrong["people"] != "" {
		status = http.StatusUnprocessableEntity
	} else if f.Count, err = s.countJob(c, f); err != nil {
		return err
	}
	ctx, ws := c.Request().Context(), here(c).ID
	switch f.Kind {
	case store.AddJob, store.RemoveJob:
		segments, err := s.store.Segments(ctx, ws)
		if err != nil {
			return err
		}
		f.Segments = slices.DeleteFunc(segments, func(g store.Segment) bool { return !g.Manual })
	case store.AttributeJob:
		f.Names, err = s.store.AttributeNames(ctx, ws)
		f.Names = f.Names[:min(len(f.Names), suggestions)]
	case store.ExportJob:
		f.Columns, err = s.store.ExportColumns(ctx, ws)
		if f.Picked == nil && status == http.StatusOK {
			f.Picked = f.Columns
		}
	}
	if err != nil {
		return err
	}
	return s.page(c, status, views.NewJob(f))
}

// downloadExport serves the file of an export: what is written of it for good.
func (s *Server) downloadExport(c echo.Context) error {
	j, err := s.job(c)
	if err != nil {
		return err
	}
	return s.exportFile(c, j)
}

func (s *Server) exportFile(c echo.Context, j store.Job) error {
	if !j.FileStays(s.store.Now()) {
		return store.ErrNotFound
	}
	file, err := os.Open(filepath.Join(s.exports, filepath.Base(j.File)))
	if errors.Is(err, fs.ErrNotExist) {
		return store.ErrNotFound
	}
	if err != nil {
		return err
	}
	defer file.Close()
	head := c.Response().Header()
	of := "-people-"
	if j.Parameters.Deliveries != nil {
		of = "-deliveries-"
	}
	kind, name := "text/csv; charset=utf-8", here(c).Slug+of+strconv.FormatInt(int64(j.ID), 10)+".csv"
	if j.Parameters.Gzip {
		kind, name = "application/gzip", name+".gz"
	}
	head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	head.Set("Content-Type", kind)
	http.ServeContent(c.Response(), c.Request(), name, j.FinishedAt, io.NewSectionReader(file, 0, j.Size))
	return nil
}
