package engine

import (
	"context"
	"errors"
	"time"

	"github.com/postroom/postroom/engine/compose"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
)

// errGone says that the workspace is deleted.
var errGone = errors.New("the workspace is gone")

// exists refuses a workspace that was deleted. Its purge is the one kind of
// work it still has.
func (e *Engine) exists(ctx context.Context, kind store.Kind, ws store.WorkspaceID) error {
	if kind == store.Purges {
		return nil
	}
	_, err := e.store.Workspace(ctx, ws)
	if errors.Is(err, store.ErrNotFound) {
		return errGone
	}
	return err
}

const (
	journeyBatch   = 500     // people of one workspace who move in one transaction
	journeyTurn    = 4       // such batches in one turn
	journeyBacklog = 250_000 // due journeys of a workspace whose keys are known ahead
)

// moveJourneys lets the people of a workspace who are due go on. While one
// batch is written the next is read and decided.
func (e *Engine) moveJourneys(ctx context.Context, ws store.WorkspaceID) (err error) {
	defer func() {
		if err != nil {
			delete(e.backlogs, ws)
		}
	}()
	written := make(chan error, 1)
	written <- nil
	for range journeyTurn {
		ids, err := e.nextJourneys(ctx, ws)
		if err != nil {
			return errors.Join(err, <-written)
		}
		due, err := e.store.DueJourneys(ctx, ws, ids)
		if err != nil {
			return errors.Join(err, <-written)
		}
		moves, err := e.decideAll(ctx, ws, due)
		if err := errors.Join(err, <-written); err != nil {
			return err
		}
		go func() { written <- e.store.MoveJourneys(ctx, ws, moves) }()
		if len(e.backlogs[ws]) == 0 { // what is being written now would be found again
			break
		}
	}
	return <-written
}

// nextJourneys is the next few keys of a workspace's backlog. It is of the
// goroutine that moves journeys alone.
func (e *Engine) nextJourneys(ctx context.Context, ws store.WorkspaceID) (next []store.JourneyID, err error) {
	backlog := e.backlogs[ws]
	if len(backlog) == 0 {
		if backlog, err = e.store.DueKeys(ctx, ws, journeyBacklog); err != nil {
			return nil, err
		}
	}
	n := min(journeyBatch, len(backlog))
	next, e.backlogs[ws] = backlog[:n], backlog[n:]
	if len(e.backlogs[ws]) == 0 {
		delete(e.backlogs, ws)
	}
	return next, nil
}

func (e *Engine) decideAll(ctx context.Context, ws store.WorkspaceID, due []store.DueJourney) ([]store.Move, error) {
	now := e.store.Now()
	moves := make([]store.Move, 0, len(due))
	for _, j := range due {
		move, err := e.decide(ctx, ws, j, now)
		if err != nil {
			e.log.Error("journey not decided; it waits a minute", "workspace", ws, "journey", j.ID, "err", err)
			if err := e.store.PostponeJourney(ctx, ws, j.ID); err != nil {
				return nil, err
			}
			continue
		}
		moves = append(moves, move)
	}
	return moves, nil
}

// decide walks one person from where they stand to where they must wait, or to
// the end.
func (e *Engine) decide(ctx context.Context, ws store.WorkspaceID, j store.DueJourney, now time.Time) (store.Move, error) {
	subject := e.store.Subject(ctx, ws, j.Person, j.Event, j.Attributes).In(j.Campaign)
	if j.ActivatedAt.IsZero() {
		if stay, out := admit(j, subject, now); out {
			return stay, subject.Err
		}
	}
	m := walk(j, subject, now)
	return m, subject.Err
}

// traveller is somebody on a journey, as a walk sees and changes them.
type traveller interface {
	condition.Subject
	Person() store.Person
	Journey() store.Attributes
	Set(store.Attributes)
	SetJourney(store.Attributes)
}

// walk leads one person who was let in as far as they come now. What is changed
// on the way is seen once it is written: a walk that would ask for it stops
// there, and goes on afterwards.
func walk(j store.DueJourney, s traveller, now time.Time) store.Move {
	m := store.Move{Journey: j.Journey, Activated: true}
	w := j.Stand()
	changed := false
	for {
		if changed && asksStored(j.Plan, w.At) {
			m.Position, m.DueAt = w.At, now
			return m
		}
		step := j.Plan.Step(w, now, s)
		if reason := leaves(j, w, step, s, now); reason != "" {
			m.Ended, m.Reason = store.JourneyExited, reason
			return m
		}
		if action, ok := j.Plan.Action(w.At); ok && passes(step) {
			if w.Waits != workflow.Answered { // it took effect when it asked
				done := effect(*action, step, j, s)
				m.Effects = append(m.Effects, done)
				m.Set = m.Set.And(journeySet(done))
				changed = changed || changesStored(done)
			}
			m.Trail = append(m.Trail, stopsAt(j, w, step, now)...)
		}
		if !step.Wait.IsZero() {
			return waitAt(m, w, step, now)
		}
		if step.End != "" {
			m.Ended = store.JourneyFinished
			return m
		}
		w = workflow.Stand{At: step.Next, Since: now, Seed: w.Seed}
	}
}

// passes says whether an action takes effect with this step: it leads on, or
// something is done before an answer is waited for.
func passes(step workflow.Step) bool { return step.Wait.IsZero() || step.Action != nil }

// waitAt ends a walk where the person must wait. Who begins to watch looks a
// second time at once: what happened after they were read, and before they
// were known to watch, stirred nobody.
func waitAt(m store.Move, w workflow.Stand, step workflow.Step, now time.Time) store.Move {
	m.Position, m.Waits, m.Watch, m.DueAt = w.At, step.Waits, step.Watch, step.Wait
	j := m.Journey
	watched := j.Watching && j.Position == w.At
	if step.Watch && !watched {
		m.DueAt = now
	}
	if step.Action == nil && (w.Waits == workflow.Arrived) {
		m.Trail = append(m.Trail, store.Stop{Action: w.At, At: now, What: store.StopWaiting})
	}
	return m
}

// stopsAt is what the trail says of an action that the walk went through. Who
// asked begins to wait; that nothing came of it was written with the answer.
func stopsAt(j store.DueJourney, w workflow.Stand, step workflow.Step, now time.Time) []store.Stop {
	stop := store.Stop{Action: w.At, At: now, What: store.StopDone, Path: step.Path}
	switch {
	case step.Skipped:
		stop.What = store.StopSkipped
	case !step.Wait.IsZero():
		stop.What = store.StopWaiting
	case w.Waits == workflow.Answered && j.Trail().Last(w.At) == store.StopFailed:
		return nil
	}
	return []store.Stop{stop}
}

// scope is what Liquid sees on a journey.
func scope(p store.Person, event store.TriggerEvent, journey store.Attributes) compose.Scope {
	s := compose.Scope{"customer": map[string]any{}, "journey": map[string]any(journey)}
	if p.ID != 0 || p.Email != "" { // the latter: somebody made up, to preview a message as
		s["customer"] = p.Scope()
	}
	if event.Name == "" && len(event.Data) == 0 {
		return s
	}
	data, err := store.DecodeObject(event.Data)
	if err != nil || data == nil {
		data = map[string]any{}
	}
	s["trigger"] = data
	if event.Name != "" {
		s["event"], s["event_name"], s["event_timestamp"] = data, event.Name, event.Timestamp
	}
	return s
}
