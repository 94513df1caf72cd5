package store

import (
	"context"
	"fmt"
	"time"

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
	if err := tx.ready(ws, c.Draft); err != nil {
		return c, err
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

// carryOver lets the people inside go on in the new version. It looks at the
// actions, not at the people, so that its statements are few.
func (tx *Tx) carryOver(ws WorkspaceID, id CampaignID, before *Plan, next *workflow.Plan) error {
	// New lengths first: who moves to a delay below begins to wait there.
	for a := range workflow.All(before.Campaign.Actions) {
		if err := tx.retime(ws, id, a, next); err != nil {
			return err
		}
	}
	for a := range workflow.All(before.Campaign.Actions) {
		key, ok := workflow.Resume(before.Plan, next, a.Key)
		if ok && key == a.Key {
			continue
		}
		if err := tx.relocate(ws, id, a.Key, key); err != nil {
			return err
		}
	}
	tx.wake(Journeys, ws, tx.now)
	return tx.finishStopping(ws)
}

// retime makes people who wait at a delay wait for its new length, from when
// they came. Who has just come is not waiting yet: the engine asks first.
func (tx *Tx) retime(ws WorkspaceID, id CampaignID, was workflow.Action, next *workflow.Plan) error {
	now, ok := next.Action(was.Key)
	if !ok || was.Delay == nil {
		return nil
	}
	var length time.Duration // the action is of another kind now: nothing to wait for
	if now.Delay != nil {
		before, err := was.Delay.Length()
		if err != nil {
			return err
		}
		if length, err = now.Delay.Length(); err != nil || length == before {
			return err
		}
	}
	_, err := tx.exec(`
		update journeys set due_at = arrived_at + ?
		where workspace_id = ? and campaign_id = ? and position = ? and due_at > arrived_at`,
		length.Microseconds(), ws, id, was.Key)
	return err
}

// relocate moves the people who stand before an action that is gone: to
// another, or, when nothing is left for them, to the end.
func (tx *Tx) relocate(ws WorkspaceID, id CampaignID, from, to string) error {
	if to != "" {
		n, err := tx.exec(`
			update journeys set position = ?, arrived_at = ?, due_at = ?
			where workspace_id = ? and campaign_id = ? and position = ? and due_at is not null`,
			to, micros(tx.now), micros(tx.now), ws, id, from)
		tx.count(ws, id, from, "waiting", -int(n))
		tx.count(ws, id, to, "waiting", int(n))
		return err
	}
	n, err := tx.exec(`
		update journeys set state = 'finished', position = '', due_at = null, ended_at = ?
		where workspace_id = ? and campaign_id = ? and position = ? and due_at is not null`,
		micros(tx.now), ws, id, from)
	tx.count(ws, id, from, "waiting", -int(n))
	tx.count(ws, id, "", "active", -int(n))
	tx.count(ws, id, "", string(JourneyFinished), int(n))
	return err
}
