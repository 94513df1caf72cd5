package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

const saleMail = `[{"key":"mail","type":"email","sending":"automatic","from":"a@x.test","to":"{{customer.email}}","subject":"{{trigger.headline}} {{trigger.code | default: 'none'}}","body":"<p>x</p>"}]`

// broadcastOf is a broadcast of Acme that runs.
func (s *site) broadcastOf(name, people, actions string) store.Campaign {
	s.Helper()
	doc, err := workflow.Parse([]byte(fmt.Sprintf(`{"postroom":1,"campaign":{"name":%q,"trigger":{"type":"api"%s},"actions":%s}}`, name, people, actions)))
	s.must(err)
	c, err := s.store.ImportCampaign(context.Background(), s.acme.ID, doc, store.CommandLine)
	s.must(err)
	c, err = s.store.StartCampaign(context.Background(), s.acme.ID, c.ID, false, store.CommandLine)
	s.must(err)
	return c
}

// subjects is what lies in Acme's mailbox, by recipient.
func (s *site) subjects() map[string]string {
	s.Helper()
	all, err := s.store.Mails(context.Background(), s.acme.ID, "", store.Page{Limit: 100})
	s.must(err)
	found := map[string]string{}
	for _, m := range all {
		found[m.Recipient] += m.Subject + ";"
	}
	return found
}

func TestBroadcastIsTriggered(t *testing.T) {
	s := newSite(t)
	key := s.program(s.acme).app
	for i, plan := range []string{"pro", "free", "pro"} {
		s.addPerson(s.acme, fmt.Sprintf("u%d", i), fmt.Sprintf("p%d@x.test", i), fmt.Sprintf(`{"plan":%q}`, plan))
	}
	trigger := func(c store.Campaign, body string) answer {
		return s.call("POST", fmt.Sprintf("/v1/campaigns/%d/triggers", c.ID), key, body)
	}
	for name, test := range map[string]struct{ body, want string }{
		"recipients":    {`{"data":{"headline":"R"},"recipients":{"attribute":{"field":"plan","operator":"eq","value":"pro"}}}`, "map[p0@x.test:R none; p2@x.test:R none;]"},
		"ids":           {`{"data":{"headline":"I"},"ids":["u1","nobody",7],"recipients":{}}`, "map[p1@x.test:I none;]"},
		"emails":        {`{"data":{"headline":"E","code":"X"},"emails":["P1@x.test","p2@x.test"],"email_ignore_missing":true}`, "map[p1@x.test:E X; p2@x.test:E X;]"},
		"per_user_data": {`{"data":{"headline":"U","code":"all"},"per_user_data":[{"id":"u0","data":{"code":"own"}},{"email":"p1@x.test"},{"data":{}}]}`, "map[p0@x.test:U own; p1@x.test:U all;]"},
		"its own":       {`{"data":{"headline":"O"}}`, "map[p1@x.test:O none;]"},
		"nobody":        {`{"ids":["nobody"]}`, "map[]"},
	} {
		t.Run(name, func(t *testing.T) {
			c := s.broadcastOf(name, `,"people":{"attribute":{"field":"plan","operator":"eq","value":"free"}}`, saleMail)
			var made struct{ ID int64 }
			s.must(json.Unmarshal(trigger(c, test.body).want(200).Body.Bytes(), &made))
			trigger(c, test.body).want(429, "once in 10 seconds")
			s.walk()
			if got := fmt.Sprint(s.subjects()); got != test.want {
				t.Errorf("sent %s, want %s", got, test.want)
			}
			run := s.call("GET", fmt.Sprintf("/v1/campaigns/%d/triggers/%d", c.ID, made.ID), key, "").want(200, `"state": "done"`)
			if strings.Contains(run.Body.String(), `"processed_at": 0`) {
				t.Errorf("never processed: %s", run.Body)
			}
			s.call("GET", fmt.Sprintf("/v1/broadcasts/%d/triggers", c.ID), key, "").want(200, fmt.Sprintf(`"id": %d`, made.ID))
			errs := s.call("GET", fmt.Sprintf("/v1/campaigns/%d/triggers/%d/errors?limit=1", c.ID, made.ID), key, "").want(200)
			if name == "ids" {
				errs.want(200, `item 2: nobody has the id \"nobody\"`, `"next": "1"`)
				s.call("GET", fmt.Sprintf("/v1/campaigns/%d/triggers/%d/errors?start=1", c.ID, made.ID), key, "").want(200, "item 3", `"next": ""`)
			}
			s.must(s.store.EmptyMailbox(t.Context(), s.acme.ID, store.CommandLine))
		})
	}
}

