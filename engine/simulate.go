package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// simulate brings a simulation on by one batch of its people.
func (e *Engine) simulate(ctx context.Context, ws store.WorkspaceID, j store.Job) error {
	sim, err := e.store.Simulation(ctx, ws, j.ID)
	if errors.Is(err, store.ErrNotFound) {
		return e.store.FailJob(ctx, ws, j, "The campaign was deleted.")
	}
	if err != nil {
		return err
	}
	if err := e.store.DropOldSimulations(ctx, ws, sim.Campaign); err != nil {
		return err
	}
	s, err := e.Simulator(ctx, ws, sim)
	if err != nil {
		return err
	}
	batch := store.JobBatch{People: []store.Person{{}}, Last: true}
	if !sim.AboutNobody() {
		if batch, err = e.store.ReadJob(ctx, ws, j, jobBatch); err != nil {
			return err
		}
	}
	journeys, err := s.All(ctx, batch.People)
	if err != nil {
		return err
	}
	return e.store.WriteSimulation(ctx, ws, j, batch, journeys)
}

const (
	horizon  = 366 * 24 * time.Hour // that a simulation looks ahead
	maxWalks = 3000                 // times that one journey goes on: one that looks every hour would go on for ever
)

// Simulator leads people through a workflow with a clock that leaps from one
// moment at which something happens to the next. It sends nothing and changes
// nothing. What others do meanwhile, it does not know: nobody opens a message,
// and nothing happens to anybody but what the campaign itself does.
type Simulator struct {
	e         *Engine
	workspace store.Workspace
	sim       store.Simulation
	plan      *store.Plan
	gateways  []store.Gateway
	layouts   map[string]store.Layout
	snippets  *store.SnippetReader
	topics    func() ([]store.Topic, error)
	segments  *segmentBook
}

// Simulator is one for a simulation, ready for its people.
func (e *Engine) Simulator(ctx context.Context, ws store.WorkspaceID, sim store.Simulation) (*Simulator, error) {
	w, err := e.store.Workspace(ctx, ws)
	if err != nil {
		return nil, err
	}
	index, err := workflow.Index(sim.Document)
	if err != nil {
		return nil, err
	}
	gateways, err := e.store.Gateways(ctx, ws)
	return &Simulator{
		e: e, workspace: w, sim: sim, plan: &store.Plan{Plan: index, Campaign: sim.Document},
		gateways: gateways, layouts: map[string]store.Layout{}, segments: &segmentBook{store: e.store, ws: ws},
		snippets: e.store.ReadSnippets(ctx, ws), topics: sync.OnceValues(func() ([]store.Topic, error) { return e.store.Topics(ctx, ws) }),
	}, err
}

// All simulates several people.
func (s *Simulator) All(ctx context.Context, people []store.Person) ([]store.SimulatedJourney, error) {
	journeys := make([]store.SimulatedJourney, 0, len(people))
	for _, p := range people {
		one, err := s.One(ctx, p)
		if err != nil {
			return nil, err
		}
		journeys = append(journeys, one)
	}
	return journeys, nil
}

// One simulates one person; the zero person is a journey about nobody.
func (s *Simulator) One(ctx context.Context, p store.Person) (store.SimulatedJourney, error) {
	t := &imagined{Subject: s.e.store.Subject(ctx, s.workspace.ID, p, store.TriggerEvent{}, nil), segments: s.segments, campaign: s.sim.Campaign}
	w := simulatedWalk{s: s, ctx: ctx, out: store.SimulatedJourney{Person: p.ID, Who: p}}
	event, err := s.enters(ctx, p, t, &w)
	if err != nil || w.out.Outcome != "" {
		return w.out, err
	}
	w.j = store.DueJourney{Person: p, Plan: s.plan, Journey: store.Journey{
		ID: store.JourneyID(p.ID), Campaign: s.sim.Campaign, PersonID: p.ID, Position: s.plan.First(), Event: event,
		EnteredAt: w.now, ActivatedAt: w.now, ArrivedAt: w.now,
	}}
	w.t = t
	err = w.toTheEnd()
	return w.out, err
}

