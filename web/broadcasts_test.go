package web

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// newsletterOf is a newsletter with a message, as the pages make it.
func (s *site) newsletterOf(name string) store.Campaign {
	s.Helper()
	to := s.alice.send(s.acme, views.NewBroadcastPath(s.acme), url.Values{"name": {name}, "kind": {"newsletter"}}).want(303).location()
	var id store.CampaignID
	_, err := fmt.Sscanf(to, "/w/acme/campaigns/%d/audience", &id)
	s.must(err)
	_, err = s.store.EditDraft(s.T.Context(), s.acme.ID, id, store.AnyRevision, "Write", func(d workflow.Campaign) (workflow.Campaign, error) {
		a, err := workflow.NewAction(d, workflow.TypeEmail)
		a.Email.Sending, a.Email.From, a.Email.Subject, a.Email.Body = workflow.Automatic, "a@x.test", "News", "<p>{% unsubscribe %}</p>"
		d.Actions = append(d.Actions, a)
		return d, err
	}, store.CommandLine)
	s.must(err)
	return s.now(id)
}

// A newsletter goes to whom it is for, once, and its numbers add up.
func TestNewsletterGoesOutOnce(t *testing.T) {
	s := newSite(t)
	s.alice.get(views.BroadcastsPath(s.acme)).want(200, "No broadcasts yet")
	for i, email := range []string{"p0@x.test", "p1@x.test", ""} {
		s.addPerson(s.acme, fmt.Sprintf("u%d", i), email, `{"plan":"pro"}`)
	}
	s.addPerson(s.acme, "other", "other@x.test", `{"plan":"free"}`)
	p, err := s.store.PeopleByEmail(t.Context(), s.acme, "p1@x.test")
	s.must(err)
	s.alice.send(s.acme, views.UnsubscribePersonPath(s.acme, p[0].ID), url.Values{}).want(303)

	c := s.newsletterOf("June")
	audience := views.AudiencePath(s.acme, c.ID)
	s.alice.get(views.PublishPath(s.acme, c.ID)).want(200, "Choose who gets this newsletter.", audience+"#")
	s.alice.send(s.acme, views.PublishPath(s.acme, c.ID), nil).want(422, "Choose who gets this newsletter.")
	pros := url.Values{"field": {"plan"}, "operator": {"eq"}, "value": {"pro"}}
	pros.Set("do", "count")
	s.edit(c.ID, audience, pros).want(200, "Of these unsubscribed", "Without an email address", "p0@x.test")
	pros.Set("do", "")
	pros.Set("per_hour", "many")
	s.edit(c.ID, audience, pros).want(422, "Write a whole number", `value="many"`, `value="pro"`)
	pros.Set("per_hour", "")
	s.edit(c.ID, audience, url.Values{"field": {"plan"}, "operator": {"eq"}, "value": {"pro"}, "within": {""}, "goal_kind": {"event"}}).want(422, "Name the event that is the goal")
	s.edit(c.ID, audience, url.Values{"field": {"plan"}, "operator": {"eq"}, "value": {"pro"}, "within": {""}, "goal_kind": {"event"}, "goal": {"paid"}, "goal_within": {"5"}, "goal_within-unit": {"d"}}).want(303)
	if g := s.now(c.ID).Draft.Goal; g == nil || g.Event != "paid" || g.Within != "5d" {
		t.Errorf("goal %+v", g)
	}
	s.alice.get(audience).want(200, `value="paid"`, `name="goal_within" value="5"`)
	s.edit(c.ID, audience, pros).want(303)
	s.alice.get(views.PublishPath(s.acme, c.ID)).want(200, "Send to 3 people", "plan is")
	s.alice.send(s.acme, views.PublishPath(s.acme, c.ID), nil).want(303)
	s.walk()
	n := s.countsOf(c.ID)[""]
	if n["sent"] != 1 || n["undeliverable"] != 1 || n["failed"] != 1 || n["candidates"] != 3 || n["queued"] != 0 {
		t.Errorf("counts %v", n)
	}
	if got := fmt.Sprint(s.subjects()); got != "map[p0@x.test:News;]" {
		t.Errorf("sent %s", got)
	}
	if state := s.now(c.ID).State; state != store.CampaignStopped {
		t.Errorf("it is %s when everybody has got it", state)
	}
	s.alice.send(s.acme, views.PublishPath(s.acme, c.ID), nil).want(422, "This newsletter went out. Duplicate it")
	s.alice.get(views.RunsPath(s.acme, c.ID)).want(200, "Done")
	s.alice.get(views.BroadcastsPath(s.acme)).want(200, "June", "Newsletter for who")
	if list := s.alice.get(views.CampaignsPath(s.acme)).want(200); strings.Contains(list.Body.String(), "June") {
		t.Error("a newsletter is among the campaigns")
	}
	s.alice.send(s.acme, views.CampaignAct(s.acme, c.ID, "duplicate"), nil).want(303)
	s.alice.get(views.BroadcastsPath(s.acme)).want(200, "June 2")
}

// Above ten thousand people, their number is typed.
func TestNewsletterToManyAsksForTheNumber(t *testing.T) {
	s := newSite(t)
	s.crowd(views.AskAbove + 1)
	c := s.newsletterOf("Big")
	s.edit(c.ID, views.AudiencePath(s.acme, c.ID), url.Values{"field": {"email"}, "operator": {"exists"}, "value": {""}}).want(303)
	path := views.PublishPath(s.acme, c.ID)
	s.alice.get(path).want(200, "Type the number of people", "Send to 10,001 people")
	s.alice.send(s.acme, path, url.Values{"people": {"10000"}}).want(422, "Type the number of people, 10,001")
	s.alice.send(s.acme, path, url.Values{"people": {"10,001"}}).want(303)
	if state := s.now(c.ID).State; state != store.CampaignRunning {
		t.Errorf("it is %s", state)
	}
}

