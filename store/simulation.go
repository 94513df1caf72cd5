package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postroom/postroom/store/workflow"
)

// Simulation is a job that lets people walk through a version of a campaign
// with a clock of its own. Nothing is sent, and nothing of anybody changes.
type Simulation struct {
	Job      JobID
	Campaign CampaignID
	Name     string            // of the campaign
	Version  int               // zero: the draft
	Document workflow.Campaign // as it was when the simulation began
	StartsAt time.Time         // when its clock begins
	Data     json.RawMessage   // what the trigger brings; empty: what each person's own last event had
	Again    bool              // also who has been in the campaign and would not enter again
	Tally    SimulationTally
}

// SimulateJob is the kind of job that a simulation is. Its changed people are
// those who would get a message.
const SimulateJob JobKind = "simulate"

// Limits of a simulation.
const (
	MaxSimulated = 100_000 // people
	keptOf       = 10      // simulations of one campaign; older ones are forgotten
	MaxEventData = 100_000 // bytes of Data
)

// NewSimulation is what somebody asks for.
type NewSimulation struct {
	Campaign CampaignID
	Live     bool        // the live version; else the draft
	Chosen   []PersonID  // these; or:
	Query    PeopleQuery // all who match
	Most     int         // people
	Expected PeopleCount // as whoever starts it was shown
	StartsAt time.Time   // zero: now
	Data     json.RawMessage
	Again    bool
}

// CreateSimulation begins one. Invalid says what to change first.
func (s *Store) CreateSimulation(ctx context.Context, ws WorkspaceID, n NewSimulation, by Actor) (id JobID, err error) {
	if err := n.check(); err != nil {
		return 0, err
	}
	err = s.update(ctx, func(tx *Tx) error {
		c, err := campaign(ctx, tx, ws, n.Campaign)
		if err != nil {
			return err
		}
		sim, err := tx.newSimulation(ctx, ws, c, n)
		if err != nil {
			return err
		}
		title := "Simulate “" + c.Name + "”"
		job := NewJob{Kind: SimulateJob, Chosen: n.Chosen, Query: n.Query, Expected: n.Expected, Parameters: JobParameters{Most: n.Most}}
		if id, err = tx.createJob(ws, job, title, by); err != nil {
			return err
		}
		sim.Job = id
		if err := tx.addSimulation(ws, sim); err != nil {
			return err
		}
		tx.wake(Jobs, ws, tx.now)
		return tx.noted(ws, by, "Simulated a campaign", c.Name, n.Expected.words()+".")
	})
	return id, err
}

func (n *NewSimulation) check() error {
	slices.Sort(n.Chosen)
	switch n.Chosen = slices.Compact(n.Chosen); {
	case len(n.Chosen) > MaxChosen:
		return Invalid{"named": fmt.Sprintf("Name at most %d people.", MaxChosen)}
	case len(n.Chosen) == 0 && (n.Most < 1 || n.Most > MaxSimulated):
		return Invalid{"most": fmt.Sprintf("Simulate between 1 and %d people.", MaxSimulated)}
	}
	return nil
}

// LikelyPeople is whom the trigger of a campaign is likely to be about. Invalid:
// it is for nobody yet.
func LikelyPeople(t workflow.Trigger) (PeopleQuery, error) {
	if t.Type == workflow.OnCall && t.People == nil {
		return PeopleQuery{}, Invalid{"who": "Nobody is chosen as the audience yet. Choose it first, or simulate a segment or people whom you name."}
	}
	return PeopleQuery{Filter: t.Audience()}, nil
}

// Imagined is a simulation that no database keeps, for who looks at its results
// as they come.
func (s *Store) Imagined(ctx context.Context, ws WorkspaceID, n NewSimulation) (sim Simulation, err error) {
	c, err := campaign(ctx, s.read, ws, n.Campaign)
	if err != nil {
		return sim, err
	}
	return newSimulation(ctx, s.read, ws, c, n, s.now())
}

