package views

import (
	"fmt"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// BroadcastsPath is what goes to many people at once.
func BroadcastsPath(ws store.Workspace) string { return HomePath(ws) + "/broadcasts" }

// NewBroadcastPath is the form for another one.
func NewBroadcastPath(ws store.Workspace) string { return BroadcastsPath(ws) + "/new" }

// AudiencePath is whom a broadcast is for.
func AudiencePath(ws store.Workspace, id store.CampaignID) string {
	return CampaignPath(ws, id) + "/audience"
}

// RunsPath is the runs of a broadcast.
func RunsPath(ws store.Workspace, id store.CampaignID) string {
	return CampaignPath(ws, id) + "/runs"
}

// NewBroadcastForm is what the form for a new broadcast held.
type NewBroadcastForm struct{ Name, Kind string }

// AudienceForm is whom a broadcast is for, and how a newsletter goes out.
type AudienceForm struct {
	Head         CampaignHead
	People       ConditionForm
	Subscription string
	PerHour      string
	InZones      bool
	Names        ConditionNames
	Reach        Reach
	Goal         TriggerForm // of which its fields for a goal alone count
}

// chosenTopic is the name of the topic that is chosen, as the topic itself
// writes it; empty: none.
func (f AudienceForm) chosenTopic() string {
	name, _ := workflow.Subscription(f.Subscription).Topic()
	if t, known := store.TopicIn(f.Names.Topics, name); known {
		return t.Name
	}
	return name
}

// Reach is how many people a broadcast reaches, and who of them gets nothing.
type Reach struct {
	People       store.PeopleCount
	Unsubscribed store.PeopleCount // of those
	NoAddress    store.PeopleCount
	ToAll        bool         // who is unsubscribed gets it, too
	Topic        *store.Topic // to whose subscribers it goes; nil: to no topic's
	NoTopic      bool         // it names one that is not there, so nobody gets it
	OptedOut     store.PeopleCount
	Getting      store.PeopleCount // those who stand in none of these
	Samples      []store.Person
	Known        bool // there is an audience that could be counted
}

// CountWords is a count that may be a lower bound.
func CountWords(c store.PeopleCount) string {
	if c.Exact {
		return Number(c.People)
	}
	return "at least " + Number(c.People)
}

// AskAbove is how many people a newsletter may go to without the number being
// typed.
const AskAbove = 10_000

// asks says whether the number of people is to be typed.
func (r Reach) asks() bool { return r.Known && r.People.People > AskAbove }

// RunList is a page of a broadcast's runs.
type RunList struct {
	Head  CampaignHead
	Runs  []store.Job
	Pages Pages
	Data  string // as typed for another run
	Wrong store.Invalid
}

// RunsAtPath is a page of them.
func RunsAtPath(ws store.Workspace, id store.CampaignID, at At) string {
	return RunsPath(ws, id) + query("before", at.before(), "after", at.after())
}

// startsWords is what starts a campaign, in a list.
func startsWords(c store.CampaignSummary) string {
	if c.Newsletter {
		if c.Trigger.People == nil {
			return "Newsletter, for nobody yet"
		}
		return "Newsletter for who " + c.Trigger.People.Words()
	}
	return c.Trigger.Words()
}

// audienceWords is whom a broadcast is for.
func audienceWords(t workflow.Trigger) string {
	if t.People == nil {
		return "Not chosen yet"
	}
	return "Who " + t.People.Words()
}

// newsletterPace is how a newsletter goes out.
func newsletterPace(h CampaignHead) string {
	words := "As fast as it can"
	if h.PerHour > 0 {
		words = fmt.Sprintf("%s people an hour at most", Number(h.PerHour))
	}
	if h.InZones {
		words += ", at that time by each person’s clocks"
	}
	return words
}
