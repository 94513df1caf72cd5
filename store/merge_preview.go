package store

import "context"

// Belongings is how much a person has; more than ManyBelongings of a kind is
// not counted on.
type Belongings struct{ Activities, Deliveries, Journeys, Segments int }

// ManyBelongings is where counting what a person has ends.
const ManyBelongings = 10_000

// Belongings counts what a person has.
func (s *Store) Belongings(ctx context.Context, ws WorkspaceID, id PersonID) (b Belongings, err error) {
	for _, count := range []struct {
		into  *int
		query string
	}{
		{&b.Activities, `select count(*) from (select 1 from activities where workspace_id = ? and person_id = ? limit ?)`},
		{&b.Deliveries, `select count(*) from (select 1 from deliveries where workspace_id = ? and person_id = ? limit ?)`},
		{&b.Journeys, `select count(*) from (select 1 from journeys where workspace_id = ? and person_id = ? limit ?)`},
		{&b.Segments, `select count(*) from (select 1 from segment_members where workspace_id = ? and person_id = ? limit ?)`},
	} {
		if err := s.read.QueryRowContext(ctx, count.query, ws, id, ManyBelongings).Scan(count.into); err != nil {
			return b, err
		}
	}
	return b, nil
}

// MergePreview is what a merge would do.
type MergePreview struct {
	Stays, Goes Person
	Has, Brings Belongings
	Merged
}

// MergePreview is what becomes of two people when stays is merged with goes.
// ErrNotFound when one of them is not there, or both are the same.
func (s *Store) MergePreview(ctx context.Context, ws WorkspaceID, stays, goes PersonID) (m MergePreview, err error) {
	if stays == goes {
		return m, ErrNotFound
	}
	if m.Stays, err = s.Person(ctx, ws, stays); err != nil {
		return m, err
	}
	if m.Goes, err = s.Person(ctx, ws, goes); err != nil {
		return m, err
	}
	if m.Has, err = s.Belongings(ctx, ws, stays); err != nil {
		return m, err
	}
	m.Brings, err = s.Belongings(ctx, ws, goes)
	m.Merged = combine(m.Stays, m.Goes)
	return m, err
}
