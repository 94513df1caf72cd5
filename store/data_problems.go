package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/postroom/postroom/store/identity"
)

// ProblemID names a data problem.
type ProblemID int64

// DataProblem is an identifier that calls asked for and were not given.
type DataProblem struct {
	ID        ProblemID
	Person    Person // whose identifier stays as it is
	Owner     Person // who has the value; zero: nobody (any more)
	Kind      identity.Kind
	Value     string
	Cause     identity.Cause
	Reason    string
	Source    string // API, Import
	Times     int
	FirstAt   time.Time
	LastAt    time.Time
	Dismissed bool
}

// Kept is the identifier that the person has instead.
func (p DataProblem) Kept() string {
	if p.Kind == identity.Email {
		return p.Person.Email
	}
	return p.Person.ExternalID
}

// noteProblem counts an identifier that was not applied. Nobody's is no
// problem that somebody could solve.
func (tx *Tx) noteProblem(ws WorkspaceID, who PersonID, f identity.Failure, source string) error {
	if who == 0 {
		return nil
	}
	_, err := tx.exec(`
		insert into data_problems (workspace_id, person_id, owner_id, kind, value, value_key, cause, reason, source, first_at, last_at)
		values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)
		on conflict (workspace_id, person_id, kind, value) do update set
			times = times + 1, last_at = excluded.last_at, owner_id = excluded.owner_id,
			cause = excluded.cause, reason = excluded.reason, source = excluded.source`,
		ws, who, orZero(f.Owner), f.Attribute, f.Value, searchFold(f.Value), f.Cause, f.Reason, cmp.Or(source, "API"), micros(tx.now))
	return err
}

// solveProblems forgets what the person has now.
func (tx *Tx) solveProblems(ws WorkspaceID, p Person) error {
	_, err := tx.exec(`
		delete from data_problems
		where workspace_id = ? and person_id = ? and (kind = 'id' and value = ? or kind = 'email' and value = ?)`,
		ws, p.ID, p.ExternalID, p.Email)
	return err
}

// handProblems gives somebody's problems to whom they become a part of. What
// the two had with each other is solved.
func (tx *Tx) handProblems(ws WorkspaceID, from, to PersonID) error {
	for _, query := range []string{
		`delete from data_problems where workspace_id = ?1 and (person_id = ?2 and owner_id = ?3 or person_id = ?3 and owner_id = ?2)`,
		`update or ignore data_problems set person_id = ?3 where workspace_id = ?1 and person_id = ?2`,
		`update data_problems set owner_id = ?3 where workspace_id = ?1 and owner_id = ?2`,
	} {
		if _, err := tx.exec(query, ws, from, to); err != nil {
			return err
		}
	}
	return nil
}

// maxFoundProblems bounds what one search looks at.
const maxFoundProblems = 1000

// DataProblems is the problems of a workspace, the newest first: those to be
// solved, or those that were dismissed. q finds values that begin with it.
func (s *Store) DataProblems(ctx context.Context, ws WorkspaceID, q string, dismissed bool, page Page) ([]DataProblem, error) {
	where := ` and d.dismissed_at is null`
	if dismissed {
		where = ` and d.dismissed_at is not null`
	}
	args := []any{ws}
	if q = searchFold(q); q != "" {
		where += ` and d.problem_id in (
			select problem_id from data_problems where workspace_id = ? and value_key >= ? and value_key < ? limit ?)`
		args = append(args, ws, q, q+last, maxFoundProblems)
	}
	compare, order, from := `<`, ` desc`, beforeOr(page.Before)
	if page.After != 0 {
		compare, order, from = `>`, ``, page.After
	}
	rows, err := s.read.QueryContext(ctx, problemQuery+where+` and d.problem_id `+compare+` ? order by d.problem_id`+order+` limit ?`, append(args, from, page.Limit)...)
	all, err := collect(rows, err, scanProblem)
	if page.After != 0 {
		slices.Reverse(all)
	}
	return all, err
}

// DataProblem is one problem of the workspace.
func (s *Store) DataProblem(ctx context.Context, ws WorkspaceID, id ProblemID) (DataProblem, error) {
	return dataProblem(ctx, s.read, ws, id)
}

func dataProblem(ctx context.Context, q queryer, ws WorkspaceID, id ProblemID) (DataProblem, error) {
	p, err := scanProblem(q.QueryRowContext(ctx, problemQuery+` and d.problem_id = ?`, ws, id).Scan)
	return p, known(err)
}

// manyProblems is where counting them ends: nobody needs to know how many more.
const manyProblems = 100

