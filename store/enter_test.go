package store

import (
	"encoding/json"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

// campaignWith starts a campaign made of the JSON of its trigger and other
// fields, with one long delay.
func (r *campaignRoom) campaignWith(name, fields string) Campaign {
	r.Helper()
	doc, err := workflow.Parse([]byte(fmt.Sprintf(`{"postroom":1,"campaign":{"name":%q,%s,"actions":[{"key":"pause","type":"delay","duration":"90d"}]}}`, name, fields)))
	r.must(err)
	c, err := r.ImportCampaign(r.ctx, r.ws, doc, r.by)
	r.must(err)
	c, err = r.StartCampaign(r.ctx, r.ws, c.ID, false, r.by)
	r.must(err)
	return c
}

// is sets attributes of a person, and does lets them do something.
func (r *campaignRoom) is(id string, attributes Attributes) PersonID {
	r.Helper()
	out, err := r.Identify(r.ctx, r.ws, Identify{Ref: identity.Ref{Kind: identity.ID, Value: id}, Attributes: attributes})
	r.must(err)
	return out.Person
}

func (r *campaignRoom) does(id, event, data string) {
	r.Helper()
	r.must(r.Track(r.ctx, r.ws, Event{Ref: identity.Ref{Kind: identity.ID, Value: id}, Type: EventActivity, Name: event, Data: json.RawMessage(data)}))
}

// segment is a built segment of whose plan is pro.
func (r *campaignRoom) pros() Segment {
	r.Helper()
	plan, err := condition.Parse([]byte(`{"attribute":{"field":"plan","operator":"eq","value":"pro"}}`))
	r.must(err)
	g, err := r.CreateSegment(r.ctx, r.ws, NewSegment{Name: "Pros", Condition: *plan}, r.by)
	r.must(err)
	r.must(r.BuildSegments(r.ctx, r.ws, 1000))
	return g
}

// counts is the campaign's counters of these names.
func (r *campaignRoom) counts(id CampaignID, metrics ...string) (all []int) {
	for _, m := range metrics {
		all = append(all, r.count(id, "", m))
	}
	return all
}

const proOnly = `"filter":{"attribute":{"field":"plan","operator":"eq","value":"pro"}}`

// What is asked of an event's data is not answered by what the person is.
func TestEventFilterAsksTheEvent(t *testing.T) {
	r := newCampaignRoom(t)
	c := r.campaignWith("Welcome", `"frequency":"every","trigger":{"type":"event","event":"bought","filter":{"attribute":{"field":"plan","operator":"eq","value":"pro"}}}`)
	r.is("ada", Attributes{"plan": "free"})
	r.is("bob", Attributes{"plan": "pro"})
	r.does("ada", "bought", `{"plan":"pro"}`)
	r.does("bob", "bought", `{"plan":"free"}`)
	r.does("bob", "bought", `{}`)
	if all := r.journeys(c.ID); len(all) != 1 || all[0].PersonID != r.is("ada", nil) {
		t.Errorf("journeys %+v", all)
	}
}

func TestFilterWaitsForEventsOnly(t *testing.T) {
	r := newCampaignRoom(t)
	g := r.pros()
	byEvent := r.campaignWith("Event", proOnly+`,"trigger":{"type":"event","event":"bought"}`)
	bySegment := r.campaignWith("Segment", `"filter":{"attribute":{"field":"vip","operator":"exists"}},"trigger":{"type":"segment","segment":{"name":"Pros"}}`)
	r.does("ada", "bought", `{}`)
	j := r.journeys(byEvent.ID)
	if len(j) != 1 || !j[0].ActivatedAt.IsZero() || !j[0].Watching || !j[0].DueAt.Equal(r.at.Add(AdmitWithin)) || j[0].State != JourneyActive {
		t.Fatalf("who does not match yet: %+v", j)
	}
	r.does("ada", "bought", `{}`) // she waits already
	if got := r.counts(byEvent.ID, "started", "activated", "entered", "active", "never_activated"); !slices.Equal(got, []int{1, 0, 0, 1, 0}) {
		t.Errorf("counters %v", got)
	}
	r.is("bob", Attributes{"plan": "pro"})
	r.is("eve", Attributes{"plan": "pro", "vip": true})
	r.does("eve", "bought", `{}`)
	all := r.journeys(bySegment.ID)
	if len(all) != 2 || all[0].State != JourneyExited || all[0].Reason != NotAdmitted || !all[0].DueAt.IsZero() || all[1].ActivatedAt.IsZero() {
		t.Errorf("journeys of segment %d: %+v", g.ID, all)
	}
	if got := r.counts(bySegment.ID, "started", "activated", "entered", "active", "never_activated", "exited", "exited_early"); !slices.Equal(got, []int{2, 1, 1, 1, 1, 1, 0}) {
		t.Errorf("counters %v", got)
	}
	if got := r.counts(byEvent.ID, "started", "activated", "entered", "active"); !slices.Equal(got, []int{2, 1, 1, 2}) {
		t.Errorf("counters of events %v", got)
	}
	// Who was refused was not in: they may enter when it is their turn again.
	r.is("bob", Attributes{"plan": "free", "vip": true})
	r.is("bob", Attributes{"plan": "pro"})
	if n := r.count(bySegment.ID, "", "entered"); n != 2 {
		t.Errorf("%d entered", n)
	}
}

// Whatever happens in which order, nobody enters more often than the
// frequency allows.
func TestNobodyEntersMoreOftenThanAllowed(t *testing.T) {
	checks := flag.Lookup("rapid.checks").Value
	defer checks.Set(checks.String())
	checks.Set("30") // each opens a database
	rapid.Check(t, func(rt *rapid.T) {
		r := newCampaignRoom(t)
		r.pros()
		pause := map[string]time.Duration{`"once"`: 1000 * 24 * time.Hour, `{"every":"7d"}`: 7 * 24 * time.Hour, `{"interval":"3d"}`: 3 * 24 * time.Hour}
		frequency := rapid.SampledFrom([]string{`"once"`, `{"every":"7d"}`, `{"interval":"3d"}`}).Draw(rt, "frequency")
		c := r.campaignWith("Welcome", `"frequency":`+frequency+`,"trigger":{"type":"segment","segment":{"name":"Pros"}},"filter":{"attribute":{"field":"blocked","operator":"not_exists"}}`)
		seen := map[JourneyID]bool{}
		look := func(what string) {
			all := r.journeys(c.ID)
			for _, j := range all {
				if seen[j.ID] || j.ActivatedAt.IsZero() {
					continue
				}
				seen[j.ID] = true
				for _, before := range all {
					if before.ID != j.ID && before.PersonID == j.PersonID && !before.ActivatedAt.IsZero() && j.EnteredAt.Sub(before.EnteredAt) < pause[frequency] && j.EnteredAt.Sub(before.EnteredAt) >= 0 {
						rt.Fatalf("%s: person %d enters at %s, and did at %s", what, j.PersonID, j.EnteredAt, before.EnteredAt)
					}
				}
			}
		}
		ids := []string{"ada", "bob", "eve"}
		for range rapid.IntRange(5, 25).Draw(rt, "steps") {
			who := rapid.SampledFrom(ids).Draw(rt, "who")
			what := rapid.SampledFrom([]string{"join", "leave", "block", "wait", "turn", "merge", "restart", "end"}).Draw(rt, "what")
			switch what {
			case "join":
				r.is(who, Attributes{"plan": "pro", "blocked": nil})
			case "leave":
				r.is(who, Attributes{"plan": "free"})
			case "block":
				r.is(who, Attributes{"blocked": true})
			case "wait":
				r.at = r.at.Add(time.Duration(rapid.IntRange(1, 100).Draw(rt, "hours")) * time.Hour)
			case "turn":
				r.must(r.Reenter(r.ctx, r.ws, 10))
			case "merge":
				other := rapid.SampledFrom(ids).Draw(rt, "other")
				ref := func(id string) identity.Ref { return identity.Ref{Kind: identity.ID, Value: id} }
				if err := r.Merge(r.ctx, r.ws, ref(who), ref(other), r.by); err != nil && !strings.Contains(err.Error(), "same person") && err != ErrNotFound {
					r.must(err)
				}
			case "restart":
				_, err := r.StopCampaign(r.ctx, r.ws, c.ID, false, r.by)
				r.must(err)
				_, err = r.StartCampaign(r.ctx, r.ws, c.ID, true, r.by)
				r.must(err)
				r.must(r.EnterMembers(r.ctx, r.ws, c.ID, 100))
			case "end":
				for _, j := range r.journeys(c.ID) {
					if j.State == JourneyActive {
						r.must(r.MoveJourneys(r.ctx, r.ws, []Move{{Journey: j, Ended: JourneyFinished, Activated: true}}))
						break
					}
				}
			}
			look(what)
		}
		problems, err := r.CheckIntegrity(r.ctx)
		r.must(err)
		if len(problems) > 0 {
			rt.Fatal(problems)
		}
	})
}

func TestEnterAgainAtAnInterval(t *testing.T) {
	r := newCampaignRoom(t)
	r.pros()
	c := r.campaignWith("Weekly", `"frequency":{"interval":"7d"},"trigger":{"type":"segment","segment":{"name":"Pros"}}`)
	r.is("ada", Attributes{"plan": "pro"})
	r.is("bob", Attributes{"plan": "pro"})
	turn := func(after time.Duration, want ...int) {
		t.Helper()
		r.at = r.at.Add(after)
		r.must(r.Reenter(r.ctx, r.ws, 100))
		entries := map[PersonID]int{}
		for _, j := range r.journeys(c.ID) {
			entries[j.PersonID]++
		}
		if got := []int{entries[r.is("ada", nil)], entries[r.is("bob", nil)]}; !slices.Equal(got, want) {
			t.Errorf("entered %v times, want %v", got, want)
		}
	}
	day := 24 * time.Hour
	turn(6*day, 1, 1)
	r.is("bob", Attributes{"plan": "free"})
	turn(day, 2, 1)
	turn(7*day, 3, 1)
	r.is("bob", Attributes{"plan": "pro"}) // back, and the interval is over
	turn(0, 3, 2)
	r.is("ada", Attributes{"plan": "free"})
	r.is("ada", Attributes{"plan": "pro"}) // back within the interval
	turn(0, 3, 2)
	turn(7*day, 4, 3)
	due, _, err := r.Turns(r.ctx, Reentries, 10)
	r.must(err)
	if len(due) != 0 {
		t.Error("there is a turn with nothing to do")
	}
	_, err = r.StopCampaign(r.ctx, r.ws, c.ID, true, r.by)
	r.must(err)
	turn(8*day, 4, 3)
}

func TestTriggerQueriesUseIndexes(t *testing.T) {
	r := newCampaignRoom(t)
	for query, args := range map[string]int{
		reentriesDue:                       3,
		turnQueries[Reentries]:             1,
		messagesBefore[workflow.SinceSent]: 4,
		turnQueries[Campaigns]:             1,
		`select coalesce(max(entered_at), 0) from journeys where workspace_id = ? and person_id = ? and campaign_id = ? and (activated_at is not null or state = 'active')`: 3,
		`select 1 from journeys j where workspace_id = ? and person_id = ? and campaign_id = ? and state = 'active' and entered_at <= ?`:                                    4,
	} {
		r.searches(query, args)
	}
}

// searches fails for a query that looks at more than it needs.
func (r *campaignRoom) searches(query string, args int) {
	r.Helper()
	rows, err := r.read.Query(`explain query plan `+query, make([]any, args)...)
	plan, err := collect(rows, err, func(scan func(...any) error) (detail string, err error) {
		var skip any
		err = scan(&skip, &skip, &skip, &detail)
		return detail, err
	})
	r.must(err)
	for _, step := range plan {
		if strings.HasPrefix(step, "SCAN") || strings.Contains(step, "TEMP B-TREE") {
			r.Errorf("%s in %s", step, query)
		}
	}
}

func TestProblemsOfFilterAndGoal(t *testing.T) {
	r := newCampaignRoom(t)
	doc, err := workflow.Parse([]byte(`{"postroom":1,"campaign":{"name":"Welcome","trigger":` + signedUp + `,"filter":{"segment":{"name":"Here"}},"goal":{"segment":{"name":"There"}},"actions":[{"key":"x","type":"exit"}]}}`))
	r.must(err)
	c, err := r.ImportCampaign(r.ctx, r.ws, doc, r.by)
	r.must(err)
	_, err = r.StartCampaign(r.ctx, r.ws, c.ID, false, r.by)
	for _, want := range []string{"filter: There is no segment “Here”", "goal.segment: There is no segment “There”"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
}
