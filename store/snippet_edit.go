package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/postroom/postroom/store/workflow"
)

// maxSnippet bounds the text of a snippet, in bytes.
const maxSnippet = 256 << 10

// SaveSnippet adds a snippet or replaces the one of the same name.
func (s *Store) SaveSnippet(ctx context.Context, ws WorkspaceID, n Snippet, by Actor) (Snippet, error) {
	return s.EditSnippet(ctx, ws, n.Name, n, by)
}

// EditSnippet replaces the snippet that is called was, or adds it. With another
// name it is renamed, unless something names it.
func (s *Store) EditSnippet(ctx context.Context, ws WorkspaceID, was string, n Snippet, by Actor) (Snippet, error) {
	n.Name = strings.TrimSpace(n.Name)
	if err := n.check(); err != nil {
		return n, err
	}
	err := s.update(ctx, func(tx *Tx) error {
		if nameKey(was) != nameKey(n.Name) {
			if err := s.renameSnippet(tx, ws, was, n.Name, by); err != nil {
				return err
			}
		}
		return tx.saveSnippet(ws, &n, by, "")
	})
	return n, err
}

func (tx *Tx) saveSnippet(ws WorkspaceID, n *Snippet, by Actor, why string) error {
	n.UpdatedAt = tx.now
	if err := tx.snippetFits(ws, *n); err != nil {
		return err
	}
	_, err := tx.exec(`
		insert into snippets (workspace_id, name, name_key, value, updated_at) values (?, ?, ?, ?, ?)
		on conflict (workspace_id, name_key) do update set name = excluded.name, value = excluded.value, updated_at = excluded.updated_at`,
		ws, n.Name, nameKey(n.Name), n.Value, micros(tx.now))
	if err != nil {
		return err
	}
	return tx.noted(ws, by, "Saved a snippet", n.Name, why)
}

func (n Snippet) check() error {
	wrong := Invalid{}
	switch {
	case n.Name == "":
		wrong["name"] = "Name the snippet."
	case utf8.RuneCountInString(n.Name) > 80:
		wrong["name"] = "Use at most 80 characters."
	case strings.ContainsFunc(n.Name, unicode.IsControl) || strings.ContainsAny(n.Name, `'"{}%|[]/`):
		wrong["name"] = "Use no quotes, brackets, slashes and braces: messages write {{ snippets.name }}, or {{ snippets['the name'] }} when there are spaces in it."
	}
	if len(n.Value) > maxSnippet {
		wrong["value"] = fmt.Sprintf("Use at most %d kB.", maxSnippet>>10)
	} else if mistake := workflow.Mistake(n.Value); mistake != "" {
		wrong["value"] = mistake
	}
	return wrong.orNil()
}

// snippetFits refuses a snippet that would be inside of itself, and one too
// many.
func (tx *Tx) snippetFits(ws WorkspaceID, n Snippet) error {
	var count int
	err := tx.row(`select count(*) from snippets where workspace_id = ? and name_key <> ?`, ws, nameKey(n.Name)).Scan(&count)
	if err != nil {
		return err
	}
	if count >= MaxSnippets {
		return Invalid{"name": fmt.Sprintf("There are %d snippets, which is as many as a workspace may have. Delete some that nothing uses.", MaxSnippets)}
	}
	within := []string{nameKey(n.Name)}
	for todo := workflow.SnippetsIn(n.Value); len(todo) > 0; todo = todo[1:] {
		key := nameKey(todo[0])
		if key == within[0] {
			return Invalid{"value": fmt.Sprintf("“%s” would be inside of itself. Take it out of its text, and out of the snippets in it.", n.Name)}
		}
		if slices.Contains(within, key) {
			continue
		}
		within = append(within, key)
		inner, err := snippet(context.Background(), tx, ws, todo[0])
		if ignoreMissing(err) != nil {
			return err
		}
		todo = append(todo, workflow.SnippetsIn(inner.Value)...)
	}
	return nil
}

func (s *Store) renameSnippet(tx *Tx, ws WorkspaceID, was, name string, by Actor) error {
	if err := s.freeSnippet(tx, ws, was, "name"); err != nil {
		return err
	}
	_, err := snippet(context.Background(), tx, ws, name)
	if err == nil {
		return Invalid{"name": "There is a snippet of this name. Choose another one."}
	}
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	err = tx.execOne(`update snippets set name = ?, name_key = ? where workspace_id = ? and name_key = ?`, name, nameKey(name), ws, nameKey(was))
	if err != nil {
		return err
	}
	return tx.noted(ws, by, "Renamed a snippet", was, "to "+name)
}

// DeleteSnippet removes a snippet that nothing uses.
func (s *Store) DeleteSnippet(ctx context.Context, ws WorkspaceID, name string, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		n, err := snippet(context.Background(), tx, ws, name)
		if err != nil {
			return err
		}
		if err := s.freeSnippet(tx, ws, n.Name, "snippet"); err != nil {
			return err
		}
		if err := tx.execOne(`delete from snippets where workspace_id = ? and name_key = ?`, ws, nameKey(n.Name)); err != nil {
			return err
		}
		return tx.noted(ws, by, "Deleted a snippet", n.Name, "")
	})
}

// freeSnippet refuses, for a field, what would take a snippet away from what
// asks for it by its name.
func (s *Store) freeSnippet(tx *Tx, ws WorkspaceID, name, field string) error {
	users, err := s.snippetUsers(context.Background(), tx, ws, name)
	if err == nil && users.Any() {
		err = Invalid{field: fmt.Sprintf("“%s” is used by %s. Take it out there first.", name, users.Words())}
	}
	return err
}
