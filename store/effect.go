package store

import (
	"cmp"
	"context"
	"fmt"

	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

// Effect is one action on the way.
type Effect struct {
	Action  workflow.Action
	Skipped bool         // its condition was not met
	Path    int          // that was taken, from 1; zero: none
	Set     Attributes   // what an update sets, of a person, of many or of the journey
	Data    Attributes   // of the event that is sent
	Ref     identity.Ref // whom it is about; empty: the person on the journey
	Problem string       // why it cannot be done; the journey goes on
}

// FailedStepActivity says that an action of a campaign could not be done.
const FailedStepActivity ActivityType = "failed_step"

// failing is why an action came to nothing. Told says that the person's time
// line has it already.
type failing struct {
	reason string
	told   bool
}

func fails(format string, args ...any) failing { return failing{reason: fmt.Sprintf(format, args...)} }

// aboutNobody is why an action of a journey without a person comes to nothing.
var aboutNobody = failing{reason: "This journey is about nobody."}

// performAll lets the actions of a move take effect, and tells the journey's
// trail, of which before was written, which came to nothing.
func (tx *Tx) performAll(w Workspace, m Move, before string) error {
	wrong := false
	for _, e := range m.Effects {
		failed, err := tx.perform(w, m.Journey, e)
		if err != nil {
			return err
		}
		if failed.reason == "" {
			continue
		}
		m.Trail.fail(e.Action.Key, failed.reason)
		wrong = true
		if failed.told || m.Journey.PersonID == 0 {
			continue
		}
		err = tx.noteData(w.ID, Activity{PersonID: m.Journey.PersonID, Type: FailedStepActivity, Name: e.Action.Title()}, stepData{failed.reason})
		if err != nil {
			return err
		}
	}
	if !wrong {
		return nil
	}
	return tx.execOne(`
		update journeys set trail = substr(trail, 1, length(trail) - length(?)) || ? where workspace_id = ? and journey_id = ?`,
		before, m.Trail.String(), w.ID, m.Journey.ID)
}

// perform does what an action does at once: a message becomes a delivery, a
// change of data is made.
func (tx *Tx) perform(w Workspace, j Journey, e Effect) (failing, error) {
	metric := "reached"
	if e.Skipped {
		metric = "skipped"
	}
	tx.count(w.ID, j.Campaign, e.Action.Key, metric, 1)
	switch {
	case e.Skipped:
		return failing{}, nil
	case e.Action.IsMessage():
		return failing{}, tx.queue(w.ID, j, e.Action)
	case e.Problem != "":
		return failing{reason: e.Problem}, nil
	}
	chain := tx.chain
	tx.chain = tx.chainOf(j)
	failed, err := tx.change(w, j, e)
	tx.chain = chain
	return failed, err
}

func (tx *Tx) change(w Workspace, j Journey, e Effect) (failing, error) {
	switch {
	case e.Action.UpdatePerson != nil:
		return tx.updateSomebody(w, j, e)
	case e.Action.SendEvent != nil:
		return tx.sendEvent(w, j, e)
	case e.Action.SegmentUpdate != nil:
		return tx.updateSegment(w, j, *e.Action.SegmentUpdate)
	case e.Action.BatchUpdate != nil:
		return tx.startBatch(w, j, e)
	}
	return failing{}, nil
}

// updateSegment puts the person into a manual segment or takes them out.
func (tx *Tx) updateSegment(w Workspace, j Journey, u workflow.SegmentUpdate) (failing, error) {
	if j.PersonID == 0 {
		return aboutNobody, nil
	}
	g, err := segmentNamed(context.Background(), tx, w.ID, *u.Segment)
	switch {
	case err == ErrNotFound:
		return fails("The segment is gone."), nil
	case err != nil:
		return failing{}, err
	case !g.Manual:
		return fails("The segment “%s” keeps itself by its condition.", g.Name), nil
	}
	_, err = tx.setMemberByHand(w.ID, g, j.PersonID, u.Change != workflow.RemoveFromSegment)
	return failing{}, err
}

const (
	// maxChain is how many campaigns may start each other in a row: with an
	// event that one of them sends, or with a change that moves somebody between
	// segments. Without it two campaigns could go round in circles for ever.
	maxChain = 10
	// chainPause is how long a journey must have lasted to begin a new row: a
	// campaign that starts itself again every day is no loop that runs wild.
	chainPauseMinutes = 10
)

// chainOf is the place in such a row of what a journey does now.
func (tx *Tx) chainOf(j Journey) int {
	if tx.now.Sub(j.EnteredAt).Minutes() >= chainPauseMinutes {
		return 1
	}
	return j.Event.Chain + 1
}

// chained says whether a campaign may start now, and tells the person's time
// line when it may not.
func (tx *Tx) chained(ws WorkspaceID, who PersonID, campaign string) (bool, error) {
	if tx.chain <= maxChain {
		return true, nil
	}
	if who == 0 {
		return false, nil
	}
	return false, tx.noteData(ws, Activity{PersonID: who, Type: FailedStepActivity, Name: cmp.Or(campaign, "Campaign")}, stepData{
		fmt.Sprintf("It was not started: %d campaigns had started each other within minutes, and would go on for ever.", maxChain),
	})
}
