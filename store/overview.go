package store

import "context"

// Overview is what a workspace holds and has done, for its home and before it
// is deleted.
type Overview struct {
	Campaigns int // but archived ones
	Running   int // campaigns that let people in, or still have some inside
	Started   bool
	Inside    int // journeys under way
	Segments  int
	Keys      int // in force
	Events    bool
	Month     Usage // of the current month
}

// Overview is what the workspace holds now. All of it is kept or short: none
// of the queries grows with people or messages.
func (s *Store) Overview(ctx context.Context, ws WorkspaceID) (Overview, error) {
	var o Overview
	err := s.read.QueryRowContext(ctx, `
		select
			(select count(*) from campaigns where workspace_id = ?1 and state <> 'archived'),
			(select count(*) from campaigns where workspace_id = ?1 and state in ('running', 'stopping')),
			(select exists (select 1 from campaigns where workspace_id = ?1 and version > 0)),
			(select coalesce(sum(n), 0) from campaigns c join campaign_counts k using (workspace_id, campaign_id)
				where c.workspace_id = ?1 and k.action_key = '' and k.metric = 'active'),
			(select count(*) from segments where workspace_id = ?1),
			(select count(*) from credentials where workspace_id = ?1 and revoked_at is null),
			(select exists (select 1 from usage where workspace_id = ?1 and events > 0))`, ws).
		Scan(&o.Campaigns, &o.Running, &o.Started, &o.Inside, &o.Segments, &o.Keys, &o.Events)
	if err != nil {
		return o, err
	}
	o.Month, err = s.Usage(ctx, ws, PeriodOf(s.now()))
	return o, err
}

// CampaignNumbers is a campaign with how many people and messages went
// through it.
type CampaignNumbers struct {
	Campaign Campaign
	Entered  int
	Active   int // on their way now
	Sent     int
}

// RunningCampaigns is the campaigns that people walk through now, the latest
// started first.
func (s *Store) RunningCampaigns(ctx context.Context, ws WorkspaceID, limit int) ([]CampaignNumbers, error) {
	rows, err := s.read.QueryContext(ctx, `
		select `+campaignColumns+`,
			coalesce((select n from campaign_counts k where k.workspace_id = c.workspace_id and k.campaign_id = c.campaign_id and action_key = '' and metric = 'entered'), 0),
			coalesce((select n from campaign_counts k where k.workspace_id = c.workspace_id and k.campaign_id = c.campaign_id and action_key = '' and metric = 'active'), 0),
			coalesce((select n from campaign_counts k where k.workspace_id = c.workspace_id and k.campaign_id = c.campaign_id and action_key = '' and metric = 'sent'), 0)
		from campaigns c
		where workspace_id = ? and state in ('running', 'stopping')
		order by started_at desc, campaign_id desc
		limit ?`, ws, limit)
	return collect(rows, err, func(scan func(...any) error) (n CampaignNumbers, err error) {
		n.Campaign, err = scanCampaign(func(dest ...any) error { return scan(append(dest, &n.Entered, &n.Active, &n.Sent)...) })
		return n, err
	})
}