// ProblemCount is how many problems are to be solved, at most 100.
func (s *Store) ProblemCount(ctx context.Context, ws WorkspaceID) (n int, err error) {
	err = s.read.QueryRowContext(ctx, `
		select count(*) from (select 1 from data_problems where workspace_id = ? and dismissed_at is null limit ?)`, ws, manyProblems).Scan(&n)
	return n, err
}

// DismissProblem takes a problem off the list; the same value for the same
// person does not bring it back. restore puts it there again.
func (s *Store) DismissProblem(ctx context.Context, ws WorkspaceID, id ProblemID, restore bool) error {
	return s.update(ctx, func(tx *Tx) error {
		var at any
		if !restore {
			at = micros(tx.now)
		}
		return tx.execOne(`update data_problems set dismissed_at = ? where workspace_id = ? and problem_id = ?`, at, ws, id)
	})
}

// TakeIdentifier gives a person the identifier that a problem is about. Whoever
// has it loses it; who would be left without any keeps it.
func (s *Store) TakeIdentifier(ctx context.Context, ws WorkspaceID, id ProblemID, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		w, err := tx.workspace(ws)
		if err != nil {
			return err
		}
		d, err := dataProblem(ctx, tx, ws, id)
		if err != nil {
			return err
		}
		if err := tx.loseIdentifier(w, d); err != nil {
			return err
		}
		form, set := PersonForm{ID: d.Person.ExternalID, Email: d.Person.Email}, identity.Decision{}
		if d.Kind == identity.Email {
			form.Email, set.SetEmail = d.Value, &d.Value
		} else {
			form.ID, set.SetID = d.Value, &d.Value
		}
		if err := tx.checkForm(w, &d.Person, &form); err != nil {
			return err
		}
		if err := tx.refuseBarred(w, set); err != nil {
			return err
		}
		if err := tx.changePerson(w, d.Person, Identify{}, set); err != nil {
			return err
		}
		_, err = tx.exec(`delete from data_problems where workspace_id = ? and problem_id = ?`, ws, id)
		if err != nil {
			return err
		}
		return tx.noted(ws, by, "Changed a person", d.Person.Label(), fmt.Sprintf("Set the %s that calls asked for.", d.Kind))
	})
}

// loseIdentifier takes the identifier from who has it, if somebody still does.
func (tx *Tx) loseIdentifier(w Workspace, d DataProblem) error {
	var none string
	switch o := d.Owner; {
	case o.ID == 0 || !o.hasNow(d.Kind, d.Value):
		return nil
	case d.Kind == identity.Email && o.ExternalID != "" && w.Identifiers.ID():
		return tx.changePerson(w, o, Identify{}, identity.Decision{SetEmail: &none})
	case d.Kind == identity.ID && o.Email != "" && w.Identifiers.Email():
		return tx.changePerson(w, o, Identify{}, identity.Decision{SetID: &none})
	}
	return Invalid{"problem": fmt.Sprintf("The other person has no other identifier than this %s. Merge the two, or give the other person another one first.", d.Kind)}
}

// hasNow says whether an identifier is the person's, in any spelling.
func (p Person) hasNow(kind identity.Kind, value string) bool {
	if kind == identity.ID {
		return p.ExternalID == value
	}
	mine, err := identity.EmailKey(p.Email)
	theirs, wrong := identity.EmailKey(value)
	return err == nil && wrong == nil && mine == theirs
}

const problemQuery = `
	select d.problem_id, d.kind, d.value, d.cause, d.reason, d.source, d.times, d.first_at, d.last_at, d.dismissed_at is not null,
		` + prefixedPersonColumns + `,
		coalesce(o.person_id, 0), coalesce(o.id, ''), coalesce(o.email, ''), coalesce(o.unsubscribed, 0),
		coalesce(o.attributes, '{}'), coalesce(o.changed, '{}'), coalesce(o.created_at, 0), coalesce(o.updated_at, 0)
	from data_problems d
	join people p on p.workspace_id = d.workspace_id and p.person_id = d.person_id
	left join people o on o.workspace_id = d.workspace_id and o.person_id = d.owner_id
	where d.workspace_id = ?`

func scanProblem(scan func(...any) error) (d DataProblem, err error) {
	var first, latest int64
	var who, owner Person
	who, err = scanPerson(func(mine ...any) error {
		owner, err = scanPerson(func(theirs ...any) error {
			dest := []any{&d.ID, &d.Kind, &d.Value, &d.Cause, &d.Reason, &d.Source, &d.Times, &first, &latest, &d.Dismissed}
			return scan(append(append(dest, mine...), theirs...)...)
		})
		return err
	})
	d.Person, d.Owner, d.FirstAt, d.LastAt = who, owner, instant(first), instant(latest)
	return d, err
}
