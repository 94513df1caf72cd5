package store

import (
	"context"
	"errors"
	"time"

	"github.com/postroom/postroom/store/condition"
)

// SegmentPreview is who would be in a segment.
type SegmentPreview struct {
	Found  int      // people who match, among those looked at
	Looked int      // people looked at, the newest first
	All    bool     // everybody was looked at, so Found is exact
	Sample []Person // some who match, the newest first
}

// Estimate is about how many people match, given how many there are.
func (p SegmentPreview) Estimate(people int) int {
	if p.All || p.Looked == 0 {
		return p.Found
	}
	return int(float64(p.Found) / float64(p.Looked) * float64(people))
}

const (
	previewStep   = 20_000 // people looked at before the clock is
	previewSample = 5
)

// PreviewSegment is who matches a condition now, the newest people first, as
// far as that can be said in a time.
func (s *Store) PreviewSegment(ctx context.Context, ws WorkspaceID, in NewSegment, within time.Duration) (p SegmentPreview, err error) {
	if err := in.check(); err != nil {
		return p, err
	}
	c, err := s.withIDs(ctx, ws, in.Condition)
	if err != nil {
		return p, err
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	for to := PersonID(never); ; {
		r, people, err := s.spanBefore(ctx, ws, to)
		if err != nil || people == 0 {
			p.All = err == nil
			return p, overdue(ctx, err)
		}
		matching, err := s.inRange(ctx, ws, c, r)
		if err == nil {
			err = s.sample(ctx, ws, &p, matching)
		}
		if err != nil {
			return p, overdue(ctx, err)
		}
		p.Looked += people
		to = r.from
	}
}

// overdue forgives what the end of the time has cut short.
func overdue(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil
	}
	return err
}

// spanBefore is the keys of the next people down from one, and how many.
func (s *Store) spanBefore(ctx context.Context, ws WorkspaceID, to PersonID) (r span, people int, err error) {
	err = s.read.QueryRowContext(ctx, `
		select coalesce(min(person_id) - 1, 0), coalesce(max(person_id), 0), count(*) from (
			select person_id from people where workspace_id = ? and person_id <= ? order by person_id desc limit ?)`,
		ws, to, previewStep).Scan(&r.from, &r.to, &people)
	return r, people, err
}

func (s *Store) sample(ctx context.Context, ws WorkspaceID, p *SegmentPreview, matching []match) error {
	for i := len(matching) - 1; i >= 0; i-- {
		if !matching[i].is {
			continue
		}
		p.Found++
		if len(p.Sample) == previewSample {
			continue
		}
		one, err := s.Person(ctx, ws, matching[i].person)
		if err != nil {
			return ignoreMissing(err)
		}
		p.Sample = append(p.Sample, one)
	}
	return nil
}

// withIDs is a condition with its segments named by their ids. One that there
// is not has no members.
func (s *Store) withIDs(ctx context.Context, ws WorkspaceID, c condition.Condition) (*condition.Condition, error) {
	var failed error
	resolved := c.MapSegments(func(ref condition.Segment) condition.Segment {
		g, err := segmentNamed(ctx, s.read, ws, ref)
		if ignoreMissing(err) != nil {
			failed = err
		}
		return condition.Segment{ID: int64(g.ID)}
	})
	return resolved, failed
}