func (tx *Tx) newSimulation(ctx context.Context, ws WorkspaceID, c Campaign, n NewSimulation) (Simulation, error) {
	return newSimulation(ctx, tx, ws, c, n, tx.now)
}

func newSimulation(ctx context.Context, q queryer, ws WorkspaceID, c Campaign, n NewSimulation, now time.Time) (sim Simulation, err error) {
	wrong := Invalid{}
	sim = Simulation{Campaign: c.ID, Name: c.Name, StartsAt: n.StartsAt, Data: n.Data, Again: n.Again, Document: c.Draft}
	if sim.StartsAt.IsZero() {
		sim.StartsAt = now
	}
	if len(n.Data) > MaxEventData {
		wrong["data"] = fmt.Sprintf("Use at most %d bytes.", MaxEventData)
	} else if _, err := DecodeObject(orObject(n.Data)); err != nil {
		wrong["data"] = "Write a JSON object, such as {\"plan\": \"pro\"}."
	}
	if n.Live {
		if c.Version == 0 {
			return sim, Invalid{"version": "“" + c.Name + "” was never started, so it has no live version. Simulate the draft."}
		}
		plan, err := readPlan(ctx, q, ws, live{c.ID, c.Version})
		if err != nil {
			return sim, err
		}
		sim.Version, sim.Document = c.Version, plan.Campaign
	}
	if sim.Document.Trigger.Type == "" {
		wrong["version"] = "Choose a trigger first: nobody knows yet what starts this campaign."
	}
	if _, err := workflow.Index(sim.Document); err != nil {
		wrong["version"] = sentence(err.Error())
	}
	if sim.Document, err = withSegmentIDs(ctx, q, ws, sim.Document); err != nil {
		return sim, err
	}
	return sim, wrong.orNil()
}

func (tx *Tx) addSimulation(ws WorkspaceID, sim Simulation) error {
	_, err := tx.exec(`
		insert into simulations (workspace_id, job_id, campaign_id, version, document, starts_at, data, again) values (?, ?, ?, ?, ?, ?, ?, ?)`,
		ws, sim.Job, sim.Campaign, sim.Version, encode(sim.Document), micros(sim.StartsAt), string(sim.Data), sim.Again)
	return err
}

// AboutNobody says whether there is one journey, which is about nobody.
func (sim Simulation) AboutNobody() bool {
	return sim.Document.Trigger.Type == workflow.OnWebhook && sim.Document.Trigger.Person == nil
}

// Simulation is the simulation that this job is.
func (s *Store) Simulation(ctx context.Context, ws WorkspaceID, id JobID) (Simulation, error) {
	return simulation(ctx, s.read, ws, id)
}

const simulationColumns = `m.job_id, m.campaign_id, c.name, m.version, m.document, m.starts_at, m.data, m.again, m.tally`

func simulation(ctx context.Context, q queryer, ws WorkspaceID, id JobID) (Simulation, error) {
	sim, err := scanSimulation(q.QueryRowContext(ctx, `
		select `+simulationColumns+` from simulations m join campaigns c using (workspace_id, campaign_id)
		where m.workspace_id = ? and m.job_id = ?`, ws, id).Scan)
	return sim, known(err)
}

func scanSimulation(scan func(...any) error) (sim Simulation, err error) {
	var document, data, tally string
	var starts int64
	if err := scan(&sim.Job, &sim.Campaign, &sim.Name, &sim.Version, &document, &starts, &data, &sim.Again, &tally); err != nil {
		return sim, err
	}
	sim.StartsAt = instant(starts)
	if data != "" {
		sim.Data = json.RawMessage(data)
	}
	return sim, errors.Join(json.Unmarshal([]byte(document), &sim.Document), json.Unmarshal([]byte(tally), &sim.Tally))
}

// Simulations is the simulations of a campaign that are kept, the newest first.
func (s *Store) Simulations(ctx context.Context, ws WorkspaceID, id CampaignID) ([]Job, error) {
	rows, err := s.read.QueryContext(ctx, `
		select `+jobColumns+` from jobs
		where workspace_id = ?1 and job_id in (
			select job_id from simulations where workspace_id = ?1 and campaign_id = ?2 order by job_id desc limit ?3)
		order by job_id desc`, ws, id, keptOf)
	return collect(rows, err, scanJob)
}

