package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/postroom/postroom/store/workflow"
)

// CampaignSummary is a campaign as a list shows it, with the counters that are
// kept for it.
type CampaignSummary struct {
	ID          CampaignID
	Name        string
	State       CampaignState
	Version     int
	Unpublished bool // the draft may differ from the live version
	UpdatedAt   time.Time
	StartedAt   time.Time        // zero: never
	Newsletter  bool             // a broadcast that goes out once
	Trigger     workflow.Trigger // of what runs, or of the draft; with the names of segments
	Schedule    Schedule
	Counts      map[string]int // by metric: entered, active, sent …
}

// CampaignCursor is a place in the list of campaigns, which goes by the time of
// their last change.
type CampaignCursor struct {
	UpdatedAt time.Time
	ID        CampaignID
}

// Cursor is the place of the campaign in the list.
func (c CampaignSummary) Cursor() CampaignCursor { return CampaignCursor{c.UpdatedAt, c.ID} }

// String is the cursor for an address.
func (c CampaignCursor) String() string { return fmt.Sprintf("%d.%d", micros(c.UpdatedAt), c.ID) }

// ParseCampaignCursor reads what String wrote. Anything else is the zero
// cursor, which is no place.
func ParseCampaignCursor(s string) CampaignCursor {
	at, id, _ := strings.Cut(s, ".")
	us, err1 := strconv.ParseInt(at, 10, 64)
	n, err2 := strconv.ParseInt(id, 10, 64)
	if err1 != nil || err2 != nil {
		return CampaignCursor{}
	}
	return CampaignCursor{instant(us), CampaignID(n)}
}

// CampaignPage is which part of the list to give: what comes before a cursor
// (older), after one (newer), or the newest.
type CampaignPage struct {
	Before, After CampaignCursor
	Limit         int
}

// CampaignFilter is which campaigns a list shows.
type CampaignFilter struct {
	Q          string // part of the name
	Archived   bool   // those in the archive; else the others
	Broadcasts bool   // these instead of campaigns that people enter one by one
}

// kind is among which they are kept.
func (f CampaignFilter) kind() string {
	if f.Broadcasts {
		return "broadcast"
	}
	return "campaign"
}

// Campaigns is the workspace's campaigns, the last changed first.
func (s *Store) Campaigns(ctx context.Context, ws WorkspaceID, f CampaignFilter, page CampaignPage) ([]CampaignSummary, error) {
	cursor, query := page.Before, olderCampaigns
	switch {
	case page.After.ID != 0:
		cursor, query = page.After, newerCampaigns
	case cursor.ID == 0:
		cursor = CampaignCursor{time.UnixMicro(1 << 62), 0}
	}
	rows, err := s.read.QueryContext(ctx, query, ws, micros(cursor.UpdatedAt), cursor.ID, f.Archived, nameKey(f.Q), page.Limit, f.kind())
	found, err := collect(rows, err, scanSummary)
	if page.After.ID != 0 {
		slices.Reverse(found)
	}
	if err != nil {
		return nil, err
	}
	for i := range found {
		named, err := s.WithSegmentNames(ctx, ws, workflow.Campaign{Trigger: found[i].Trigger})
		if err != nil {
			return nil, err
		}
		found[i].Trigger = named.Trigger
	}
	return found, s.addCounts(ctx, ws, found)
}

const (
	summaryColumns = `campaign_id, name, state, version, version > 0 and revision <> draft_saved, updated_at, coalesce(started_at, 0), coalesce(start_at, 0), coalesce(stop_at, 0), zone,
		coalesce((select v.document -> '$.campaign.trigger' from campaign_versions v
			where v.workspace_id = campaigns.workspace_id and v.campaign_id = campaigns.campaign_id and v.version = campaigns.version), draft -> '$.trigger', 'null'), newsletter`
	olderCampaigns = `
		select ` + summaryColumns + ` from campaigns
		where workspace_id = ?1 and kind = ?7 and (updated_at, campaign_id) < (?2, ?3) and (state = 'archived') = ?4 and (?5 = '' or instr(name_key, ?5))
		order by updated_at desc, campaign_id desc
		limit ?6`
	newerCampaigns = `
		select ` + summaryColumns + ` from campaigns
		where workspace_id = ?1 and kind = ?7 and (updated_at, campaign_id) > (?2, ?3) and (state = 'archived') = ?4 and (?5 = '' or instr(name_key, ?5))
		order by updated_at, campaign_id
		limit ?6`
)

func scanSummary(scan func(...any) error) (c CampaignSummary, err error) {
	var updated, started, startAt, stopAt int64
	var trigger string
	if err := scan(&c.ID, &c.Name, &c.State, &c.Version, &c.Unpublished, &updated, &started, &startAt, &stopAt, &c.Schedule.Zone, &trigger, &c.Newsletter); err != nil {
		return c, err
	}
	c.UpdatedAt, c.StartedAt = instant(updated), instant(started)
	c.Schedule.StartAt, c.Schedule.StopAt = instant(startAt), instant(stopAt)
	var shown workflow.Campaign
	err = json.Unmarshal([]byte(`{"trigger":`+trigger+`}`), &shown)
	c.Trigger = shown.Trigger
	return c, err
}

func (s *Store) addCounts(ctx context.Context, ws WorkspaceID, list []CampaignSummary) error {
	for i := range list {
		list[i].Counts = map[string]int{}
		rows, err := s.read.QueryContext(ctx, `
			select '', metric, n from campaign_counts where workspace_id = ? and campaign_id = ? and action_key = ''`, ws, list[i].ID)
		counts, err := collect(rows, err, scanCount)
		if err != nil {
			return err
		}
		for _, c := range counts {
			list[i].Counts[c.metric] = c.n
		}
	}
	return nil
}

// CampaignCounts is the counters that are kept for a campaign, by action ("" is
// the campaign itself) and metric.
func (s *Store) CampaignCounts(ctx context.Context, ws WorkspaceID, id CampaignID) (map[string]map[string]int, error) {
	rows, err := s.read.QueryContext(ctx, `
		select action_key, metric, n from campaign_counts where workspace_id = ? and campaign_id = ?`, ws, id)
	counts, err := collect(rows, err, scanCount)
	if err != nil {
		return nil, err
	}
	all := map[string]map[string]int{"": {}}
	for _, c := range counts {
		if all[c.action] == nil {
			all[c.action] = map[string]int{}
		}
		all[c.action][c.metric] = c.n
	}
	return all, nil
}

type actionCount struct {
	action, metric string
	n              int
}

func scanCount(scan func(...any) error) (c actionCount, err error) {
	err = scan(&c.action, &c.metric, &c.n)
	return c, err
}
