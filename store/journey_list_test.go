package store

import (
	"testing"

	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

// No list of journeys, and nothing that a teammate does to one, may cost more
// because a campaign has more of them.
func TestNoPageOfJourneysScans(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	c := w.running(`[{"key":"wait","type":"delay","duration":"1d"},{"key":"rest","type":"delay","duration":"1d"}]`)
	p := w.add(w.acme, "1", "ada@x.test", `{}`)
	w.must(w.Track(w.ctx, w.acme.ID, Event{Ref: byCio(p.ID), Type: EventActivity, Name: "signed_up", Data: []byte(`{}`)}))
	all, err := w.Journeys(w.ctx, w.acme.ID, JourneyFilter{Campaign: c.ID}, Page{Limit: 5})
	w.must(err)
	if len(all) != 1 || all[0].Person.Email != "ada@x.test" {
		t.Fatalf("journeys %+v", all)
	}
	w.noScan(w.spied(func() {
		for _, page := range []Page{{Limit: 5}, {Before: 9, Limit: 5}, {After: 1, Limit: 5}} {
			for _, f := range []JourneyFilter{
				{Campaign: c.ID}, {Campaign: c.ID, State: JourneyActive}, {Campaign: c.ID, Action: "wait"},
				{Campaign: c.ID, People: []PersonID{p.ID}}, {Campaign: c.ID, People: []PersonID{}}, {Campaign: c.ID, State: JourneyExited, People: []PersonID{p.ID, 7}},
			} {
				w.must(second(w.Journeys(w.ctx, w.acme.ID, f, page)))
			}
		}
		w.must(second(w.Journey(w.ctx, w.acme.ID, all[0].ID)))
		w.must(second(w.DeliveriesOn(w.ctx, w.acme.ID, all[0].ID)))
	}))
	w.must(second(w.MoveJourney(w.ctx, w.acme.ID, all[0].ID, "rest", w.me)))
	w.must(second(w.ExitJourney(w.ctx, w.acme.ID, all[0].ID, w.me)))
	w.noScan(w.statements())
}

// running is a campaign of Acme that signed_up starts.
func (w *world) running(actions string) Campaign {
	w.Helper()
	doc, err := workflow.Parse([]byte(`{"postroom":1,"campaign":{"name":"Runs","trigger":{"type":"event","event":"signed_up"},"frequency":"every","actions":` + actions + `}}`))
	w.must(err)
	c, err := w.ImportCampaign(w.ctx, w.acme.ID, doc, w.me)
	w.must(err)
	c, err = w.StartCampaign(w.ctx, w.acme.ID, c.ID, false, w.me)
	w.must(err)
	return c
}
