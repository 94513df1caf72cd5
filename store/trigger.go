package store

import (
	"context"
	"time"

	"github.com/postroom/postroom/store/workflow"
)

// What starts a campaign, and what its goal is.
const (
	eventTrigger = "event"
	segmentEnter = "segment_enter"
	segmentLeave = "segment_leave"
	formTrigger  = "form"
	dateTrigger  = "date"
	goalEvent    = "goal_event"
	goalEnter    = "goal_enter"
	goalLeave    = "goal_leave"
)

// triggerEvent follows an event that may start something: first it may be the
// goal of campaigns that the person is in, then campaigns wait for it.
func (tx *Tx) triggerEvent(ws WorkspaceID, who PersonID, e Event) error {
	at := e.At
	if at.IsZero() {
		at = tx.now
	}
	if err := tx.reachGoal(ws, goalEvent, e.Name, who, at); err != nil {
		return err
	}
	waiting, err := tx.campaignsFor(ws, eventTrigger, e.Name)
	if err != nil || len(waiting) == 0 {
		return err
	}
	p, err := person(context.Background(), tx, ws, who)
	if err != nil {
		return err
	}
	return tx.start(ws, waiting, p, TriggerEvent{Name: e.Name, Timestamp: at.Unix(), Data: e.Data})
}

// trigger starts the campaigns that wait for something else than an event.
func (tx *Tx) trigger(ws WorkspaceID, kind, name string, p Person, e TriggerEvent) error {
	waiting, err := tx.campaignsFor(ws, kind, name)
	if err != nil {
		return err
	}
	return tx.start(ws, waiting, p, e)
}

// live is a campaign and the version of it that runs.
type live struct {
	id      CampaignID
	version int
}

func (tx *Tx) campaignsFor(ws WorkspaceID, kind, name string) ([]live, error) {
	rows, err := tx.query(`
		select c.campaign_id, c.version from triggers t join campaigns c using (workspace_id, campaign_id)
		where t.workspace_id = ? and t.kind = ? and t.name = ? and c.state = 'running'`, ws, kind, name)
	return collect(rows, err, scanLive)
}

func scanLive(scan func(...any) error) (l live, err error) {
	err = scan(&l.id, &l.version)
	return l, err
}

func (tx *Tx) start(ws WorkspaceID, waiting []live, p Person, e TriggerEvent) error {
	for _, l := range waiting {
		plan, err := tx.plan(ws, l)
		if err != nil {
			return err
		}
		if _, err := tx.enter(ws, l.id, plan, p, e); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) plan(ws WorkspaceID, l live) (*Plan, error) {
	return tx.w.store.plans.get(context.Background(), tx, ws, l)
}

// EnterMembers lets people who are in the segment of a campaign that started
// begin their journeys, at most limit of them.
func (s *Store) EnterMembers(ctx context.Context, ws WorkspaceID, id CampaignID, limit int) error {
	return s.update(ctx, func(tx *Tx) error {
		var l live
		var to PersonID
		err := tx.row(`
			select campaign_id, version, backfill_to from campaigns
			where workspace_id = ? and campaign_id = ? and state = 'running' and backfill_to is not null`, ws, id).Scan(&l.id, &l.version, &to)
		if err != nil {
			return err
		}
		plan, err := tx.plan(ws, l)
		if err != nil {
			return err
		}
		if plan.Campaign.Trigger.Type != workflow.OnSegment { // it was changed meanwhile
			return tx.execOne(`update campaigns set backfill_to = null where workspace_id = ? and campaign_id = ?`, ws, id)
		}
		g, err := segmentNamed(ctx, tx, ws, *plan.Campaign.Trigger.Segment)
		if err != nil {
			return err
		}
		people, err := tx.membersAfter(ws, g.ID, to, limit)
		if err != nil {
			return err
		}
		for _, p := range people {
			if _, err := tx.enter(ws, id, plan, p, TriggerEvent{}); err != nil {
				return err
			}
			to = p.ID
		}
		return tx.execOne(`update campaigns set backfill_to = ? where workspace_id = ? and campaign_id = ?`,
			upTo(to, len(people) == limit), ws, id)
	})
}

// upTo is where a backfill goes on, null when it is done.
func upTo(id PersonID, more bool) any {
	if !more {
		return nil
	}
	return id
}

func (tx *Tx) membersAfter(ws WorkspaceID, id SegmentID, after PersonID, limit int) ([]Person, error) {
	rows, err := tx.query(`
		select `+personColumns+` from people
		where person_id in (
			select person_id from segment_members
			where workspace_id = ? and segment_id = ? and person_id > ?
			order by person_id
			limit ?)
		order by person_id`, ws, id, after, limit)
	return collect(rows, err, scanPerson)
}

// CampaignWork is a campaign that has people to let in, to take out, or to
// work out a date of.
type CampaignWork struct {
	ID       CampaignID
	Exiting  bool
	Entering bool // members of its segment
	Dates    bool // to work out
}

// CampaignWorks is the workspace's campaigns with such work.
func (s *Store) CampaignWorks(ctx context.Context, ws WorkspaceID) ([]CampaignWork, error) {
	rows, err := s.read.QueryContext(ctx, `
		select campaign_id, exiting, backfill_to is not null, dates_to is not null from campaigns
		where workspace_id = ? and (backfill_to is not null or exiting = 1 or dates_to is not null)`, ws)
	return collect(rows, err, func(scan func(...any) error) (w CampaignWork, err error) {
		err = scan(&w.ID, &w.Exiting, &w.Entering, &w.Dates)
		return w, err
	})
}

// later is a time for the engine to look again after something went wrong.
const later = time.Minute
