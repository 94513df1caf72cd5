package store

import (
	"context"

	"github.com/postroom/postroom/store/identity"
)

// Conflict is why somebody stands in the way of a change of identifiers.
type Conflict string

const (
	DuplicateEmail Conflict = "duplicate_email" // several people share an email
	InvalidEmail   Conflict = "invalid_email"   // it is no email address
	MissingEmail   Conflict = "missing_email"
	MissingID      Conflict = "missing_id"
	InvalidID      Conflict = "invalid_id" // too long, or with characters that no id has
)

// IdentifierConflict is somebody who stands in the way.
type IdentifierConflict struct {
	Problem Conflict
	Value   string // what they share with others, or what is wrong
	Sharing int    // how many people have this problem with the same value
	Person  Person
}

// recheck keeps the conflicts of a change that is being prepared true for
// somebody who is new, was changed or has their turn. Where emails are about to
// identify, it fills in the key.
func (tx *Tx) recheck(w Workspace, p Person) error {
	if w.Next == "" {
		return nil
	}
	if err := tx.settleConflicts(w.ID, p.ID); err != nil {
		return err
	}
	conflict, value := conflictOf(w.Next, p)
	if conflict != "" {
		return tx.addConflict(w.ID, conflict, value, p.ID)
	}
	if !w.Next.Email() || w.Identifiers.Email() || p.Email == "" {
		return nil
	}
	key, err := identity.EmailKey(p.Email)
	if err != nil {
		return err
	}
	return tx.reserve(w.ID, p.ID, key)
}

// conflictOf is what keeps one person from being identified in another way,
// whoever else there is.
func conflictOf(to identity.Mode, p Person) (Conflict, string) {
	if p.ExternalID != "" && to.ID() && identity.CheckID(p.ExternalID) != nil {
		return InvalidID, p.ExternalID
	}
	if p.Email != "" && to.Email() {
		if _, err := identity.EmailKey(p.Email); err != nil {
			return InvalidEmail, p.Email
		}
	}
	switch {
	case !to.Email() && p.ExternalID == "":
		return MissingID, p.ID.CioID()
	case !to.ID() && p.Email == "":
		return MissingEmail, p.ID.CioID()
	}
	return "", ""
}

// reserve gives a person the key of their email, unless somebody has it.
func (tx *Tx) reserve(ws WorkspaceID, who PersonID, key string) error {
	var owner PersonID
	err := known(tx.row(`select person_id from people where workspace_id = ? and email_key = ?`, ws, key).Scan(&owner))
	switch {
	case err == ErrNotFound:
		return tx.execOne(`update people set email_key = ? where workspace_id = ? and person_id = ?`, key, ws, who)
	case err != nil || owner == who:
		return err
	}
	if err := tx.addConflict(ws, DuplicateEmail, key, owner); err != nil {
		return err
	}
	return tx.addConflict(ws, DuplicateEmail, key, who)
}

func (tx *Tx) addConflict(ws WorkspaceID, c Conflict, value string, who PersonID) error {
	_, err := tx.exec(`
		insert into identifier_conflicts (workspace_id, problem, value, person_id) values (?, ?, ?, ?)
		on conflict do nothing`, ws, c, value, who)
	return err
}

// settleConflicts forgets somebody's conflicts before they are changed, checked
// again or removed, and solves those of a single other person who is left with
// the value.
func (tx *Tx) settleConflicts(ws WorkspaceID, who PersonID) error {
	rows, err := tx.query(`
		delete from identifier_conflicts where workspace_id = ? and person_id = ? returning problem, value`, ws, who)
	type conflict struct {
		problem Conflict
		value   string
	}
	had, err := collect(rows, err, func(scan func(...any) error) (c conflict, err error) {
		err = scan(&c.problem, &c.value)
		return c, err
	})
	if err != nil {
		return err
	}
	for _, c := range had {
		if c.problem != DuplicateEmail {
			continue
		}
		_, err := tx.exec(`update people set email_key = null where workspace_id = ? and person_id = ? and email_key = ?`, ws, who, c.value)
		if err != nil {
			return err
		}
		if err := tx.passOn(ws, c.value); err != nil {
			return err
		}
	}
	return nil
}

// passOn gives the key to one of those who still share it, if nobody has it;
// who is alone with it has no conflict any more.
func (tx *Tx) passOn(ws WorkspaceID, key string) error {
	rows, err := tx.query(`
		select person_id from identifier_conflicts where workspace_id = ? and problem = ? and value = ? limit 2`, ws, DuplicateEmail, key)
	left, err := collect(rows, err, func(scan func(...any) error) (id PersonID, err error) {
		err = scan(&id)
		return id, err
	})
	if err != nil || len(left) == 0 {
		return err
	}
	_, err = tx.exec(`
		update people set email_key = ?1 where workspace_id = ?2 and person_id = ?3
		and not exists (select 1 from people o where o.workspace_id = ?2 and o.email_key = ?1)`, key, ws, left[0])
	if err != nil || len(left) > 1 {
		return err
	}
	_, err = tx.exec(`delete from identifier_conflicts where workspace_id = ? and problem = ? and value = ?`, ws, DuplicateEmail, key)
	return err
}

// ManyConflicts is where counting them ends.
const ManyConflicts = 10_000

// ConflictCount is how many people stand in the way, at most ManyConflicts.
func (s *Store) ConflictCount(ctx context.Context, ws WorkspaceID) (n int, err error) {
	err = s.read.QueryRowContext(ctx, `select count(*) from (select 1 from identifier_conflicts where workspace_id = ? limit ?)`, ws, ManyConflicts).Scan(&n)
	return n, err
}

// IdentifierConflicts is who stands in the way, those who share a value next to
// each other, after the given one (zero: from the first).
func (s *Store) IdentifierConflicts(ctx context.Context, ws WorkspaceID, after IdentifierConflict, limit int) ([]IdentifierConflict, error) {
	rows, err := s.read.QueryContext(ctx, `
		select c.problem, c.value, (
			select count(*) from identifier_conflicts o where o.workspace_id = c.workspace_id and o.problem = c.problem and o.value = c.value),
			`+prefixedPersonColumns+`
		from identifier_conflicts c join people p on p.workspace_id = c.workspace_id and p.person_id = c.person_id
		where c.workspace_id = ? and (c.problem, c.value, c.person_id) > (?, ?, ?)
		order by c.problem, c.value, c.person_id
		limit ?`, ws, after.Problem, after.Value, after.Person.ID, limit)
	return collect(rows, err, func(scan func(...any) error) (c IdentifierConflict, err error) {
		c.Person, err = scanPerson(func(dest ...any) error { return scan(append([]any{&c.Problem, &c.Value, &c.Sharing}, dest...)...) })
		return c, err
	})
}
