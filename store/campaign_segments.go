package store

import (
	"context"
	"strings"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
)

// SegmentUsers is the campaigns that use a segment, in their draft or their
// live version, and the segments that ask for it.
func (s *Store) SegmentUsers(ctx context.Context, ws WorkspaceID, g Segment) (SegmentUsers, error) {
	return s.segmentUsers(ctx, s.read, ws, g)
}

func (s *Store) segmentUsers(ctx context.Context, q queryer, ws WorkspaceID, g Segment) (users SegmentUsers, err error) {
	users.Campaigns, err = s.campaignsThat(ctx, q, ws, func(c workflow.Campaign) bool { return usesSegment(c, g) })
	if err != nil {
		return users, err
	}
	users.Segments, err = segmentsAsking(ctx, q, ws, g.ID)
	return users, err
}

// campaignsThat is the campaigns of which something holds in their draft or
// their live version. Archived ones do not count.
func (s *Store) campaignsThat(ctx context.Context, q queryer, ws WorkspaceID, use func(workflow.Campaign) bool) ([]Campaign, error) {
	rows, err := q.QueryContext(ctx, `select `+campaignColumns+` from campaigns where workspace_id = ? and state <> 'archived'`, ws)
	all, err := collect(rows, err, scanCampaign)
	if err != nil {
		return nil, err
	}
	var users []Campaign
	for _, c := range all {
		used := use(c.Draft)
		if !used && c.Version > 0 {
			plan, err := s.plans.get(ctx, q, ws, live{c.ID, c.Version})
			if err != nil {
				return nil, err
			}
			used = use(plan.Campaign)
		}
		if used {
			users = append(users, c)
		}
	}
	return users, nil
}

func usesSegment(c workflow.Campaign, g Segment) (found bool) {
	c.MapSegments(func(s condition.Segment) condition.Segment {
		found = found || s.ID == int64(g.ID) || s.Name != "" && nameKey(s.Name) == nameKey(g.Name)
		return s
	})
	return found
}

// WithSegmentNames is the campaign with its segments named by their names
// instead of by their ids: as people read it, and as it leaves the workspace.
// A segment that is gone keeps its id.
func (s *Store) WithSegmentNames(ctx context.Context, ws WorkspaceID, c workflow.Campaign) (workflow.Campaign, error) {
	return withSegmentNames(ctx, s.read, ws, c)
}

func withSegmentNames(ctx context.Context, q queryer, ws WorkspaceID, c workflow.Campaign) (workflow.Campaign, error) {
	var failed error
	named := c.MapSegments(func(ref condition.Segment) condition.Segment {
		if ref.ID == 0 {
			return ref
		}
		g, err := segment(ctx, q, ws, SegmentID(ref.ID))
		if err == ErrNotFound {
			return ref
		}
		if err != nil {
			failed = err
		}
		return condition.Segment{Name: g.Name}
	})
	return named, failed
}

// withSegmentIDs is the campaign with the segments that the workspace has
// named by their ids, so that a segment may change its name.
func withSegmentIDs(ctx context.Context, q queryer, ws WorkspaceID, c workflow.Campaign) (workflow.Campaign, error) {
	var failed error
	resolved := c.MapSegments(func(ref condition.Segment) condition.Segment {
		if ref.Name == "" {
			return ref
		}
		g, err := segmentNamed(ctx, q, ws, ref)
		if err == ErrNotFound {
			return ref
		}
		if err != nil {
			failed = err
		}
		return condition.Segment{ID: int64(g.ID)}
	})
	return resolved, failed
}

func campaignNames(all []Campaign) string {
	var names []string
	for _, c := range all {
		names = append(names, "“"+c.Name+"”")
	}
	return strings.Join(names, ", ")
}
