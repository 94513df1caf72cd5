package engine

import (
	"context"
	"errors"
	"time"

	"github.com/postroom/postroom/engine/compose"
	"github.com/postroom/postroom/store"
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

// journeyBatch is how many people of one workspace move in one transaction.
const journeyBatch = 500

// moveJourneys lets the people of a workspace who are due go on.
func (e *Engine) moveJourneys(ctx context.Context, ws store.WorkspaceID) error {
	due, err := e.store.DueJourneys(ctx, ws, journeyBatch)
	if err != nil {
		return err
	}
	now := e.store.Now()
	moves := make([]store.Move, 0, len(due))
	for _, j := range due {
		move, err := e.decide(ctx, ws, j, now)
		if err != nil {
			e.log.Error("journey not decided; it waits a minute", "workspace", ws, "journey", j.ID, "err", err)
			if err := e.store.PostponeJourney(ctx, ws, j.ID); err != nil {
				return err
			}
			continue
		}
		moves = append(moves, move)
	}
	return e.store.MoveJourneys(ctx, ws, moves)
}

// decide walks one person from where they stand to where they must wait, or to
// the end.
func (e *Engine) decide(ctx context.Context, ws store.WorkspaceID, j store.DueJourney, now time.Time) (store.Move, error) {
	m := store.Move{Journey: j.Journey}
	subject := e.store.Subject(ctx, ws, j.Person, j.Event)
	if metGoal(j, subject) {
		m.Ended, m.Reason = store.JourneyExited, "Met the goal."
		return m, subject.Err
	}
	at, since := j.Position, j.ArrivedAt
	for {
		step := j.Plan.Step(at, since, now, subject)
		if subject.Err != nil {
			return m, subject.Err
		}
		if !step.Wait.IsZero() {
			m.Position, m.DueAt = at, step.Wait
			return m, nil
		}
		if action, ok := j.Plan.Action(at); ok {
			m.Effects = append(m.Effects, effect(*action, step.Skipped, j, subject))
		}
		if step.End != "" {
			m.Ended = store.JourneyFinished
			return m, nil
		}
		at, since = step.Next, now
	}
}

// metGoal says whether the person did, on this journey, what ends it early.
func metGoal(j store.DueJourney, s *store.Subject) bool {
	c := j.Plan.Campaign
	if c.Exit != workflow.ExitGoal || c.Goal == nil || c.Goal.Event == "" {
		return false
	}
	return s.DidSince(c.Goal.Event, j.EnteredAt)
}

func effect(a workflow.Action, skipped bool, j store.DueJourney, s *store.Subject) store.Effect {
	e := store.Effect{Action: a, Skipped: skipped}
	if skipped || a.UpdatePerson == nil {
		return e
	}
	set, err := render(a.UpdatePerson.Set, scope(j.Person, j.Event))
	if err != nil {
		e.Problem = err.Error()
		return e
	}
	e.Set = set
	s.Set(set) // later steps of this walk see it
	return e
}

// render is the values that an update sets, with their Liquid replaced.
func render(set map[string]any, scope compose.Scope) (store.Attributes, error) {
	out := store.Attributes{}
	for name, value := range set {
		text, ok := value.(string)
		if !ok {
			out[name] = value
			continue
		}
		rendered, err := compose.String(text, scope)
		if err != nil {
			return nil, err
		}
		out[name] = rendered
	}
	return out, nil
}

// scope is what Liquid sees on a journey.
func scope(p store.Person, event store.TriggerEvent) compose.Scope {
	s := compose.Scope{"customer": p.Scope()}
	if event.Name != "" {
		data, err := store.DecodeObject(event.Data)
		if err != nil || data == nil {
			data = map[string]any{}
		}
		s["event"], s["event_name"], s["event_timestamp"] = data, event.Name, event.Timestamp
	}
	return s
}
