package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
)

// NewRun is what a call that triggers a broadcast asks for.
type NewRun struct {
	Chosen  []PersonID           // not nil: these; or:
	Filter  *condition.Condition // all who match
	Data    json.RawMessage      // what Liquid calls trigger; an object, or nothing
	Each    map[PersonID]json.RawMessage
	Missing []string // who was named and is nobody
}

// Limits of runs, as the reference product has them.
const (
	MaxRunPeople = 10_000           // who can be named in one call
	maxWaiting   = 5                // runs of one broadcast that are not over
	runPause     = 10 * time.Second // between two calls
)

// ErrTooSoon says that a broadcast was triggered a moment ago, or has too many
// runs that are not over.
var ErrTooSoon = errors.New("this broadcast was triggered a moment ago")

// TriggerBroadcast lets people into a broadcast that runs: each of them once in
// this run. They are those who are there now. ErrTooSoon: not yet again.
func (s *Store) TriggerBroadcast(ctx context.Context, ws WorkspaceID, id CampaignID, n NewRun, by Actor) (run JobID, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		c, err := campaign(ctx, tx, ws, id)
		if err != nil {
			return err
		}
		if err := tx.triggerable(ws, c); err != nil {
			return err
		}
		if n.Chosen == nil && n.Filter == nil {
			return Invalid{"campaign": "Say who gets it: nobody is named, and the broadcast itself is for nobody."}
		}
		run, err = tx.createRun(ws, c, n, by)
		if err != nil {
			return err
		}
		return tx.noted(ws, by, "Triggered a broadcast", c.Name, fmt.Sprintf("Run %d.", run))
	})
	return run, err
}

func (tx *Tx) triggerable(ws WorkspaceID, c Campaign) error {
	switch {
	case !c.Broadcast || c.Newsletter:
		return Invalid{"campaign": "Only an API-triggered broadcast can be triggered."}
	case c.State != CampaignRunning:
		return Invalid{"campaign": fmt.Sprintf("“%s” does not run. Start it first.", c.Name)}
	}
	var waiting int
	var last int64
	err := tx.row(`
		select count(*) filter (where state = 'running'), coalesce(max(created_at), 0)
		from (select state, created_at from jobs where workspace_id = ? and campaign_id = ? order by job_id desc limit 100)`, ws, c.ID).Scan(&waiting, &last)
	if err == nil && (waiting >= maxWaiting || tx.now.Sub(instant(last)) < runPause && last != 0) {
		return ErrTooSoon
	}
	return err
}

// createRun adds a run: a job that lets its people in.
func (tx *Tx) createRun(ws WorkspaceID, c Campaign, n NewRun, by Actor) (JobID, error) {
	p := JobParameters{Data: n.Data, Each: n.Each, Missing: n.Missing, Chain: tx.chain}
	if c.Newsletter {
		p.PerHour, p.InZones = c.PerHour, c.InZones
	}
	job := NewJob{Kind: RunJob, Chosen: n.Chosen, Query: PeopleQuery{Filter: n.Filter}, Parameters: p, campaign: c.ID}
	if n.Chosen != nil {
		job.Expected = PeopleCount{len(n.Chosen), true}
	}
	id, err := tx.createJob(ws, job, "Send “"+c.Name+"”", by)
	if err != nil {
		return 0, err
	}
	if n.Chosen != nil && len(n.Chosen) == 0 {
		return id, tx.endJob(ws, Job{ID: id}, JobDone, "") // a job without people would be about everybody
	}
	tx.wake(Jobs, ws, tx.now)
	return id, nil
}

