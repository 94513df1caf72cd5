package web

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

// usagePage is how many workspaces one page of the usage shows.
const usagePage = 100

func (s *Server) showUsage(c echo.Context) error {
	report, all, err := s.usage(c)
	if err != nil {
		return err
	}
	report.Q = strings.TrimSpace(c.QueryParam("q"))
	all = slices.DeleteFunc(all, func(u store.Usage) bool { return !u.Workspace.Named(report.Q) })
	if after := number(c.QueryParam("after")); after != 0 {
		at := slices.IndexFunc(all, func(u store.Usage) bool { return u.Workspace.ID == store.WorkspaceID(after) })
		all, report.Later = all[at+1:], true
	}
	report.Rows = all
	if len(all) > usagePage {
		report.Rows = all[:usagePage]
		report.Next = report.Rows[usagePage-1].Workspace.ID
	}
	return s.page(c, http.StatusOK, views.Usage(report))
}

// usage is the month that was asked for, this one unless it says so.
func (s *Server) usage(c echo.Context) (views.UsageReport, []store.Usage, error) {
	ctx := c.Request().Context()
	var r views.UsageReport
	var err error
	if r.Periods, err = s.store.Periods(ctx); err != nil {
		return r, nil, err
	}
	r.Period = r.Periods[0]
	if asked := c.QueryParam("period"); asked != "" {
		r.Period = store.Period(number(asked))
	}
	if !slices.Contains(r.Periods, r.Period) {
		return r, nil, store.ErrNotFound
	}
	all, total, err := s.store.Usages(ctx, r.Period)
	r.Total, r.Count = total, len(all)
	if len(all) > 0 {
		r.Most = all[0].People
	}
	return r, all, err
}

func (s *Server) usageFile(c echo.Context) error {
	report, all, err := s.usage(c)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="usage-%d.csv"`, report.Period))
	w := csv.NewWriter(c.Response())
	w.Write([]string{"period", "workspace_id", "workspace", "people", "messages", "emails", "webhooks", "events", "last_send", "deleted"})
	for _, u := range all {
		w.Write([]string{
			strconv.Itoa(int(report.Period)), strconv.FormatInt(int64(u.Workspace.ID), 10), cell(u.Workspace.Name),
			strconv.Itoa(u.People), strconv.Itoa(u.Messages()), strconv.Itoa(u.Emails), strconv.Itoa(u.Webhooks), strconv.Itoa(u.Events),
			stampOf(u.SentAt), stampOf(u.Workspace.DeletedAt),
		})
	}
	w.Flush()
	return w.Error()
}

// cell keeps a spreadsheet from running what somebody typed as a formula.
func cell(text string) string {
	if strings.HasPrefix(text, "=") || strings.HasPrefix(text, "+") || strings.HasPrefix(text, "-") || strings.HasPrefix(text, "@") {
		return "'" + text
	}
	return text
}

// stampOf is a time for a file; zero is empty.
func stampOf(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(time.RFC3339)
}
