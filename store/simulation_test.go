package store

import (
	"testing"

	"github.com/postroom/postroom/store/identity"
)

// No page of a simulation, and no turn of one, reads more than its own rows.
func TestNoSimulationReadsEverything(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	w.furnishPeople()
	c := w.running(`[{"key":"a","type":"exit"}]`)
	w.noScan(w.spied(func() {
		id, err := w.CreateSimulation(w.ctx, w.acme.ID, NewSimulation{Campaign: c.ID, Query: PeopleQuery{Filter: c.Draft.Trigger.Audience()}, Most: 10}, w.me)
		w.must(err)
		j, err := w.NextJob(w.ctx, w.acme.ID)
		w.must(err)
		batch, err := w.ReadJob(w.ctx, w.acme.ID, j, 10)
		w.must(err)
		var journeys []SimulatedJourney
		for _, p := range batch.People {
			journeys = append(journeys, SimulatedJourney{Person: p.ID, Outcome: WouldFinish, Steps: []SimulatedStep{{Action: "a", What: SimFails, Reason: "x"}}})
			_, _, err := w.LastEvent(w.ctx, w.acme.ID, p.ID, "bought", func(TriggerEvent) bool { return false })
			w.must(err)
			_, err = w.LastEntry(w.ctx, w.acme.ID, c.ID, p.ID)
			w.must(err)
		}
		w.must(w.WriteSimulation(w.ctx, w.acme.ID, j, batch, journeys))
		for _, f := range SimulatedFilters {
			for _, page := range []Page{{Limit: 2}, {Before: 5, Limit: 2}, {After: 1, Limit: 2}} {
				_, err := w.Simulated(w.ctx, w.acme.ID, id, f, page)
				w.must(err)
			}
		}
		_, err = w.SimulatedOf(w.ctx, w.acme.ID, id, 1)
		if err != ErrNotFound {
			w.must(err)
		}
		_, err = w.Simulations(w.ctx, w.acme.ID, c.ID)
		w.must(err)
		w.must(w.DropOldSimulations(w.ctx, w.acme.ID, c.ID))
	}))
}

// What was not tallied twice adds up, and different problems are bounded.
func TestTallyAddsUp(t *testing.T) {
	var tally SimulationTally
	for i := range 300 {
		j := SimulatedJourney{Person: PersonID(i + 1), Outcome: WouldFinish, Steps: []SimulatedStep{
			{Action: "hello", What: SimSent, At: 1000}, {Action: "pause", What: SimWaits, At: 1000, Until: 2000}, {Action: "pause", What: SimDone, At: 2000},
			{Action: "split", What: SimDone, Path: i%2 + 1, At: 2000}, {Action: "bye", What: SimFails, Reason: string(rune('a' + i%150)), At: 3000},
		}}
		if i%3 == 0 {
			j = SimulatedJourney{Person: PersonID(i + 1), Outcome: WouldNot, Reason: "No."}
		}
		tally.Add(j)
	}
	switch n := tally.Actions; {
	case tally.People != 300, tally.Outcomes[WouldNot] != 100, tally.Messages != 200, tally.Reached != 200:
		t.Errorf("people: %+v", tally)
	case n["hello"].Reached() != 200, n["pause"].Reached() != 200, n["split"].Paths[1]+n["split"].Paths[2] != 200, n["bye"].First != 3000:
		t.Errorf("actions: %+v", n)
	case tally.Days["1970-01-01"] != 200:
		t.Errorf("days: %v", tally.Days)
	case len(tally.Refusals) != 1, tally.Refusals[0].Count != 100, len(tally.Refusals[0].People) != problemExamples:
		t.Errorf("refusals: %+v", tally.Refusals)
	}
	sum := tally.Others
	for _, p := range tally.Problems {
		sum += p.Count
	}
	if sum != 200 || len(tally.Problems) != maxProblems {
		t.Errorf("%d problems of %d kinds, %d others", sum, len(tally.Problems), tally.Others)
	}
}
