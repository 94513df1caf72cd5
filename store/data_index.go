package store

import (
	"context"
	"iter"
	"time"
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

// sawAttributes remembers names of attributes that were set.
func (tx *Tx) sawAttributes(ws WorkspaceID, names iter.Seq[string]) {
	for name := range names {
		tx.names[seenName{ws, "attribute", name}]++
	}
}

// sawEvent remembers the name of an event.
func (tx *Tx) sawEvent(ws WorkspaceID, name string) {
	tx.names[seenName{ws, "event", name}]++
}

// sightings is how often names were seen since that was last written. It is
// written about once a second, because every call sees the same few names, and
// when the store closes: a program that is killed forgets the last second.
type sightings struct {
	of      map[seenName]sighting
	due     time.Time // to be written
	written bool      // by the transaction under way
}

type sighting struct {
	times int
	at    int64 // the last time
}

const sightingsEvery = time.Second

func (tx *Tx) flushNames() error {
	for n := range tx.names {
		if tx.w.store.seen[n] {
			continue
		}
		_, err := tx.exec(`
			insert into data_index (workspace_id, kind, name, seen_at, last_at) values (?, ?, ?, ?, ?)
			on conflict do nothing`, n.workspace, n.kind, n.name, micros(tx.now), micros(tx.now))
		if err != nil {
			return err
		}
	}
	return tx.flushSightings()
}

func (tx *Tx) flushSightings() error {
	seen := &tx.w.sightings
	if seen.written = len(seen.of) > 0 && !time.Now().Before(seen.due); !seen.written {
		return nil
	}
	for n, sight := range seen.of {
		_, err := tx.exec(`
			update data_index set times = times + ?, last_at = max(last_at, ?)
			where workspace_id = ? and kind = ? and name = ?`, sight.times, sight.at, n.workspace, n.kind, n.name)
		if err != nil {
			return err
		}
	}
	return nil
}

// learn keeps what a transaction that is on disk has seen and written.
func (w *writer) learn(names map[seenName]int) {
	seen := &w.sightings
	if seen.written {
		clear(seen.of)
		seen.written = false
	}
	if len(w.store.seen) > maxSeenNames {
		clear(w.store.seen)
	}
	if len(names) > 0 && len(seen.of) == 0 {
		seen.due = time.Now().Add(sightingsEvery)
		time.AfterFunc(sightingsEvery, func() { w.saved(false) })
	}
	for n, times := range names {
		w.store.seen[n] = true
		seen.of[n] = sighting{seen.of[n].times + times, micros(w.store.now())}
	}
}

// saved has what is still in memory written, now or once it is due.
func (w *writer) saved(now bool) {
	// An error leaves the counters behind by a second.
	_ = w.store.update(context.Background(), func(tx *Tx) error {
		if now {
			w.sightings.due = time.Time{}
		}
		return nil
	})
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
