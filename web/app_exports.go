package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
)

const (
	shownExports = 100              // the newest, in a list
	exportLink   = 15 * time.Minute // how long a link to a file works
)

// appExport is an export as the App API tells it.
type appExport struct {
	ID            store.JobID    `json:"id"`
	DeduplicateID string         `json:"deduplicate_id"`
	Type          string         `json:"type"`
	Status        string         `json:"status"` // pending, done, failed
	Failed        bool           `json:"failed"`
	Description   string         `json:"description"`
	Total         int            `json:"total"`     // people or deliveries written so far
	Downloads     int            `json:"downloads"` // not counted
	UserID        store.MemberID `json:"user_id"`   // zero: a program began it
	CreatedAt     int64          `json:"created_at"`
	UpdatedAt     int64          `json:"updated_at"`
}

func exportOf(j store.Job) appExport {
	e := appExport{
		ID: j.ID, DeduplicateID: fmt.Sprintf("%d:%d", j.ID, j.UpdatedAt.Unix()), Type: "customers", Status: "pending", Description: j.Title,
		Total: j.Found, UserID: j.MemberID, CreatedAt: j.CreatedAt.Unix(), UpdatedAt: j.UpdatedAt.Unix(),
	}
	if j.Parameters.Deliveries != nil {
		e.Type = "deliveries"
	}
	switch j.State {
	case store.JobDone:
		e.Status = "done"
	case store.JobFailed, store.JobCancelled:
		e.Status, e.Failed = "failed", true
	}
	return e
}

// exportCustomers begins an export of everybody whom filters name, with all
// columns and for programs.
func (s *Server) exportCustomers(c echo.Context) error {
	body, err := readObject(c)
	if err != nil {
		return err
	}
	var filter *condition.Condition
	if filters, ok := body["filters"]; ok && filters != nil {
		text, err := json.Marshal(filters)
		if err != nil {
			return err
		}
		if filter, err = condition.Parse(text); err != nil {
			return badCall("filters: %s", err)
		}
	}
	ctx, ws, query := c.Request().Context(), here(c).ID, store.PeopleQuery{Filter: filter}
	columns, err := s.store.ExportColumns(ctx, ws)
	if err != nil {
		return err
	}
	count, err := s.store.CountJob(ctx, ws, query)
	if err != nil {
		return err
	}
	id, err := s.store.CreateJob(ctx, ws, store.NewJob{
		Kind: store.ExportJob, Query: query, Expected: count, Parameters: store.JobParameters{Columns: columns, Raw: true},
	}, store.APICalls)
	if err != nil {
		return err
	}
	j, err := s.store.Job(ctx, ws, id)
	if err != nil {
		return err
	}
	return answerJSON(c, http.StatusOK, map[string]any{"export": exportOf(j)})
}

func (s *Server) listExports(c echo.Context) error {
	all, err := s.store.Exports(c.Request().Context(), here(c).ID, store.Page{Limit: shownExports})
	if err != nil {
		return err
	}
	exports := []appExport{}
	for _, j := range all {
		exports = append(exports, exportOf(j))
	}
	return answerJSON(c, http.StatusOK, map[string]any{"exports": exports})
}

// appExportJob is the export that the address names.
func (s *Server) appExportJob(c echo.Context) (store.Job, error) {
	j, err := s.job(c)
	if err == nil && j.Kind != store.ExportJob {
		err = store.ErrNotFound
	}
	return j, err
}

func (s *Server) showExport(c echo.Context) error {
	j, err := s.appExportJob(c)
	if err != nil {
		return err
	}
	return answerJSON(c, http.StatusOK, map[string]any{"export": exportOf(j)})
}

// linkExport gives a link to the file, which works without a key for a while.
// The documentation of the reference product calls it url, its clients link.
func (s *Server) linkExport(c echo.Context) error {
	j, err := s.appExportJob(c)
	if err != nil {
		return err
	}
	if !j.FileStays(s.store.Now()) {
		return echo.NewHTTPError(http.StatusNotFound, "The file is not there: the export is not done, or it was deleted after 7 days.")
	}
	signer, err := s.store.Signer(c.Request().Context())
	if err != nil {
		return err
	}
	link := s.baseURL + "/v1/exports/files/" + signer.ExportToken(here(c).ID, j.ID, s.store.Now().Add(exportLink))
	return answerJSON(c, http.StatusOK, map[string]any{"url": link, "link": link})
}

// downloadLinked serves the file that a link opens.
func (s *Server) downloadLinked(c echo.Context) error {
	ctx := c.Request().Context()
	signer, err := s.store.Signer(ctx)
	if err != nil {
		return err
	}
	id, job, ok := signer.Export(c.Param("token"), s.store.Now())
	if !ok {
		return store.ErrNotFound
	}
	ws, err := s.store.Workspace(ctx, id)
	if err != nil || !ws.DeletedAt.IsZero() {
		return store.ErrNotFound
	}
	j, err := s.store.Job(ctx, id, job)
	if err != nil {
		return err
	}
	c.Set(workspaceKey, ws)
	return s.exportFile(c, j)
}
