package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

func byID(id string) identity.Ref { return identity.Ref{Kind: identity.ID, Value: id} }

func byCio(id PersonID) identity.Ref { return identity.Ref{Kind: identity.CioID, Value: id.CioID()} }

// sound fails the test when the database is not what its counters say.
func (w *world) sound() {
	w.Helper()
	problems, err := w.CheckIntegrity(w.ctx)
	w.must(err)
	for _, problem := range problems {
		w.Error(problem)
	}
}

func TestMergeKeepsWhatWhoStaysHas(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	pro := w.segment("Pro", attribute("plan", "eq", `"pro"`))
	w.must(w.BuildSegments(w.ctx, w.acme.ID, 10))
	p := w.add(w.acme, "7", "", `{"city": "Lund", "cio_subscription_preferences": {"topics": {"topic_1": true, "topic_2": false}}}`)
	other := w.add(w.acme, "8", "ada@x.test", `{"city": "Rome", "plan": "pro", "cio_subscription_preferences": {"topics": {"topic_1": false, "topic_2": true, "topic_3": true}}}`)
	w.must(w.Unsubscribe(w.ctx, w.acme.ID, other.ID, w.me))
	w.must(w.Track(w.ctx, w.acme.ID, Event{Ref: byID("8"), Type: EventActivity, Name: "bought"}))

	vips, err := w.CreateSegment(w.ctx, w.acme.ID, NewSegment{Name: "VIPs", Manual: true}, w.me)
	w.must(err)
	_, err = w.AddToSegment(w.ctx, w.acme.ID, vips.ID, []PersonID{other.ID}, w.me)
	w.must(err)

	w.must(w.Merge(w.ctx, w.acme.ID, byID("7"), byCio(other.ID), w.me))
	if got := w.who(w.acme, "7"); got != `7 ada@x.test {"cio_subscription_preferences":{"topics":{"topic_1":false,"topic_2":false,"topic_3":true}},"city":"Lund","plan":"pro"}` {
		t.Errorf("became %s", got)
	}
	got, err := w.Person(w.ctx, w.acme.ID, p.ID)
	w.must(err)
	if !got.Unsubscribed || got.CreatedAt != p.CreatedAt {
		t.Errorf("became %+v", got)
	}
	if happened := w.happened(w.acme, p.ID); happened != "entered_segment unsubscribed event entered_segment unsubscribed merged entered_segment entered_segment" {
		t.Errorf("happened: %s", happened)
	}
	if told := w.data(w.acme, p.ID, MergedActivity); told != fmt.Sprintf(`{"id":"8","email":"ada@x.test","cio_id":"%s","by":"Alice","gained":["email","plan"],"lost":["id","city"]}`, other.ID.CioID()) {
		t.Errorf("told as %s", told)
	}
	if w.who(w.acme, "8") != "nobody" || w.people(w.acme) != 1 || w.labels(w.acme, "ada@x", Page{Limit: 5}) != "7" {
		t.Error("the other one is still there, or cannot be found as the one who stays")
	}
	in, err := w.SegmentsOf(w.ctx, w.acme.ID, p.ID)
	w.must(err)
	if len(in) != 2 || in[0].ID != pro.ID || in[0].People != 1 || in[1].ID != vips.ID || in[1].People != 1 {
		t.Errorf("is in %v", in)
	}
	// The second one's cio_id means nobody now, for good.
	w.call(w.acme, "cio_"+other.ID.CioID(), `{"city": "Oslo"}`)
	if w.people(w.acme) != 1 || strings.Contains(w.who(w.acme, "7"), "Oslo") {
		t.Error("a call by the old cio_id did something")
	}
	w.sound()
}

func TestMergeOfNobody(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	w.add(w.acme, "7", "", `{}`)
	foreign := w.add(w.workspace("Other", identity.EmailOrID), "8", "", `{}`)
	for _, refs := range [][2]identity.Ref{{byID("7"), byID("9")}, {byID("9"), byID("7")}, {byID("7"), byCio(foreign.ID)}} {
		if err := w.Merge(w.ctx, w.acme.ID, refs[0], refs[1], w.me); err != ErrNotFound {
			t.Errorf("%v: %v", refs, err)
		}
	}
	err := w.Merge(w.ctx, w.acme.ID, byID("7"), byID("7"), w.me)
	if _, ok := err.(Rejected); !ok || w.people(w.acme) != 1 {
		t.Errorf("with themselves: %v", err)
	}
}

