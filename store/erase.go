package store

import "context"

// ErasePerson forgets a person: they are deleted, with what was sent to them
// and where the audit names them. The ledger keeps a row of each delivery, of
// nobody.
func (s *Store) ErasePerson(ctx context.Context, ws WorkspaceID, id PersonID, by Actor) error {
	p, err := s.Person(ctx, ws, id)
	if err != nil {
		return err
	}
	kept, err := s.keptRows(ctx, ws, p)
	if err != nil {
		return err
	}
	return s.update(ctx, func(tx *Tx) error {
		p, err := person(ctx, tx, ws, id)
		if err != nil {
			return err
		}
		if err := tx.deleteKept(ws, kept); err != nil {
			return err
		}
		if err := tx.erase(ws, p); err != nil {
			return err
		}
		return tx.noted(ws, by, "Erased a person", p.ID.CioID(), "")
	})
}

// erase deletes a person and what messages to them said.
func (tx *Tx) erase(ws WorkspaceID, p Person) error {
	for _, query := range []string{
		`delete from mailbox where workspace_id = ?1 and delivery_id in (select delivery_id from deliveries where workspace_id = ?1 and person_id = ?2)`,
		`delete from delivery_contents where workspace_id = ?1 and delivery_id in (select delivery_id from deliveries where workspace_id = ?1 and person_id = ?2)`,
	} {
		if _, err := tx.exec(query, ws, p.ID); err != nil {
			return err
		}
	}
	if err := tx.cancelDeliveries(ws, p.ID, "The person was erased."); err != nil {
		return err
	}
	_, err := tx.exec(`
		update deliveries set recipient = '', subject = '', reason = iif(state = 'undeliverable', reason, '')
		where workspace_id = ? and person_id = ?`, ws, p.ID)
	if err != nil {
		return err
	}
	if err := tx.eraseFromAudit(ws, p); err != nil {
		return err
	}
	return tx.deletePerson(ws, p)
}

// keptRow is a row of a file that is kept: one that was not imported, or a
// sample of those that would be.
type keptRow struct {
	table string
	id    ImportID
	line  int
}

// keptRows is those that name a person. All that are kept are read for them, so
// the writer does not do it, and it is for who is erased alone, not for
// suppressing many.
func (s *Store) keptRows(ctx context.Context, ws WorkspaceID, p Person) (kept []keptRow, err error) {
	for _, name := range []string{p.Email, p.ExternalID} {
		if name == "" {
			continue
		}
		rows, err := s.read.QueryContext(ctx, `
			select 'import_rejects', import_id, line from import_rejects
			where workspace_id = ?1 and (instr(lower(record), lower(json_quote(?2))) > 0 or instr(lower(reason), lower('“' || ?2 || '”')) > 0)
			union all
			select 'import_samples', import_id, line from import_samples
			where workspace_id = ?1 and (lower(who) = lower(?2) or instr(lower(changes), lower(json_quote(?2))) > 0)`, ws, name)
		named, err := collect(rows, err, func(scan func(...any) error) (r keptRow, err error) {
			err = scan(&r.table, &r.id, &r.line)
			return r, err
		})
		if err != nil {
			return nil, err
		}
		kept = append(kept, named...)
	}
	return kept, nil
}

func (tx *Tx) deleteKept(ws WorkspaceID, kept []keptRow) error {
	for _, r := range kept {
		if _, err := tx.exec(`delete from `+r.table+` where workspace_id = ? and import_id = ? and line = ?`, ws, r.id, r.line); err != nil {
			return err
		}
	}
	return nil
}

// eraseFromAudit names them by their cio_id, which says nothing of them.
func (tx *Tx) eraseFromAudit(ws WorkspaceID, p Person) error {
	for _, name := range []string{p.Email, p.ExternalID} {
		if name == "" {
			continue
		}
		_, err := tx.exec(`
			update audit set subject = iif(subject = ?1, ?2, subject), detail = ''
			where workspace_id = ?3 and action in ('Added a person', 'Changed a person', 'Deleted a person', 'Merged two people')
			and (subject = ?1 or detail = ?1 || ?4)`, name, p.ID.CioID(), ws, mergedDetail)
		if err != nil {
			return err
		}
	}
	return nil
}