// enterRun lets one person into a broadcast. Whether the run comes to them once
// is held by its position, which moves in the same transaction.
func (tx *Tx) enterRun(ws WorkspaceID, j Job, p Person) (bool, error) {
	l := live{id: j.Campaign}
	err := known(tx.row(`
		select version from campaigns where workspace_id = ? and campaign_id = ? and state = 'running'`, ws, j.Campaign).Scan(&l.version))
	if err != nil {
		return false, ignoreMissing(err) // stopped meanwhile
	}
	plan, err := tx.plan(ws, l)
	if err != nil {
		return false, err
	}
	data, err := runData(j.Parameters.Data, j.Parameters.Each[p.ID])
	if err != nil {
		return false, err
	}
	event := TriggerEvent{Data: data, Chain: j.Parameters.Chain}
	subject := tx.subject(ws, p, event).In(l.id)
	admitted, _ := plan.Campaign.Admits(subject, tx.now)
	if subject.Err != nil {
		return false, subject.Err
	}
	due := j.dueFor(p, tx.now)
	return admitted, tx.begin(ws, entry{campaign: l.id, plan: plan, person: p.ID, event: event, admitted: admitted, refused: !admitted, due: due, run: j.ID})
}

// runData is what a journey begins with: the run's data and, over it, that for
// the person.
func runData(all, one json.RawMessage) (json.RawMessage, error) {
	if len(one) == 0 {
		return all, nil
	}
	data, err := DecodeObject(orObject(all))
	if err != nil {
		return nil, err
	}
	own, err := DecodeObject(one)
	if err != nil {
		return nil, err
	}
	maps.Copy(data, own)
	return json.Marshal(data)
}

func orObject(data json.RawMessage) []byte {
	if len(data) == 0 {
		return []byte("{}")
	}
	return data
}

// firstZone is where a day begins first, and lastZone where it begins last.
const (
	firstZone = "Pacific/Kiritimati"
	lastZone  = "Etc/GMT+12"
)

// dueFor is when the journey of the next person begins: in their turn when
// there is a pace, at the time by their clocks when that was asked for. Who has
// no valid time zone gets the last.
func (j Job) dueFor(p Person, now time.Time) time.Time {
	due := now
	if per := j.Parameters.PerHour; per > 0 {
		due = latest(due, j.CreatedAt.Add(time.Duration(j.Found)*time.Hour/time.Duration(per)))
	}
	if !j.Parameters.InZones {
		return due
	}
	first, _ := workflow.Zone(firstZone)
	name, _ := p.Attributes["timezone"].(string)
	zone, ok := workflow.Zone(name)
	if !ok {
		zone, _ = workflow.Zone(lastZone)
	}
	wall := j.CreatedAt.In(first)
	return latest(due, time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), 0, 0, zone))
}

// finishRun ends what goes out once: a newsletter is stopped when all of its
// people are in, and is sent when the last of them has been through.
func (tx *Tx) finishRun(ws WorkspaceID, j Job) error {
	c, err := campaign(context.Background(), tx, ws, j.Campaign)
	if err != nil || !c.Newsletter || c.State != CampaignRunning {
		return ignoreMissing(err)
	}
	return tx.stop(ws, c.ID, false)
}

// NoAudience is the problem of a newsletter that is for nobody yet. Without a
// condition it would be for everybody, which nobody should choose by leaving
// something out.
func (c Campaign) NoAudience() []workflow.Problem {
	if !c.Newsletter || c.Draft.Trigger.People != nil {
		return nil
	}
	return []workflow.Problem{{Field: "trigger.people", Message: "Choose who gets this newsletter.", Blocking: true}}
}

// Runs is the runs of a broadcast, the newest first.
func (s *Store) Runs(ctx context.Context, ws WorkspaceID, id CampaignID, page Page) ([]Job, error) {
	return s.jobs(ctx, ws, `campaign_id = ?4`, fmt.Sprint(int64(id)), page)
}

// Broadcasts is the workspace's newsletters, or its other broadcasts, the
// newest first.
func (s *Store) Broadcasts(ctx context.Context, ws WorkspaceID, newsletters bool, page Page) ([]Campaign, error) {
	rows, err := s.read.QueryContext(ctx, `
		select `+campaignColumns+` from campaigns
		where workspace_id = ? and kind = 'broadcast' and newsletter = ? and campaign_id < ?
		order by campaign_id desc
		limit ?`, ws, newsletters, beforeOr(page.Before), page.Limit)
	return collect(rows, err, scanCampaign)
}

