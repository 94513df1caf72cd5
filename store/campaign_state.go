package store

import (
	"context"
	"fmt"
	"strconv"

	"github.com/postroom/postroom/store/workflow"
)

// StartCampaign lets people in. current says that whoever is in the segment of
// the trigger now begins as well. Problems that block are a NotReady.
func (s *Store) StartCampaign(ctx context.Context, ws WorkspaceID, id CampaignID, current bool, by Actor) (c Campaign, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		if c, err = tx.editable(ws, id); err != nil {
			return err
		}
		switch {
		case c.State == CampaignRunning:
			return Invalid{"campaign": "This campaign runs already. Publish what you changed."}
		case c.Exiting:
			return Invalid{"campaign": "People are still being taken out. Start it in a moment."}
		case c.Newsletter && !c.StartedAt.IsZero():
			return Invalid{"campaign": "This newsletter went out. Duplicate it to send it again."}
		}
		if c, err = tx.publish(ws, c, by); err != nil {
			return err
		}
		if err := tx.letIn(ws, c, current); err != nil {
			return err
		}
		c, err = campaign(ctx, tx, ws, id)
		if err != nil {
			return err
		}
		return tx.noted(ws, by, "Started a campaign", c.Name, fmt.Sprintf("Version %d.", c.Version))
	})
	return c, err
}

func (tx *Tx) letIn(ws WorkspaceID, c Campaign, current bool) error {
	var backfill, dates any
	trigger := c.Draft.Trigger
	if trigger.Type == workflow.OnDate {
		dates = 0
		tx.wake(Campaigns, ws, tx.now)
	}
	tx.changedDates(ws)
	if c.Newsletter {
		if _, err := tx.createRun(ws, c, NewRun{Filter: trigger.People}, Timetable); err != nil {
			return err
		}
	}
	if current && trigger.Type == workflow.OnSegment && trigger.When == workflow.Enter {
		backfill = 0
		tx.wake(Campaigns, ws, tx.now)
	}
	return tx.execOne(`
		update campaigns set state = 'running', backfill_to = ?, dates_to = ?, started_at = coalesce(started_at, ?), start_at = null, start_problem = '', updated_at = ?
		where workspace_id = ? and campaign_id = ?`, backfill, dates, micros(tx.now), micros(tx.now), ws, c.ID)
}

// setTriggers makes what starts a campaign, and what is its goal, find it.
// Whoever looks asks whether it runs; the goal counts also when it does not.
func (tx *Tx) setTriggers(ws WorkspaceID, c Campaign) error {
	if err := tx.dropTriggers(ws, c.ID); err != nil {
		return err
	}
	kind, name := triggerOf(c.Draft.Trigger)
	if err := tx.setTrigger(ws, c.ID, kind, name); err != nil {
		return err
	}
	kind, name = goalOf(c.Draft.Goal)
	return tx.setTrigger(ws, c.ID, kind, name)
}

// redateAll works out anew when the date of a running campaign comes: it may be
// another one now.
func (tx *Tx) redateAll(ws WorkspaceID, c Campaign) error {
	tx.changedDates(ws)
	if c.State != CampaignRunning || c.Draft.Trigger.Type != workflow.OnDate {
		return nil
	}
	tx.wake(Campaigns, ws, tx.now)
	return tx.execOne(`update campaigns set dates_to = 0 where workspace_id = ? and campaign_id = ?`, ws, c.ID)
}

func (tx *Tx) setTrigger(ws WorkspaceID, id CampaignID, kind, name string) error {
	if kind == "" {
		return nil
	}
	_, err := tx.exec(`insert into triggers (workspace_id, kind, name, campaign_id) values (?, ?, ?, ?)`, ws, kind, name, id)
	return err
}

// goalOf is under which name a campaign is found by what is its goal.
func goalOf(g *workflow.Goal) (kind, name string) {
	switch {
	case g == nil:
		return "", ""
	case g.Segment == nil:
		return goalEvent, g.Event
	case g.When == workflow.Leave:
		return goalLeave, strconv.FormatInt(g.Segment.ID, 10)
	}
	return goalEnter, strconv.FormatInt(g.Segment.ID, 10)
}

// triggerOf is under which name a campaign is found by what starts it; none
// when something else than a look-up does.
func triggerOf(t workflow.Trigger) (kind, name string) {
	switch t.Type {
	case workflow.OnEvent:
		return eventTrigger, t.Event
	case workflow.OnSegment:
		if t.When == workflow.Leave {
			return segmentLeave, strconv.FormatInt(t.Segment.ID, 10)
		}
		return segmentEnter, strconv.FormatInt(t.Segment.ID, 10)
	case workflow.OnForm:
		return formTrigger, t.Form
	case workflow.OnDate:
		return dateTrigger, t.Date.Attribute
	}
	return "", ""
}

