package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// KeepExports is how long the file of an export stays after it was begun. It is
// people's data, so it does not lie around.
const KeepExports = 7 * 24 * time.Hour

// newExportFile is a name that nobody guesses.
func newExportFile(gzip bool) string {
	name := strings.ToLower(rand.Text()) + ".csv"
	if gzip {
		name += ".gz"
	}
	return name
}

// ExportFixed is the columns that are no attributes, in the order of a file.
var ExportFixed = []string{"cio_id", "id", "email", "unsubscribed", "created_at", "updated_at"}

// ExportColumns is every column that people of the workspace can be exported
// with.
func (s *Store) ExportColumns(ctx context.Context, ws WorkspaceID) ([]string, error) {
	names, err := s.AttributeNames(ctx, ws)
	columns := append([]string{}, ExportFixed...)
	for _, name := range names {
		if name != "created_at" {
			columns = append(columns, name)
		}
	}
	return columns, err
}

// Cell is a person's value of a column in a file. Unless it is raw, a text
// that a spreadsheet would take for a formula begins with an apostrophe, which
// the spreadsheet takes away.
func (p Person) Cell(column string, raw bool) string {
	text := p.Column(column)
	if raw || text == "" || !strings.ContainsRune("=+-@\t\r\n", rune(text[0])) || plainNumber.MatchString(text) {
		return text
	}
	return "'" + text
}

// plainNumber begins like a formula and is none.
var plainNumber = regexp.MustCompile(`^[+-][0-9]+([.,][0-9]+)?$`)

// Column is a person's value of a column: an attribute, or one of ExportFixed.
// Times are unix seconds.
func (p Person) Column(column string) string {
	switch column {
	case "cio_id":
		return p.ID.CioID()
	case "id":
		return p.ExternalID
	case "email":
		return p.Email
	case "unsubscribed":
		return strconv.FormatBool(p.Unsubscribed)
	case "created_at":
		return cmp.Or(AttributeWords(p.Attributes["created_at"]), strconv.FormatInt(p.CreatedAt.Unix(), 10))
	case "updated_at":
		return strconv.FormatInt(p.UpdatedAt.Unix(), 10)
	}
	return AttributeWords(p.Attributes[column])
}

// Exported notes that a part of an export is in its file. It does nothing when
// the job was cancelled meanwhile.
func (s *Store) Exported(ctx context.Context, ws WorkspaceID, j Job, p JobProgress) error {
	return s.update(ctx, func(tx *Tx) error {
		runs, err := tx.jobRuns(ws, j)
		if err != nil {
			return err
		}
		if runs {
			if err := tx.advanceJob(ws, j, p); err != nil {
				return err
			}
		}
		return tx.endTurn(ws, Jobs)
	})
}

// FileOfExport says whether an export of any workspace has this file, and is
// to keep it. What else lies in the folder is to be removed.
func (s *Store) FileOfExport(ctx context.Context, file string) (is bool, err error) {
	err = s.read.QueryRowContext(ctx, `
		select exists (
			select 1 from jobs j join workspaces w using (workspace_id)
			where j.file = ? and j.file <> '' and j.created_at > ? and w.purged_at is null and j.state in ('running', 'done'))`,
		file, micros(s.now().Add(-KeepExports))).Scan(&is)
	return is, err
}

// FileStays says whether an export can still be downloaded.
func (j Job) FileStays(now time.Time) bool {
	return j.Kind == ExportJob && j.State == JobDone && j.File != "" && now.Before(j.CreatedAt.Add(KeepExports))
}
