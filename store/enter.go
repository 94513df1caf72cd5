package store

import (
	"context"
	"time"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
)

// AdmitWithin is how long somebody who was triggered and does not match the
// campaign's filter yet has to match it.
const AdmitWithin = 30 * time.Minute

// NotAdmitted is why a journey ends that never was let in.
const NotAdmitted = "Did not match the campaign’s filter."

// enter begins a journey, if what triggers it is as the campaign asks and its
// frequency lets the person in. Who does not match the filter yet has a journey
// too: it waits for that, or it is over at once, so that it can be told why
// somebody got nothing.
func (tx *Tx) enter(ws WorkspaceID, id CampaignID, plan *Plan, p Person, e TriggerEvent) (entered bool, err error) {
	c := plan.Campaign
	data := tx.subject(ws, Person{}, e) // the data alone, whatever the person's attributes
	if !c.Trigger.Filter.Match(data, tx.now) || data.Err != nil {
		return false, data.Err
	}
	if may, err := tx.mayEnter(ws, id, p.ID, c.Frequency); err != nil || !may {
		return false, err
	}
	if may, err := tx.chained(ws, p.ID, c.Name); err != nil || !may {
		return false, err
	}
	e.Chain = tx.chain
	j := entry{campaign: id, plan: plan, person: p.ID, event: e, due: tx.now}
	s := tx.subject(ws, p, e).In(id)
	switch is, until := c.Admits(s, tx.now); {
	case s.Err != nil:
		return false, s.Err
	case is:
		j.admitted = true
	case p.ID != 0 && c.Trigger.Patient():
		j.due = earlier(until, tx.now.Add(AdmitWithin))
	default:
		j.refused = true
	}
	return !j.refused, tx.begin(ws, j)
}

// entry is a journey that begins.
type entry struct {
	campaign CampaignID
	plan     *Plan
	person   PersonID // zero: nobody
	event    TriggerEvent
	admitted bool // the filter lets them in
	refused  bool // it does not, and there is nothing to wait for
	due      time.Time
	run      JobID // of a broadcast; zero: of no run
}

func (tx *Tx) begin(ws WorkspaceID, j entry) error {
	state, position, reason, due, ended := JourneyActive, j.plan.First(), "", any(micros(j.due)), any(nil)
	if j.refused {
		state, position, reason, due, ended = JourneyExited, "", NotAdmitted, nil, micros(tx.now)
	}
	_, err := tx.exec(`
		insert into journeys (workspace_id, campaign_id, person_id, state, position, watching, arrived_at, due_at, event, reason, entered_at, activated_at, again_at, ended_at, run_id)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		ws, j.campaign, orZero(j.person), state, position, !j.admitted && !j.refused, micros(tx.now), due, encode(j.event), reason,
		micros(tx.now), timeIf(j.admitted, tx.now), tx.againAt(ws, j), ended, orZero(j.run))
	if err != nil {
		return err
	}
	tx.countJourney(ws, j.campaign, "started", tx.now, 1)
	if j.refused {
		tx.countOver(ws, Journey{Campaign: j.campaign, EnteredAt: tx.now}, JourneyExited, false)
		return nil
	}
	if j.admitted {
		tx.countAdmitted(ws, j.campaign, tx.now)
	}
	if !j.admitted {
		clear(tx.stirs) // what happens to them from here on in this change stirs this journey, too
	}
	tx.count(ws, j.campaign, "", "active", 1)
	tx.count(ws, j.campaign, position, "waiting", 1)
	tx.wake(Journeys, ws, j.due)
	return nil
}

// countAdmitted counts somebody whom the filter lets in.
func (tx *Tx) countAdmitted(ws WorkspaceID, id CampaignID, entered time.Time) {
	tx.countJourney(ws, id, "activated", entered, 1)
	tx.count(ws, id, "", "entered", 1)
}

// countOver counts a journey that is over. Who leaves early without having
// been let in never was activated.
func (tx *Tx) countOver(ws WorkspaceID, j Journey, how JourneyState, admitted bool) {
	switch {
	case how != JourneyExited:
		tx.countJourney(ws, j.Campaign, string(how), j.EnteredAt, 1)
		return
	case admitted:
		tx.countJourney(ws, j.Campaign, "exited_early", j.EnteredAt, 1)
	default:
		tx.countJourney(ws, j.Campaign, "never_activated", j.EnteredAt, 1)
	}
	tx.count(ws, j.Campaign, "", string(how), 1)
}

// countJourney counts what came of people who entered at one time.
func (tx *Tx) countJourney(ws WorkspaceID, id CampaignID, metric string, entered time.Time, n int) {
	tx.count(ws, id, "", metric, n)
	tx.mark(ws, id, "", metric, entered, n)
}

// mayEnter says whether the campaign's frequency lets a person in (again). A
// journey that never was let in does not count; one that waits for that does.
// What is about nobody happens as often as it does.
func (tx *Tx) mayEnter(ws WorkspaceID, id CampaignID, who PersonID, f workflow.Frequency) (bool, error) {
	if f.Repeat && f.Every == "" || who == 0 {
		return true, nil
	}
	last, err := lastEntry(context.Background(), tx, ws, id, who)
	if err != nil {
		return false, err
	}
	return f.Allows(last, tx.now), nil
}

func lastEntry(ctx context.Context, q queryer, ws WorkspaceID, id CampaignID, who PersonID) (time.Time, error) {
	var last int64
	err := q.QueryRowContext(ctx, `
		select coalesce(max(entered_at), 0) from journeys
		where workspace_id = ? and person_id = ? and campaign_id = ? and (activated_at is not null or state = 'active')`, ws, who, id).Scan(&last)
	return instant(last), err
}

// againAt is when the person is to enter once more, for a campaign that
// repeats at an interval; null for others.
func (tx *Tx) againAt(ws WorkspaceID, j entry) any {
	pause, err := condition.ParseDuration(j.plan.Campaign.Frequency.Interval)
	if err != nil || j.person == 0 {
		return nil
	}
	at := tx.now.Add(pause)
	tx.wake(Reentries, ws, at)
	return micros(at)
}

// earlier is the earlier of two times, of which a may be zero: never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}
