package store

import (
	"context"
	"errors"
	"time"
)

// ImportBatch is rows of a file that follow each other.
type ImportBatch struct {
	Rules *ImportRules // by which they were understood
	Rows  []ImportRow
	Next  ImportPosition // behind them
	Last  bool           // the file ends there
}

// importResult is what became of the rows of a transaction.
type importResult struct {
	rows, created, updated, skipped int
	rejects                         []ImportRow
	next                            ImportPosition
	last                            bool
}

// outcome is what became of one row.
type outcome int

const (
	rejectedRow outcome = iota
	createdRow
	updatedRow
	skippedRow
)

func (r *importResult) count(row ImportRow, o outcome, reason string) {
	r.rows++
	switch o {
	case createdRow:
		r.created++
	case updatedRow:
		r.updated++
	case skippedRow:
		r.skipped++
	default:
		row.Reason = reason
		r.rejects = append(r.rejects, row)
	}
}

func (r *importResult) passed(b ImportBatch) { r.next, r.last = b.Next, b.Last }

// importHolds is how long an import holds the writer while others wait for it.
const importHolds = 30 * time.Millisecond

// longImport is the rows after which a transaction of an import is a long one.
const longImport = 4000

// ImportRows imports the batch that follows i.At, and those that more gives
// until it gives none, in one transaction: in a big one, each page of an index
// is written once for many rows. It ends behind a batch when others wait. The
// rows, the counters and the position are written together, so no row is
// imported twice or lost, whenever the program stops. moved is false, and
// nothing was done, when the import or its workspace changed meanwhile.
func (s *Store) ImportRows(ctx context.Context, ws WorkspaceID, i Import, first ImportBatch, more func() (ImportBatch, bool)) (moved bool, err error) {
	err = s.updateAlone(ctx, func(tx *Tx) error {
		w, err := tx.workspace(ws)
		if err != nil {
			return err
		}
		if ok, err := tx.stillAt(ws, i); err != nil || !ok || w.policy() != first.Rules.policy {
			return errors.Join(err, tx.endTurn(ws, Imports))
		}
		run := importRun{tx: tx, w: w, id: i.ID, rules: first.Rules}
		for b, ok := first, true; ok; {
			if err := run.apply(b); err != nil {
				return err
			}
			if b.Last || tx.awaited(importHolds) {
				break
			}
			if err := run.deferMerges(); err != nil {
				return err
			}
			b, ok = more()
		}
		if err := run.resumeMerges(); err != nil {
			return err
		}
		moved = true
		return tx.advance(ws, i, run.result, run.result.rejects)
	})
	return moved && err == nil, err
}

// stillAt says whether the import is as it was when the batch was read.
func (tx *Tx) stillAt(ws WorkspaceID, i Import) (ok bool, err error) {
	err = tx.row(`
		select exists (select 1 from imports where workspace_id = ? and import_id = ? and state = ? and position = ?)`,
		ws, i.ID, i.State, i.At.Offset).Scan(&ok)
	return ok, err
}

// deferMerges leaves merging the search index for later in a long transaction.
// In a short one, because others wait, merging bit by bit is what makes
// nobody wait long.
func (r *importRun) deferMerges() error {
	if r.deferred || r.result.rows < longImport {
		return nil
	}
	r.deferred = true
	return r.tx.deferSearchMerges()
}

func (r *importRun) resumeMerges() error {
	if !r.deferred {
		return nil
	}
	return r.tx.resumeSearchMerges()
}
