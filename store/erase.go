package store

import "context"

// ErasePerson forgets a person: they are deleted, with what was sent to them
// and where the audit names them. The ledger keeps a row of each delivery, of
// nobody.
func (s *Store) ErasePerson(ctx context.Context, ws WorkspaceID, id PersonID, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		p, err := person(ctx, tx, ws, id)
		if err != nil {
			return err
		}
		if err := tx.eraseFromImports(ws, p); err != nil {
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

// eraseFromImports takes away the rows of files that named them and are kept:
// those that were not imported, and samples of those that would be. It reads
// all of these, so it is for who is erased alone, not for suppressing many.
func (tx *Tx) eraseFromImports(ws WorkspaceID, p Person) error {
	for _, name := range []string{p.Email, p.ExternalID} {
		if name == "" {
			continue
		}
		for _, query := range []string{
			`delete from import_rejects where workspace_id = ?1 and (instr(lower(record), lower(json_quote(?2))) > 0 or instr(lower(reason), lower('“' || ?2 || '”')) > 0)`,
			`delete from import_samples where workspace_id = ?1 and (lower(who) = lower(?2) or instr(lower(changes), lower(json_quote(?2))) > 0)`,
		} {
			if _, err := tx.exec(query, ws, name); err != nil {
				return err
			}
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
