package web

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/views"
)

// triggerOf is what the form for a trigger sends, with more fields.
func triggerOf(kind string, more url.Values) url.Values {
	form := url.Values{"trigger": {kind}, "frequency": {"once"}, "goal_kind": {"none"}, "exit": {"never"}, "subscription": {"default"}}
	for name, values := range more {
		form[name] = values
	}
	return form
}

func TestEveryTriggerHasAForm(t *testing.T) {
	s := newSite(t)
	ctx := context.Background()
	plan, err := condition.Parse([]byte(`{"attribute":{"field":"plan","operator":"eq","value":"pro"}}`))
	s.must(err)
	g, err := s.store.CreateSegment(ctx, s.acme.ID, store.NewSegment{Name: "Pros", Condition: *plan}, store.CommandLine)
	s.must(err)
	for name, test := range map[string]struct {
		form  url.Values
		words string
		shown []string
	}{
		"date": {triggerOf("date", url.Values{"attribute": {"trial.ends"}, "shift": {"before"}, "days": {"3"}, "days-unit": {"d"}, "at": {"10:30"}, "zone": {"Europe/Berlin"}, "person_zone": {"1"}, "repeat": {"yearly"}}),
			"3 days before trial.ends at 10:30, every year", []string{`value="trial.ends"`, `value="10:30"`, `value="Europe/Berlin"`, `value="3"`}},
		"form":    {triggerOf("form", url.Values{"form": {"contact"}}), "Submits the form “contact”", []string{`value="contact"`}},
		"webhook": {triggerOf("webhook", url.Values{"person_by": {"email"}, "person_value": {"{{trigger.email}}"}, "person_create": {"1"}}), "The campaign’s webhook is called", []string{"{{trigger.email}}", "/hooks/", "Renew the address?"}},
		"segment": {triggerOf("segment", url.Values{"segment": {idText(g.ID)}, "when": {"leave"}}), "Leaves the segment", []string{"Pros"}},
	} {
		c := s.campaignOf(name, oneDelay)
		path := views.TriggerPath(s.acme, c.ID)
		s.alice.send(s.acme, path, test.form).want(303)
		if words := s.now(c.ID).Draft.Trigger.Words(); !strings.Contains(words, test.words) {
			t.Errorf("%s: %q", name, words)
		}
		page := s.alice.get(path).want(200, test.shown...)
		if strings.Contains(page.Body.String(), "There is a problem") {
			t.Errorf("%s has a problem", name)
		}
	}
}

func TestTriggerFormKeepsTheRest(t *testing.T) {
	s := newSite(t)
	c := s.campaignOf("Welcome", oneDelay)
	path := views.TriggerPath(s.acme, c.ID)
	s.alice.send(s.acme, path, triggerOf("event", url.Values{
		"event": {"bought"}, "who.join": {"and"}, "who.kind": {"attribute"}, "who.field": {"plan"}, "who.operator": {"eq"}, "who.value": {"pro"},
		"field": {"", ""}, "operator": {"eq", "eq"}, "value": {"", ""}, "within": {"", ""}, "unit": {"", ""}, // the empty rows of its conditions
		"goal_kind": {"event"}, "goal": {"paid"}, "goal_within": {"3"}, "goal_within-unit": {"d"}, "since": {"clicked"}, "exit": {"goal_or_filter"},
		"subscription": {"topic"}, "topic": {"News"},
	})).want(303)
	draft := s.now(c.ID).Draft
	if draft.Filter == nil || draft.Filter.Words() != "plan is “pro”" && !strings.Contains(draft.Filter.Words(), "plan") {
		t.Errorf("filter %+v", draft.Filter)
	}
	if draft.Goal.Event != "paid" || draft.Goal.Since != "clicked" || draft.Exit != "goal_or_filter" || draft.Subscription != "topic:News" {
		t.Errorf("draft %+v", draft)
	}
	s.alice.get(path).want(200, `value="paid"`, `value="News"`, `value="clicked" selected`)
	s.alice.get(views.CampaignPath(s.acme, c.ID)).want(200, "within 3 days of clicking in a message", "When the goal is met, or they no longer match", "Who is subscribed to “News”")
}

