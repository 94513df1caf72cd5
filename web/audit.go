package web

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

// auditPage is how many entries one page of the log shows.
const auditPage = 50

func (s *Server) showAudit(c echo.Context) error {
	before := number(c.QueryParam("before"))
	entries, err := s.store.Audit(c.Request().Context(), before, auditPage+1)
	if err != nil {
		return err
	}
	entries, older := cutAudit(entries)
	names, err := s.auditNames(c, entries)
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, views.Audit(entries, names, before, older))
}

// cutAudit takes off the entry too many, and gives the id before which the
// next page begins; zero: there is none.
func cutAudit(entries []store.AuditEntry) ([]store.AuditEntry, int64) {
	if len(entries) <= auditPage {
		return entries, 0
	}
	entries = entries[:auditPage]
	return entries, entries[auditPage-1].ID
}

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
