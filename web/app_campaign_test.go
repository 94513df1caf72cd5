package web

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

const welcome = `{"postroom":1,"campaign":{"name":"Welcome","trigger":{"type":"event","event":"signed_up"},"actions":[
	{"key":"hello","type":"email","sending":"automatic","from":"a@x.test","to":"{{customer.email}}","subject":"Hello {{customer.id}}","body":"<p>Welcome</p>",
		"languages":[{"language":"nl","subject":"Hallo","body":"<p>Welkom</p>"}]},
	{"key":"wait","type":"delay","duration":"1h"},
	{"key":"hook","type":"webhook","sending":"draft","method":"POST","url":"https://x.test/","headers":[{"name":"Authorization","value":"Bearer secret"}]}]}}`

// welcomed is Acme's campaign, through which two people went as far as its
// delay, and a program of Acme's.
func (s *site) welcomed() (store.Campaign, *program) {
	s.Helper()
	doc, err := workflow.Parse([]byte(welcome))
	s.must(err)
	c, err := s.store.ImportCampaign(context.Background(), s.acme.ID, doc, store.CommandLine)
	s.must(err)
	c, err = s.store.StartCampaign(context.Background(), s.acme.ID, c.ID, false, store.CommandLine)
	s.must(err)
	p := s.program(s.acme)
	for i := range 2 {
		s.addPerson(s.acme, fmt.Sprintf("u%d", i), fmt.Sprintf("p%d@x.test", i), `{}`)
		p.send(fmt.Sprintf("customers/u%d/events", i), `{"name":"signed_up"}`).want(200)
	}
	s.walk()
	return c, p
}

func TestProgramsReadCampaigns(t *testing.T) {
	s := newSite(t)
	c, p := s.welcomed()
	app := p.app
	of := fmt.Sprintf("/v1/campaigns/%d", c.ID)
	get := func(path string) answer { return s.call("GET", path, app, "") }

	get("/v1/campaigns").want(200, `"name": "Welcome"`, `"event_name": "signed_up"`, `"active": true`)
	get(of).want(200, `"type": "event"`, `"key": "hello"`, `"type": "delay"`)
	get(of+"/actions").want(200, `"subject": "Hello {{customer.id}}"`, `"sending_state": "draft"`).without("secret")
	get(of+"/actions/hello").want(200, `"recipient": "{{customer.email}}"`)
	get(of+"/actions/hello/language/nl").want(200, `"subject": "Hallo"`)
	get(of + "/actions/hello/language/fr").want(404)
	get(of + "/actions/nothing").want(404)
	get("/v1/campaigns/999").want(404)

	stranger := s.program(s.other).app
	for _, path := range []string{of, of + "/actions", of + "/metrics", of + "/journey_metrics", of + "/messages"} {
		s.call("GET", path, stranger, "").want(404)
	}
}

func TestProgramsChangeMessages(t *testing.T) {
	s := newSite(t)
	c, p := s.welcomed()
	of := fmt.Sprintf("/v1/campaigns/%d/actions", c.ID)
	put := func(path, body string) answer { return s.call("PUT", of+path, p.app, body) }
	live := func(want string) {
		t.Helper()
		s.call("GET", of, p.app, "").want(200, want)
	}

	put("/hello", `{"subject":"Good morning","sending_state":"draft"}`).want(200, `"published": true`, `"subject": "Good morning"`)
	live(`"subject": "Good morning"`)
	put("/hello/language/nl", `{"subject":"Goedemorgen"}`).want(200, `"published": true`)
	s.call("GET", of+"/hello/language/nl", p.app, "").want(200, "Goedemorgen", "Welkom")

	for _, wrong := range []struct{ path, body, says string }{
		{"/hello", `{"subject":"{{ open"}`, "subject"},
		{"/hello", `{"sending_state":"loudly"}`, "/sending_state"},
		{"/hello", `{"subject":7}`, "must be a text"},
		{"/hello", `{"bcc":"x"}`, "bcc cannot be changed here"},
		{"/wait", `{"name":"x"}`, "only messages"},
	} {
		put(wrong.path, wrong.body).want(422, wrong.says)
	}
	put("/nothing", `{}`).want(404)
	put("/hello/language/fr", `{}`).want(404)
	s.call("PUT", of+"/hello", s.program(s.other).app, `{}`).want(404)
	live(`"subject": "Good morning"`)

	_, err := s.store.EditDraft(t.Context(), s.acme.ID, c.ID, store.AnyRevision, "Wait longer", func(draft workflow.Campaign) (workflow.Campaign, error) {
		draft.Actions[1].Delay.Duration = "2h"
		return draft, nil
	}, store.CommandLine)
	s.must(err)
	put("/hello", `{"subject":"Good evening"}`).want(200, `"published": false`, "Good evening")
	live(`"subject": "Good morning"`)
}

