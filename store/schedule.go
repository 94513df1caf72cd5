package store

import (
	"context"
	"fmt"
	"time"

	"github.com/postroom/postroom/store/workflow"
)

// Schedule is when a campaign starts and stops by itself. The zero Schedule is
// none.
type Schedule struct {
	StartAt time.Time // zero: not planned
	Current bool      // whoever is in its segment then begins, too
	StopAt  time.Time // zero: not planned
	ExitNow bool      // everybody is taken out then; else they may finish
	Zone    string    // in which both were chosen
}

// Planned says whether anything is.
func (p Schedule) Planned() bool { return !p.StartAt.IsZero() || !p.StopAt.IsZero() }

// Timetable is the actor of what was planned.
var Timetable = Actor{Name: "Schedule"}

// farthest is how far ahead one may plan.
const farthest = 5 * 365 * 24 * time.Hour

func (p Schedule) check(c Campaign, now time.Time) error {
	wrong := Invalid{}
	if _, ok := workflow.Zone(p.Zone); !ok {
		wrong["zone"] = "Choose a time zone, such as Europe/Berlin."
	}
	switch {
	case !p.Planned():
		wrong["start"] = "Say when it starts or stops."
	case !p.StartAt.IsZero() && c.State == CampaignRunning:
		wrong["start"] = "This campaign runs already. Plan when it stops."
	case !p.StartAt.IsZero() && !p.StartAt.After(now):
		wrong["start"] = "This time is over. Choose one to come."
	case p.StartAt.After(now.Add(farthest)):
		wrong["start"] = "Choose a time within five years."
	}
	switch {
	case p.StopAt.IsZero():
	case p.StartAt.IsZero() && c.State != CampaignRunning:
		wrong["stop"] = "This campaign does not run. Say when it starts."
	case !p.StopAt.After(now) || !p.StopAt.After(p.StartAt):
		wrong["stop"] = "Choose a time to come, and after the start."
	case p.StopAt.After(now.Add(farthest)):
		wrong["stop"] = "Choose a time within five years."
	}
	return wrong.orNil()
}

// PlanCampaign sets when a campaign starts and stops, instead of what was
// planned before. The draft becomes the version that will start; what is
// changed afterwards stays a draft until it is published. Problems that block
// are a NotReady.
func (s *Store) PlanCampaign(ctx context.Context, ws WorkspaceID, id CampaignID, plan Schedule, by Actor) (c Campaign, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		if c, err = tx.editable(ws, id); err != nil {
			return err
		}
		if err := plan.check(c, tx.now); err != nil {
			return err
		}
		if !plan.StartAt.IsZero() {
			if c, err = tx.publish(ws, c, by); err != nil {
				return err
			}
		}
		if err := tx.setSchedule(ws, id, plan); err != nil {
			return err
		}
		if c, err = campaign(ctx, tx, ws, id); err != nil {
			return err
		}
		return tx.noted(ws, by, "Planned a campaign", c.Name, plan.words())
	})
	return c, err
}

// words is the plan for the history.
func (p Schedule) words() string {
	zone, ok := workflow.Zone(p.Zone)
	if !ok {
		zone = time.UTC
	}
	const layout = "2 January 2006, 15:04"
	switch {
	case p.StartAt.IsZero():
		return fmt.Sprintf("Stops on %s (%s).", p.StopAt.In(zone).Format(layout), zone)
	case p.StopAt.IsZero():
		return fmt.Sprintf("Starts on %s (%s).", p.StartAt.In(zone).Format(layout), zone)
	}
	return fmt.Sprintf("Starts on %s, stops on %s (%s).", p.StartAt.In(zone).Format(layout), p.StopAt.In(zone).Format(layout), zone)
}

func (tx *Tx) setSchedule(ws WorkspaceID, id CampaignID, p Schedule) error {
	for _, at := range []time.Time{p.StartAt, p.StopAt} {
		if !at.IsZero() {
			tx.wake(Schedules, ws, at)
		}
	}
	return tx.execOne(`
		update campaigns set start_at = ?, start_current = ?, stop_at = ?, stop_exit = ?, zone = ?, start_problem = '', updated_at = ?
		where workspace_id = ? and campaign_id = ?`,
		timeIf(!p.StartAt.IsZero(), p.StartAt), p.Current, timeIf(!p.StopAt.IsZero(), p.StopAt), p.ExitNow, p.Zone, micros(tx.now), ws, id)
}

