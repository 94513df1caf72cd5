package engine

import (
	"time"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
)

// admit looks at somebody who was triggered and whom the campaign's filter has
// not let in yet. out: it does not now, and the move says how long they wait
// for that, or that it is over.
func admit(j store.DueJourney, s condition.Subject, now time.Time) (m store.Move, out bool) {
	is, again := j.Plan.Campaign.Admits(s, now)
	if is {
		return m, false
	}
	m = store.Move{Journey: j.Journey, Position: j.Position, Watch: true, DueAt: j.EnteredAt.Add(store.AdmitWithin)}
	if !now.Before(m.DueAt) {
		return store.Move{Journey: j.Journey, Ended: store.JourneyExited, Reason: store.NotAdmitted}, true
	}
	switch {
	case !j.Watching: // what happened since they were read stirred nobody
		m.DueAt = now
	case !again.IsZero() && again.Before(m.DueAt):
		m.DueAt = again
	}
	return m, true
}

// leaves says why somebody leaves who is about to meet an action that does
// something, or has come to a wait; empty: they do not.
func leaves(j store.DueJourney, w workflow.Stand, step workflow.Step, s condition.Subject, now time.Time) string {
	a, ok := j.Plan.Action(w.At)
	switch {
	case step.Action != nil && !step.Action.IsWait():
		return j.Plan.Campaign.Leaves(s, now)
	case ok && a.Pauses() && w.Waits == workflow.Arrived && !step.Skipped:
		return j.Plan.Campaign.LeavesTrigger(s)
	}
	return ""
}
