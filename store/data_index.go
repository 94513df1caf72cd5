package store

import (
	"context"
	"iter"
)

// seenNames spares the database what it knows already. Only the writer uses
// it.
type seenNames map[seenName]bool

type seenName struct {
	workspace WorkspaceID
	kind      string
	name      string
}

const maxSeenNames = 100_000

// sawAttributes remembers names of attributes that people have.
func (tx *Tx) sawAttributes(ws WorkspaceID, names iter.Seq[string]) {
	for name := range names {
		tx.names[seenName{ws, "attribute", name}] = true
	}
}

// sawEvent remembers the name of an event.
func (tx *Tx) sawEvent(ws WorkspaceID, name string) {
	tx.names[seenName{ws, "event", name}] = true
}

func (tx *Tx) flushNames() error {
	for n := range tx.names {
		if tx.w.store.seen[n] {
			continue
		}
		_, err := tx.exec(`
			insert into data_index (workspace_id, kind, name, seen_at) values (?, ?, ?, ?)
			on conflict do nothing`, n.workspace, n.kind, n.name, micros(tx.now))
		if err != nil {
			return err
		}
	}
	return nil
}

// learn keeps what a transaction that is on disk has written.
func (s *Store) learn(names map[seenName]bool) {
	if len(s.seen) > maxSeenNames {
		clear(s.seen)
	}
	for n := range names {
		s.seen[n] = true
	}
}

// AttributeNames is the attributes that people of the workspace have or had.
func (s *Store) AttributeNames(ctx context.Context, ws WorkspaceID) ([]string, error) {
	return dataNames(ctx, s.read, ws, "attribute")
}

// EventNames is the events that the workspace has seen.
func (s *Store) EventNames(ctx context.Context, ws WorkspaceID) ([]string, error) {
	return dataNames(ctx, s.read, ws, "event")
}

func dataNames(ctx context.Context, q queryer, ws WorkspaceID, kind string) ([]string, error) {
	rows, err := q.QueryContext(ctx, `
		select name from data_index where workspace_id = ? and kind = ? order by name limit 1000`, ws, kind)
	return collect(rows, err, func(scan func(...any) error) (name string, err error) {
		err = scan(&name)
		return name, err
	})
}
