package store

import "context"

// maxCheckedRejects is how many rejected rows a check keeps, to be shown.
const maxCheckedRejects = 100

// CheckImport says where the columns go and how rows are taken, and has the
// file checked, which changes nobody.
func (s *Store) CheckImport(ctx context.Context, ws WorkspaceID, id ImportID, columns []ImportColumn, options ImportOptions) error {
	return s.update(ctx, func(tx *Tx) error {
		w, err := tx.workspace(ws)
		if err != nil {
			return err
		}
		i, err := importByID(ctx, tx, ws, id)
		if err != nil {
			return err
		}
		if i.State.Begun() {
			return ErrChanged
		}
		if err := checkColumns(w.Identifiers, i.Format, columns, options); err != nil {
			return err
		}
		if err := tx.checkSegment(ws, options); err != nil {
			return err
		}
		_, err = tx.exec(`update imports set mapping = ?, options = ? where workspace_id = ? and import_id = ?`, encode(columns), encode(options), ws, id)
		if err != nil {
			return err
		}
		return tx.beginImport(ws, i, Checking)
	})
}

// StartImport imports a file that was checked.
func (s *Store) StartImport(ctx context.Context, ws WorkspaceID, id ImportID, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		i, err := importByID(ctx, tx, ws, id)
		if err != nil {
			return err
		}
		if i.State != Checked {
			return ErrChanged
		}
		if err := tx.openSegment(ws, &i, by); err != nil {
			return err
		}
		if err := tx.beginImport(ws, i, Importing); err != nil {
			return err
		}
		return tx.noted(ws, by, "Imported people", i.Name, "")
	})
}

// beginImport has a file read from its first row.
func (tx *Tx) beginImport(ws WorkspaceID, i Import, state ImportState) error {
	if _, err := tx.exec(`delete from import_rejects where workspace_id = ? and import_id = ?`, ws, i.ID); err != nil {
		return err
	}
	if _, err := tx.exec(`delete from import_samples where workspace_id = ? and import_id = ?`, ws, i.ID); err != nil {
		return err
	}
	tx.wake(Imports, ws, tx.now)
	total := i.Total
	if state == Checking {
		total = 0
	}
	start := i.Format.Start
	return tx.execOne(`
		update imports set state = ?, position = ?, line = ?, total = ?, row_count = 0, created = 0, updated = 0, skipped = 0, rejected = 0,
			problem = '', begun_at = ?, begun_from = ?, updated_at = ?, finished_at = null
		where workspace_id = ? and import_id = ?`,
		state, start.Offset, start.Line, total, micros(tx.now), start.Offset, micros(tx.now), ws, i.ID)
}

// interrupted is how long after the last batch an import counts as gone on
// anew, so that its pace is not that of a server that was off.
const interrupted = 15_000_000

// advance counts what became of rows and moves the import behind them.
func (tx *Tx) advance(ws WorkspaceID, i Import, r importResult, rejects []ImportRow) error {
	for _, row := range rejects {
		_, err := tx.exec(`
			insert into import_rejects (workspace_id, import_id, line, reason, record) values (?, ?, ?, ?, ?)`,
			ws, i.ID, row.Line, row.Reason, encode(row.Record))
		if err != nil {
			return err
		}
	}
	state, finished := i.State, any(nil)
	if r.last {
		state = map[ImportState]ImportState{Checking: Checked, Importing: ImportDone}[i.State]
		finished = micros(tx.now)
	}
	err := tx.execOne(`
		update imports set state = ?1, position = ?2, line = ?3, row_count = row_count + ?4,
			created = created + ?5, updated = updated + ?6, skipped = skipped + ?7, rejected = rejected + ?8,
			total = iif(?1 = 'checked', row_count + ?4, total),
			begun_at = iif(?9 - updated_at > ?10, ?9, begun_at), begun_from = iif(?9 - updated_at > ?10, ?2, begun_from),
			updated_at = ?9, finished_at = ?11
		where workspace_id = ?12 and import_id = ?13`,
		state, r.next.Offset, r.next.Line, r.rows, r.created, r.updated, r.skipped, len(r.rejects),
		micros(tx.now), interrupted, finished, ws, i.ID)
	if err != nil {
		return err
	}
	return tx.endTurn(ws, Imports)
}
