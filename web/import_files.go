package web

import (
	"encoding/csv"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

// downloadRejects is the rows that were not imported, as they were in the
// file, each with its line and a reason: to be mended and uploaded again. The
// values are not touched, not even those that a spreadsheet would take for a
// formula: a file that is uploaded again must be the same.
func (s *Server) downloadRejects(c echo.Context) error {
	i, err := s.importOf(c)
	if err != nil {
		return err
	}
	w := csvDownload(c, strings.TrimSuffix(views.SafeFileName(i.Name), ".csv")+"-rejected.csv")
	w.Comma = rune(i.Format.Separator[0])
	w.Write(append(append([]string{}, i.Format.Header...), store.RejectedLine, store.RejectedBecause))
	for after := 0; ; {
		rows, err := s.store.ImportRejects(c.Request().Context(), here(c).ID, i.ID, after, 1000)
		if err != nil {
			return err
		}
		for _, r := range rows {
			w.Write(rejectedRow(i, r))
			after = r.Line
		}
		w.Flush()
		if err := w.Error(); err != nil || len(rows) < 1000 {
			return err
		}
	}
}

// rejectedRow puts the line and the reason into their columns, also when the
// row had too few values. One that had too many keeps them all.
func rejectedRow(i store.Import, r store.ImportReject) []string {
	row := r.Record
	for len(row) < len(i.Format.Header) {
		row = append(row, "")
	}
	return append(row, strconv.Itoa(r.Line), r.Reason)
}

// downloadKept is the people whom an undo left, each with the reason.
func (s *Server) downloadKept(c echo.Context) error {
	i, err := s.importOf(c)
	if err != nil {
		return err
	}
	w := csvDownload(c, strings.TrimSuffix(views.SafeFileName(i.Name), ".csv")+"-kept.csv")
	w.Write([]string{"cio_id", "Person", "Why"})
	for after := store.PersonID(0); ; {
		people, err := s.store.ImportKept(c.Request().Context(), here(c).ID, i.ID, after, 1000)
		if err != nil {
			return err
		}
		for _, k := range people {
			w.Write([]string{k.ID.CioID(), cell(k.Label), cell(k.Reason)})
			after = k.ID
		}
		w.Flush()
		if err := w.Error(); err != nil || len(people) < 1000 {
			return err
		}
	}
}

// csvDownload begins a file that the browser keeps.
func csvDownload(c echo.Context, name string) *csv.Writer {
	c.Response().Header().Set("Content-Type", "text/csv; charset=utf-8")
	c.Response().Header().Set("Content-Disposition", "attachment; filename="+strconv.Quote(name))
	return csv.NewWriter(c.Response())
}
