package store

import (
	"time"

	"github.com/postroom/postroom/store/workflow"
)

// carryOver lets the people inside go on in the new version. It looks at the
// actions, not at the people, so that its statements are few.
func (tx *Tx) carryOver(ws WorkspaceID, id CampaignID, before *Plan, next *workflow.Plan) error {
	// New waits first: who moves to one below begins to wait there.
	for a := range workflow.All(before.Campaign.Actions) {
		if err := tx.rewait(ws, id, a, next); err != nil {
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

// rewait looks again at who waits before an action that changed. Who has just
// come is not waiting yet: the engine asks first.
func (tx *Tx) rewait(ws WorkspaceID, id CampaignID, was workflow.Action, next *workflow.Plan) error {
	now, ok := next.Action(was.Key)
	switch {
	case !ok || !workflow.WaitChanged(was, *now):
		return nil
	case was.Type != now.Type:
		return tx.waitAnew(ws, id, was.Key)
	case was.Delay != nil:
		return tx.retime(ws, id, was.Key, *now.Delay)
	case was.Webhook != nil:
		return tx.answered(ws, id, was.Key)
	}
	return tx.askAgain(ws, id, was.Key)
}

// admitAgain lets the engine ask at once whom the filter has kept waiting: it is
// another one now. They are among those who are due within AdmitWithin.
func (tx *Tx) admitAgain(ws WorkspaceID, id CampaignID) error {
	_, err := tx.exec(`
		update journeys set due_at = ?1
		where workspace_id = ?2 and due_at > ?1 and due_at <= ?3 and +campaign_id = ?4 and activated_at is null`,
		micros(tx.now), ws, micros(tx.now.Add(AdmitWithin)), id)
	return err
}

// retime makes people who wait at a delay wait for its new length, from when
// they came.
func (tx *Tx) retime(ws WorkspaceID, id CampaignID, key string, d workflow.Delay) error {
	length, err := d.Length()
	if err != nil {
		return err
	}
	_, err = tx.exec(`
		update journeys set due_at = arrived_at + ?
		where workspace_id = ? and campaign_id = ? and position = ? and due_at is not null and waits = ?`,
		length.Microseconds(), ws, id, key, workflow.Waiting)
	return err
}

// askAgain lets the engine ask at once who waits at hours or for something
// that is another one now: whoever need not wait any longer goes on.
func (tx *Tx) askAgain(ws WorkspaceID, id CampaignID, key string) error {
	_, err := tx.exec(`
		update journeys set due_at = min(due_at - 1, ?)
		where workspace_id = ? and campaign_id = ? and position = ? and due_at is not null and waits = ?`,
		micros(tx.now), ws, id, key, workflow.Waiting)
	return err
}

// waitAnew treats people who stand before an action of another type as if they
// had just come.
func (tx *Tx) waitAnew(ws WorkspaceID, id CampaignID, key string) error {
	_, err := tx.exec(`
		update journeys set waits = 0, watching = 0, due_at = min(due_at - 1, ?)
		where workspace_id = ? and campaign_id = ? and position = ? and due_at is not null`,
		micros(tx.now), ws, id, key)
	return err
}

// answered lets people go on who wait for an answer that is no longer kept.
func (tx *Tx) answered(ws WorkspaceID, id CampaignID, key string) error {
	_, err := tx.exec(`
		update journeys set waits = ?, due_at = min(due_at - 1, ?)
		where workspace_id = ? and campaign_id = ? and position = ? and due_at is not null and waits = ?`,
		workflow.Answered, micros(tx.now), ws, id, key, workflow.Asked)
	return err
}

// relocate moves the people who stand before an action that is gone: to
// another, or, when nothing is left for them, to the end.
func (tx *Tx) relocate(ws WorkspaceID, id CampaignID, from, to string) error {
	trail := Trail{{Action: from, At: tx.now, What: StopRemoved}}.String()
	if to != "" {
		n, err := tx.exec(`
			update journeys set position = ?, waits = 0, watching = 0, arrived_at = ?, due_at = ?, trail = trail || ?
			where workspace_id = ? and campaign_id = ? and position = ? and due_at is not null`,
			to, micros(tx.now), micros(tx.now), trail, ws, id, from)
		tx.count(ws, id, from, "waiting", -int(n))
		tx.count(ws, id, to, "waiting", int(n))
		return err
	}
	if err := tx.countFinishing(ws, id, from); err != nil {
		return err
	}
	n, err := tx.exec(`
		update journeys set state = 'finished', position = '', waits = 0, watching = 0, due_at = null, ended_at = ?, trail = trail || ?
		where workspace_id = ? and campaign_id = ? and position = ? and due_at is not null`,
		micros(tx.now), trail, ws, id, from)
	tx.count(ws, id, from, "waiting", -int(n))
	tx.count(ws, id, "", "active", -int(n))
	tx.count(ws, id, "", string(JourneyFinished), int(n))
	return err
}

// countFinishing counts, by when they entered, the people who stand before an
// action after which nothing is left.
func (tx *Tx) countFinishing(ws WorkspaceID, id CampaignID, before string) error {
	rows, err := tx.query(`
		select entered_at / 3600000000, count(*) from journeys
		where workspace_id = ? and campaign_id = ? and position = ? and due_at is not null
		group by 1`, ws, id, before)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var hour int64
		var n int
		if err := rows.Scan(&hour, &n); err != nil {
			return err
		}
		tx.mark(ws, id, "", string(JourneyFinished), time.Unix(hour*3600, 0), n)
	}
	return rows.Err()
}

// redraft composes the drafts of messages anew whose text changed: they are
// queued once more, and held again when they are rendered.
func (tx *Tx) redraft(ws WorkspaceID, id CampaignID, before workflow.Campaign, after workflow.Campaign) error {
	for a := range workflow.All(before.Actions) {
		now, ok := workflow.Find(after, a.Key)
		if !ok || !a.IsMessage() || !workflow.ContentChanged(a, now) {
			continue
		}
		if err := tx.queueDrafts(ws, id, a.Key); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) queueDrafts(ws WorkspaceID, id CampaignID, key string) error {
	n, err := tx.exec(`
		update deliveries set state = 'queued', due_at = ?, updated_at = ?
		where workspace_id = ? and campaign_id = ? and state = 'drafted' and +action_key = ?`,
		micros(tx.now), micros(tx.now), ws, id, key)
	if err != nil || n == 0 {
		return err
	}
	d := Delivery{Campaign: id, Action: key}
	tx.countState(ws, d, Drafted, -int(n))
	tx.countState(ws, d, Queued, int(n))
	tx.wake(Deliveries, ws, tx.now)
	return nil
}
