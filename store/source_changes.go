package store

import (
	"context"

	"github.com/postroom/postroom/store/workflow"
)

// SourceState is how the source of an imported action stands.
type SourceState string

const (
	SourceSame    SourceState = "same"
	SourceChanged SourceState = "changed" // since the action was imported
	SourceIgnored SourceState = "ignored" // changed, and somebody did not want that
	SourceOther   SourceState = "other"   // another kind of action by now
	SourceGone    SourceState = "gone"    // or the member may not see it
)

// ActionSource is an imported action and its source.
type ActionSource struct {
	Action workflow.Action // here
	State  SourceState
	Hash   string         // of what the source says now; empty when it is gone
	Taken  workflow.Taken // what changed there
}

// SourceGroup is the imported actions that came from one campaign.
type SourceGroup struct {
	From     Workspace // zero when it is gone or the member may not see it
	Campaign Campaign  // the same
	Live     bool      // they are compared with the version that runs, not with the draft
	Actions  []ActionSource
}

// Changed is how many of the sources changed and are not ignored.
func (g SourceGroup) Changed() (n int) {
	for _, a := range g.Actions {
		if a.State == SourceChanged {
			n++
		}
	}
	return n
}

// ActionSources compares the imported actions of a campaign's draft with their
// sources, as far as a member may see those.
func (s *Store) ActionSources(ctx context.Context, ws WorkspaceID, id CampaignID, m Member) ([]SourceGroup, error) {
	c, err := campaign(ctx, s.read, ws, id)
	if err != nil {
		return nil, err
	}
	if c.Draft, err = s.WithSegmentNames(ctx, ws, c.Draft); err != nil {
		return nil, err
	}
	return sourcesOf(ctx, s.read, ws, c, m, func(workflow.Action) bool { return true })
}

// ActionSource compares one imported action with its source. ErrNotFound: it
// is not there, or was made here.
func (s *Store) ActionSource(ctx context.Context, ws WorkspaceID, c Campaign, key string, m Member) (ActionSource, error) {
	groups, err := sourcesOf(ctx, s.read, ws, c, m, func(a workflow.Action) bool { return a.Key == key })
	if err == nil && len(groups) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return ActionSource{}, err
	}
	return groups[0].Actions[0], nil
}

// sourceCampaign names a campaign from which actions came.
type sourceCampaign struct {
	workspace string
	campaign  int64
	live      bool
}

func sourcesOf(ctx context.Context, q queryer, ws WorkspaceID, c Campaign, m Member, wanted func(workflow.Action) bool) (groups []SourceGroup, err error) {
	ignored, err := ignoredSources(ctx, q, ws, c.ID)
	if err != nil {
		return nil, err
	}
	at, packs := map[sourceCampaign]int{}, []*pack{}
	for a := range workflow.All(c.Draft.Actions) {
		if a.Origin == nil || !wanted(a) {
			continue
		}
		from := sourceCampaign{a.Origin.Workspace, a.Origin.CampaignID, a.Origin.Version > 0}
		i, known := at[from]
		if !known {
			p, err := openSource(ctx, q, ws, from, m)
			if err != nil {
				return nil, err
			}
			i, at[from] = len(groups), len(groups)
			group := SourceGroup{Live: from.live}
			if p != nil {
				group.From, group.Campaign = p.from, p.source
			}
			groups, packs = append(groups, group), append(packs, p)
		}
		one, err := compared(ctx, q, ws, a, packs[i])
		if err != nil {
			return nil, err
		}
		if one.State == SourceChanged && ignored[a.Key] == one.Hash {
			one.State = SourceIgnored
		}
		groups[i].Actions = append(groups[i].Actions, one)
	}
	return groups, nil
}

// openSource reads a campaign from which actions came; nil when it is gone or
// the member may not see it, which look alike.
func openSource(ctx context.Context, q queryer, ws WorkspaceID, from sourceCampaign, m Member) (*pack, error) {
	w, err := workspaceBySlug(ctx, q, from.workspace)
	if err != nil {
		return nil, ignoreMissing(err)
	}
	p, err := openPack(ctx, q, ws, ImportRequest{Workspace: w.ID, Campaign: CampaignID(from.campaign), Live: from.live}, m)
	if err != nil {
		return nil, ignoreMissing(err)
	}
	return &p, nil
}

// compared is an action and its source in an open campaign.
func compared(ctx context.Context, q queryer, ws WorkspaceID, a workflow.Action, p *pack) (ActionSource, error) {
	one := ActionSource{Action: a, State: SourceGone}
	if p == nil {
		return one, nil
	}
	source, ok := workflow.Find(p.whole, a.Origin.Action)
	if !ok || a.Origin.Action == "" {
		return one, nil
	}
	one.Hash, one.State = source.Hash(), SourceSame
	switch {
	case one.Hash == a.Origin.Hash:
		return one, nil
	case source.Type != a.Type:
		one.State = SourceOther
		return one, nil
	}
	base, err := remembered(ctx, q, ws, a.Origin.Hash)
	if err != nil {
		return one, err
	}
	one.State, one.Taken = SourceChanged, workflow.SourceChanges(a, base, workflow.Essence(source))
	return one, nil
}

func ignoredSources(ctx context.Context, q queryer, ws WorkspaceID, id CampaignID) (map[string]string, error) {
	rows, err := q.QueryContext(ctx, `select action_key, hash from ignored_sources where workspace_id = ? and campaign_id = ?`, ws, id)
	ignored := map[string]string{}
	_, err = collect(rows, err, func(scan func(...any) error) (key string, err error) {
		var hash string
		err = scan(&key, &hash)
		ignored[key] = hash
		return key, err
	})
	return ignored, err
}

// IgnoreSources takes the mark off actions whose sources changed, until they
// change again: seen is what they said, by the keys of the actions.
func (s *Store) IgnoreSources(ctx context.Context, ws WorkspaceID, id CampaignID, seen map[string]string, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		c, err := tx.editable(ws, id)
		if err != nil {
			return err
		}
		n := 0
		for key, hash := range seen {
			if a, ok := workflow.Find(c.Draft, key); !ok || a.Origin == nil || len(hash) > 64 {
				continue
			}
			n++
			_, err := tx.exec(`
				insert into ignored_sources (workspace_id, campaign_id, action_key, hash, member_id, at) values (?, ?, ?, ?, ?, ?)
				on conflict (workspace_id, campaign_id, action_key) do update set hash = excluded.hash, member_id = excluded.member_id, at = excluded.at`,
				ws, id, key, hash, orZero(by.ID), micros(tx.now))
			if err != nil {
				return err
			}
		}
		if n == 0 {
			return Invalid{"action": "Choose at least one action."}
		}
		return tx.noted(ws, by, "Ignored changes of a source", c.Name, actionCountWords(n)+".")
	})
}
