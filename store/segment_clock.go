package store

import (
	"context"
	"time"
)

// lookAgain has a person looked at when time alone may move them. What is due
// already stays: looking too early does no harm, and most of what somebody does
// only puts the day off.
func (tx *Tx) lookAgain(ws WorkspaceID, g SegmentID, p PersonID, at time.Time) error {
	_, err := tx.exec(`
		insert into segment_clock (workspace_id, segment_id, person_id, due_at) values (?, ?, ?, ?)
		on conflict do update set due_at = excluded.due_at where excluded.due_at < due_at`, ws, g, p, micros(at))
	tx.wake(SegmentClock, ws, at)
	return err
}

// FollowClock moves people whom time alone moves into and out of segments, at
// most limit of them.
func (s *Store) FollowClock(ctx context.Context, ws WorkspaceID, limit int) error {
	return s.update(ctx, func(tx *Tx) error {
		rows, err := tx.query(`
			select segment_id, person_id from segment_clock
			where workspace_id = ? and due_at <= ?
			order by due_at, segment_id, person_id
			limit ?`, ws, micros(tx.now), limit)
		due, err := collect(rows, err, func(scan func(...any) error) (d clockRow, err error) {
			err = scan(&d.segment, &d.person)
			return d, err
		})
		if err != nil {
			return err
		}
		set, err := tx.segmentsFor(ws)
		if err != nil {
			return err
		}
		for _, d := range due {
			if err := tx.strike(ws, set, d); err != nil {
				return err
			}
		}
		return tx.endTurn(ws, SegmentClock)
	})
}

type clockRow struct {
	segment SegmentID
	person  PersonID
}

// strike looks at one person again. A segment that is gone, or asks for no
// time any more, leaves its rows to be found here.
func (tx *Tx) strike(ws WorkspaceID, set *segmentIndex, d clockRow) error {
	err := tx.execOne(`delete from segment_clock where workspace_id = ? and segment_id = ? and person_id = ?`, ws, d.segment, d.person)
	if err != nil {
		return err
	}
	marks := make([]bool, len(set.all))
	for i, g := range set.all {
		marks[i] = g.ID == d.segment
	}
	if !anyMarked(marks) {
		return nil
	}
	p, err := person(context.Background(), tx, ws, d.person)
	if err != nil {
		return ignoreMissing(err)
	}
	return tx.keep(ws, set, p, marks, false)
}
