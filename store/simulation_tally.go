package store

import "time"

// SimulationTally sums up what would become of people.
type SimulationTally struct {
	People   int                       `json:"people,omitempty"`
	Outcomes map[SimulatedOutcome]int  `json:"outcomes,omitempty"`
	Messages int                       `json:"messages,omitempty"` // that would be sent or wait as drafts
	Reached  int                       `json:"reached,omitempty"`  // people who would get one
	Actions  map[string]SimulatedCount `json:"actions,omitempty"`  // by key
	Days     map[string]int            `json:"days,omitempty"`     // messages by day, UTC
	Problems []SimulationProblem       `json:"problems,omitempty"` // in the order in which they were met
	Others   int                       `json:"others,omitempty"`   // that are not listed
	Refusals []SimulationProblem       `json:"refusals,omitempty"` // why people would not enter, or would leave early
}

// SimulatedCount is what would happen at one action.
type SimulatedCount struct {
	What  map[SimulatedWhat]int `json:"what,omitempty"`
	Paths map[int]int           `json:"paths,omitempty"` // people by the path taken, from 1
	First int64                 `json:"first,omitempty"` // unix seconds of the first and the last time
	Last  int64                 `json:"last,omitempty"`
}

// Reached is how many people would come there.
func (c SimulatedCount) Reached() (n int) {
	for what, times := range c.What {
		if what != SimWaits { // who waits there is told again when they go on
			n += times
		}
	}
	return max(n, c.What[SimWaits])
}

// SimulationProblem is something that would go wrong, or keep people out.
type SimulationProblem struct {
	Action string     `json:"action,omitempty"`
	Reason string     `json:"reason"`
	Count  int        `json:"count"`
	People []PersonID `json:"people,omitempty"` // the first few
}

const (
	maxProblems     = 100 // different ones that are told apart
	problemExamples = 3   // people of each
)

// Add takes one person's journey into the sums.
func (t *SimulationTally) Add(j SimulatedJourney) {
	if t.Outcomes == nil {
		t.Outcomes, t.Actions, t.Days = map[SimulatedOutcome]int{}, map[string]SimulatedCount{}, map[string]int{}
	}
	t.People++
	t.Outcomes[j.Outcome]++
	if j.Messages() > 0 {
		t.Reached++
	}
	for _, s := range j.Steps {
		t.step(j.Person, s)
	}
	if j.Reason != "" {
		t.Refusals, _ = noteProblem(t.Refusals, SimulationProblem{Reason: j.Reason}, j.Person)
	}
}

func (t *SimulationTally) step(who PersonID, s SimulatedStep) {
	t.Actions[s.Action] = t.Actions[s.Action].with(s)
	if s.What.Message() {
		t.Messages++
		t.Days[time.Unix(s.At, 0).UTC().Format(time.DateOnly)]++
	}
	if !s.What.Problem() {
		return
	}
	var listed bool
	if t.Problems, listed = noteProblem(t.Problems, SimulationProblem{Action: s.Action, Reason: s.Reason}, who); !listed {
		t.Others++
	}
}

func (c SimulatedCount) with(s SimulatedStep) SimulatedCount {
	if c.What == nil {
		c.What = map[SimulatedWhat]int{}
	}
	c.What[s.What]++
	if s.Path > 0 {
		if c.Paths == nil {
			c.Paths = map[int]int{}
		}
		c.Paths[s.Path]++
	}
	if s.What == SimWaits {
		return c
	}
	if c.First == 0 || s.At < c.First {
		c.First = s.At
	}
	c.Last = max(c.Last, s.At)
	return c
}

// noteProblem counts a problem among those that are known. False: there are too
// many different ones to list it.
func noteProblem(all []SimulationProblem, p SimulationProblem, who PersonID) ([]SimulationProblem, bool) {
	for i := range all {
		if all[i].Action == p.Action && all[i].Reason == p.Reason {
			all[i].count(who)
			return all, true
		}
	}
	if len(all) == maxProblems {
		return all, false
	}
	p.count(who)
	return append(all, p), true
}

func (p *SimulationProblem) count(who PersonID) {
	p.Count++
	if who != 0 && len(p.People) < problemExamples {
		p.People = append(p.People, who)
	}
}
