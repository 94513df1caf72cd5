package store

import (
	"cmp"
	"context"
	"time"

	"github.com/postroom/postroom/store/workflow"
)

// Duplicate is a whole campaign that is to become another one, maybe in
// another workspace.
type Duplicate struct {
	Workspace WorkspaceID // where it comes from
	Campaign  CampaignID
	Live      bool              // the version that runs or ran last; else the draft
	Name      string            // of the copy; empty: the same, with a number where it is taken
	Seen      string            // what was seen of the source: ImportPreview.Seen
	Choices   map[string]string // by Need.Field: one of its options
}

func (d Duplicate) request() ImportRequest {
	return ImportRequest{Workspace: d.Workspace, Campaign: d.Campaign, Live: d.Live, Choices: d.Choices}
}

// leaving reads a campaign that is to become another one.
func leaving(ctx context.Context, q queryer, to WorkspaceID, in Duplicate, m Member) (p pack, leaves workflow.Campaign, err error) {
	if p, err = openPack(ctx, q, to, in.request(), m); err != nil {
		return p, leaves, err
	}
	leaves = workflow.DetachCampaign(p.whole, p.origin(time.Time{}))
	p.Actions = leaves.Actions
	return p, leaves, p.belongings(ctx, q, workflow.CampaignDependencies(leaves))
}

// PreviewDuplicate says what DuplicateTo would bring into a workspace.
// ErrNotFound: the member may not see the source.
func (s *Store) PreviewDuplicate(ctx context.Context, ws WorkspaceID, in Duplicate, m Member) (p ImportPreview, err error) {
	here, err := workspace(ctx, s.read, ws)
	if err != nil {
		return p, err
	}
	pack, leaves, err := leaving(ctx, s.read, ws, in, m)
	if err != nil {
		return p, err
	}
	r := reporter{ctx: ctx, q: s.read, here: here, member: m, pack: pack, choices: in.Choices}
	p = ImportPreview{
		From: pack.from, Campaign: pack.source, Here: here, Actions: leaves.Actions, Count: pack.count(),
		Needs: r.report(workflow.CampaignDependencies(leaves)), Seen: pack.seen() + encode(settingsOf(leaves)), MayMiss: r.mayMiss(),
	}
	p.Seen = shortHash(p.Seen)
	return p, r.err
}

// settingsOf is a campaign without its actions.
func settingsOf(c workflow.Campaign) workflow.Campaign {
	c.Actions = nil
	return c
}

// DuplicateTo adds a draft to another workspace that is a copy of a campaign:
// with its trigger, filter, goal and subscription, all messages as drafts.
// ErrNotFound: the member may not see the source. ErrSourceChanged: it is not
// what was seen.
func (s *Store) DuplicateTo(ctx context.Context, ws WorkspaceID, in Duplicate, m Member) (c Campaign, err error) {
	if in.Name != "" {
		if in.Name, err = campaignName(in.Name); err != nil {
			return c, err
		}
	}
	err = s.update(ctx, func(tx *Tx) error {
		c, err = tx.duplicateTo(ws, in, m)
		return err
	})
	return c, err
}

func (tx *Tx) duplicateTo(ws WorkspaceID, in Duplicate, m Member) (c Campaign, err error) {
	ctx := context.Background()
	if m, err = tx.mayImport(ws, m); err != nil {
		return c, err
	}
	here, err := workspace(ctx, tx, ws)
	if err != nil {
		return c, err
	}
	p, leaves, err := leaving(ctx, tx, ws, in, m)
	if err != nil {
		return c, err
	}
	if in.Seen != shortHash(p.seen()+encode(settingsOf(leaves))) {
		return c, ErrSourceChanged
	}
	r := reporter{ctx: ctx, q: tx, here: here, member: m, pack: p, choices: in.Choices}
	f, err := tx.fitter(&r, r.report(workflow.CampaignDependencies(leaves)), By(m))
	if err != nil {
		return c, err
	}
	draft, err := f.fitCampaign(workflow.DetachCampaign(p.whole, p.origin(tx.now)))
	if err != nil {
		return c, err
	}
	if err := tx.rememberSources(ws, p, draft.Actions); err != nil {
		return c, err
	}
	draft.Name = cmp.Or(in.Name, p.source.Name)
	if c, err = tx.importCampaign(ws, draft, "Duplicate “"+p.source.Name+"” from "+p.from.Name, By(m)); err != nil {
		return c, err
	}
	if p.source.Newsletter {
		if err := tx.makeNewsletter(ws, &c); err != nil {
			return c, err
		}
	}
	return c, tx.noteDuplicate(here, c, p, By(m))
}

// noteDuplicate writes down on both sides that a campaign was duplicated.
func (tx *Tx) noteDuplicate(here Workspace, c Campaign, p pack, by Actor) error {
	err := tx.noted(here.ID, by, "Duplicated a campaign", c.Name, "From “"+p.source.Name+"” in "+p.from.Name+".")
	if err != nil || !p.away {
		return err
	}
	return tx.noted(p.from.ID, by, "Copied a campaign to another workspace", p.source.Name, "To “"+c.Name+"” in "+here.Name+".")
}
