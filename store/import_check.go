package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/postroom/postroom/store/identity"
)

// CheckRows tells what importing the batch that follows i.At, and those that
// more gives, would do, and counts that. A person whom two rows of the file
// name counts as new twice. moved is false when the import or its workspace
// changed meanwhile.
func (s *Store) CheckRows(ctx context.Context, ws WorkspaceID, i Import, first ImportBatch, more func() (ImportBatch, bool)) (moved bool, err error) {
	result, samples, fits, err := s.foresee(ctx, ws, i, first, more)
	if err != nil {
		return false, err
	}
	err = s.update(ctx, func(tx *Tx) error {
		if ok, err := tx.stillAt(ws, i); err != nil || !ok || !fits {
			return errors.Join(err, tx.endTurn(ws, Imports))
		}
		moved = true
		for _, sample := range samples {
			if err := tx.keepSample(ws, i.ID, sample); err != nil {
				return err
			}
		}
		kept := result.rejects[:min(len(result.rejects), max(0, maxCheckedRejects-i.Rejected))]
		if err := tx.advance(ws, i, result, kept); err != nil || !result.last || !i.Options.Auto {
			return err
		}
		i.Total = i.Rows + result.rows
		return tx.beginImport(ws, i, Importing)
	})
	return moved && err == nil, err
}

func (s *Store) foresee(ctx context.Context, ws WorkspaceID, i Import, first ImportBatch, more func() (ImportBatch, bool)) (r importResult, samples []ImportSample, fits bool, err error) {
	view, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return r, nil, false, err
	}
	defer view.Rollback()
	w, err := workspace(ctx, view, ws)
	if err != nil || w.policy() != first.Rules.policy {
		return r, nil, false, err
	}
	f := foresight{ctx: ctx, view: view, w: w, rules: first.Rules}
	if f.created, f.changed, err = samplesSoFar(ctx, view, ws, i.ID); err != nil {
		return r, nil, false, err
	}
	for b, ok := first, true; ok; b, ok = more() {
		for _, row := range b.Rows {
			o, reason, err := f.row(row)
			if err != nil {
				return r, nil, false, err
			}
			r.count(row, o, reason)
		}
		if r.passed(b); b.Last {
			break
		}
	}
	return r, f.samples, true, nil
}

// foresight is what rows would do to the people of one moment.
type foresight struct {
	ctx   context.Context
	view  *sql.Tx
	w     Workspace
	rules *ImportRules

	samples          []ImportSample
	created, changed int // samples of each kind, those of earlier rows included
}

func (f *foresight) row(row ImportRow) (outcome, string, error) {
	if row.Reason != "" {
		return rejectedRow, row.Reason, nil
	}
	in := f.rules.naming(row)
	found, err := findBy(f.w, in, f.look)
	if err != nil {
		return rejectedRow, "", err
	}
	b, err := barred(f.ctx, f.view, f.w, identity.Decision{SetID: &row.ID, SetEmail: &row.Email})
	if err != nil || b.id || b.email {
		return rejectedRow, suppressedReason, err
	}
	if f.rules.options.Events {
		return f.event(row)
	}
	mode, d := f.rules.options.Mode, identity.Decide(f.w.importPolicy(), identity.Request{Path: in.Ref, Body: in.Body}, found)
	switch {
	case mode == OnlyNew && (found.ByPath != nil || found.ByID != nil || found.ByEmail != nil),
		mode == OnlyExisting && d.Outcome == identity.Create:
		return skippedRow, "", nil
	case row.clash(d, found) != "":
		return rejectedRow, row.clash(d, found), nil
	case d.Outcome == identity.Create:
		f.sampleCreated(row)
		return createdRow, "", nil
	}
	return updatedRow, "", f.sampleChanged(row, d)
}

// look finds somebody without what a check does not ask for.
func (f *foresight) look(ref identity.Ref) (*identity.Person, error) {
	const columns = `select person_id, coalesce(id, ''), coalesce(email, ''), created_at from people where workspace_id = ? and `
	query, value := columns+`id = ?`, ref.Value
	if ref.Kind == identity.Email {
		key, err := identity.EmailKey(ref.Value)
		if err != nil {
			return nil, ErrNotFound
		}
		query, value = columns+`email_key = ?`, key
	}
	var p identity.Person
	var created int64
	err := f.view.QueryRowContext(f.ctx, query, f.w.ID, value).Scan(&p.Key, &p.ID, &p.Email, &created)
	p.CreatedAt = instant(created)
	return &p, known(err)
}