// CampaignsByID is the workspace's campaigns that people enter one by one, the
// newest first.
func (s *Store) CampaignsByID(ctx context.Context, ws WorkspaceID, page Page) ([]Campaign, error) {
	rows, err := s.read.QueryContext(ctx, `
		select `+campaignColumns+` from campaigns
		where workspace_id = ? and kind = 'campaign' and campaign_id < ?
		order by campaign_id desc
		limit ?`, ws, beforeOr(page.Before), page.Limit)
	return collect(rows, err, scanCampaign)
}

// Run is one run of a broadcast.
func (s *Store) Run(ctx context.Context, ws WorkspaceID, id CampaignID, run JobID) (Job, error) {
	j, err := s.Job(ctx, ws, run)
	if err == nil && j.Campaign != id {
		err = ErrNotFound
	}
	return j, err
}

// NewsletterPlan is how a newsletter goes out.
type NewsletterPlan struct {
	PerHour int
	InZones bool
}

// SetNewsletterPlan changes how a newsletter that was not sent yet goes out.
func (s *Store) SetNewsletterPlan(ctx context.Context, ws WorkspaceID, id CampaignID, p NewsletterPlan, by Actor) error {
	if p.PerHour < 0 || p.PerHour > 10_000_000 {
		return Invalid{"per_hour": "Write how many an hour, or nothing for as fast as it can."}
	}
	return s.update(ctx, func(tx *Tx) error {
		c, err := tx.editable(ws, id)
		if err != nil {
			return err
		}
		if !c.Newsletter {
			return ErrNotFound
		}
		return tx.execOne(`update campaigns set per_hour = ?, in_zones = ? where workspace_id = ? and campaign_id = ?`, p.PerHour, p.InZones, ws, id)
	})
}

// CreateBroadcast adds a broadcast with nothing in it. A newsletter goes out
// once; others each time that the API calls.
func (s *Store) CreateBroadcast(ctx context.Context, ws WorkspaceID, name string, newsletter bool, by Actor) (c Campaign, err error) {
	if name, err = campaignName(name); err != nil {
		return c, err
	}
	draft := workflow.Campaign{Name: name, Exit: workflow.ExitNever, Trigger: workflow.Trigger{Type: workflow.OnCall}}
	err = s.update(ctx, func(tx *Tx) error {
		c, err = tx.addCampaign(ws, draft, "Create the broadcast", by)
		if errors.Is(known(err), ErrTaken) {
			return campaignNameTaken(name)
		}
		if err != nil {
			return err
		}
		if newsletter {
			if err := tx.makeNewsletter(ws, &c); err != nil {
				return err
			}
		}
		return tx.noted(ws, by, "Created a broadcast", name, "")
	})
	return c, err
}

// CreateNewsletter adds a newsletter with its message and whom it is for. A name
// that is taken gets a number.
func (s *Store) CreateNewsletter(ctx context.Context, ws WorkspaceID, draft workflow.Campaign, by Actor) (c Campaign, err error) {
	if draft.Name, err = campaignName(draft.Name); err != nil {
		return c, err
	}
	draft.Exit, draft.Trigger.Type = workflow.ExitNever, workflow.OnCall
	if err := workflow.Check(draft); err != nil {
		return c, err
	}
	err = s.update(ctx, func(tx *Tx) error {
		if c, err = tx.importCampaign(ws, draft, "Create the broadcast", by); err != nil {
			return err
		}
		if err := tx.makeNewsletter(ws, &c); err != nil {
			return err
		}
		return tx.noted(ws, by, "Created a broadcast", c.Name, "")
	})
	return c, err
}

func (tx *Tx) makeNewsletter(ws WorkspaceID, c *Campaign) error {
	c.Newsletter = true
	return tx.execOne(`update campaigns set newsletter = 1 where workspace_id = ? and campaign_id = ?`, ws, c.ID)
}
