package store

import (
	"context"
	"encoding/json"
)

// ImportReject is a row that was not imported.
type ImportReject struct {
	Line   int
	Reason string
	Record []string
}

// ImportRejects is the rows of an import that were rejected, behind a line.
// Of a check it is the first few.
func (s *Store) ImportRejects(ctx context.Context, ws WorkspaceID, id ImportID, after, limit int) ([]ImportReject, error) {
	rows, err := s.read.QueryContext(ctx, `
		select line, reason, record from import_rejects
		where workspace_id = ? and import_id = ? and line > ?
		order by line
		limit ?`, ws, id, after, limit)
	return collect(rows, err, func(scan func(...any) error) (r ImportReject, err error) {
		var record string
		if err := scan(&r.Line, &r.Reason, &record); err != nil {
			return r, err
		}
		err = json.Unmarshal([]byte(record), &r.Record)
		return r, err
	})
}
