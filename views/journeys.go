package views

import (
	"fmt"
	"net/url"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// JourneysPath is who walks or walked through a campaign.
func JourneysPath(ws store.Workspace, id store.CampaignID) string {
	return CampaignPath(ws, id) + "/journeys"
}

// JourneysAtPath is who stands before one action.
func JourneysAtPath(ws store.Workspace, id store.CampaignID, key string) string {
	return JourneysPath(ws, id) + "?at=" + url.QueryEscape(key)
}

// JourneyPath is one person's run through a campaign.
func JourneyPath(ws store.Workspace, id store.JourneyID) string {
	return fmt.Sprintf("%s/journeys/%d", HomePath(ws), id)
}

// JourneyList is one page of a campaign's journeys.
type JourneyList struct {
	Head   CampaignHead
	Live   workflow.Campaign
	Found  []store.ListedJourney
	Counts map[string]map[string]int
	State  store.JourneyState
	Action string
	Person string // as typed
	Pages  Pages
}

// Path is the address of a page of the list.
func (l JourneyList) Path(ws store.Workspace, at At) string {
	return JourneysPath(ws, l.Head.ID) + query("state", string(l.State), "at", l.Action, "person", l.Person, "before", at.before(), "after", at.after())
}

// filtered says whether the list shows only some journeys.
func (l JourneyList) filtered() bool { return l.State != "" || l.Action != "" || l.Person != "" }

// JourneyPage is one journey: where it stands, where it has been, and what was
// sent on it.
type JourneyPage struct {
	Head       CampaignHead
	Journey    store.ListedJourney
	Live       workflow.Campaign
	Deliveries []store.Delivery
	Wrong      store.Invalid
}

// journeyStates is the states in the order of a choice.
var journeyStates = []store.JourneyState{store.JourneyActive, store.JourneyFinished, store.JourneyExited}

// JourneyStateWords is how a journey stands.
func JourneyStateWords(s store.JourneyState) string {
	switch s {
	case store.JourneyFinished:
		return "Finished"
	case store.JourneyExited:
		return "Left early"
	}
	return "Under way"
}

// titleIn is what to call an action, also one that is gone.
func titleIn(c workflow.Campaign, key string) string {
	if a, ok := workflow.Find(c, key); ok {
		return a.Title()
	}
	return key + ", which is no longer in the workflow"
}

// standing is where a journey is now, and why.
func standing(live workflow.Campaign, j store.Journey) string {
	switch j.State {
	case store.JourneyFinished:
		return "Finished"
	case store.JourneyExited:
		if j.Reason == "" {
			return "Left early"
		}
		return "Left: " + j.Reason
	}
	at := titleIn(live, j.Position)
	switch {
	case j.ActivatedAt.IsZero():
		return "Not let in yet: the filter must match within 30 minutes"
	case j.Waits == workflow.Asked:
		return "Waits for the answer of " + at
	case j.Waits == workflow.Waiting && j.Watching:
		return "Waits at " + at + " for what happens"
	case j.Waits == workflow.Waiting:
		return "Waits at " + at
	}
	return "Comes to " + at
}

// waitsUntil says when time alone ends the wait.
func waitsUntil(j store.Journey) bool {
	return j.State == store.JourneyActive && j.Waits == workflow.Waiting && j.DueAt.Before(workflow.Forever)
}

// stopWords is what happened at one action.
func stopWords(live workflow.Campaign, s store.Stop) string {
	switch s.What {
	case store.StopSkipped:
		return "Skipped: the condition was not met"
	case store.StopWaiting:
		return "Began to wait"
	case store.StopFailed:
		return "Came to nothing"
	case store.StopMoved:
		return "Taken away from here"
	case store.StopRemoved:
		return "The action was removed while they stood here"
	}
	a, ok := workflow.Find(live, s.Action)
	switch {
	case s.Path > 0 && ok && a.Branch != nil && s.Path <= len(a.Branch.Paths):
		return "Took “" + a.Branch.PathName(s.Path-1) + "”"
	case ok && a.IsWait():
		return "Went on"
	}
	return "Done"
}