// A pace spreads people over time, in the order in which they are let in.
func TestNewsletterHasAPace(t *testing.T) {
	s := newSite(t)
	s.crowd(30)
	c := s.newsletterOf("Slow")
	s.edit(c.ID, views.AudiencePath(s.acme, c.ID), url.Values{"field": {"email"}, "operator": {"exists"}, "value": {""}, "per_hour": {"10"}}).want(303)
	s.alice.send(s.acme, views.PublishPath(s.acme, c.ID), nil).want(303)
	s.walk()
	all, err := s.store.Journeys(t.Context(), s.acme.ID, store.JourneyFilter{Campaign: c.ID, State: store.JourneyActive}, store.Page{Limit: 100})
	s.must(err)
	if n := s.countsOf(c.ID)[""]; len(all) != 29 || n["sent"] != 1 {
		t.Fatalf("%d wait for their turn, counts %v", len(all), n)
	}
	last, first := all[0].DueAt, all[len(all)-1].DueAt
	if span := last.Sub(first).Minutes(); span < 167 || span > 169 {
		t.Errorf("the turns are spread over %v minutes, want 28 times 6", span)
	}
}

// What starts a broadcast is not for the form of triggers to say.
func TestTriggerFormRefusesBroadcasts(t *testing.T) {
	s := newSite(t)
	c := s.broadcastOf("Sale", `,"people":{"attribute":{"field":"plan","operator":"eq","value":"free"}}`, saleMail)
	path := views.TriggerPath(s.acme, c.ID)
	s.alice.get(path).want(404)
	s.edit(c.ID, path, url.Values{"trigger": {"event"}, "event": {"signed_up"}, "exit": {"never"}}).want(404)
	if got := s.now(c.ID).Draft.Trigger; got.Type != workflow.OnCall || got.People == nil {
		t.Errorf("the trigger is %+v", got)
	}
}

func TestBroadcastIsRunByHand(t *testing.T) {
	s := newSite(t)
	s.addPerson(s.acme, "u1", "p1@x.test", `{"plan":"free"}`)
	c := s.broadcastOf("Sale", `,"people":{"attribute":{"field":"plan","operator":"eq","value":"free"}}`, saleMail)
	path := views.RunsPath(s.acme, c.ID)
	s.alice.get(path).want(200, "No runs yet", "Run it now")
	s.alice.send(s.acme, path, url.Values{"data": {"[1]"}}).want(422, "Write a JSON object")
	s.alice.send(s.acme, path, url.Values{"data": {`{"headline":"Hand"}`}}).want(303)
	s.alice.send(s.acme, path, url.Values{"data": {`{}`}}).want(422, "run a moment ago")
	s.walk()
	if got := fmt.Sprint(s.subjects()); got != "map[p1@x.test:Hand none;]" {
		t.Errorf("sent %s", got)
	}
	s.bob.get(path).want(200, "Run 1")
}

// crowd adds people to Acme, as a file does.
func (s *site) crowd(n int) {
	s.Helper()
	var wg sync.WaitGroup
	for worker := range 32 {
		wg.Go(func() {
			for i := worker; i < n; i += 32 {
				_, err := s.store.Identify(context.Background(), s.acme.ID, store.Identify{Ref: identity.Ref{Kind: identity.Email, Value: fmt.Sprintf("p%d@x.test", i)}})
				s.must(err)
			}
		})
	}
	wg.Wait()
}

// The overview of a newsletter says whom it is for and what came of each of
// its variants.
func TestNewsletterReportsItsVariants(t *testing.T) {
	s := newSite(t)
	for i := range 20 {
		s.addPerson(s.acme, fmt.Sprintf("u%d", i), fmt.Sprintf("p%d@x.test", i), `{"plan":"pro"}`)
	}
	c := s.newsletterOf("June")
	_, err := s.store.EditDraft(t.Context(), s.acme.ID, c.ID, store.AnyRevision, "Test", func(d workflow.Campaign) (workflow.Campaign, error) {
		d, test, err := workflow.Test(d, d.Actions[0].Key)
		s.must(err)
		for a := range workflow.All(d.Actions) {
			if a.Key == test {
				a.Branch.Paths[0].Percent, a.Branch.Paths[1].Percent = 50, 50
			}
		}
		d.Trigger.People = &condition.Condition{Attribute: &condition.Attribute{Field: "plan", Operator: condition.Eq, Value: []byte(`"pro"`)}}
		return d, nil
	}, store.CommandLine)
	s.must(err)
	page := views.CampaignPath(s.acme, c.ID)
	s.alice.get(page).want(200, "The newsletter", "Who plan is &#34;pro&#34;", "Not yet", "A · 50 %", "B · 50 %", "by Alice Adams").without("The API calls it", "Who may enter")
	s.alice.send(s.acme, views.PublishPath(s.acme, c.ID), nil).want(303)
	s.walk()
	counts, err := s.store.CampaignCounts(t.Context(), s.acme.ID, c.ID)
	s.must(err)
	var sums []int
	for a := range workflow.All(s.now(c.ID).Draft.Actions) {
		if a.IsMessage() {
			sums = append(sums, counts[a.Key]["sent"])
		}
	}
	if len(sums) != 2 || sums[0]+sums[1] != 20 || sums[0] == 0 || sums[1] == 0 {
		t.Fatalf("sent %v", sums)
	}
	s.alice.get(page).want(200, "begun", fmt.Sprintf(`<td class="num">%d</td>`, sums[0]), fmt.Sprintf(`<td class="num">%d</td>`, sums[1]), "0 (0.0%)")
}
