package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/postroom/postroom/engine/channel/smtptest"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

// foretold is a campaign in which most things happen that may happen.
const foretold = `[
	{"key":"hello","type":"email","name":"Hello","sending":"automatic","from":"hi@acme.test","to":"{{customer.email}}","subject":"Hi {{customer.first_name}}","body":"<p>x</p>"},
	{"key":"day","type":"delay","duration":"1d"},
	{"key":"split","type":"branch","paths":[
		{"name":"Pro","when":{"attribute":{"field":"plan","operator":"eq","value":"pro"}},"actions":[
			{"key":"mark","type":"update_person","set":{"plan":"gold"}},
			{"key":"tell","type":"send_event","event":"marked","data":{"plan":"{{customer.plan}}"}},
			{"key":"join","type":"segment_update","segment":{"name":"Friends"},"change":"add"}]},
		{"name":"Free","when":{"attribute":{"field":"plan","operator":"eq","value":"free"}},"actions":[
			{"key":"offer","type":"email","name":"Offer","sending":"draft","from":"hi@acme.test","to":"{{customer.email}}","subject":"An offer","body":"<p>x</p>"}]}]},
	{"key":"random","type":"random_split","paths":[
		{"name":"A","percent":50,"actions":[{"key":"a","type":"update_journey","set":{"side":"a"}}]},
		{"name":"B","percent":50,"actions":[{"key":"b","type":"update_journey","set":{"side":"b"}}]}]},
	{"key":"side","type":"email","name":"Side","sending":"automatic","from":"hi@acme.test","to":"{{customer.email}}","subject":"Side {{journey.side}}","body":"<p>x</p>",
		"condition":{"attribute":{"field":"journey.side","operator":"eq","value":"a"}}},
	{"key":"hold","type":"wait_until","paths":[
		{"name":"Marked","when":{"event":{"name":"marked","where":{"attribute":{"field":"plan","operator":"eq","value":"gold"}}}},"actions":[
			{"key":"friends","type":"branch","paths":[{"name":"In","when":{"segment":{"name":"Friends"}},"actions":[{"key":"exit","type":"exit"}]},{"name":"Gold","when":{"attribute":{"field":"plan","operator":"eq","value":"gold"}},"actions":[]}]}]},
		{"name":"Late","after":"3d","actions":[]}]},
	{"key":"bye","type":"email","name":"Bye","sending":"automatic","from":"hi@acme.test","to":"{{customer.email}}","subject":"Bye","body":"<p>x</p>",
		"condition":{"event":{"name":"signed_up","within":"5d"}}}]`

// What a simulation says is what the engine then does to the same people.
func TestSimulationForetells(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t, smtptest.Options{})
	_, err := h.store.CreateSegment(ctx, h.ws.ID, store.NewSegment{Name: "Friends", Manual: true}, store.CommandLine)
	h.must(err)
	var people []store.PersonID
	for i := range 40 {
		attributes := store.Attributes{"first_name": "Ada", "plan": []string{"pro", "free", "none"}[i%3]}
		if i%7 == 0 {
			delete(attributes, "first_name")
		}
		id := h.person(h.ws, fmt.Sprintf("p%d@x.test", i), attributes)
		if i%5 == 0 {
			h.must(h.store.Unsubscribe(ctx, h.ws.ID, id, store.CommandLine))
		}
		people = append(people, id)
	}
	c := h.campaign(h.ws, "signed_up", foretold)
	h.run(h.mailer)
	job, err := h.store.CreateSimulation(ctx, h.ws.ID, store.NewSimulation{Campaign: c.ID, Live: true, Chosen: people, Data: []byte(`{"from":"web"}`)}, store.CommandLine)
	h.must(err)
	h.until("the simulation is done", func() bool {
		j, err := h.store.Job(ctx, h.ws.ID, job)
		h.must(err)
		return j.State == store.JobDone
	})
	if got := h.smtp.Messages(); len(got) != 0 {
		t.Fatalf("a simulation sent %d messages", len(got))
	}
	for i := range people {
		h.event(h.ws, fmt.Sprintf("p%d@x.test", i), "signed_up", `{"from":"web"}`)
	}
	for range 14 {
		h.settled(c)
		h.clock.advance(12 * time.Hour)
	}
	h.settled(c)
	for _, id := range people {
		told, err := h.store.SimulatedOf(ctx, h.ws.ID, job, id)
		h.must(err)
		if want, got := h.lived(id, c), toldOf(told); !slices.Equal(want, got) {
			t.Errorf("person %d lived\n  %v\nbut it was told\n  %v", id, want, got)
		}
	}
	sim, err := h.store.Simulation(ctx, h.ws.ID, job)
	h.must(err)
	tally := sim.Tally
	if tally.People != 40 || tally.Reached == 0 || tally.Messages == 0 || len(tally.Problems) < 2 {
		t.Errorf("summed up: %+v", tally)
	}
	h.whole()
}

