package store

import (
	"context"
	"fmt"
)

// CheckIntegrity is what is wrong with the database: damaged pages, references
// that lead nowhere, counters that are not what they count. It reads all of
// it.
func (s *Store) CheckIntegrity(ctx context.Context) ([]string, error) {
	var problems []string
	for _, pragma := range []string{`pragma integrity_check(20)`, `select 'reference from ' || "table" || ' to ' || parent from pragma_foreign_key_check limit 20`} {
		found, err := s.strings(ctx, pragma)
		if err != nil {
			return nil, err
		}
		for _, line := range found {
			if line != "ok" {
				problems = append(problems, line)
			}
		}
	}
	for what, query := range counterChecks {
		wrong, err := s.strings(ctx, query)
		if err != nil {
			return nil, err
		}
		for _, workspace := range wrong {
			problems = append(problems, fmt.Sprintf("%s of workspace %s is not what it counts", what, workspace))
		}
	}
	return problems, nil
}

// counterChecks find workspaces with a counter that is wrong.
var counterChecks = map[string]string{
	"the number of people": `
		select slug from workspaces w
		where purged_at is null and people <> (select count(*) from people p where p.workspace_id = w.workspace_id)`,
	"the number of suppressed identifiers": `
		select slug from workspaces w
		where purged_at is null and suppressed <> (select count(*) from suppressions s where s.workspace_id = w.workspace_id)`,
	"what happened to nobody's person": `
		select distinct slug from activities a join workspaces w using (workspace_id)
		where a.person_id is not null
		and not exists (select 1 from people p where p.workspace_id = a.workspace_id and p.person_id = a.person_id)
		and not exists (select 1 from departures d where d.workspace_id = a.workspace_id and d.person_id = a.person_id)`,
	"the size of a segment": `
		select distinct slug from segments g join workspaces w using (workspace_id)
		where g.people <> (select count(*) from segment_members m where m.workspace_id = g.workspace_id and m.segment_id = g.segment_id)`,
	"a campaign's number of candidates": `
		select distinct w.slug from campaign_counts c join workspaces w using (workspace_id)
		where c.action_key = '' and c.metric = 'candidates'
		and c.n <> (select count(*) from deliveries d where d.workspace_id = c.workspace_id and d.campaign_id = c.campaign_id)`,
	"the number of deliveries in a state": `
		select distinct w.slug from campaign_counts c join workspaces w using (workspace_id)
		where c.action_key = '' and c.metric in ('queued', 'drafted', 'attempted', 'handed', 'sent', 'uncertain', 'failed', 'undeliverable')
		and c.n <> (select count(*) from deliveries d where d.workspace_id = c.workspace_id and d.campaign_id = c.campaign_id and d.state = c.metric)`,
	"the number of people on their way": `
		select distinct w.slug from campaign_counts c join workspaces w using (workspace_id)
		where c.action_key = '' and c.metric = 'active'
		and c.n <> (select count(*) from journeys j where j.workspace_id = c.workspace_id and j.campaign_id = c.campaign_id and j.state = 'active')`,
}

func (s *Store) strings(ctx context.Context, query string) ([]string, error) {
	rows, err := s.read.QueryContext(ctx, query)
	return collect(rows, err, func(scan func(...any) error) (text string, err error) {
		err = scan(&text)
		return text, err
	})
}