func TestTriggerFormSaysWhatToDo(t *testing.T) {
	s := newSite(t)
	c := s.campaignOf("Welcome", oneDelay)
	path := views.TriggerPath(s.acme, c.ID)
	for want, form := range map[string]url.Values{
		"Name the attribute":          triggerOf("date", url.Values{"at": {"09:00"}, "zone": {"UTC"}}),
		"Write a time of day":         triggerOf("date", url.Values{"attribute": {"x"}, "at": {"25:00"}, "zone": {"UTC"}}),
		"Choose a time zone":          triggerOf("date", url.Values{"attribute": {"x"}, "at": {"09:00"}, "zone": {"+02:00"}}),
		"Choose days or weeks":        triggerOf("date", url.Values{"attribute": {"x"}, "at": {"09:00"}, "zone": {"UTC"}, "shift": {"after"}, "days": {"3"}, "days-unit": {"h"}}),
		"Name the form":               triggerOf("form", nil),
		"Say where the call names":    triggerOf("webhook", url.Values{"person_by": {"email"}}),
		"Choose the segment that is ": triggerOf("event", url.Values{"event": {"x"}, "goal_kind": {"segment"}}),
		"90 days at most":             triggerOf("event", url.Values{"event": {"x"}, "goal_kind": {"event"}, "goal": {"y"}, "goal_within": {"91"}, "goal_within-unit": {"d"}}),
		"Only who is in a segment":    triggerOf("event", url.Values{"event": {"x"}, "frequency": {"again"}, "again": {"3"}, "again-unit": {"d"}}),
		"Name the topic":              triggerOf("event", url.Values{"event": {"x"}, "subscription": {"topic"}}),
		"needs a number":              triggerOf("event", url.Values{"event": {"x"}, "who.field": {"n"}, "who.operator": {"gte"}, "who.value": {"much"}}),
	} {
		s.alice.send(s.acme, path, form).want(422, want, "There is a problem")
	}
	if s.now(c.ID).Revision != 0 {
		t.Error("something was saved")
	}
	to := s.alice.send(s.acme, "/w/acme/campaigns/new", url.Values{"name": {"Birthday"}, "trigger": {"date"}}).want(303).location()
	s.alice.get(to).want(200, "Attribute with the date", `value="09:00"`)
}

func TestHooks(t *testing.T) {
	s := newSite(t)
	c := s.campaignOf("Hook", oneDelay)
	path := views.CampaignPath(s.acme, c.ID)
	s.alice.send(s.acme, path+"/trigger", triggerOf("webhook", url.Values{
		"frequency": {"every"}, "person_by": {"email"}, "person_value": {"{{trigger.who.email}}"}, "field": {"kind"}, "operator": {"eq"}, "value": {"sale"},
	})).want(303)
	address := "/hooks/" + s.now(c.ID).Hook
	s.call("POST", address, "", `{}`).want(404)
	s.alice.send(s.acme, path+"/publish", nil).want(303)
	ada := s.addPerson(s.acme, "", "ada@x.test", "{}")
	for body, want := range map[string]struct {
		status int
		words  string
	}{
		`{"kind":"sale","who":{"email":"ADA@x.test"}}`:   {200, `"entered": true`},
		`{"kind":"return","who":{"email":"ada@x.test"}}`: {200, `"entered": false`},
		`{"kind":"sale"}`: {422, "is not set"},
		`{"kind":"sale","who":{"email":"bob@x.test"}}`: {422, "nobody has the email"},
		`{"kind":`: {400, "not valid JSON"},
		`["sale"]`: {422, "is not set"},
		`"sale" x`: {400, "something behind"},
		`{"kind":"` + strings.Repeat("x", 100<<10) + `"}`: {413, "large"},
	} {
		a := s.call("POST", address, "", body)
		a.want(want.status, want.words)
		if kind := a.Header().Get("Content-Type"); !strings.HasPrefix(kind, "application/json") {
			t.Errorf("%.40s is answered as %s", body, kind)
		}
	}
	s.call("GET", address, "", "").want(405)
	s.call("POST", "/hooks/nothing", "", `{}`).want(404)
	journeys, err := s.store.JourneysOf(context.Background(), s.acme.ID, ada.ID, 10)
	s.must(err)
	if len(journeys) != 1 || !strings.Contains(string(journeys[0].Event.Data), `"kind":"sale"`) {
		t.Errorf("journeys %+v", journeys)
	}

	s.alice.send(s.acme, path+"/hook", nil).want(303)
	s.call("POST", address, "", `{"kind":"sale","who":{"email":"ada@x.test"}}`).want(404)
	address = "/hooks/" + s.now(c.ID).Hook
	s.alice.send(s.acme, path+"/trigger", triggerOf("webhook", url.Values{
		"frequency": {"every"}, "person_by": {"email"}, "person_value": {"{{trigger.email}}"}, "person_create": {"1"},
	})).want(303)
	s.alice.send(s.acme, path+"/publish", nil).want(303)
	s.call("POST", address, "", `{"email":"new@x.test"}`).want(200, `"entered": true`)
	s.call("POST", address, "", `{"email":"not an email"}`).want(400, "not a valid email")
	s.call("POST", address, "", `{"email":""}`).want(422, "is empty")
	s.alice.send(s.acme, path+"/stop", nil).want(303)
	s.call("POST", address, "", `{"email":"new@x.test"}`).want(404)
}