// settled waits until nothing is due.
func (h *house) settled(c store.Campaign) {
	h.Helper()
	h.until("nothing is due", func() bool {
		due, err := h.store.DueKeys(context.Background(), h.ws.ID, 1)
		h.must(err)
		messages, err := h.store.DueCandidates(context.Background(), h.ws.ID, nil, 1)
		h.must(err)
		return len(due) == 0 && len(messages) == 0 && h.states(h.ws, c)["handed"] == 0
	})
}

// lived is what became of somebody at each action, from their journey and its
// deliveries, in the words of toldOf.
func (h *house) lived(id store.PersonID, c store.Campaign) (all []string) {
	h.Helper()
	ctx := context.Background()
	journeys, err := h.store.JourneysOf(ctx, h.ws.ID, id, 10)
	h.must(err)
	j := journeys[0]
	if int64(j.ID) != int64(id) {
		h.Fatal("chance deals by the journey's number, and in a simulation by the person's: here both must be one")
	}
	deliveries, err := h.store.DeliveriesOn(ctx, h.ws.ID, j.ID)
	h.must(err)
	messages := map[string]string{}
	for _, d := range deliveries {
		messages[d.Action] = map[store.DeliveryState]string{store.Sent: "sent", store.Drafted: "drafted", store.Undeliverable: "withheld", store.Failed: "fails"}[d.State]
	}
	for _, s := range j.Trail() {
		what := string(s.What)
		if s.What == store.StopWaiting {
			continue
		}
		if s.What == store.StopDone && messages[s.Action] != "" {
			what = messages[s.Action]
		}
		all = append(all, fmt.Sprintf("%s %s %d day %d", s.Action, what, s.Path, dayOf(s.At.Sub(j.EnteredAt))))
	}
	return append(all, string(j.State))
}

// toldOf is the same of a simulated journey.
func toldOf(j store.SimulatedJourney) (all []string) {
	for _, s := range j.Steps {
		if s.What != store.SimWaits {
			all = append(all, fmt.Sprintf("%s %s %d day %d", s.Action, s.What, s.Path, dayOf(time.Unix(s.At, 0).Sub(j.EnteredAt))))
		}
	}
	return append(all, string(j.Outcome))
}

// dayOf is the day that a moment is nearest to.
func dayOf(d time.Duration) int { return int(d.Round(24*time.Hour) / (24 * time.Hour)) }