func TestBroadcastRefusesInWords(t *testing.T) {
	s := newSite(t)
	key := s.program(s.acme).app
	c := s.broadcastOf("Sale", "", saleMail)
	call := func(id store.CampaignID, body string) answer {
		return s.call("POST", fmt.Sprintf("/v1/campaigns/%d/triggers", id), key, body)
	}
	call(c.ID, `{"data":null}`).want(422, `"pointer": "/recipients"`, `"status": "422"`)
	call(c.ID, `{"data":[1]}`).want(422, `"pointer": "/data"`)
	call(c.ID, `{"ids":["a"],"emails":["b@x.test"]}`).want(422, "name the audience in one way")
	call(c.ID, `{"recipients":{"attribute":{"field":"x","operator":"is"}}}`).want(422, `"pointer": "/recipients"`)
	call(c.ID, `{"data_file_url":"http://127.0.0.1:1/x"}`).want(422, `"pointer": "/data_file_url"`)
	call(999, `{}`).want(404)
	call(c.ID, `{`).want(400, "not valid JSON")
	event := s.campaignOf("Event", saleMail)
	call(event.ID, `{"ids":["a"]}`).want(422, "Only an API-triggered broadcast")
	_, err := s.store.StopCampaign(t.Context(), s.acme.ID, c.ID, false, store.CommandLine)
	s.must(err)
	call(c.ID, `{"ids":["a"]}`).want(422, "does not run")
	s.call("GET", "/v1/broadcasts", key, "").want(200, `"name": "Sale"`)
	s.call("GET", fmt.Sprintf("/v1/broadcasts/%d", event.ID), key, "").want(404)
	s.call("GET", fmt.Sprintf("/v1/broadcasts/%d", c.ID), key, "").want(200, `"type": "triggered_broadcast"`)

	waits := s.campaignOf("Waits", oneDelay)
	_, err = s.store.EditDraft(t.Context(), s.acme.ID, waits.ID, store.AnyRevision, "x", func(d workflow.Campaign) (workflow.Campaign, error) {
		d.Trigger = workflow.Trigger{Type: workflow.OnCall}
		return d, nil
	}, store.CommandLine)
	s.must(err)
	if _, err = s.store.StartCampaign(t.Context(), s.acme.ID, waits.ID, false, store.CommandLine); err == nil || !strings.Contains(err.Error(), "Nobody waits in a broadcast") {
		t.Errorf("a broadcast with a delay: %v", err)
	}
}

func TestBroadcastReadsAFile(t *testing.T) {
	s := newSite(t)
	s.addPerson(s.acme, "u1", "p1@x.test", `{}`)
	s.srv.fetch = func(context.Context, string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("{\"id\":\"u1\",\"data\":{\"code\":\"F\"}}\n\nnot json\n{\"email\":\"gone@x.test\"}\n")), nil
	}
	c := s.broadcastOf("File", "", saleMail)
	s.call("POST", fmt.Sprintf("/v1/campaigns/%d/triggers", c.ID), s.program(s.acme).app, `{"data":{"headline":"H"},"data_file_url":"https://files.test/people.ndjson"}`).want(200)
	s.walk()
	if got := fmt.Sprint(s.subjects()); got != "map[p1@x.test:H F;]" {
		t.Errorf("sent %s", got)
	}
	s.call("GET", fmt.Sprintf("/v1/campaigns/%d/triggers/1/errors", c.ID), s.program(s.acme).app, "").want(200, "line 3: is not a JSON object", "line 4: nobody has the email")
}
