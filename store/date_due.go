package store

import (
	"context"
	"time"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
)

// When the date of a campaign comes for each person is worked out when
// something changes: the campaign starts, or what the person's date or zone
// is. So nobody is looked for when the day comes.

// MissedBy is by how much a date may be late and still start a journey: the
// server was off for the night, and the greeting still comes on that day or
// the next. What is older is passed over.
const MissedBy = 24 * time.Hour

// dateCampaign is a running campaign that a date starts.
type dateCampaign struct {
	live
	date workflow.Date
}

// dateCampaigns keeps the workspaces' campaigns of that kind. Only the writer
// uses it.
type dateCampaigns map[WorkspaceID][]dateCampaign

// datesOf is the workspace's campaigns that a date starts.
func (tx *Tx) datesOf(ws WorkspaceID) ([]dateCampaign, error) {
	if all, ok := tx.w.dates[ws]; ok {
		return all, nil
	}
	rows, err := tx.query(`
		select c.campaign_id, c.version from triggers t join campaigns c using (workspace_id, campaign_id)
		where t.workspace_id = ? and t.kind = 'date' and c.state = 'running'
		order by c.campaign_id`, ws)
	running, err := collect(rows, err, scanLive)
	if err != nil {
		return nil, err
	}
	var all []dateCampaign
	for _, l := range running {
		plan, err := tx.plan(ws, l)
		if err != nil {
			return nil, err
		}
		if plan.Campaign.Trigger.Date != nil {
			all = append(all, dateCampaign{l, *plan.Campaign.Trigger.Date})
		}
	}
	if len(tx.w.dates) >= maxSegmentIndexes {
		clear(tx.w.dates)
	}
	tx.w.dates[ws] = all
	return all, nil
}

// changedDates forgets what was kept of the workspace, and does so again if
// this change is undone.
func (tx *Tx) changedDates(ws WorkspaceID) {
	delete(tx.w.dates, ws)
	*tx.changed = append(*tx.changed, ws)
}

// redate works out anew when the dates of a person come that a change can
// touch.
func (tx *Tx) redate(ws WorkspaceID, p Person, t touch) error {
	all, err := tx.datesOf(ws)
	if err != nil {
		return err
	}
	for _, c := range all {
		if !t.everything && !c.askedBy(t.attributes) {
			continue
		}
		if err := tx.setDue(ws, c, p); err != nil {
			return err
		}
	}
	return nil
}

// askedBy says whether one of the attributes decides when the date comes.
func (c dateCampaign) askedBy(attributes []string) bool {
	root := c.date.Attribute
	if path := condition.Path(root); path != nil {
		root = path[0]
	}
	for _, name := range attributes {
		if name == c.date.Attribute || name == root || c.date.PersonZone && name == "timezone" {
			return true
		}
	}
	return false
}

// of is when the date comes for a person after a time, and which day that is by
// their clocks; zero: never.
func (c dateCampaign) of(s *Subject, after time.Time) (at time.Time, day string) {
	value, _ := condition.Value(s, c.date.Attribute)
	own, _ := s.Attribute("timezone")
	zone, _ := own.(string)
	if at = c.date.Next(value, zone, after); at.IsZero() {
		return at, ""
	}
	return at, at.In(c.date.Clocks(zone)).Format(time.DateOnly)
}

// after is of, for a person whose date came last on the day fired: that day
// comes once, also by clocks of another zone.
func (c dateCampaign) after(s *Subject, after time.Time, fired string) time.Time {
	at, day := c.of(s, after)
	if !at.IsZero() && day == fired {
		at, _ = c.of(s, at)
	}
	return at
}