func TestHooksHaveARate(t *testing.T) {
	var rates hookRates
	now := time.Unix(1e9, 0)
	taken := 0
	for range 1000 {
		if rates.allow("a", now) {
			taken++
		}
	}
	if taken != hookBurst || !rates.allow("b", now) {
		t.Errorf("%d calls at once", taken)
	}
	if rates.allow("a", now.Add(time.Millisecond)) || !rates.allow("a", now.Add(time.Second)) {
		t.Error("the rate is another one")
	}
	for i := range 3 * maxHooks {
		rates.allow(fmt.Sprint(i), now)
	}
	if len(rates.all) > maxHooks {
		t.Errorf("%d addresses are remembered", len(rates.all))
	}
}

func TestSchedulePage(t *testing.T) {
	s := newSite(t)
	c := s.campaignOf("Welcome", oneDelay)
	path := views.CampaignPath(s.acme, c.ID)
	s.alice.get(path).want(200, "Schedule…")
	s.alice.get(path+"/schedule").want(200, `name="start"`, `value="UTC"`)
	year := time.Now().Year() + 1
	start, stop := fmt.Sprintf("%d-07-01T09:00", year), fmt.Sprintf("%d-12-01T09:00", year)
	for want, form := range map[string]url.Values{
		"Choose a time zone":      {"zone": {"Mars"}, "start": {start}},
		"Write a date and a time": {"zone": {"UTC"}, "start": {"soon"}},
		"Say when it starts":      {"zone": {"UTC"}},
		"This time is over":       {"zone": {"UTC"}, "start": {"2020-01-01T09:00"}},
		"after the start":         {"zone": {"UTC"}, "start": {stop}, "stop": {start}},
		`value="` + start + `"`:   {"zone": {"Mars"}, "start": {start}},
		`value="now" checked`:     {"zone": {"Mars"}, "start": {start}, "exit": {"now"}},
		"There is a problem":      {"zone": {"UTC"}, "stop": {stop}},
	} {
		s.alice.send(s.acme, path+"/schedule", form).want(422, want)
	}
	s.alice.send(s.acme, path+"/schedule", url.Values{"zone": {"Europe/Berlin"}, "start": {start}, "stop": {stop}, "exit": {"now"}}).want(303)
	if got := s.now(c.ID).Schedule; got.StartAt.Hour() != 7 || got.StopAt.Hour() != 8 || !got.ExitNow || got.Zone != "Europe/Berlin" {
		t.Errorf("schedule %+v", got)
	}
	s.alice.get(path).want(200, fmt.Sprintf("Starts 1 Jul %d, 09:00 CEST", year), "whoever is inside then is taken out", "Start now…", "Cancel schedule")
	s.alice.get("/w/acme/campaigns").want(200, fmt.Sprintf("Starts 1 Jul %d, 09:00 CEST", year), "Does “signed_up”")
	s.alice.get(path+"/schedule").want(200, `value="`+start+`"`, `value="`+stop+`"`, `value="Europe/Berlin"`)
	s.alice.send(s.acme, path+"/unschedule", nil).want(303)
	s.alice.send(s.acme, path+"/unschedule", nil).want(422, "Nothing is planned")
	if s.now(c.ID).Schedule.Planned() {
		t.Error("it is planned still")
	}
	unready := s.campaignOf("Unready", `[]`)
	s.alice.send(s.acme, views.SchedulePath(s.acme, unready.ID), url.Values{"zone": {"UTC"}, "start": {start}}).want(422, "Add at least one action.")
}
