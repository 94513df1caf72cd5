package store

import (
	"context"
	"strings"

	"github.com/postroom/postroom/store/workflow"
)

// ImportSource is a workspace from whose campaigns actions can be imported.
type ImportSource struct {
	Workspace
	Count     int              // of its campaigns; at most maxSourceCount are counted
	Campaigns []SourceCampaign // empty until it is opened or searched
}

// SourceCampaign is a campaign whose actions can be imported.
type SourceCampaign struct {
	ID      CampaignID
	Name    string
	State   CampaignState
	Actions int // of its draft
}

const (
	maxSources         = 50
	maxSourceCampaigns = 100 // of one workspace, and found by one search
	maxSourceCount     = 1000
	maxTitles          = 4000 // bytes
)

// searched is what a search for actions looks at: how many a draft has, and
// their titles.
func searched(draft workflow.Campaign) (actions int, titles string) {
	var b strings.Builder
	for a := range workflow.All(draft.Actions) {
		actions++
		if b.Len() < maxTitles {
			b.WriteString(nameKey(a.Title()) + "\n")
		}
	}
	return actions, clip(b.String(), maxTitles)
}

// ImportSources is the workspaces with campaigns that a member may see, by
// name, and the workspace itself first. With q it is those that have it in
// their name or in that of a campaign or an action, and the campaigns that were
// found are with them. more says that there are others.
func (s *Store) ImportSources(ctx context.Context, ws WorkspaceID, m Member, q string) (found []ImportSource, more bool, err error) {
	key := nameKey(q)
	if key == "" {
		return s.sourcesNamed(ctx, m, ws, "")
	}
	campaigns, err := s.sourcesWith(ctx, m, key)
	if err != nil {
		return nil, false, err
	}
	named, more, err := s.sourcesNamed(ctx, m, ws, key)
	if err != nil {
		return nil, false, err
	}
	listed := map[WorkspaceID]bool{}
	for _, source := range campaigns {
		listed[source.ID] = true
		more = more || len(source.Campaigns) == maxSourceCampaigns
	}
	for _, source := range named {
		if !listed[source.ID] {
			campaigns = append(campaigns, source)
		}
	}
	return campaigns, more, nil
}

// sourcesNamed is the workspaces with key in their name.
func (s *Store) sourcesNamed(ctx context.Context, m Member, first WorkspaceID, key string) (found []ImportSource, more bool, err error) {
	where, args := seenBy(m)
	rows, err := s.read.QueryContext(ctx, sourcesByName(where), append(append([]any{maxSourceCount}, args...), key, first, maxSources+1)...)
	found, err = collect(rows, err, func(scan func(...any) error) (source ImportSource, err error) {
		source.Workspace, err = scanWorkspace(func(to ...any) error { return scan(append(to, &source.Count)...) })
		return source, err
	})
	if len(found) > maxSources {
		return found[:maxSources], true, err
	}
	return found, false, err
}

func sourcesByName(where string) string {
	return `
		select ` + prefixedWorkspaceColumns + `,
			(select count(*) from (select 1 from campaigns where workspace_id = w.workspace_id and state in (` + sourceStates + `) limit ?))
		from workspaces w
		where ` + where + ` and instr(w.name_key, ?)
			and exists (select 1 from campaigns where workspace_id = w.workspace_id and state in (` + sourceStates + `))
		order by w.workspace_id <> ?, w.name_key
		limit ?`
}

func sourcesByContent(where string) string {
	return `
		select ` + prefixedWorkspaceColumns + `, c.campaign_id, c.name, c.state, c.actions
		from workspaces w cross join campaigns c on c.workspace_id = w.workspace_id and c.state in (` + sourceStates + `)
		where ` + where + ` and (instr(c.name_key, ?) or instr(c.titles, ?))
		order by w.workspace_id
		limit ?`
}

// sourceStates is all but what is in the archive.
const sourceStates = `'draft', 'running', 'stopping', 'stopped'`

// sourcesWith is the campaigns with key in their name or in an action's title,
// by workspace.
func (s *Store) sourcesWith(ctx context.Context, m Member, key string) ([]ImportSource, error) {
	where, args := seenBy(m)
	rows, err := s.read.QueryContext(ctx, sourcesByContent(where), append(args, key, key, maxSourceCampaigns)...)
	all, err := collect(rows, err, func(scan func(...any) error) (source ImportSource, err error) {
		var c SourceCampaign
		source.Workspace, err = scanWorkspace(func(to ...any) error {
			return scan(append(to, &c.ID, &c.Name, &c.State, &c.Actions)...)
		})
		source.Campaigns = []SourceCampaign{c}
		return source, err
	})
	var grouped []ImportSource
	for _, one := range all {
		if last := len(grouped) - 1; last >= 0 && grouped[last].ID == one.ID {
			grouped[last].Campaigns = append(grouped[last].Campaigns, one.Campaigns...)
			continue
		}
		grouped = append(grouped, one)
	}
	for i := range grouped {
		grouped[i].Count = len(grouped[i].Campaigns)
	}
	return grouped, err
}

// SourceCampaigns is the campaigns of a workspace that a member may see whose
// name contains q, by name, after one of a name (empty: from the first); at
// most limit. ErrNotFound: they may not see them.
func (s *Store) SourceCampaigns(ctx context.Context, ws WorkspaceID, m Member, q, after string, limit int) ([]SourceCampaign, error) {
	if err := readable(ctx, s.read, ws, m); err != nil {
		return nil, err
	}
	rows, err := s.read.QueryContext(ctx, sourcesOfOne, ws, nameKey(after), nameKey(q), limit)
	return collect(rows, err, func(scan func(...any) error) (c SourceCampaign, err error) {
		err = scan(&c.ID, &c.Name, &c.State, &c.Actions)
		return c, err
	})
}

const sourcesOfOne = `
	select campaign_id, name, state, actions from campaigns
	where workspace_id = ? and name_key > ? and instr(name_key, ?) and state <> 'archived'
	order by name_key
	limit ?`

// SourceCampaign is a campaign of a workspace that a member may see, and its
// workflow: the version that runs or ran last, or the draft. ErrNotFound: they
// may not see it.
func (s *Store) SourceCampaign(ctx context.Context, ws WorkspaceID, id CampaignID, live bool, m Member) (Campaign, workflow.Campaign, error) {
	p, err := openPack(ctx, s.read, 0, ImportRequest{Workspace: ws, Campaign: id, Live: live}, m)
	return p.source, p.whole, err
}

// readable refuses a workspace that the member may not see.
func readable(ctx context.Context, q queryer, ws WorkspaceID, m Member) error {
	if _, err := workspace(ctx, q, ws); err != nil {
		return err
	}
	role, err := roleIn(ctx, q, ws, m)
	if err == nil && role == RoleNone {
		err = ErrNotFound
	}
	return err
}
