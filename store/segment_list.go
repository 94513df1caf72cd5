package store

import (
	"context"
	"fmt"

	"github.com/postroom/postroom/store/condition"
)

// Segments is the workspace's segments, by name. Their conditions name other
// segments by name, as people read them.
func (s *Store) Segments(ctx context.Context, ws WorkspaceID) ([]Segment, error) {
	all, err := segments(ctx, s.read, ws)
	if err != nil {
		return nil, err
	}
	return all, s.nameSegments(ctx, ws, all)
}

// FindSegments is the segments whose name contains q, by name, at most 1,000.
func (s *Store) FindSegments(ctx context.Context, ws WorkspaceID, q string) ([]Segment, error) {
	rows, err := s.read.QueryContext(ctx, `
		select `+segmentColumns+` from segments
		where workspace_id = ? and deleted_at is null and instr(name_key, ?)
		order by name_key
		limit 1000`, ws, nameKey(q))
	found, err := collect(rows, err, scanSegment)
	if err != nil {
		return nil, err
	}
	return found, s.nameSegments(ctx, ws, found)
}

// Segment is one segment of the workspace. Its condition names other segments
// by name.
func (s *Store) Segment(ctx context.Context, ws WorkspaceID, id SegmentID) (Segment, error) {
	g, err := segment(ctx, s.read, ws, id)
	if err != nil {
		return g, err
	}
	one := []Segment{g}
	err = s.nameSegments(ctx, ws, one)
	return one[0], err
}

// SegmentByName is the segment with this name, however its letters are
// written.
func (s *Store) SegmentByName(ctx context.Context, ws WorkspaceID, name string) (Segment, error) {
	return segmentNamed(ctx, s.read, ws, condition.Segment{Name: name})
}

// nameSegments replaces ids in conditions by names. A segment that is gone
// keeps its id.
func (s *Store) nameSegments(ctx context.Context, ws WorkspaceID, all []Segment) error {
	names := map[int64]string{}
	for i := range all {
		for _, id := range all[i].Condition.Uses().SegmentIDs {
			if _, ok := names[id]; ok {
				continue
			}
			g, err := segment(ctx, s.read, ws, SegmentID(id))
			if err != nil && err != ErrNotFound {
				return err
			}
			names[id] = g.Name
		}
	}
	for i := range all {
		all[i].Condition = *all[i].Condition.MapSegments(func(ref condition.Segment) condition.Segment {
			if name := names[ref.ID]; name != "" {
				return condition.Segment{Name: name}
			}
			return ref
		})
	}
	return nil
}

// BuildProgress is how much of a segment is built, in percent. It goes by
// keys, which are handed out in order, and so is about right.
func (s *Store) BuildProgress(ctx context.Context, ws WorkspaceID, g Segment) (int, error) {
	if !g.Building() {
		return 100, nil
	}
	var first, last *int64
	err := s.read.QueryRowContext(ctx, `
		select (select min(person_id) from people where workspace_id = ?1), (select max(person_id) from people where workspace_id = ?1)`, ws).Scan(&first, &last)
	if err != nil || first == nil || int64(g.BuiltTo) < *first {
		return 0, err
	}
	return int(100 * (int64(g.BuiltTo) - *first + 1) / (*last - *first + 1)), nil
}

// SegmentsOf is the segments that a person is in, by name.
func (s *Store) SegmentsOf(ctx context.Context, ws WorkspaceID, id PersonID) ([]Segment, error) {
	rows, err := s.read.QueryContext(ctx, `
		select `+segmentColumns+` from segments
		where workspace_id = ?1 and segment_id in (select segment_id from segment_members where workspace_id = ?1 and person_id = ?2)
		and deleted_at is null
		order by name_key`, ws, id)
	return collect(rows, err, scanSegment)
}

// SegmentPeople is the members of a segment, the newest people first.
func (s *Store) SegmentPeople(ctx context.Context, ws WorkspaceID, id SegmentID, page Page) ([]Person, error) {
	compare, order, from := `<`, ` desc`, beforeOr(page.Before)
	if page.After != 0 {
		compare, order, from = `>`, ``, page.After
	}
	rows, err := s.read.QueryContext(ctx, `
		select `+personColumns+` from people
		where person_id in (
			select person_id from segment_members
			where workspace_id = ? and segment_id = ? and person_id `+compare+` ?
			order by person_id`+order+`
			limit ?)
		order by person_id desc`, ws, id, from, page.Limit)
	return collect(rows, err, scanPerson)
}

// SegmentUsers is what keeps a segment from being deleted.
type SegmentUsers struct {
	Campaigns []Campaign
	Segments  []Segment
}

// Count is how many things use the segment.
func (u SegmentUsers) Count() int { return len(u.Campaigns) + len(u.Segments) }

func (u SegmentUsers) names() (names []string) {
	for _, c := range u.Campaigns {
		names = append(names, fmt.Sprintf("“%s”", c.Name))
	}
	for _, g := range u.Segments {
		names = append(names, fmt.Sprintf("the segment “%s”", g.Name))
	}
	return names
}

// segmentsAsking is the segments whose condition asks for this one.
func segmentsAsking(ctx context.Context, q queryer, ws WorkspaceID, id SegmentID) ([]Segment, error) {
	all, err := segments(ctx, q, ws)
	if err != nil {
		return nil, err
	}
	var asking []Segment
	for _, g := range all {
		for _, used := range g.Condition.Uses().SegmentIDs {
			if SegmentID(used) == id {
				asking = append(asking, g)
			}
		}
	}
	return asking, nil
}