func TestProgramsReadMessages(t *testing.T) {
	s := newSite(t)
	c, p := s.welcomed()
	app := p.app
	type list struct {
		Messages []appMessage
		Next     string
	}
	get := func(path string) (l list) {
		s.must(json.Unmarshal(s.call("GET", path, app, "").want(200).Body.Bytes(), &l))
		return l
	}
	all := get(fmt.Sprintf("/v1/campaigns/%d/messages?limit=1", c.ID))
	if len(all.Messages) != 1 || all.Next == "" || all.Messages[0].Subject != "Hello u1" || all.Messages[0].Metrics["sent"] == 0 {
		t.Fatalf("the first page is %+v", all)
	}
	rest := get(fmt.Sprintf("/v1/messages?campaign_id=%d&metric=sent&action_id=hello&start=%s", c.ID, all.Next))
	if len(rest.Messages) != 1 || rest.Next != "" || rest.Messages[0].Subject != "Hello u0" {
		t.Errorf("the rest is %+v", rest)
	}
	for _, none := range []string{"type=push", "metric=opened", "metric=failed", "drafts=true", "action_id=hook"} {
		if got := get("/v1/messages?" + none); len(got.Messages) != 0 {
			t.Errorf("%s: %+v", none, got)
		}
	}
	s.call("GET", "/v1/messages?metric=loved", app, "").want(400, "metric must be")

	one := "/v1/messages/" + all.Messages[0].ID
	s.call("GET", one, app, "").want(200, `"recipient": "p1@x.test"`)
	s.call("GET", one+"/archived_message", app, "").want(200, `Welcome`, `"subject": "Hello u1"`)
	for _, path := range []string{one, one + "/archived_message"} {
		s.call("GET", path, s.program(s.other).app, "").want(404)
	}
	s.call("GET", "/v1/messages/1", app, "").want(404)
}

func TestProgramsReadSeries(t *testing.T) {
	s := newSite(t)
	c, p := s.welcomed()
	app := p.app
	of := fmt.Sprintf("/v1/campaigns/%d", c.ID)
	series := func(path, root string) map[string][]int {
		var answer map[string]struct{ Series map[string][]int }
		s.must(json.Unmarshal(s.call("GET", path, app, "").want(200).Body.Bytes(), &answer))
		return answer[root].Series
	}
	day := time.Now().Add(-time.Hour).Unix() // midnight may have passed since
	for _, path := range []string{"/metrics?period=days&steps=3", "/actions/hello/metrics?period=hours", fmt.Sprintf("/metrics?res=daily&start=%d&tz=Asia/Tokyo", day)} {
		got := series(of+path, "metric")
		if fmt.Sprint(sum(got["created"]), sum(got["sent"]), sum(got["opened"]), sum(got["failed"])) != "2 2 0 0" {
			t.Errorf("%s: %v", path, got)
		}
	}
	if got := series(of+"/metrics?period=days&steps=3", "metric"); len(got["sent"]) != 3 || len(got["bounced"]) != 3 {
		t.Errorf("three days are %v", got)
	}
	if got := series(of+"/metrics?period=days&steps=999", "metric"); len(got["sent"]) != 45 {
		t.Errorf("as many days as there may be are %d", len(got["sent"]))
	}
	got := series(fmt.Sprintf("%s/journey_metrics?start=%d&end=%d&resolution=days", of, day, day+3600), "journey_metric")
	if fmt.Sprint(sum(got["started"]), sum(got["activated"]), sum(got["messaged"]), sum(got["finished"]), sum(got["converted"])) != "2 2 2 0 0" {
		t.Errorf("journeys are %v", got)
	}
	for _, wrong := range []string{"period=eons", "steps=0", "steps=x", "start=x", "start=5&end=4", "tz=Mars"} {
		s.call("GET", of+"/metrics?"+wrong, app, "").want(400)
	}
}

func sum(all []int) (n int) {
	for _, one := range all {
		n += one
	}
	return n
}
