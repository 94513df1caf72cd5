package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/postroom/postroom/store/workflow"
)

// SaveLayout adds a layout or replaces the one of the same name.
func (s *Store) SaveLayout(ctx context.Context, ws WorkspaceID, l Layout, by Actor) error {
	return s.EditLayout(ctx, ws, l.Name, l, by)
}

// EditLayout replaces the layout that is called was, or adds it. With another
// name it is renamed, unless campaigns use it: they ask for it by its name.
func (s *Store) EditLayout(ctx context.Context, ws WorkspaceID, was string, l Layout, by Actor) error {
	l.Name = strings.TrimSpace(l.Name)
	if err := l.check(); err != nil {
		return err
	}
	return s.update(ctx, func(tx *Tx) error {
		if nameKey(was) != nameKey(l.Name) {
			if err := s.renameLayout(tx, ws, was, l.Name, by); err != nil {
				return err
			}
		}
		_, err := tx.exec(`
			insert into layouts (workspace_id, name, name_key, html, updated_at) values (?, ?, ?, ?, ?)
			on conflict (workspace_id, name_key) do update set name = excluded.name, html = excluded.html, updated_at = excluded.updated_at`,
			ws, l.Name, nameKey(l.Name), l.HTML, micros(tx.now))
		if err != nil {
			return err
		}
		return tx.noted(ws, by, "Saved a layout", l.Name, "")
	})
}

func (l Layout) check() error {
	wrong := Invalid{}
	switch {
	case l.Name == "":
		wrong["name"] = "Name the layout."
	case utf8.RuneCountInString(l.Name) > 80:
		wrong["name"] = "Use at most 80 characters."
	}
	if strings.Count(strings.ReplaceAll(l.HTML, " ", ""), "{{content}}") != 1 {
		wrong["html"] = "Put {{content}} in the layout, once, where the message goes."
	}
	return wrong.orNil()
}

func (s *Store) renameLayout(tx *Tx, ws WorkspaceID, was, name string, by Actor) error {
	if err := s.freeLayout(tx, ws, was, "name"); err != nil {
		return err
	}
	_, err := layout(context.Background(), tx, ws, name)
	if err == nil {
		return Invalid{"name": "There is a layout of this name. Choose another one."}
	}
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	err = tx.execOne(`update layouts set name = ?, name_key = ? where workspace_id = ? and name_key = ?`, name, nameKey(name), ws, nameKey(was))
	if err != nil {
		return err
	}
	return tx.noted(ws, by, "Renamed a layout", was, "to "+name)
}

// DeleteLayout removes a layout that no campaign uses.
func (s *Store) DeleteLayout(ctx context.Context, ws WorkspaceID, name string, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		l, err := layout(context.Background(), tx, ws, name)
		if err != nil {
			return err
		}
		if err := s.freeLayout(tx, ws, l.Name, "layout"); err != nil {
			return err
		}
		if err := tx.execOne(`delete from layouts where workspace_id = ? and name_key = ?`, ws, nameKey(l.Name)); err != nil {
			return err
		}
		return tx.noted(ws, by, "Deleted a layout", l.Name, "")
	})
}

// LayoutUsers is the campaigns that use a layout, in their draft or their live
// version.
func (s *Store) LayoutUsers(ctx context.Context, ws WorkspaceID, name string) ([]Campaign, error) {
	return s.layoutUsers(ctx, s.read, ws, name)
}

func (s *Store) layoutUsers(ctx context.Context, q queryer, ws WorkspaceID, name string) ([]Campaign, error) {
	return s.campaignsThat(ctx, q, ws, func(c workflow.Campaign) bool {
		for a := range workflow.All(c.Actions) {
			if a.Email != nil && a.Email.Layout != "" && nameKey(a.Email.Layout) == nameKey(name) {
				return true
			}
		}
		return false
	})
}

// freeLayout refuses, for a field, what would take a layout away from those
// who ask for it by its name.
func (s *Store) freeLayout(tx *Tx, ws WorkspaceID, name, field string) error {
	if nameKey(name) == nameKey(DefaultLayout) {
		return Invalid{field: "New messages begin with this layout, so it stays and keeps its name. Change its HTML instead."}
	}
	users, err := s.layoutUsers(context.Background(), tx, ws, name)
	if err == nil && len(users) > 0 {
		err = Invalid{field: fmt.Sprintf("“%s” is used by %s. Give their messages another layout first.", name, campaignNames(users))}
	}
	return err
}