// setDue notes when the date of one person comes next.
func (tx *Tx) setDue(ws WorkspaceID, c dateCampaign, p Person) error {
	var fired string
	err := known(tx.row(`
		select fired from date_dues where workspace_id = ? and campaign_id = ? and person_id = ?`, ws, c.id, p.ID).Scan(&fired))
	if err != nil && err != ErrNotFound {
		return err
	}
	noted := err == nil
	at := c.after(tx.subject(ws, p, TriggerEvent{}), tx.now, fired)
	if at.IsZero() && !noted {
		return nil
	}
	return tx.noteDue(ws, c.id, p.ID, at, fired)
}

// noteDue keeps when a date comes next, and the day that it came last.
func (tx *Tx) noteDue(ws WorkspaceID, id CampaignID, who PersonID, at time.Time, fired string) error {
	if at.IsZero() && fired == "" {
		return tx.forgetDue(ws, id, who)
	}
	if !at.IsZero() {
		tx.wake(Dates, ws, at)
	}
	_, err := tx.exec(`
		insert into date_dues (workspace_id, campaign_id, person_id, due_at, fired) values (?, ?, ?, ?, ?)
		on conflict do update set due_at = excluded.due_at, fired = excluded.fired`,
		ws, id, who, timeIf(!at.IsZero(), at), fired)
	return err
}

func (tx *Tx) forgetDue(ws WorkspaceID, id CampaignID, who PersonID) error {
	_, err := tx.exec(`delete from date_dues where workspace_id = ? and campaign_id = ? and person_id = ?`, ws, id, who)
	return err
}

// handDates lets whom somebody becomes a part of know which days came already.
func (tx *Tx) handDates(ws WorkspaceID, from, to PersonID) error {
	_, err := tx.exec(`
		insert into date_dues (workspace_id, campaign_id, person_id, fired)
		select workspace_id, campaign_id, ?, fired from date_dues where workspace_id = ? and person_id = ? and fired <> ''
		on conflict do update set fired = max(fired, excluded.fired)`, to, ws, from)
	return err
}

// peopleAfter is people in the order of their keys.
const peopleAfter = `select ` + personColumns + ` from people where workspace_id = ? and person_id > ? order by person_id limit ?`

// WorkOutDates works out when the date of a campaign comes for the next limit
// people.
func (s *Store) WorkOutDates(ctx context.Context, ws WorkspaceID, id CampaignID, limit int) error {
	return s.update(ctx, func(tx *Tx) error {
		var to *PersonID
		if err := tx.row(`select dates_to from campaigns where workspace_id = ? and campaign_id = ?`, ws, id).Scan(&to); err != nil || to == nil {
			return err
		}
		c, err := tx.dateCampaign(ws, id)
		if err != nil {
			return err
		}
		var people []Person
		if c != nil { // else it does not run any more
			rows, err := tx.query(peopleAfter, ws, *to, limit)
			if people, err = collect(rows, err, scanPerson); err != nil {
				return err
			}
		}
		for _, p := range people {
			if err := tx.setDue(ws, *c, p); err != nil {
				return err
			}
			*to = p.ID
		}
		return tx.execOne(`update campaigns set dates_to = ? where workspace_id = ? and campaign_id = ?`,
			upTo(*to, len(people) == limit), ws, id)
	})
}

// dateCampaign is the running campaign of this id, nil when it is none.
func (tx *Tx) dateCampaign(ws WorkspaceID, id CampaignID) (*dateCampaign, error) {
	all, err := tx.datesOf(ws)
	for _, c := range all {
		if c.id == id {
			return &c, err
		}
	}
	return nil, err
}

// DatesProgress is of how many percent of people it is worked out when the
// date of a campaign comes: of the keys, which costs one look.
func (s *Store) DatesProgress(ctx context.Context, ws WorkspaceID, c Campaign) (int, error) {
	if !c.Dating {
		return 100, nil
	}
	var last PersonID
	err := s.read.QueryRowContext(ctx, `select coalesce(max(person_id), 0) from people where workspace_id = ?`, ws).Scan(&last)
	if err != nil || last == 0 {
		return 100, err
	}
	return int(min(c.DatesTo, last) * 100 / last), nil
}
