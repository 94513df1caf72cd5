package store

import (
	"context"
	"fmt"
	"time"

	"github.com/postroom/postroom/store/workflow"
)

// CampaignVersion is what people walked through for a while.
type CampaignVersion struct {
	Number      int
	PublishedAt time.Time
	By          string // who published it; empty: a program, or somebody who is gone
	Campaign    workflow.Campaign
	Changes     []workflow.Change // since the version before; none of the first
}

// versionColumns is read by scanVersion.
const versionColumns = `v.version, v.published_at, coalesce(m.name, ''), v.document`

func scanVersion(scan func(...any) error) (v CampaignVersion, err error) {
	var published int64
	var text string
	if err := scan(&v.Number, &published, &v.By, &text); err != nil {
		return v, err
	}
	v.PublishedAt = instant(published)
	doc, err := workflow.Parse([]byte(text))
	v.Campaign = doc.Campaign
	return v, err
}

// CampaignVersions is the versions of a campaign before one (zero: all), the
// latest first, each with what it changed.
func (s *Store) CampaignVersions(ctx context.Context, ws WorkspaceID, id CampaignID, before, limit int) ([]CampaignVersion, error) {
	if before == 0 {
		before = 1 << 30
	}
	rows, err := s.read.QueryContext(ctx, `
		select `+versionColumns+` from campaign_versions v left join members m on m.member_id = v.member_id
		where v.workspace_id = ? and v.campaign_id = ? and v.version < ?
		order by v.version desc
		limit ?`, ws, id, before, limit+1) // one more, to compare the last with
	found, err := collect(rows, err, scanVersion)
	if err != nil {
		return nil, err
	}
	for i := range found {
		if i+1 < len(found) {
			found[i].Changes = workflow.Diff(named(found[i+1].Campaign, found[i].Campaign.Name), found[i].Campaign)
		}
	}
	return found[:min(limit, len(found))], nil
}

// CampaignVersion is one version of a campaign.
func (s *Store) CampaignVersion(ctx context.Context, ws WorkspaceID, id CampaignID, version int) (CampaignVersion, error) {
	v, err := scanVersion(s.read.QueryRowContext(ctx, `
		select `+versionColumns+` from campaign_versions v left join members m on m.member_id = v.member_id
		where v.workspace_id = ? and v.campaign_id = ? and v.version = ?`, ws, id, version).Scan)
	return v, known(err)
}

// RestoreVersion makes a version the draft again, as one change that can be
// undone.
func (s *Store) RestoreVersion(ctx context.Context, ws WorkspaceID, id CampaignID, version int, by Actor) (Campaign, error) {
	v, err := s.CampaignVersion(ctx, ws, id, version)
	if err != nil {
		return Campaign{}, err
	}
	return s.EditDraft(ctx, ws, id, AnyRevision, fmt.Sprintf("Restore version %d", version), func(workflow.Campaign) (workflow.Campaign, error) {
		return v.Campaign, nil
	}, by)
}

// Revision is one change of a draft.
type Revision struct {
	Number int
	Label  string
	By     string // empty: a program, or somebody who is gone
	At     time.Time
}

// Revisions is the changes of a draft that are kept, the latest first: those
// above the draft's own number are undone.
func (s *Store) Revisions(ctx context.Context, ws WorkspaceID, id CampaignID) ([]Revision, error) {
	rows, err := s.read.QueryContext(ctx, `
		select r.revision, r.label, coalesce(m.name, ''), r.at
		from campaign_revisions r left join members m on m.member_id = r.member_id
		where r.workspace_id = ? and r.campaign_id = ?
		order by r.revision desc`, ws, id)
	return collect(rows, err, func(scan func(...any) error) (r Revision, err error) {
		var at int64
		err = scan(&r.Number, &r.Label, &r.By, &at)
		r.At = instant(at)
		return r, err
	})
}

// GoTo makes the draft what it was after a change, as several undos or redos
// would. ErrNotFound: the change is not kept.
func (s *Store) GoTo(ctx context.Context, ws WorkspaceID, id CampaignID, revision int, by Actor) (Campaign, error) {
	return s.goTo(ctx, ws, id, func(Campaign) (string, []any) {
		return `select revision, label, document from campaign_revisions where workspace_id = ? and campaign_id = ? and revision = ?`, []any{ws, id, revision}
	})
}
