package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ViewID names a saved view of its workspace.
type ViewID int64

// String is the id as addresses have it.
func (id ViewID) String() string { return strconv.FormatInt(int64(id), 10) }

// View is a list of people that somebody keeps: whom it has, in which order,
// and what it shows of them.
type View struct {
	ID      ViewID
	Name    string
	Owner   MemberID
	Shared  bool // for all members of the workspace; else for its owner
	Query   PeopleQuery
	Columns []string // nil: those of whoever looks
}

const (
	maxViews      = 200 // that one sees
	maxViewName   = 60  // characters
	maxColumns    = 30
	maxColumnName = 200 // bytes
)

// MaxColumns is how many columns a list of people has at most.
const MaxColumns = maxColumns

func (v *View) check() error {
	wrong := Invalid{}
	if v.Name = strings.Join(strings.Fields(v.Name), " "); v.Name == "" {
		wrong["name"] = "Name the view."
	} else if utf8.RuneCountInString(v.Name) > maxViewName {
		wrong["name"] = fmt.Sprintf("Use at most %d characters.", maxViewName)
	}
	if err := v.Query.Filter.Check("filter"); err != nil {
		wrong["filter"] = "This filter is not complete. " + err.Error()
	}
	if err := checkColumnsOf(v.Columns); err != nil {
		wrong["columns"] = err.Error()
	}
	return wrong.orNil()
}

func checkColumnsOf(columns []string) error {
	if len(columns) > maxColumns {
		return fmt.Errorf("Choose at most %d columns.", maxColumns)
	}
	for _, name := range columns {
		if name == "" || len(name) > maxColumnName {
			return errors.New("A column has no name. Choose the columns again.")
		}
	}
	return nil
}

// SaveView keeps a view, a new one when its ID is zero. Its owner stays its
// owner.
func (s *Store) SaveView(ctx context.Context, ws WorkspaceID, v View, by MemberID) (id ViewID, err error) {
	if err := v.check(); err != nil {
		return 0, err
	}
	err = s.update(ctx, func(tx *Tx) error {
		if v.Owner = by; v.ID != 0 {
			old, err := view(ctx, tx, ws, v.ID, by)
			if err != nil {
				return err
			}
			v.Owner = old.Owner
		}
		err := tx.row(`
			insert into people_views (view_id, workspace_id, member_id, shared, name, name_key, q, condition, sort, columns, updated_at)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			on conflict (view_id) do update set shared = excluded.shared, name = excluded.name, name_key = excluded.name_key,
				q = excluded.q, condition = excluded.condition, sort = excluded.sort, columns = excluded.columns, updated_at = excluded.updated_at
			returning view_id`,
			orZero(v.ID), ws, v.Owner, v.Shared, v.Name, nameKey(v.Name), v.Query.Q, encode(v.Query.Filter), string(v.Query.Sort), encode(v.Columns), micros(tx.now)).Scan(&id)
		if errors.Is(known(err), ErrTaken) {
			return Invalid{"name": fmt.Sprintf("There is a view “%s” already. Choose another name.", v.Name)}
		}
		return err
	})
	return id, err
}

// DeleteView removes a view that a member may change: their own, or a shared
// one.
func (s *Store) DeleteView(ctx context.Context, ws WorkspaceID, id ViewID, by MemberID) error {
	return s.update(ctx, func(tx *Tx) error {
		if _, err := view(ctx, tx, ws, id, by); err != nil {
			return err
		}
		return tx.execOne(`delete from people_views where workspace_id = ? and view_id = ?`, ws, id)
	})
}

// View is a view that a member sees: their own, or a shared one.
func (s *Store) View(ctx context.Context, ws WorkspaceID, id ViewID, m MemberID) (View, error) {
	return view(ctx, s.read, ws, id, m)
}

func view(ctx context.Context, q queryer, ws WorkspaceID, id ViewID, m MemberID) (View, error) {
	v, err := scanView(q.QueryRowContext(ctx, `
		select `+viewColumns+` from people_views
		where workspace_id = ? and view_id = ? and (shared = 1 or member_id = ?)`, ws, id, m).Scan)
	return v, known(err)
}

// Views is what a member sees of the workspace's views, by name. q is searched
// in the names.
func (s *Store) Views(ctx context.Context, ws WorkspaceID, m MemberID, q string) ([]View, error) {
	rows, err := s.read.QueryContext(ctx, `
		select `+viewColumns+` from people_views
		where workspace_id = ?1 and (shared = 1 or member_id = ?2) and instr(name_key, ?3) > 0
		order by name_key, view_id
		limit ?4`, ws, m, nameKey(q), maxViews)
	return collect(rows, err, scanView)
}

const viewColumns = `view_id, name, member_id, shared, q, condition, sort, columns`

func scanView(scan func(...any) error) (v View, err error) {
	var condition, columns string
	if err := scan(&v.ID, &v.Name, &v.Owner, &v.Shared, &v.Query.Q, &condition, &v.Query.Sort, &columns); err != nil {
		return v, err
	}
	if err := json.Unmarshal([]byte(condition), &v.Query.Filter); err != nil {
		return v, err
	}
	return v, json.Unmarshal([]byte(columns), &v.Columns)
}

// PeoplePreferences is how a member wants the list of people.
type PeoplePreferences struct {
	Columns []string // nil: never chosen
	Compact bool
}

// PeoplePreferences is what a member chose in this workspace.
func (s *Store) PeoplePreferences(ctx context.Context, ws WorkspaceID, m MemberID) (p PeoplePreferences, err error) {
	var columns string
	err = known(s.read.QueryRowContext(ctx, `
		select columns, compact from people_preferences where workspace_id = ? and member_id = ?`, ws, m).Scan(&columns, &p.Compact))
	if err != nil {
		return p, ignoreMissing(err)
	}
	return p, json.Unmarshal([]byte(columns), &p.Columns)
}

// SetPeoplePreferences keeps what a member chose.
func (s *Store) SetPeoplePreferences(ctx context.Context, ws WorkspaceID, m MemberID, p PeoplePreferences) error {
	p.Columns = slices.Compact(p.Columns)
	if err := checkColumnsOf(p.Columns); err != nil {
		return Invalid{"columns": err.Error()}
	}
	return s.update(ctx, func(tx *Tx) error {
		_, err := tx.exec(`
			insert into people_preferences (member_id, workspace_id, columns, compact) values (?, ?, ?, ?)
			on conflict do update set columns = excluded.columns, compact = excluded.compact`, m, ws, encode(p.Columns), p.Compact)
		return err
	})
}
