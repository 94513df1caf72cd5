package views

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// SimulationsPath is a campaign's simulations, and the form of a new one.
func SimulationsPath(ws store.Workspace, id store.CampaignID) string {
	return CampaignPath(ws, id) + "/simulations"
}

// SimulationPath is one simulation.
func SimulationPath(ws store.Workspace, campaign store.CampaignID, id store.JobID) string {
	return fmt.Sprintf("%s/%d", SimulationsPath(ws, campaign), id)
}

// SimulatedPath is one person's journey in a simulation.
func SimulatedPath(ws store.Workspace, campaign store.CampaignID, id store.JobID, who store.PersonID) string {
	return fmt.Sprintf("%s/people/%d", SimulationPath(ws, campaign, id), who)
}

// SimulationForm asks what to simulate.
type SimulationForm struct {
	Head     CampaignHead
	Version  string            // draft or live
	Who      string            // audience, segment or named
	Likely   store.PeopleCount // people of the audience
	Segment  string            // by name
	Named    string            // as typed, one in each line
	Most     string
	StartsAt string // as typed, UTC
	Data     string
	Again    bool
	Segments []store.Segment
	Earlier  []store.Job
	Wrong    store.Invalid
}

// SimulationSizes is how many people can be asked for.
var SimulationSizes = []int{100, 1000, 10_000, store.MaxSimulated}

// takesData says whether what triggers the campaign brings data.
func (f SimulationForm) takesData() bool {
	switch f.Head.Draft.Trigger.Type {
	case workflow.OnSegment, workflow.OnDate:
		return false
	}
	return !f.Head.Newsletter
}

// aboutNobody says whether the campaign's journeys are about nobody.
func (f SimulationForm) aboutNobody() bool {
	return store.Simulation{Document: f.Head.Draft}.AboutNobody()
}

// audienceText says whom the trigger is likely to be about.
func (f SimulationForm) audienceText() string {
	count := CountWords(f.Likely)
	switch t := f.Head.Draft.Trigger; t.Type {
	case workflow.OnEvent:
		return fmt.Sprintf("Everybody who has done “%s” before (%s), with the data of their last time", t.Event, count)
	case workflow.OnSegment:
		return fmt.Sprintf("Everybody in the segment now (%s)", count)
	case workflow.OnDate:
		return fmt.Sprintf("Everybody who has “%s” (%s); each begins when their date comes", t.Date.Attribute, count)
	case workflow.OnCall:
		if t.People == nil {
			return "Nobody is chosen as the audience yet"
		}
		return fmt.Sprintf("The audience (%s)", count)
	}
	return fmt.Sprintf("Everybody in the workspace (%s)", count)
}

// SimulationPage is one simulation and a part of its people.
type SimulationPage struct {
	Head   CampaignHead
	Job    store.Job
	Sim    store.Simulation // with the names of its segments
	Filter store.SimulatedFilter
	Q      string
	Found  []store.SimulatedJourney
	Names  map[store.PersonID]string // of examples
	Pages  Pages
	Ask    bool // before it is deleted
}

// Path is a page of its people.
func (p SimulationPage) Path(ws store.Workspace, at At) string {
	return SimulationPath(ws, p.Head.ID, p.Job.ID) + query("show", string(p.Filter), "person", p.Q, "before", at.before(), "after", at.after())
}

func (p SimulationPage) version() string { return simulatedVersion(p.Sim.Version) }

func simulatedVersion(n int) string {
	if n == 0 {
		return "the draft"
	}
	return fmt.Sprintf("version %d", n)
}

// editor shows the workflow with what would happen at each action.
func (p SimulationPage) editor() Editor {
	return Editor{Head: p.Head, Shown: p.Sim.Document, Still: true, Foretold: &p.Sim.Tally}
}

// entered is how many people would come in.
func (p SimulationPage) entered() int {
	return p.Sim.Tally.People - p.Sim.Tally.Outcomes[store.WouldNot]
}

func (p SimulationPage) problems() (n int) {
	n = p.Sim.Tally.Others
	for _, one := range p.Sim.Tally.Problems {
		n += one.Count
	}
	return n
}