// CancelSchedule forgets what was planned. The campaign stays as it is.
func (s *Store) CancelSchedule(ctx context.Context, ws WorkspaceID, id CampaignID, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		c, err := campaign(ctx, tx, ws, id)
		if err != nil {
			return err
		}
		if !c.Schedule.Planned() {
			return Invalid{"campaign": "Nothing is planned for this campaign."}
		}
		if err := tx.setSchedule(ws, id, Schedule{Zone: c.Schedule.Zone}); err != nil {
			return err
		}
		return tx.noted(ws, by, "Cancelled a campaign’s schedule", c.Name, "")
	})
}

// plannedCampaigns has an index of its own.
const plannedCampaigns = `
	select ` + campaignColumns + ` from campaigns
	where workspace_id = ? and (start_at is not null or stop_at is not null)`

// FollowSchedules starts and stops the campaigns whose time has come.
func (s *Store) FollowSchedules(ctx context.Context, ws WorkspaceID) error {
	return s.update(ctx, func(tx *Tx) error {
		rows, err := tx.query(plannedCampaigns, ws)
		planned, err := collect(rows, err, scanCampaign)
		if err != nil {
			return err
		}
		for _, c := range planned {
			if err := tx.followSchedule(ws, c); err != nil {
				return err
			}
		}
		return tx.endTurn(ws, Schedules)
	})
}

// followSchedule does what is due of one campaign. A run that is over before it
// was noticed does not happen.
func (tx *Tx) followSchedule(ws WorkspaceID, c Campaign) error {
	p := c.Schedule
	starts, stops := due(p.StartAt, tx.now), due(p.StopAt, tx.now)
	switch {
	case starts && stops:
		return tx.missedStart(ws, c, Schedule{Zone: p.Zone}, "Postroom was not running in the time for which it was planned. Start it, or plan it anew.")
	case starts:
		return tx.startPlanned(ws, c)
	case stops:
		return tx.stopPlanned(ws, c)
	}
	return nil
}

func due(at, now time.Time) bool { return !at.IsZero() && !at.After(now) }

// missedStart says on the campaign why it did not start.
func (tx *Tx) missedStart(ws WorkspaceID, c Campaign, left Schedule, why string) error {
	if err := tx.setSchedule(ws, c.ID, left); err != nil {
		return err
	}
	if err := tx.execOne(`update campaigns set start_problem = ? where workspace_id = ? and campaign_id = ?`, why, ws, c.ID); err != nil {
		return err
	}
	return tx.noted(ws, Timetable, "Could not start a campaign as planned", c.Name, why)
}

// startPlanned lets people into the live version, whatever the draft is now.
func (tx *Tx) startPlanned(ws WorkspaceID, c Campaign) error {
	left := Schedule{StopAt: c.Schedule.StopAt, ExitNow: c.Schedule.ExitNow, Zone: c.Schedule.Zone}
	switch {
	case c.State == CampaignRunning:
		return tx.setSchedule(ws, c.ID, left)
	case c.State == CampaignArchived || c.Version == 0:
		return tx.setSchedule(ws, c.ID, Schedule{Zone: c.Schedule.Zone})
	case c.Exiting:
		c.Schedule.StartAt = tx.now.Add(later) // who is taken out is out by then
		return tx.setSchedule(ws, c.ID, c.Schedule)
	}
	plan, err := tx.plan(ws, live{c.ID, c.Version})
	if err != nil {
		return err
	}
	running := c
	running.Draft = plan.Campaign
	if why, err := tx.missing(ws, running.Draft); err != nil || why != "" {
		if err != nil {
			return err
		}
		return tx.missedStart(ws, c, Schedule{Zone: c.Schedule.Zone}, why)
	}
	if err := tx.setSchedule(ws, c.ID, left); err != nil {
		return err
	}
	if err := tx.letIn(ws, running, c.Schedule.Current); err != nil {
		return err
	}
	return tx.noted(ws, Timetable, "Started a campaign", c.Name, fmt.Sprintf("Version %d.", c.Version))
}

// missing is what the campaign needed when it was planned and has lost since.
func (tx *Tx) missing(ws WorkspaceID, planned workflow.Campaign) (why string, err error) {
	problems, err := campaignProblems(context.Background(), tx, ws, planned)
	if err != nil {
		return "", err
	}
	for _, p := range problems {
		if p.Blocking {
			return p.Message, nil
		}
	}
	return "", nil
}

func (tx *Tx) stopPlanned(ws WorkspaceID, c Campaign) error {
	left := c.Schedule
	left.StopAt, left.ExitNow = time.Time{}, false
	if err := tx.setSchedule(ws, c.ID, left); err != nil || !c.Live() {
		return err
	}
	return tx.stopBy(ws, c, c.Schedule.ExitNow, Timetable)
}
