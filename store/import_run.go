package store

import (
	"context"
	"errors"

	"github.com/postroom/postroom/store/identity"
)

// maxCheckedRejects is how many rejected rows a check keeps, to be shown.
const maxCheckedRejects = 100

// CheckImport says where the columns go and has the file checked, which
// changes nobody.
func (s *Store) CheckImport(ctx context.Context, ws WorkspaceID, id ImportID, columns []ImportColumn) error {
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
		if err := checkColumns(w.Identifiers, i.Format, columns); err != nil {
			return err
		}
		_, err = tx.exec(`update imports set mapping = ? where workspace_id = ? and import_id = ?`, encode(columns), ws, id)
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
	tx.wake(Imports, ws, tx.now)
	total := i.Total
	if state == Checking {
		total = 0
	}
	start := i.Format.Start
	return tx.execOne(`
		update imports set state = ?, position = ?, line = ?, total = ?, row_count = 0, created = 0, updated = 0, rejected = 0,
			problem = '', begun_at = ?, begun_from = ?, updated_at = ?, finished_at = null
		where workspace_id = ? and import_id = ?`,
		state, start.Offset, start.Line, total, micros(tx.now), start.Offset, micros(tx.now), ws, i.ID)
}

// ImportBatch is rows of a file that follow each other.
type ImportBatch struct {
	Rows []ImportRow
	Next ImportPosition // behind them
	Last bool           // the file ends there
}

// batchResult is what became of the rows of a batch.
type batchResult struct {
	created, updated int
	rejects          []ImportRow
}

func (r *batchResult) count(row ImportRow, created bool, reason string) {
	switch {
	case reason != "":
		row.Reason = reason
		r.rejects = append(r.rejects, row)
	case created:
		r.created++
	default:
		r.updated++
	}
}

// ImportRows imports the batch that follows i.At. All of it, the counters and
// the position are one transaction, so that no row is imported twice or lost,
// whenever the program stops. It does nothing when the import was paused or
// stopped meanwhile.
func (s *Store) ImportRows(ctx context.Context, ws WorkspaceID, i Import, b ImportBatch) error {
	return s.update(ctx, func(tx *Tx) error {
		w, err := tx.workspace(ws)
		if err != nil {
			return err
		}
		if ok, err := tx.stillAt(ws, i); err != nil || !ok {
			return errors.Join(err, tx.endTurn(ws, Imports))
		}
		var result batchResult
		for _, row := range b.Rows {
			created, reason, err := tx.importRow(w, row)
			if err != nil {
				return err
			}
			result.count(row, created, reason)
		}
		return tx.advance(ws, i, b, result, result.rejects)
	})
}

// stillAt says whether the import is as it was when the batch was read.
func (tx *Tx) stillAt(ws WorkspaceID, i Import) (ok bool, err error) {
	err = tx.row(`
		select exists (select 1 from imports where workspace_id = ? and import_id = ? and state = ? and position = ?)`,
		ws, i.ID, i.State, i.At.Offset).Scan(&ok)
	return ok, err
}

// importPolicy is the workspace's policy without merges: who has the file is
// asked about each.
func (w Workspace) importPolicy() identity.Policy {
	p := w.policy()
	p.AutoMerge = false
	return p
}

// suppressedRow is why a row about somebody who must not come back is rejected.
const suppressedRow = "Somebody with this id or email was suppressed. Free the identifier before you import it."

// importRow creates or updates whom a row is about. reason is why it was
// rejected; then it changed nothing.
func (tx *Tx) importRow(w Workspace, row ImportRow) (created bool, reason string, err error) {
	if reason := row.check(w.policy()); reason != "" {
		return false, reason, nil
	}
	d := identity.Decision{SetID: &row.ID, SetEmail: &row.Email}
	if barred, err := tx.barred(w, d); err != nil || barred.id || barred.email {
		return false, suppressedRow, err
	}
	in := row.call()
	// Most rows of a big file are new people: the unique indexes tell faster
	// than a look-up before.
	_, err = tx.createPerson(w, in, d)
	if errors.Is(err, ErrTaken) {
		reason, err = tx.importKnown(w, row, in)
		return false, reason, err
	}
	var no Rejected
	if errors.As(err, &no) {
		return false, sentence(no.Reason), nil
	}
	return true, "", err
}

func (tx *Tx) importKnown(w Workspace, row ImportRow, in Identify) (reason string, err error) {
	found, people, err := find(context.Background(), tx, w, in)
	if err != nil {
		return "", err
	}
	d := identity.Decide(w.importPolicy(), identity.Request{Path: in.Ref, Body: in.Body}, found)
	if reason := row.clash(d, found); reason != "" {
		return reason, nil
	}
	err = tx.changePerson(w, people[PersonID(d.Target.Key)], in, d)
	var no Rejected
	if errors.As(err, &no) {
		return sentence(no.Reason), nil
	}
	return "", err
}

// interrupted is how long after the last batch an import counts as gone on
// anew, so that its pace is not that of a server that was off.
const interrupted = 15_000_000

// advance counts a batch and moves the import behind it.
func (tx *Tx) advance(ws WorkspaceID, i Import, b ImportBatch, r batchResult, rejects []ImportRow) error {
	for _, row := range rejects {
		_, err := tx.exec(`
			insert into import_rejects (workspace_id, import_id, line, reason, record) values (?, ?, ?, ?, ?)`,
			ws, i.ID, row.Line, row.Reason, encode(row.Record))
		if err != nil {
			return err
		}
	}
	state, finished := i.State, any(nil)
	if b.Last {
		state = map[ImportState]ImportState{Checking: Checked, Importing: ImportDone}[i.State]
		finished = micros(tx.now)
	}
	err := tx.execOne(`
		update imports set state = ?1, position = ?2, line = ?3, row_count = row_count + ?4,
			created = created + ?5, updated = updated + ?6, rejected = rejected + ?7,
			total = iif(?1 = 'checked', row_count + ?4, total),
			begun_at = iif(?8 - updated_at > ?9, ?8, begun_at), begun_from = iif(?8 - updated_at > ?9, ?2, begun_from),
			updated_at = ?8, finished_at = ?10
		where workspace_id = ?11 and import_id = ?12`,
		state, b.Next.Offset, b.Next.Line, len(b.Rows), r.created, r.updated, len(r.rejects),
		micros(tx.now), interrupted, finished, ws, i.ID)
	if err != nil {
		return err
	}
	return tx.endTurn(ws, Imports)
}
