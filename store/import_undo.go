package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// UndoImport has an import taken back: people whom it created are removed and
// what it changed is set back, both unless they changed since. It takes nobody
// out of a manual segment who was there before, and gives nobody's consent
// back.
func (s *Store) UndoImport(ctx context.Context, ws WorkspaceID, id ImportID, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		i, err := importByID(ctx, tx, ws, id)
		if err != nil {
			return err
		}
		if !i.Undoable(tx.now) {
			return ErrChanged
		}
		tx.wake(Imports, ws, tx.now)
		err = tx.execOne(`
			update imports set state = 'undoing', begun_at = ?, updated_at = ?, finished_at = null
			where workspace_id = ? and import_id = ?`, micros(tx.now), micros(tx.now), ws, id)
		if err != nil {
			return err
		}
		return tx.noted(ws, by, "Undid an import", i.Name, "")
	})
}

// undoCount is what a part of an undo did.
type undoCount struct{ removed, restored, kept int }

// UndoRows takes back an import's latest parts, until others wait. Each part
// leaves the journal with what was taken back, so nothing is done twice; the
// import's position goes back with them.
func (s *Store) UndoRows(ctx context.Context, ws WorkspaceID, i Import) error {
	return s.updateAlone(ctx, func(tx *Tx) error {
		w, err := tx.workspace(ws)
		if err != nil {
			return err
		}
		if ok, err := tx.stillAt(ws, i); err != nil || !ok {
			return errors.Join(err, tx.endTurn(ws, Imports))
		}
		u := importUndo{tx: tx, w: w, id: i.ID}
		more := true
		for n := 0; more && n < undoTurn && !tx.awaited(importHolds); n++ {
			if more, err = u.part(); err != nil {
				return err
			}
		}
		return u.count(more)
	})
}

// undoTurn is how many parts are taken back before other workspaces get their
// turn.
const undoTurn = 40

// importUndo is a transaction of an undo.
type importUndo struct {
	tx   *Tx
	w    Workspace
	id   ImportID
	done undoCount
}

// count adds up what was done; without more the import is undone.
func (u *importUndo) count(more bool) error {
	err := u.tx.execOne(`
		update imports set removed = removed + ?1, restored = restored + ?2, kept = kept + ?3, updated_at = ?4,
			position = coalesce((select max(position) from import_journal where workspace_id = ?6 and import_id = ?7), 0),
			state = iif(?5, state, 'undone'), finished_at = iif(?5, finished_at, ?4)
		where workspace_id = ?6 and import_id = ?7`,
		u.done.removed, u.done.restored, u.done.kept, micros(u.tx.now), more, u.w.ID, u.id)
	if err != nil {
		return err
	}
	return u.tx.endTurn(u.w.ID, Imports)
}

// part takes back the latest part that is left. more is false when there is
// none.
func (u *importUndo) part() (more bool, err error) {
	var position, at int64
	var first, last PersonID
	var packed []byte
	err = u.tx.row(`
		select position, first_id, last_id, before, at from import_journal
		where workspace_id = ? and import_id = ?
		order by position desc
		limit 1`, u.w.ID, u.id).Scan(&position, &first, &last, &packed, &at)
	if err = known(err); err != nil {
		return false, ignoreMissing(err)
	}
	all, err := unpackBefore(packed)
	if err != nil {
		return false, err
	}
	for _, b := range slices.Backward(all) {
		if err := u.restore(b, instant(at)); err != nil {
			return false, err
		}
	}
	if err := u.remove(first, last, at); err != nil {
		return false, err
	}
	return true, u.tx.execOne(`
		delete from import_journal where workspace_id = ? and import_id = ? and position = ?`, u.w.ID, u.id, position)
}

// remove deletes people who were created and did not change since, nor did
// anything by themselves.
func (u *importUndo) remove(first, last PersonID, at int64) error {
	rows, err := u.tx.query(`
		select `+personColumns+` from people
		where workspace_id = ? and person_id between ? and ?`, u.w.ID, first, last)
	people, err := collect(rows, err, scanPerson)
	if err != nil {
		return err
	}
	for _, p := range people {
		acted, err := u.acted(p.ID)
		if err != nil {
			return err
		}
		if acted || micros(p.UpdatedAt) != at {
			reason := "Created by the import, and changed since."
			if acted {
				reason = "Created by the import, and has events since."
			}
			if err := u.keep(p.ID, reason); err != nil {
				return err
			}
			continue
		}
		if err := u.tx.deletePerson(u.w.ID, p); err != nil {
			return err
		}
		u.done.removed++
	}
	return nil
}

