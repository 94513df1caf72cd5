package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/postroom/postroom/store/identity"
)

// CheckRows tells what importing the batch that follows i.At would do, and
// counts that. A person whom two rows of the file name counts as new twice.
func (s *Store) CheckRows(ctx context.Context, ws WorkspaceID, i Import, b ImportBatch) error {
	result, err := s.foresee(ctx, ws, b)
	if err != nil {
		return err
	}
	return s.update(ctx, func(tx *Tx) error {
		if ok, err := tx.stillAt(ws, i); err != nil || !ok {
			return errors.Join(err, tx.endTurn(ws, Imports))
		}
		kept := result.rejects[:min(len(result.rejects), max(0, maxCheckedRejects-i.Rejected))]
		return tx.advance(ws, i, b, result, kept)
	})
}

func (s *Store) foresee(ctx context.Context, ws WorkspaceID, b ImportBatch) (r batchResult, err error) {
	view, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return r, err
	}
	defer view.Rollback()
	w, err := workspace(ctx, view, ws)
	if err != nil {
		return r, err
	}
	for _, row := range b.Rows {
		reason, created := row.check(w.policy()), false
		if reason == "" {
			in := row.call()
			found, _, err := find(ctx, view, w, in)
			if err != nil {
				return r, err
			}
			d := identity.Decide(w.importPolicy(), identity.Request{Path: in.Ref, Body: in.Body}, found)
			reason, created = row.clash(d, found), d.Outcome == identity.Create
			if bars, err := barred(ctx, view, w, d); err != nil {
				return r, err
			} else if bars.id || bars.email {
				reason = suppressedRow
			}
		}
		r.count(row, created, reason)
	}
	return r, nil
}
