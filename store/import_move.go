package store

import "context"

// PauseImport stops an import until it is resumed.
func (s *Store) PauseImport(ctx context.Context, ws WorkspaceID, id ImportID) error {
	return s.moveImport(ctx, ws, id, func(tx *Tx, i Import) (ImportState, error) {
		if i.State != Importing {
			return "", ErrChanged
		}
		return Paused, nil
	})
}

// ResumeImport goes on with an import that was paused.
func (s *Store) ResumeImport(ctx context.Context, ws WorkspaceID, id ImportID) error {
	return s.moveImport(ctx, ws, id, func(tx *Tx, i Import) (ImportState, error) {
		if i.State != Paused {
			return "", ErrChanged
		}
		tx.wake(Imports, ws, tx.now)
		return Importing, nil
	})
}

// StopImport ends an import before its end. What was done stays. A check that
// is stopped goes back to the matching of columns; an undo can be taken up
// again.
func (s *Store) StopImport(ctx context.Context, ws WorkspaceID, id ImportID, by Actor) error {
	return s.moveImport(ctx, ws, id, func(tx *Tx, i Import) (ImportState, error) {
		switch i.State {
		case Checking:
			return Uploaded, nil
		case Undoing:
			return Stopped, tx.noted(ws, by, "Stopped the undo of an import", i.Name, "")
		case Importing, Paused:
			return Stopped, tx.noted(ws, by, "Stopped an import", i.Name, "")
		}
		return "", ErrChanged
	})
}

func (s *Store) moveImport(ctx context.Context, ws WorkspaceID, id ImportID, move func(*Tx, Import) (ImportState, error)) error {
	return s.update(ctx, func(tx *Tx) error {
		i, err := importByID(ctx, tx, ws, id)
		if err != nil {
			return err
		}
		to, err := move(tx, i)
		if err != nil {
			return err
		}
		var finished any
		if to == Stopped {
			finished = micros(tx.now)
		}
		return tx.execOne(`
			update imports set state = ?, begun_at = ?, begun_from = position, updated_at = ?, finished_at = ?
			where workspace_id = ? and import_id = ?`, to, micros(tx.now), micros(tx.now), finished, ws, id)
	})
}

// DeleteImport forgets an import that is not at work; the people stay. It
// gives the name of the file, which is to be removed.
func (s *Store) DeleteImport(ctx context.Context, ws WorkspaceID, id ImportID, by Actor) (file string, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		i, err := importByID(ctx, tx, ws, id)
		if err != nil {
			return err
		}
		if i.State.Working() {
			return ErrChanged
		}
		file = i.File
		if err := tx.execOne(`delete from imports where workspace_id = ? and import_id = ?`, ws, id); err != nil {
			return err
		}
		return tx.noted(ws, by, "Deleted an import", i.Name, "")
	})
	return file, err
}

// FailImport ends an import whose file cannot be read on. The reason is for
// whoever uploaded it.
func (s *Store) FailImport(ctx context.Context, ws WorkspaceID, i Import, reason string) error {
	return s.update(ctx, func(tx *Tx) error {
		_, err := tx.exec(`
			update imports set state = 'failed', problem = ?, updated_at = ?, finished_at = ?
			where workspace_id = ? and import_id = ? and state = ?`, reason, micros(tx.now), micros(tx.now), ws, i.ID, i.State)
		if err != nil {
			return err
		}
		return tx.endTurn(ws, Imports)
	})
}