func (tx *Tx) dropTriggers(ws WorkspaceID, id CampaignID) error {
	_, err := tx.exec(`delete from triggers where workspace_id = ? and campaign_id = ?`, ws, id)
	return err
}

// StopCampaign lets nobody in any more. With exitNow everybody inside is taken
// out, and what was not sent to them yet is not sent; else they may finish.
func (s *Store) StopCampaign(ctx context.Context, ws WorkspaceID, id CampaignID, exitNow bool, by Actor) (c Campaign, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		if c, err = campaign(ctx, tx, ws, id); err != nil {
			return err
		}
		if !c.Live() {
			return Invalid{"campaign": "This campaign does not run."}
		}
		if err := tx.stopBy(ws, c, exitNow, by); err != nil {
			return err
		}
		c, err = campaign(ctx, tx, ws, id)
		return err
	})
	return c, err
}

func (tx *Tx) stopBy(ws WorkspaceID, c Campaign, exitNow bool, by Actor) error {
	if err := tx.stop(ws, c.ID, exitNow); err != nil {
		return err
	}
	how := "Who was inside may finish."
	if exitNow {
		how = "Everybody was taken out."
	}
	return tx.noted(ws, by, "Stopped a campaign", c.Name, how)
}

func (tx *Tx) stop(ws WorkspaceID, id CampaignID, exitNow bool) error {
	state := CampaignStopping
	if exitNow {
		state = CampaignStopped
		tx.wake(Campaigns, ws, tx.now)
	}
	tx.changedDates(ws)
	err := tx.execOne(`
		update campaigns set state = ?, exiting = ?, backfill_to = null, dates_to = null, start_at = null, stop_at = null, updated_at = ? where workspace_id = ? and campaign_id = ?`,
		state, exitNow, micros(tx.now), ws, id)
	if err != nil || exitNow {
		return err
	}
	return tx.finishStopping(ws)
}

// FinishStopping makes campaigns that are stopping stopped once nobody is left
// inside. Moving journeys does the same.
func (s *Store) FinishStopping(ctx context.Context, ws WorkspaceID) error {
	return s.update(ctx, func(tx *Tx) error { return tx.finishStopping(ws) })
}

func (tx *Tx) finishStopping(ws WorkspaceID) error {
	_, err := tx.exec(`
		update campaigns set state = 'stopped'
		where workspace_id = ?1 and state = 'stopping' and not exists (
			select 1 from journeys j
			where j.workspace_id = ?1 and j.campaign_id = campaigns.campaign_id and j.due_at is not null)`, ws)
	return err
}

// ArchiveCampaign puts away a campaign that does not run.
func (s *Store) ArchiveCampaign(ctx context.Context, ws WorkspaceID, id CampaignID, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		c, err := campaign(ctx, tx, ws, id)
		if err != nil {
			return err
		}
		if c.Live() {
			return Invalid{"campaign": "People are inside or may come in. Stop the campaign first, then archive it."}
		}
		if err := tx.setState(ws, id, CampaignArchived); err != nil {
			return err
		}
		if err := tx.setSchedule(ws, id, Schedule{Zone: c.Schedule.Zone}); err != nil {
			return err
		}
		return tx.noted(ws, by, "Archived a campaign", c.Name, "")
	})
}

// UnarchiveCampaign brings a campaign back from the archive. It does not run.
func (s *Store) UnarchiveCampaign(ctx context.Context, ws WorkspaceID, id CampaignID, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		c, err := campaign(ctx, tx, ws, id)
		if err != nil {
			return err
		}
		if c.State != CampaignArchived {
			return Invalid{"campaign": "This campaign is not in the archive."}
		}
		state := CampaignStopped
		if c.StartedAt.IsZero() {
			state = CampaignDraft
		}
		if err := tx.setState(ws, id, state); err != nil {
			return err
		}
		return tx.noted(ws, by, "Took a campaign out of the archive", c.Name, "")
	})
}

func (tx *Tx) setState(ws WorkspaceID, id CampaignID, state CampaignState) error {
	return tx.execOne(`update campaigns set state = ?, updated_at = ? where workspace_id = ? and campaign_id = ?`,
		state, micros(tx.now), ws, id)
}
