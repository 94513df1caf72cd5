package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func (s *Server) showAudit(c echo.Context) error {
	list := views.AuditList{Q: strings.TrimSpace(c.QueryParam("q"))}
	var err error
	list.Entries, list.Pages, err = readPage(c,
		func(page store.Page) ([]store.AuditEntry, error) {
			return s.store.Audit(c.Request().Context(), list.Q, page)
		},
		auditKey,
		func(at views.At) string { return views.AuditPagePath(list.Q, at) })
	if err != nil {
		return err
	}
	if list.Names, err = s.auditNames(c, list.Entries); err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.Audit(list))
}

// showHistory is the same of one workspace.
func (s *Server) showHistory(c echo.Context) error {
	list := views.AuditList{Q: strings.TrimSpace(c.QueryParam("q"))}
	var err error
	list.Entries, list.Pages, err = readPage(c,
		func(page store.Page) ([]store.AuditEntry, error) {
			return s.store.WorkspaceAudit(c.Request().Context(), here(c).ID, list.Q, page)
		},
		auditKey,
		func(at views.At) string { return views.HistoryPagePath(here(c), list.Q, at) })
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.History(list))
}

func auditKey(e store.AuditEntry) int64 { return e.ID }

func (s *Server) auditNames(c echo.Context, entries []store.AuditEntry) (views.AuditNames, error) {
	names := views.AuditNames{0: "Account"}
	for _, e := range entries {
		if _, ok := names[e.Workspace]; ok {
			continue
		}
		ws, err := s.store.Workspace(c.Request().Context(), e.Workspace)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		names[e.Workspace] = ws.Name
		if err != nil {
			names[e.Workspace] = "Deleted"
		}
	}
	return names, nil
}

// number reads a number in an address; what is none is zero.
func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
