package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/postroom/postroom/store/identity"
)

// IdentifierChange is a change of what identifies people in a workspace, under
// way: first everybody is checked, then somebody applies it.
type IdentifierChange struct {
	Mode      identity.Mode // to which
	State     ChangeState
	People    int // how many are checked
	Actor     string
	BegunAt   time.Time
	CheckedAt time.Time // zero until all are
	position  PersonID
}

// ChangeState is how a change of identifiers stands.
type ChangeState string

const (
	ChangeChecking ChangeState = "checking"
	ChangeChecked  ChangeState = "checked"  // and kept true while people change
	ChangeClearing ChangeState = "clearing" // given up or applied; what it left is removed
)

// IdentifierChange is the change that is under way, ErrNotFound when none is.
func (s *Store) IdentifierChange(ctx context.Context, ws WorkspaceID) (IdentifierChange, error) {
	c, err := identifierChange(ctx, s.read, ws)
	if err == nil && c.State == ChangeClearing {
		return c, ErrNotFound
	}
	return c, err
}

func identifierChange(ctx context.Context, q queryer, ws WorkspaceID) (c IdentifierChange, err error) {
	var begun, checked int64
	err = q.QueryRowContext(ctx, `
		select mode, state, position, people, actor, begun_at, coalesce(checked_at, 0) from identifier_changes where workspace_id = ?`, ws).
		Scan(&c.Mode, &c.State, &c.position, &c.People, &c.Actor, &begun, &checked)
	c.BegunAt, c.CheckedAt = instant(begun), instant(checked)
	return c, known(err)
}

// CheckIdentifiers begins to check whether everybody fits another mode, or does
// it again from the start. Nothing changes for anybody by it.
func (s *Store) CheckIdentifiers(ctx context.Context, ws WorkspaceID, to identity.Mode, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		w, err := tx.workspace(ws)
		if err != nil {
			return err
		}
		if _, err := identity.ParseMode(string(to)); err != nil || to == w.Identifiers {
			return Invalid{"identifiers": "Choose another way to identify people than the one that holds now."}
		}
		if w.Next != "" && w.Next != to {
			return Invalid{"identifiers": "Another change is being prepared. Give it up first."}
		}
		_, err = tx.exec(`
			insert into identifier_changes (workspace_id, mode, state, actor, begun_at) values (?, ?, 'checking', ?, ?)
			on conflict do update set mode = excluded.mode, state = 'checking', position = 0, people = 0,
				actor = excluded.actor, begun_at = excluded.begun_at, checked_at = null`, ws, to, by.Name, micros(tx.now))
		if err != nil {
			return err
		}
		tx.wake(IdentifierChanges, ws, tx.now)
		return tx.execOne(`update workspaces set next_identifiers = ? where workspace_id = ?`, to, ws)
	})
}

// CancelIdentifiers gives a change up.
func (s *Store) CancelIdentifiers(ctx context.Context, ws WorkspaceID) error {
	return s.update(ctx, func(tx *Tx) error {
		if err := tx.clearIdentifiers(ws); err != nil {
			return err
		}
		return tx.execOne(`update workspaces set next_identifiers = null where workspace_id = ?`, ws)
	})
}

// clearIdentifiers lets the engine remove what a change has left.
func (tx *Tx) clearIdentifiers(ws WorkspaceID) error {
	tx.wake(IdentifierChanges, ws, tx.now)
	return tx.execOne(`update identifier_changes set state = 'clearing' where workspace_id = ?`, ws)
}

// ApplyIdentifiers changes what identifies people, once everybody is checked
// and nobody stands in the way. It changes one row: the keys that keep emails
// unique are filled in already.
func (s *Store) ApplyIdentifiers(ctx context.Context, ws WorkspaceID, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		w, err := tx.workspace(ws)
		if err != nil {
			return err
		}
		c, err := identifierChange(ctx, tx, ws)
		if err != nil {
			return err
		}
		if c.State != ChangeChecked || w.Next != c.Mode {
			return ErrChanged
		}
		var conflict bool
		if err := tx.row(`select exists (select 1 from identifier_conflicts where workspace_id = ?)`, ws).Scan(&conflict); err != nil {
			return err
		}
		if conflict {
			return Invalid{"identifiers": "Somebody still stands in the way. Solve what is listed, then apply."}
		}
		err = tx.execOne(`update workspaces set identifiers = next_identifiers, next_identifiers = null where workspace_id = ?`, ws)
		if err != nil {
			return err
		}
		if err := tx.clearIdentifiers(ws); err != nil {
			return err
		}
		return tx.noted(ws, by, "Changed how people are identified", "", fmt.Sprintf("%s → %s.", w.Identifiers.Words(), c.Mode.Words()))
	})
}

// WorkOnIdentifiers checks at most limit people, or removes what a change left.
func (s *Store) WorkOnIdentifiers(ctx context.Context, ws WorkspaceID, limit int) error {
	return s.update(ctx, func(tx *Tx) error {
		w, err := tx.workspace(ws)
		if err != nil {
			return err
		}
		c, err := identifierChange(ctx, tx, ws)
		switch {
		case errors.Is(err, ErrNotFound):
		case err != nil:
			return err
		case c.State == ChangeClearing:
			err = tx.clearSome(w, limit)
		case c.State == ChangeChecking:
			err = tx.checkSome(w, c, limit)
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		return tx.endTurn(ws, IdentifierChanges)
	})
}

func (tx *Tx) checkSome(w Workspace, c IdentifierChange, limit int) error {
	rows, err := tx.query(`
		select `+personColumns+` from people where workspace_id = ? and person_id > ? order by person_id limit ?`, w.ID, c.position, limit)
	people, err := collect(rows, err, scanPerson)
	if err != nil {
		return err
	}
	for _, p := range people {
		if err := tx.recheck(w, p); err != nil {
			return err
		}
		c.position = p.ID
	}
	if len(people) < limit {
		return tx.execOne(`
			update identifier_changes set state = 'checked', people = people + ?, position = ?, checked_at = ? where workspace_id = ?`,
			len(people), c.position, micros(tx.now), w.ID)
	}
	return tx.execOne(`update identifier_changes set people = people + ?, position = ? where workspace_id = ?`, len(people), c.position, w.ID)
}

// clearSome removes conflicts and, where emails do not identify, their keys. A
// key that is left for a while keeps nobody from anything: no look-up asks for it,
// and whoever is saved has none.
func (tx *Tx) clearSome(w Workspace, limit int) error {
	n, err := tx.exec(`
		delete from identifier_conflicts where workspace_id = ?1 and (problem, value, person_id) in (
			select problem, value, person_id from identifier_conflicts where workspace_id = ?1 limit ?2)`, w.ID, limit)
	if err != nil || n > 0 {
		return err
	}
	if !w.Identifiers.Email() {
		n, err := tx.exec(`
			update people set email_key = null where person_id in (
				select person_id from people where workspace_id = ? and email_key is not null limit ?)`, w.ID, limit)
		if err != nil || n > 0 {
			return err
		}
	}
	return tx.execOne(`delete from identifier_changes where workspace_id = ?`, w.ID)
}
