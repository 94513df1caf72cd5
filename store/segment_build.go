package store

import (
	"context"
	"slices"

	"github.com/postroom/postroom/store/condition"
)

// A segment is built in ranges of people, in the order of their keys. Who
// belongs into it is read beside the writer, which then writes a few thousand
// rows at a time, so that calls go on. Who changes meanwhile and lies beyond
// what is built is remembered, and asked again when their range is written:
// so no change is lost, whatever the reader saw. A build tells no time line.

const (
	buildRows    = 4000 // memberships that one transaction writes
	buildWaiters = 200  // of these, when campaigns wait for them
)

// builds is, for each segment with a range under way, the people beyond what
// is built who changed since the range began. Only the writer uses it. What is
// forgotten, by a restart or because the segment changed, is read again.
type builds map[SegmentID]map[PersonID]bool

func (b builds) touch(g SegmentID, p PersonID) {
	if b[g] != nil {
		b[g][p] = true
	}
}

// BuildSegments brings each of the workspace's unbuilt segments on by at most
// limit people, and removes what is left of deleted ones.
func (s *Store) BuildSegments(ctx context.Context, ws WorkspaceID, limit int) error {
	all, err := segments(ctx, s.read, ws)
	if err != nil {
		return err
	}
	for _, g := range indexSegments(all).all {
		if !g.Building() || waits(all, g) {
			continue
		}
		if err := s.buildRange(ctx, ws, g, limit); err != nil {
			return err
		}
	}
	if err := s.removeSegments(ctx, ws); err != nil {
		return err
	}
	return s.EndTurn(ctx, ws, Segments)
}

// waits says whether a segment asks for another one that is not built.
func waits(all []Segment, g Segment) bool {
	for _, id := range g.Condition.Uses().SegmentIDs {
		if slices.ContainsFunc(all, func(other Segment) bool { return int64(other.ID) == id && other.Building() }) {
			return true
		}
	}
	return false
}

// buildRange builds the next limit people of a segment.
func (s *Store) buildRange(ctx context.Context, ws WorkspaceID, g Segment, limit int) error {
	span, err := s.beginRange(ctx, ws, g, limit)
	if err != nil || span.to == 0 {
		return err
	}
	found, err := s.inRange(ctx, ws, &g.Condition, span)
	if err != nil {
		return err
	}
	members, err := s.membersIn(ctx, ws, g.ID, span)
	if err != nil {
		return err
	}
	return s.writeRange(ctx, ws, g, span, differences(found, members))
}

// span is people whose keys are greater than from and at most to.
type span struct{ from, to PersonID }

// beginRange says how far the next range goes, and from when on its people's
// changes are remembered. An empty one ends the build.
func (s *Store) beginRange(ctx context.Context, ws WorkspaceID, g Segment, limit int) (r span, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		tx.w.builds[g.ID] = map[PersonID]bool{}
		r = span{from: g.BuiltTo}
		err := tx.row(`
			select coalesce(max(person_id), 0) from (
				select person_id from people where workspace_id = ? and person_id > ? order by person_id limit ?)`, ws, g.BuiltTo, limit).Scan(&r.to)
		if err != nil || r.to != 0 {
			return err
		}
		delete(tx.w.builds, g.ID)
		return tx.builtTo(ws, g, g.BuiltTo)
	})
	return r, err
}

// builtTo notes how far a segment is built, and when nobody is left beyond.
func (tx *Tx) builtTo(ws WorkspaceID, g Segment, to PersonID) error {
	tx.changedSegments(ws)
	return tx.execOne(`
		update segments set built_to = ?1,
			built_at = iif(exists (select 1 from people where workspace_id = ?2 and person_id > ?1), null, ?3)
		where workspace_id = ?2 and segment_id = ?4 and deleted_at is null`, to, ws, micros(tx.now), g.ID)
}

// match is somebody who matches, or who may do so when time has passed.
type match struct {
	person PersonID
	is     bool
	until  int64 // unix microseconds, or never
}

// inRange is who of a range matches a condition, by their keys.
func (s *Store) inRange(ctx context.Context, ws WorkspaceID, c *condition.Condition, r span) ([]match, error) {
	query, args, err := s.rangeQuery(ctx, ws, c, r)
	if err != nil {
		return nil, err
	}
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []match
	for rows.Next() {
		var f match
		if err := rows.Scan(&f.person, &f.is, &f.until); err != nil {
			return nil, err
		}
		if f.is || f.until != never {
			all = append(all, f)
		}
	}
	slices.SortFunc(all, func(a, b match) int { return int(a.person - b.person) })
	return all, rows.Err()
}

func (s *Store) membersIn(ctx context.Context, ws WorkspaceID, id SegmentID, r span) ([]PersonID, error) {
	rows, err := s.read.QueryContext(ctx, `
		select person_id from segment_members
		where workspace_id = ? and segment_id = ? and person_id > ? and person_id <= ?
		order by person_id`, ws, id, r.from, r.to)
	return collect(rows, err, func(scan func(...any) error) (id PersonID, err error) {
		err = scan(&id)
		return id, err
	})
}