// acted says whether somebody did something that only they can do.
func (u *importUndo) acted(id PersonID) (yes bool, err error) {
	err = u.tx.row(`
		select exists (select 1 from activities where workspace_id = ? and person_id = ? and type in ('event', 'page', 'screen', 'subscribed'))`,
		u.w.ID, id).Scan(&yes)
	return yes, err
}

func (u *importUndo) keep(id PersonID, reason string) error {
	n, err := u.tx.exec(`
		insert into import_kept (workspace_id, import_id, person_id, reason) values (?, ?, ?, ?)
		on conflict do nothing`, u.w.ID, u.id, id, reason)
	u.done.kept += int(n)
	return err
}

// restore sets back what one row changed.
func (u *importUndo) restore(b personBefore, at time.Time) error {
	p, err := person(context.Background(), u.tx, u.w.ID, b.Person)
	if err != nil {
		return ignoreMissing(err)
	}
	text, untouched := searchText(p), p.UpdatedAt.Equal(at)
	back, kept := p.setBack(b, at.Unix())
	if len(kept) > 0 {
		slices.Sort(kept)
		if err := u.keep(p.ID, "Changed since: "+clip(strings.Join(kept, ", "), MaxValueBytes)+"."); err != nil {
			return err
		}
	}
	if len(back) == 0 {
		return nil
	}
	u.done.restored++
	if err := u.tx.savePerson(u.w, p); err != nil {
		return err
	}
	if untouched {
		_, err := u.tx.exec(`update people set updated_at = ? where workspace_id = ? and person_id = ?`, b.Updated, u.w.ID, p.ID)
		if err != nil {
			return err
		}
	}
	if searchText(p) != text {
		u.tx.reindex(u.w.ID, p)
	}
	return u.tx.resegmentAfter(u.w.ID, p, touch{attributes: back, quiet: true})
}

// setBack gives a person the values that they had, where they still have those
// of the import. at is when it set them, in unix seconds.
func (p *Person) setBack(b personBefore, at int64) (back, kept []string) {
	for name, v := range b.Was {
		switch {
		case name == "id" && p.ExternalID == v.To:
			p.ExternalID, _ = v.From.(string)
		case name == "email" && p.Email == v.To:
			p.Email, _ = v.From.(string)
		case reservedName(name), p.Changed[name] != at, !same(p.Attributes[name], v.To):
			kept = append(kept, name)
			continue
		case v.From == nil:
			delete(p.Attributes, name)
		default:
			p.Attributes[name] = v.From
		}
		back = append(back, name)
		if delete(p.Changed, name); v.At != nil {
			p.Changed[name] = *v.At
		}
	}
	return back, kept
}

// KeptPerson is somebody whom an undo left as they are, or in part.
type KeptPerson struct {
	ID     PersonID
	Label  string // empty when they were deleted meanwhile
	Reason string
}

// ImportKept is whom the undo of an import left, behind a person.
func (s *Store) ImportKept(ctx context.Context, ws WorkspaceID, id ImportID, after PersonID, limit int) ([]KeptPerson, error) {
	rows, err := s.read.QueryContext(ctx, `
		select k.person_id, coalesce(p.email, p.id, ''), k.reason
		from import_kept k left join people p on p.workspace_id = k.workspace_id and p.person_id = k.person_id
		where k.workspace_id = ? and k.import_id = ? and k.person_id > ?
		order by k.person_id
		limit ?`, ws, id, after, limit)
	return collect(rows, err, func(scan func(...any) error) (k KeptPerson, err error) {
		err = scan(&k.ID, &k.Label, &k.Reason)
		return k, err
	})
}

// ForgetJournals removes what undos of imports need that ended too long ago, a
// little of it at a time; more says that some is left.
func (s *Store) ForgetJournals(ctx context.Context) (more bool, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		n, err := tx.exec(`
			delete from import_journal where (workspace_id, import_id, position) in (
				select j.workspace_id, j.import_id, j.position
				from imports i join import_journal j using (workspace_id, import_id)
				where i.state <> 'undoing' and i.finished_at < ?
				limit 1000)`, micros(tx.now.Add(-UndoWithin)))
		more = n == 1000
		return err
	})
	return more, err
}
