package store

import (
	"context"
	"errors"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
)

// dueReentry is a journey after which its person may enter again.
type dueReentry struct {
	journey JourneyID
	person  PersonID
	state   CampaignState
	live
}

// reentriesDue has an index of its own.
const reentriesDue = `
	select j.journey_id, coalesce(j.person_id, 0), c.state, c.campaign_id, c.version
	from journeys j join campaigns c on c.workspace_id = j.workspace_id and c.campaign_id = j.campaign_id
	where j.workspace_id = ? and j.again_at <= ?
	order by j.again_at
	limit ?`

// Reenter lets people enter again whose campaign repeats at an interval and
// who are still in its segment, at most limit of them.
func (s *Store) Reenter(ctx context.Context, ws WorkspaceID, limit int) error {
	return s.update(ctx, func(tx *Tx) error {
		rows, err := tx.query(reentriesDue, ws, micros(tx.now), limit)
		due, err := collect(rows, err, func(scan func(...any) error) (d dueReentry, err error) {
			err = scan(&d.journey, &d.person, &d.state, &d.id, &d.version)
			return d, err
		})
		if err != nil {
			return err
		}
		for _, d := range due {
			if err := tx.reenter(ws, d); err != nil {
				return err
			}
		}
		return tx.endTurn(ws, Reentries)
	})
}

// reenter asks one person again. Whoever has left the segment enters when they
// come back. A journey that another one of theirs follows is done with.
func (tx *Tx) reenter(ws WorkspaceID, d dueReentry) error {
	_, err := tx.exec(`update journeys set again_at = null where workspace_id = ? and journey_id = ?`, ws, d.journey)
	if err != nil || d.state != CampaignRunning {
		return err
	}
	plan, err := tx.plan(ws, d.live)
	if err != nil {
		return err
	}
	c := plan.Campaign
	pause, err := condition.ParseDuration(c.Frequency.Interval)
	if err != nil || c.Trigger.Type != workflow.OnSegment {
		return nil // it does not repeat any more
	}
	last, err := lastEntry(context.Background(), tx, ws, d.id, d.person)
	if err != nil {
		return err
	}
	if again := last.Add(pause); !last.IsZero() && again.After(tx.now) {
		return tx.postponeReentry(ws, d, micros(last), micros(again))
	}
	p, err := person(context.Background(), tx, ws, d.person)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	s := tx.subject(ws, p, TriggerEvent{})
	if !s.InSegment(*c.Trigger.Segment) || s.Err != nil {
		return s.Err
	}
	_, err = tx.enter(ws, d.id, plan, p, TriggerEvent{})
	return err
}

// postponeReentry keeps the last journey of somebody as the one after which
// they enter again: the interval is longer now, or they were merged.
func (tx *Tx) postponeReentry(ws WorkspaceID, d dueReentry, last, again int64) error {
	n, err := tx.exec(`
		update journeys set again_at = ? where workspace_id = ? and journey_id = ? and entered_at = ?`, again, ws, d.journey, last)
	if n > 0 {
		tx.wake(Reentries, ws, instant(again))
	}
	return err
}