// WriteSimulation keeps what became of a batch, and moves the job behind it.
// It does nothing when the job was cancelled, or is elsewhere by now.
func (s *Store) WriteSimulation(ctx context.Context, ws WorkspaceID, j Job, b JobBatch, journeys []SimulatedJourney) error {
	return s.update(ctx, func(tx *Tx) error {
		if runs, err := tx.jobRuns(ws, j); err != nil || !runs {
			return errors.Join(err, tx.endTurn(ws, Jobs))
		}
		done := JobProgress{Next: b.Next, Last: b.Last, Found: len(journeys)}
		for _, one := range journeys {
			if err := tx.addSimulated(ws, j.ID, one); err != nil {
				return err
			}
			if one.Messages() > 0 {
				done.Changed++
			}
		}
		if err := tx.tallySimulation(ws, j.ID, journeys); err != nil {
			return err
		}
		if err := tx.advanceJob(ws, j, done); err != nil {
			return err
		}
		return tx.endTurn(ws, Jobs)
	})
}

func (tx *Tx) tallySimulation(ws WorkspaceID, id JobID, journeys []SimulatedJourney) error {
	sim, err := simulation(context.Background(), tx, ws, id)
	if err != nil {
		return err
	}
	for _, one := range journeys {
		sim.Tally.Add(one)
	}
	return tx.execOne(`update simulations set tally = ? where workspace_id = ? and job_id = ?`, encode(sim.Tally), ws, id)
}

// DropOldSimulations removes the simulations of a campaign that are over and no
// longer kept.
func (s *Store) DropOldSimulations(ctx context.Context, ws WorkspaceID, id CampaignID) error {
	return s.dropSimulations(ctx, ws, id, keptOf)
}

// dropSimulations removes those that are over, but for the last few.
func (s *Store) dropSimulations(ctx context.Context, ws WorkspaceID, id CampaignID, keep int) error {
	rows, err := s.read.QueryContext(ctx, `
		select m.job_id from simulations m join jobs j using (workspace_id, job_id)
		where m.workspace_id = ? and m.campaign_id = ? and j.state <> 'running'
		order by m.job_id desc limit -1 offset ?`, ws, id, keep)
	old, err := collect(rows, err, func(scan func(...any) error) (id JobID, err error) { return id, scan(&id) })
	if err != nil {
		return err
	}
	for _, id := range old {
		if err := s.dropSimulation(ctx, ws, id); err != nil {
			return err
		}
	}
	return nil
}

// DeleteSimulation forgets one that is over.
func (s *Store) DeleteSimulation(ctx context.Context, ws WorkspaceID, id JobID) error {
	j, err := job(ctx, s.read, ws, id)
	switch {
	case err != nil:
		return err
	case j.Kind != SimulateJob:
		return ErrNotFound
	case j.State == JobRunning:
		return ErrChanged
	}
	return s.dropSimulation(ctx, ws, id)
}

// dropped is how many journeys of a simulation are removed in one transaction.
const dropped = 2000

// dropSimulation removes the journeys first, a few at a time: there may be very
// many, and others write meanwhile.
func (s *Store) dropSimulation(ctx context.Context, ws WorkspaceID, id JobID) error {
	for more := true; more; {
		err := s.update(ctx, func(tx *Tx) error {
			n, err := tx.exec(`
				delete from simulated_journeys where workspace_id = ?1 and job_id = ?2 and person_id in (
					select person_id from simulated_journeys where workspace_id = ?1 and job_id = ?2 limit ?3)`, ws, id, dropped)
			if more = n == dropped; err != nil || more {
				return err
			}
			_, err = tx.exec(`delete from jobs where workspace_id = ? and job_id = ? and kind = ? and state <> 'running'`, ws, id, SimulateJob)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
