package store

import (
	"context"
	"time"
)

// Kind is a kind of work that the engine does in turns, one workspace after
// the other.
type Kind string

const (
	Journeys          Kind = "journeys"      // people to move along a workflow
	Deliveries        Kind = "deliveries"    // messages to hand over
	Imports           Kind = "imports"       // files of people to check or import
	Segments          Kind = "segments"      // memberships to build
	SegmentClock      Kind = "segment_clock" // people whom time moves into and out of segments
	Campaigns         Kind = "campaigns"     // people to enter or take out after a campaign started or stopped
	Purges            Kind = "purges"        // contents of deleted workspaces
	Departures        Kind = "departures"    // activities of people who were merged or deleted
	IdentifierChanges Kind = "identifiers"   // people to check before what identifies them changes
	Jobs              Kind = "jobs"          // changes of many people at once, and exports
	Schedules         Kind = "schedules"     // campaigns that were planned to start or stop
	Dates             Kind = "dates"         // people whose date has come
	Reentries         Kind = "reentries"     // people to enter again after an interval
)

// wakes tells the engine, within this process, that there is new work. The
// table turns is the truth; this only spares it a wait.
type wakes map[Kind]chan struct{}

func newWakes() wakes {
	w := wakes{}
	for _, kind := range []Kind{Journeys, Deliveries, Imports, Segments, SegmentClock, Campaigns, Purges, Departures, IdentifierChanges, Jobs, Reentries, Dates, Schedules} {
		w[kind] = make(chan struct{}, 1)
	}
	return w
}

func (w wakes) ring(turns map[turnKey]time.Time) {
	for key := range turns {
		select {
		case w[key.kind] <- struct{}{}:
		default: // it already rings
		}
	}
}

// Woken rings after a change that made work of this kind.
func (s *Store) Woken(kind Kind) <-chan struct{} { return s.wakes[kind] }

// Turns is the workspaces that have work of this kind now, the longest
// waiting first, and when the next one after them is due (zero: none).
func (s *Store) Turns(ctx context.Context, kind Kind, limit int) ([]WorkspaceID, time.Time, error) {
	rows, err := s.read.QueryContext(ctx, `
		select workspace_id, due_at from turns
		where kind = ?
		order by due_at, workspace_id
		limit ?`, kind, limit+1)
	if err != nil {
		return nil, time.Time{}, err
	}
	defer rows.Close()
	var due []WorkspaceID
	for rows.Next() {
		var ws WorkspaceID
		var at int64
		if err := rows.Scan(&ws, &at); err != nil {
			return nil, time.Time{}, err
		}
		if next := instant(at); next.After(s.now()) || len(due) == limit {
			return due, next, nil
		}
		due = append(due, ws)
	}
	return due, time.Time{}, rows.Err()
}

// turnQueries say when a workspace next has work of a kind; null: none.
var turnQueries = map[Kind]string{
	Journeys:          `select min(due_at) from journeys where workspace_id = ? and due_at is not null`,
	Deliveries:        `select min(due_at) from deliveries where workspace_id = ? and due_at is not null`,
	Imports:           `select min(created_at) from imports where workspace_id = ? and state in ('checking', 'importing', 'undoing')`,
	Segments:          `select min(created_at) from segments where workspace_id = ? and (built_at is null or deleted_at is not null)`,
	SegmentClock:      `select min(due_at) from segment_clock where workspace_id = ?`,
	Campaigns:         `select min(updated_at) from campaigns where workspace_id = ? and (backfill_to is not null or exiting = 1 or dates_to is not null)`,
	Departures:        `select min(at) from departures where workspace_id = ?`,
	IdentifierChanges: `select min(begun_at) from identifier_changes where workspace_id = ? and state in ('checking', 'clearing')`,
	Jobs:              `select min(updated_at) from jobs where workspace_id = ? and state = 'running'`,
	Dates:             `select min(due_at) from date_dues where workspace_id = ? and due_at is not null`,
	Schedules:         `select min(min(coalesce(start_at, stop_at), coalesce(stop_at, start_at))) from campaigns where workspace_id = ? and (start_at is not null or stop_at is not null)`,
	Reentries:         `select min(again_at) from journeys where workspace_id = ? and again_at is not null`,
	Purges:            `select min(deleted_at) + 7 * 24 * 3600 * 1000000 from workspaces where workspace_id = ? and deleted_at is not null and purged_at is null`,
}

// EndTurn notes when the workspace next has work of this kind, so that the
// next one gets its turn.
func (s *Store) EndTurn(ctx context.Context, ws WorkspaceID, kind Kind) error {
	return s.update(ctx, func(tx *Tx) error { return tx.endTurn(ws, kind) })
}

func (tx *Tx) endTurn(ws WorkspaceID, kind Kind) error {
	var next *int64
	if err := tx.row(turnQueries[kind], ws).Scan(&next); err != nil {
		return err
	}
	if next == nil {
		_, err := tx.exec(`delete from turns where kind = ? and workspace_id = ?`, kind, ws)
		return err
	}
	// To the end of those that are due already: work that is late does not
	// push a workspace before one that waited longer for its turn.
	at := max(*next, micros(tx.now))
	_, err := tx.exec(`
		insert into turns (kind, workspace_id, due_at) values (?, ?, ?)
		on conflict do update set due_at = excluded.due_at`, kind, ws, at)
	return err
}

// DropTurn takes a workspace that is deleted out of the round.
func (s *Store) DropTurn(ctx context.Context, ws WorkspaceID, kind Kind) error {
	return s.update(ctx, func(tx *Tx) error {
		_, err := tx.exec(`delete from turns where kind = ? and workspace_id = ?`, kind, ws)
		return err
	})
}

// DelayTurn lets a workspace wait whose turn went wrong.
func (s *Store) DelayTurn(ctx context.Context, ws WorkspaceID, kind Kind, by time.Duration) error {
	return s.update(ctx, func(tx *Tx) error {
		_, err := tx.exec(`update turns set due_at = ? where kind = ? and workspace_id = ?`, micros(tx.now.Add(by)), kind, ws)
		return err
	})
}

// Busy says whether any work is due, or a message is handed over.
func (s *Store) Busy(ctx context.Context) (busy bool, err error) {
	err = s.read.QueryRowContext(ctx, `
		select exists (select 1 from turns where due_at <= ?) or exists (select 1 from deliveries where state = 'handed')`,
		micros(s.now())).Scan(&busy)
	return busy, err
}