// A journey goes on in the person who stays, unless they have one of their own.
func TestMergeCarriesJourneysOn(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	p, other := w.add(w.acme, "7", "", `{}`), w.add(w.acme, "8", "", `{}`)
	w.journeyWithDelivery(other, "")
	w.must(w.Merge(w.ctx, w.acme.ID, byID("7"), byID("8"), w.me))
	journeys, err := w.JourneysOf(w.ctx, w.acme.ID, p.ID, 9)
	w.must(err)
	deliveries, err := w.DeliveriesOf(w.ctx, w.acme.ID, p.ID, 9)
	w.must(err)
	if len(journeys) != 1 || journeys[0].State != JourneyActive || len(deliveries) != 1 || deliveries[0].State != Queued {
		t.Fatalf("%+v %+v", journeys, deliveries)
	}

	third := w.add(w.acme, "9", "", `{}`)
	w.must(w.update(w.ctx, func(tx *Tx) error {
		j := Journey{Campaign: journeys[0].Campaign, PersonID: third.ID}
		err := tx.row(`
			insert into journeys (workspace_id, campaign_id, person_id, state, position, arrived_at, due_at, entered_at)
			values (?, ?, ?, 'active', 'hello', 1, 1, 1) returning journey_id`, w.acme.ID, j.Campaign, third.ID).Scan(&j.ID)
		if err != nil {
			return err
		}
		tx.count(w.acme.ID, j.Campaign, "", "entered", 1)
		tx.count(w.acme.ID, j.Campaign, "", "active", 1)
		tx.count(w.acme.ID, j.Campaign, "hello", "waiting", 1)
		return tx.queue(w.acme.ID, j, workflow.Action{Key: "hello", Type: workflow.TypeEmail, Email: &workflow.Email{Sending: workflow.Automatic}})
	}))
	w.must(w.Merge(w.ctx, w.acme.ID, byID("7"), byID("9"), w.me))
	journeys, err = w.JourneysOf(w.ctx, w.acme.ID, p.ID, 9)
	w.must(err)
	deliveries, err = w.DeliveriesOf(w.ctx, w.acme.ID, p.ID, 9)
	w.must(err)
	if len(journeys) != 2 || journeys[0].State != JourneyExited || journeys[1].State != JourneyActive {
		t.Errorf("journeys %+v", journeys)
	}
	if len(deliveries) != 2 || deliveries[0].State != Undeliverable || deliveries[1].State != Queued {
		t.Errorf("deliveries %+v", deliveries)
	}
	w.sound()
}

// Nobody waits for a long history: its newest part is there at once, the rest
// follows in turns, also when the person is merged again or deleted meanwhile.
func TestLongHistoriesMoveInTurns(t *testing.T) {
	for name, test := range map[string]struct {
		then func(w *world)
		left int // activities that exist in the end
	}{
		"stays":        {func(w *world) {}, 2*historyBatch + 101},
		"merged again": {func(w *world) { w.must(w.Merge(w.ctx, w.acme.ID, byID("9"), byID("7"), w.me)) }, 2*historyBatch + 102},
		"deleted":      {func(w *world) { w.must(w.DeletePersonBy(w.ctx, w.acme.ID, byID("7"))) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, identity.EmailOrID)
			p, other := w.add(w.acme, "7", "", `{}`), w.add(w.acme, "8", "", `{}`)
			w.add(w.acme, "9", "", `{}`)
			w.must(w.update(w.ctx, func(tx *Tx) error {
				for i := range 2*historyBatch + 100 {
					if _, err := tx.note(w.acme.ID, Activity{PersonID: other.ID, Type: EventActivity, Name: fmt.Sprint(i)}, ""); err != nil {
						return err
					}
				}
				return nil
			}))
			w.must(w.Merge(w.ctx, w.acme.ID, byID("7"), byID("8"), w.me))
			newest, err := w.ActivitiesOf(w.ctx, w.acme.ID, p.ID, Page{Limit: 2})
			w.must(err)
			if len(newest) != 2 || newest[1].Name != fmt.Sprint(2*historyBatch+99) {
				t.Errorf("at once: %v", newest)
			}
			test.then(w)
			w.sound()
			for range 20 {
				due, _, err := w.Turns(w.ctx, Departures, 5)
				w.must(err)
				for _, ws := range due {
					w.must(w.SettleDepartures(w.ctx, ws, historyBatch))
				}
			}
			if n := w.number(`select count(*) from activities where person_id is not null`); n != test.left {
				t.Errorf("%d activities are left, want %d", n, test.left)
			}
			if n := w.number(`select count(*) from activities a where person_id is not null and not exists (select 1 from people p where p.person_id = a.person_id)`); n != 0 {
				t.Errorf("%d activities are nobody's", n)
			}
			if n := w.number(`select count(*) from departures`) + w.number(`select count(*) from turns where kind = 'departures'`); n != 0 {
				t.Errorf("%d are still going", n)
			}
			w.sound()
		})
	}
}

func TestCallsMergeAutomatically(t *testing.T) {
	for name, test := range map[string]struct {
		off    bool
		b      string // id of the person with the email
		people int
		want   string
	}{
		"one lacks the email, one the id": {false, "", 1, `7 ada@x.test {"city":"Lund","plan":"pro"}`},
		"both have an id":                 {false, "8", 2, `7  {"city":"Lund"}`},
		"switched off":                    {true, "", 2, `7  {"city":"Lund"}`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, identity.EmailOrID)
			w.must(w.SetIdentifierRules(w.ctx, w.acme.ID, IdentifierRules{AutoMerge: !test.off}, w.me))
			b := w.add(w.acme, test.b, "ada@x.test", `{"plan": "pro"}`)
			a := w.add(w.acme, "7", "", `{}`)
			out, err := w.call(w.acme, "7", `{"email": "ada@x.test", "city": "Lund"}`)
			w.must(err)
			if got := w.who(w.acme, "7"); got != test.want || w.people(w.acme) != test.people {
				t.Errorf("%d people, %s", w.people(w.acme), got)
			}
			if older := test.people == 1; older != (out.Person == b.ID) || older == slices.ContainsFunc(out.Failed, func(f identity.Failure) bool { return f.Attribute == "email" }) || a.ID == b.ID {
				t.Errorf("%+v", out)
			}
			w.sound()
		})
	}
}
