package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
)

// CampaignID names a campaign.
type CampaignID int64

// Campaign is a workflow and who walks through it. People walk through the
// live version; the draft beside it is what is edited.
type Campaign struct {
	ID        CampaignID
	Name      string
	State     CampaignState
	Draft     workflow.Campaign
	Revision  int // of the draft; grows with each change, and undo goes back
	Version   int // the live one; zero: never started
	CreatedAt time.Time
	UpdatedAt time.Time
	StartedAt time.Time // zero: never
}

// CampaignState is how a campaign stands.
type CampaignState string

const (
	CampaignDraft    CampaignState = "draft"    // never started
	CampaignRunning  CampaignState = "running"  // lets people in
	CampaignStopping CampaignState = "stopping" // lets nobody in; who is inside may finish
	CampaignStopped  CampaignState = "stopped"
	CampaignArchived CampaignState = "archived"
)

// Campaign is the campaign with this id, if the workspace has it.
func (s *Store) Campaign(ctx context.Context, ws WorkspaceID, id CampaignID) (Campaign, error) {
	return campaign(ctx, s.read, ws, id)
}

func campaign(ctx context.Context, q queryer, ws WorkspaceID, id CampaignID) (Campaign, error) {
	c, err := scanCampaign(q.QueryRowContext(ctx, `
		select `+campaignColumns+` from campaigns where workspace_id = ? and campaign_id = ?`, ws, id).Scan)
	return c, known(err)
}

const campaignColumns = `campaign_id, name, state, draft, revision, version, created_at, updated_at, coalesce(started_at, 0)`

func scanCampaign(scan func(...any) error) (c Campaign, err error) {
	var draft string
	var created, updated, started int64
	if err := scan(&c.ID, &c.Name, &c.State, &draft, &c.Revision, &c.Version, &created, &updated, &started); err != nil {
		return c, err
	}
	c.CreatedAt, c.UpdatedAt, c.StartedAt = instant(created), instant(updated), instant(started)
	err = json.Unmarshal([]byte(draft), &c.Draft)
	return c, err
}

// SegmentUsers is the campaigns that use a segment, in their draft or their
// live version.
func (s *Store) SegmentUsers(ctx context.Context, ws WorkspaceID, g Segment) ([]Campaign, error) {
	return s.segmentUsers(ctx, s.read, ws, g)
}

func (s *Store) segmentUsers(ctx context.Context, q queryer, ws WorkspaceID, g Segment) ([]Campaign, error) {
	rows, err := q.QueryContext(ctx, `select `+campaignColumns+` from campaigns where workspace_id = ? and state <> 'archived'`, ws)
	all, err := collect(rows, err, scanCampaign)
	if err != nil {
		return nil, err
	}
	var users []Campaign
	for _, c := range all {
		uses, err := s.usesSegment(ctx, q, ws, c, g)
		if err != nil {
			return nil, err
		}
		if uses {
			users = append(users, c)
		}
	}
	return users, nil
}

func (s *Store) usesSegment(ctx context.Context, q queryer, ws WorkspaceID, c Campaign, g Segment) (bool, error) {
	if usesSegment(c.Draft, g) {
		return true, nil
	}
	if c.Version == 0 {
		return false, nil
	}
	plan, err := s.plans.get(ctx, q, ws, live{c.ID, c.Version})
	return err == nil && usesSegment(plan.Campaign, g), err
}

func usesSegment(c workflow.Campaign, g Segment) (found bool) {
	c.MapSegments(func(s condition.Segment) condition.Segment {
		found = found || s.ID == int64(g.ID) || s.Name != "" && nameKey(s.Name) == nameKey(g.Name)
		return s
	})
	return found
}
