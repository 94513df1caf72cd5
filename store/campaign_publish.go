package store

import (
	"context"
	"fmt"

	"github.com/postroom/postroom/store/workflow"
)

// Live is the workflow that people walk through, and its version. ErrNotFound:
// the campaign has never started.
func (s *Store) Live(ctx context.Context, ws WorkspaceID, id CampaignID) (workflow.Campaign, int, error) {
	c, err := campaign(ctx, s.read, ws, id)
	if err != nil {
		return workflow.Campaign{}, 0, err
	}
	plan, err := s.plans.get(ctx, s.read, ws, live{id, c.Version})
	if err != nil {
		return workflow.Campaign{}, 0, err
	}
	running := plan.Campaign.Clone()
	running.Name = c.Name
	return running, c.Version, nil
}

// PublishCampaign makes the draft of a running campaign the version that people
// walk through. Who stands at an action that is gone goes on behind it, and who
// waits at a delay of another length now waits for that.
func (s *Store) PublishCampaign(ctx context.Context, ws WorkspaceID, id CampaignID, by Actor) (c Campaign, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		if c, err = tx.editable(ws, id); err != nil {
			return err
		}
		if !c.Live() {
			return Invalid{"campaign": "This campaign does not run. Start it."}
		}
		if c, err = tx.publish(ws, c, by); err != nil {
			return err
		}
		return tx.noted(ws, by, "Published a campaign", c.Name, fmt.Sprintf("Version %d.", c.Version))
	})
	return c, err
}

// publish makes a version of the draft, unless it is the live one already, and
// carries the people inside over to it.
func (tx *Tx) publish(ws WorkspaceID, c Campaign, by Actor) (Campaign, error) {
	var err error
	if c.Draft, err = withSegmentIDs(context.Background(), tx, ws, c.Draft); err != nil {
		return c, err
	}
	if err := tx.ready(ws, c.Draft, by); err != nil {
		return c, err
	}
	if missing := c.NoAudience(); missing != nil {
		return c, NotReady(missing)
	}
	next, text, err := planOf(c.Draft)
	if err != nil {
		return c, err
	}
	if err := tx.addSenders(ws, c.Draft); err != nil {
		return c, err
	}
	if err := tx.addVersion(ws, c, text, next, by); err != nil {
		return c, err
	}
	if err := tx.setTriggers(ws, c); err != nil {
		return c, err
	}
	if err := tx.addHook(ws, c.ID, c.Draft.Trigger); err != nil {
		return c, err
	}
	if err := tx.redateAll(ws, c); err != nil {
		return c, err
	}
	return campaign(context.Background(), tx, ws, c.ID)
}

// planOf is a version's document and plan, read back as the engine will.
func planOf(draft workflow.Campaign) (*workflow.Plan, string, error) {
	text := encode(workflow.Export(draft))
	doc, err := workflow.Parse([]byte(text))
	if err != nil {
		return nil, "", err
	}
	plan, err := workflow.Index(doc.Campaign)
	return plan, text, err
}

func (tx *Tx) addVersion(ws WorkspaceID, c Campaign, text string, next *workflow.Plan, by Actor) error {
	version := 1
	if c.Version > 0 {
		before, err := tx.w.store.plans.get(context.Background(), tx, ws, live{c.ID, c.Version})
		if err != nil {
			return err
		}
		if len(workflow.Diff(named(before.Campaign, c.Name), c.Draft)) == 0 {
			return tx.savedAs(ws, c, c.Version)
		}
		if err := tx.carryOver(ws, c.ID, before, next); err != nil {
			return err
		}
		if encode(before.Campaign.Filter) != encode(c.Draft.Filter) {
			if err := tx.admitAgain(ws, c.ID); err != nil {
				return err
			}
		}
		if err := tx.redraft(ws, c.ID, before.Campaign, c.Draft); err != nil {
			return err
		}
		version = c.Version + 1
	}
	_, err := tx.exec(`
		insert into campaign_versions (workspace_id, campaign_id, version, document, member_id, published_at)
		values (?, ?, ?, ?, ?, ?)`, ws, c.ID, version, text, orZero(by.ID), micros(tx.now))
	if err != nil {
		return err
	}
	return tx.savedAs(ws, c, version)
}

func named(c workflow.Campaign, name string) workflow.Campaign {
	c.Name = name
	return c
}

// savedAs notes which version the draft is now. Its segments were given their
// ids, in the draft and in the revision that undo comes back to.
func (tx *Tx) savedAs(ws WorkspaceID, c Campaign, version int) error {
	text := encode(c.Draft)
	err := tx.execOne(`
		update campaigns set version = ?, draft_saved = revision, draft = ?, updated_at = ? where workspace_id = ? and campaign_id = ?`,
		version, text, micros(tx.now), ws, c.ID)
	if err != nil {
		return err
	}
	return tx.execOne(`
		update campaign_revisions set document = ? where workspace_id = ? and campaign_id = ? and revision = ?`,
		text, ws, c.ID, c.Revision)
}