// simulatedWalk is one journey on its way.
type simulatedWalk struct {
	s   *Simulator
	ctx context.Context
	j   store.DueJourney
	t   *imagined
	now time.Time
	out store.SimulatedJourney
}

func (w *simulatedWalk) toTheEnd() error {
	for range maxWalks {
		w.t.now = w.now
		m := walk(w.j, w.t, w.now)
		if w.t.Err != nil {
			return w.t.Err
		}
		if err := w.keep(m); err != nil {
			return err
		}
		if m.Ended != "" {
			w.end(m)
			return nil
		}
		w.move(m)
		if m.Waits == workflow.Asked { // whatever it answers, they go on
			w.j.Waits = workflow.Answered
			continue
		}
		if m.DueAt.After(w.now) {
			w.waits(m)
			w.now = m.DueAt
		}
		if w.now.After(w.s.sim.StartsAt.Add(horizon)) {
			break
		}
	}
	w.out.Outcome = store.WouldWait
	return nil
}

// move is what store.MoveJourneys would write.
func (w *simulatedWalk) move(m store.Move) {
	if m.Position != w.j.Position {
		w.j.ArrivedAt = w.now
	}
	w.j.Position, w.j.Waits, w.j.Watching = m.Position, m.Waits, m.Watch
	w.j.Attributes = w.t.Journey()
}

func (w *simulatedWalk) end(m store.Move) {
	w.out.EndedAt, w.out.Outcome = w.now, store.WouldFinish
	if m.Ended == store.JourneyExited {
		w.out.Outcome, w.out.Reason = store.WouldExit, m.Reason
	}
}

// waits notes a wait, once for each action.
func (w *simulatedWalk) waits(m store.Move) {
	until := m.DueAt.Unix()
	if !m.DueAt.Before(workflow.Forever) {
		until = 0
	}
	if n := len(w.out.Steps); n > 0 && w.out.Steps[n-1].Action == m.Position && w.out.Steps[n-1].What == store.SimWaits {
		w.out.Steps[n-1].Until = until
		return
	}
	w.step(store.SimulatedStep{Action: m.Position, What: store.SimWaits, Until: until})
}

func (w *simulatedWalk) step(s store.SimulatedStep) {
	s.At = w.now.Unix()
	w.out.Steps = append(w.out.Steps, s)
}

// keep notes what a walk did, and lets the person's later questions see it.
func (w *simulatedWalk) keep(m store.Move) error {
	for _, e := range m.Effects {
		step := store.SimulatedStep{Action: e.Action.Key, What: store.SimDone, Path: e.Path}
		switch {
		case e.Skipped:
			step.What = store.SimSkipped
		case e.Problem != "":
			step.What, step.Reason = store.SimFails, e.Problem
		case e.Action.IsMessage():
			if err := w.message(e.Action, &step); err != nil {
				return err
			}
		default:
			if step.Reason = w.futile(e.Action); step.Reason != "" {
				step.What = store.SimFails
				break
			}
			w.t.imagine(w.s.workspace, e)
		}
		w.step(step)
	}
	return w.t.Err
}

// futile is why an action would come to nothing; empty: it would not.
func (w *simulatedWalk) futile(a workflow.Action) string {
	nobody := w.j.PersonID == 0
	switch {
	case nobody && (a.SegmentUpdate != nil || a.UpdatePerson != nil && a.UpdatePerson.Person == nil):
		return "This journey is about nobody."
	case a.SegmentUpdate != nil:
		g, err := w.s.segments.find(*a.SegmentUpdate.Segment)
		if err != nil {
			w.t.fail(err)
		}
		if g.ID == 0 {
			return "The segment is gone."
		}
		if !g.Manual {
			return fmt.Sprintf("The segment “%s” keeps itself by its condition.", g.Name)
		}
	}
	return ""
}