// Who would not come in, or would get nothing, is told why.
func TestSimulationTellsWhyNot(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t, smtptest.Options{})
	ada := h.person(h.ws, "ada@x.test", store.Attributes{"country": "AT", "birthday": "1990-03-01"})
	bob := h.person(h.ws, "bob@x.test", store.Attributes{"country": "DE"})
	nobody, err := h.store.Identify(ctx, h.ws.ID, store.Identify{Ref: identity.Ref{Kind: identity.ID, Value: "7"}, Attributes: store.Attributes{"country": "AT"}})
	h.must(err)
	dated := h.started("Birthday", `"trigger":{"type":"date","attribute":"birthday","at":"09:00","zone":"UTC","repeat":"yearly"},"actions":`+hello)
	filtered := h.started("Austria", `"trigger":{"type":"event","event":"came"},"filter":{"attribute":{"field":"country","operator":"eq","value":"AT"}},"actions":`+hello)
	for name, want := range map[string]struct {
		campaign store.Campaign
		who      store.PersonID
		outcome  store.SimulatedOutcome
		what     store.SimulatedWhat
		reason   string
	}{
		"no date":    {dated, bob, store.WouldNot, "", "The date in “birthday” does not come, or they have none."},
		"filtered":   {filtered, bob, store.WouldNot, "", store.NotAdmitted},
		"no address": {h.campaign(h.ws, "bought", hello), nobody.Person, store.WouldFinish, store.SimFails, ""},
		"no value":   {h.campaign(h.ws, "sold", hello), ada, store.WouldFinish, store.SimFails, ""},
	} {
		t.Run(name, func(t *testing.T) {
			sim, err := h.store.Imagined(ctx, h.ws.ID, store.NewSimulation{Campaign: want.campaign.ID})
			h.must(err)
			s, err := h.engine(h.mailer).Simulator(ctx, h.ws.ID, sim)
			h.must(err)
			p, err := h.store.Person(ctx, h.ws.ID, want.who)
			h.must(err)
			got, err := s.One(ctx, p)
			h.must(err)
			if got.Outcome != want.outcome || want.reason != "" && got.Reason != want.reason {
				t.Errorf("outcome %q, because %q; %+v", got.Outcome, got.Reason, got.Steps)
			}
			if want.what != "" && (len(got.Steps) == 0 || got.Steps[0].What != want.what || got.Steps[0].Reason == "") {
				t.Errorf("steps %+v", got.Steps)
			}
		})
	}
}

// A simulation goes on where it was stopped, can be cancelled, and of many only
// the last are kept. It leaves nothing else behind.
func TestSimulationIsAJob(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t, smtptest.Options{})
	for i := range 450 {
		h.person(h.ws, fmt.Sprintf("p%d@x.test", i), nil)
	}
	c := h.campaign(h.ws, "signed_up", hello)
	before, err := h.store.CampaignCounts(ctx, h.ws.ID, c.ID)
	h.must(err)
	create := func() store.JobID {
		id, err := h.store.CreateSimulation(ctx, h.ws.ID, store.NewSimulation{Campaign: c.ID, Most: 430, Data: []byte(`{"item":"hat"}`)}, store.CommandLine)
		h.must(err)
		return id
	}
	state := func(id store.JobID) store.JobState {
		j, err := h.store.Job(ctx, h.ws.ID, id)
		h.must(err)
		return j.State
	}
	first := create()
	e := h.engine(h.mailer)
	h.must(e.runJobs(ctx, h.ws.ID)) // a turn, and then a stop
	h.run(h.mailer)
	h.until("the first is done", func() bool { return state(first) == store.JobDone })
	sim, err := h.store.Simulation(ctx, h.ws.ID, first)
	h.must(err)
	if sim.Tally.People != 430 || sim.Tally.Messages != 430 {
		t.Errorf("of 430 people: %+v", sim.Tally)
	}
	for range 11 {
		last := create()
		h.until("it is done", func() bool { return state(last) == store.JobDone })
	}
	if _, err := h.store.Simulation(ctx, h.ws.ID, first); err != store.ErrNotFound {
		t.Errorf("the first of twelve is kept: %v", err)
	}
	all, err := h.store.Simulations(ctx, h.ws.ID, c.ID)
	h.must(err)
	if len(all) != 10 {
		t.Errorf("%d simulations are kept", len(all))
	}
	after, err := h.store.CampaignCounts(ctx, h.ws.ID, c.ID)
	h.must(err)
	if !maps.EqualFunc(before, after, maps.Equal) {
		t.Errorf("the campaign counts %v, and after simulations %v", before, after)
	}
	h.must(h.store.DeleteSimulation(ctx, h.ws.ID, all[0].ID))
	h.whole()
}