// chart is the messages by day, at most a year of them.
func (p SimulationPage) chart() Chart {
	c := Chart{ID: "days", Title: "Messages by day", Empty: "Nobody would get a message.", Unit: store.Days, Lines: []ChartLine{{Name: "Messages"}}}
	days := slices.Sorted(maps.Keys(p.Sim.Tally.Days))
	if len(days) == 0 {
		return c
	}
	first, _ := time.Parse(time.DateOnly, days[0])
	last, _ := time.Parse(time.DateOnly, days[len(days)-1])
	for day := first; !day.After(last) || len(c.Begins) < 2; day = day.AddDate(0, 0, 1) {
		c.Begins = append(c.Begins, day)
		c.Lines[0].Values = append(c.Lines[0].Values, p.Sim.Tally.Days[day.Format(time.DateOnly)])
	}
	return c
}

// foretold is what would happen at an action.
func foretold(a workflow.Action, c store.SimulatedCount) (all []string) {
	add := func(words string, n int) {
		if n > 0 {
			all = append(all, words+" "+Number(n))
		}
	}
	if a.IsMessage() {
		all = append(all, "Sent "+Number(c.What[store.SimSent]))
		add("Drafts", c.What[store.SimDrafted])
		add("Off", c.What[store.SimOff])
		add("Held back", c.What[store.SimWithheld])
	} else {
		all = append(all, "Reached "+Number(c.What[store.SimDone]+c.What[store.SimFails]))
	}
	add("Fails", c.What[store.SimFails])
	add("Skipped", c.What[store.SimSkipped])
	return all
}

// foretoldWhen is from when to when something would happen at an action.
func foretoldWhen(c store.SimulatedCount) string {
	if c.First == 0 {
		return ""
	}
	first, last := momentWords(c.First), momentWords(c.Last)
	if first == last {
		return first
	}
	return first + " – " + last
}

// momentWords is a moment of a simulation's clock.
func momentWords(at int64) string { return time.Unix(at, 0).UTC().Format("2 Jan 2006, 15:04") }

// simulatedOutcome is how a journey would end.
func simulatedOutcome(j store.SimulatedJourney) string {
	switch j.Outcome {
	case store.WouldExit:
		return "Leaves early: " + j.Reason
	case store.WouldNot:
		return "Does not enter: " + j.Reason
	case store.WouldWait:
		return "Still waits a year later"
	}
	return "Finishes"
}

// simulatedStep is what would happen at an action.
func simulatedStep(doc workflow.Campaign, s store.SimulatedStep) string {
	switch s.What {
	case store.SimSent:
		return "Gets “" + s.Subject + "” at " + s.To
	case store.SimDrafted:
		return "“" + s.Subject + "” to " + s.To + " waits as a draft"
	case store.SimOff:
		return "Not sent: this message is switched off"
	case store.SimWithheld:
		return "Not sent: " + s.Reason
	case store.SimFails:
		return "Fails: " + s.Reason
	case store.SimSkipped:
		return "Skipped: the condition is not met"
	case store.SimWaits:
		if s.Until == 0 {
			return "Waits for something that only they or others can do"
		}
		return "Waits until " + momentWords(s.Until)
	}
	a, ok := workflow.Find(doc, s.Action)
	switch {
	case s.Path > 0 && ok && a.Branch != nil && s.Path <= len(a.Branch.Paths):
		return "Takes “" + a.Branch.PathName(s.Path-1) + "”"
	case ok && a.IsWait():
		return "Goes on"
	}
	return "Done"
}

// simulatedWho is whom a journey is about.
func simulatedWho(j store.SimulatedJourney) string {
	switch {
	case j.Person == 0:
		return "Nobody: a webhook"
	case j.Who.ID == 0:
		return "Somebody who is gone"
	}
	return j.Who.Label()
}

// simulatedMessages is what somebody would get, in short.
func simulatedMessages(doc workflow.Campaign, j store.SimulatedJourney) string {
	var titles []string
	for _, s := range j.Steps {
		if s.What.Message() {
			titles = append(titles, titleIn(doc, s.Action))
		}
	}
	return cmp.Or(strings.Join(titles, ", "), "Nothing")
}

// SimulatedFilterWords names a part of the people.
func SimulatedFilterWords(f store.SimulatedFilter) string {
	return map[store.SimulatedFilter]string{
		store.SimulatedAll: "Everybody", store.SimulatedMessages: "Who gets a message", store.SimulatedProblems: "Where something goes wrong", store.SimulatedRefused: "Who does not enter",
	}[f]
}

// SimulatedPage is one person's journey in a simulation.
type SimulatedPage struct {
	Head    CampaignHead
	Job     store.Job
	Sim     store.Simulation
	Journey store.SimulatedJourney
}
