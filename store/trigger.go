package store

import (
	"context"
	"time"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
)

// What starts a campaign.
const (
	eventTrigger = "event"
	segmentEnter = "segment_enter"
	segmentLeave = "segment_leave"
	formTrigger  = "form"
	dateTrigger  = "date"
)

// triggerEvent starts the campaigns that wait for an event.
func (tx *Tx) triggerEvent(ws WorkspaceID, who PersonID, e Event) error {
	waiting, err := tx.campaignsFor(ws, eventTrigger, e.Name)
	if err != nil || len(waiting) == 0 {
		return err
	}
	p, err := person(context.Background(), tx, ws, who)
	if err != nil {
		return err
	}
	at := e.At
	if at.IsZero() {
		at = tx.now
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
	return collect(rows, err, func(scan func(...any) error) (l live, err error) {
		err = scan(&l.id, &l.version)
		return l, err
	})
}

func (tx *Tx) start(ws WorkspaceID, waiting []live, p Person, e TriggerEvent) error {
	for _, l := range waiting {
		plan, err := tx.w.store.plans.get(context.Background(), tx, ws, l)
		if err != nil {
			return err
		}
		if err := tx.enter(ws, l.id, plan, p, e); err != nil {
			return err
		}
	}
	return nil
}

// enter begins a journey, if the campaign's filter and frequency let the
// person in.
func (tx *Tx) enter(ws WorkspaceID, id CampaignID, plan *Plan, p Person, e TriggerEvent) error {
	s := tx.subject(ws, p, e)
	if !plan.Campaign.Trigger.Filter.Match(s, tx.now) || s.Err != nil {
		return s.Err
	}
	again, err := tx.mayEnter(ws, id, p.ID, plan.Campaign.Frequency)
	if err != nil || !again {
		return err
	}
	first := plan.First()
	_, err = tx.exec(`
		insert into journeys (workspace_id, campaign_id, person_id, state, position, arrived_at, due_at, event, entered_at)
		values (?, ?, ?, 'active', ?, ?, ?, ?, ?)`,
		ws, id, orZero(p.ID), first, micros(tx.now), micros(tx.now), encode(e), micros(tx.now))
	if err != nil {
		return err
	}
	tx.count(ws, id, "", "entered", 1)
	tx.count(ws, id, "", "active", 1)
	tx.count(ws, id, first, "waiting", 1)
	tx.wake(Journeys, ws, tx.now)
	return nil
}

// mayEnter says whether the campaign's frequency lets a person in (again).
func (tx *Tx) mayEnter(ws WorkspaceID, id CampaignID, who PersonID, f workflow.Frequency) (bool, error) {
	if f.Repeat && f.Every == "" {
		return true, nil
	}
	var last *int64
	err := tx.row(`select max(entered_at) from journeys where workspace_id = ? and person_id = ? and campaign_id = ?`, ws, who, id).Scan(&last)
	if err != nil || last == nil {
		return err == nil, err
	}
	if !f.Repeat {
		return false, nil
	}
	interval, err := condition.ParseDuration(f.Every)
	return err == nil && !instant(*last).Add(interval).After(tx.now), err
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
		plan, err := s.plans.get(ctx, tx, ws, l)
		if err != nil {
			return err
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
			if err := tx.enter(ws, id, plan, p, TriggerEvent{}); err != nil {
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

// CampaignWork is a campaign that has people to let in or to take out.
type CampaignWork struct {
	ID      CampaignID
	Exiting bool
}

// CampaignWorks is the workspace's campaigns with such work.
func (s *Store) CampaignWorks(ctx context.Context, ws WorkspaceID) ([]CampaignWork, error) {
	rows, err := s.read.QueryContext(ctx, `
		select campaign_id, exiting from campaigns where workspace_id = ? and (backfill_to is not null or exiting = 1)`, ws)
	return collect(rows, err, func(scan func(...any) error) (w CampaignWork, err error) {
		err = scan(&w.ID, &w.Exiting)
		return w, err
	})
}

// later is a time for the engine to look again after something went wrong.
const later = time.Minute
