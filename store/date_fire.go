package store

import (
	"context"
	"time"
)

// datesDue has an index of its own.
const datesDue = `
	select campaign_id, person_id, due_at, fired from date_dues
	where workspace_id = ? and due_at <= ?
	order by due_at, campaign_id, person_id
	limit ?`

type dueDate struct {
	campaign CampaignID
	person   PersonID
	at       time.Time
	fired    string
}

// FollowDates starts the journeys of people whose date has come, at most limit
// of them, and notes in the same transaction when it comes next.
func (s *Store) FollowDates(ctx context.Context, ws WorkspaceID, limit int) error {
	return s.update(ctx, func(tx *Tx) error {
		rows, err := tx.query(datesDue, ws, micros(tx.now), limit)
		due, err := collect(rows, err, func(scan func(...any) error) (d dueDate, err error) {
			var at int64
			err = scan(&d.campaign, &d.person, &at, &d.fired)
			d.at = instant(at)
			return d, err
		})
		if err != nil {
			return err
		}
		for _, d := range due {
			if err := tx.fire(ws, d); err != nil {
				return err
			}
		}
		return tx.endTurn(ws, Dates)
	})
}

// fire starts a journey on its day. A campaign that was stopped leaves its rows
// to be found here, and one whose date is another one now those that are not
// worked out anew yet.
func (tx *Tx) fire(ws WorkspaceID, d dueDate) error {
	c, err := tx.dateCampaign(ws, d.campaign)
	if err != nil {
		return err
	}
	if c == nil {
		return tx.forgetDue(ws, d.campaign, d.person)
	}
	p, err := person(context.Background(), tx, ws, d.person)
	if err != nil {
		return err
	}
	s := tx.subject(ws, p, TriggerEvent{})
	is, day := c.of(s, d.at.Add(-time.Microsecond))
	if late := tx.now.Sub(d.at); !is.Equal(d.at) || late > MissedBy {
		return tx.noteDue(ws, c.id, p.ID, c.after(s, latest(d.at, tx.now.Add(-MissedBy)), d.fired), d.fired)
	}
	plan, err := tx.plan(ws, c.live)
	if err != nil {
		return err
	}
	if _, err := tx.enter(ws, c.id, plan, p, TriggerEvent{}); err != nil {
		return err
	}
	return tx.noteDue(ws, c.id, p.ID, c.after(s, d.at, day), day)
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
