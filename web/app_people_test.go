package web

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
)

func (p *program) ask(path string) answer {
	p.Helper()
	return p.call("GET", "/v1/"+path, p.app, "")
}

// found is the ids of an answer with people, and where it goes on.
func (a answer) found() (ids, next string) {
	a.t.Helper()
	var got appFound
	if err := json.Unmarshal(a.want(200).Body.Bytes(), &got); err != nil {
		a.t.Fatal(err)
	}
	return strings.Join(got.IDs, " "), got.Next
}

func TestSearchOverTheAppAPI(t *testing.T) {
	s := newSite(t)
	p, other := s.program(s.acme), s.program(s.other)
	for i, plan := range []string{"free", "pro", "pro", "Pro", "team"} {
		p.put(fmt.Sprint("p", i), `{"plan":"`+plan+`"}`).wantAccepted()
	}
	other.put("q", `{"plan":"pro"}`).wantAccepted()
	g, err := s.store.CreateSegment(context.Background(), s.acme.ID, store.NewSegment{Name: "Beta", Manual: true}, store.CommandLine)
	s.must(err)
	p.send(fmt.Sprintf("segments/%d/add_customers", g.ID), `{"ids":["p1","p4"]}`).wantAccepted()
	search := func(query, filter string) answer {
		t.Helper()
		return p.call("POST", "/v1/customers"+query, p.app, `{"filter":`+filter+`}`)
	}
	const pro = `{"attribute":{"field":"plan","operator":"eq","value":"pro"}}`
	beta := fmt.Sprintf(`{"segment":{"id":%d}}`, g.ID)
	for filter, want := range map[string]string{
		pro:                                  "p3 p2 p1",
		`{"and":[` + pro + `,` + beta + `]}`: "p1",
		`{"or":[` + pro + `,` + beta + `]}`:  "p4 p3 p2 p1",
		`{"not":` + pro + `}`:                "p4 p0",
		`{"attribute":{"field":"plan","operator":"exists"}}`: "p4 p3 p2 p1 p0",
		`{"segment":{"id":999}}`:                             "",
		`{"segment":{"name":"nowhere"}}`:                     "",
		`{"event":{"name":"x","at_least":2,"within":"30d"}}`: "",
		`{"attribute":{"field":"none","operator":"exists"}}`: "",
	} {
		if got, next := search("", filter).found(); got != want || next != "" {
			t.Errorf("%s found %q, next %q; want %q", filter, got, next, want)
		}
	}
	var all []string
	for start := ""; ; {
		ids, next := search("?limit=2"+start, pro).found()
		all = append(all, ids)
		if next == "" {
			break
		}
		start = "&start=" + next
	}
	if got := strings.Join(all, " | "); got != "p3 p2 | p1" {
		t.Errorf("in pages %q", got)
	}
	for filter, words := range map[string]string{
		`null`: "filter must be a condition", `{}`: "", `{"attribute":{"field":"x"}}`: "", `[]`: "",
	} {
		search("", filter).want(400, `"errors"`, words)
	}
	search("?limit=x", pro).want(400, "limit must be a number")
	search("?start=x", pro).want(400, "start must be what an earlier answer gave")
	p.call("POST", "/v1/customers/attributes", p.app, `{"ids":["p1","nobody",7]}`).want(200, `"plan": "pro"`)
	p.call("POST", "/v1/customers/attributes", p.app, `{}`).want(400, "ids must be a list of 1 to 100 ids")
}

func TestSegmentsOverTheAppAPI(t *testing.T) {
	s := newSite(t)
	p, other := s.program(s.acme), s.program(s.other)
	a := p.call("POST", "/v1/segments", p.app, `{"segment":{"name":"Beta","description":"Who tries it"}}`).want(200, `"type": "manual"`, `"state": "finished"`, `"progress": 100`)
	var made struct{ Segment appSegment }
	s.must(json.Unmarshal(a.Body.Bytes(), &made))
	path := fmt.Sprintf("segments/%d", made.Segment.ID)
	for _, id := range []string{"1", "2", "3"} {
		p.put(id, `{}`).wantAccepted()
	}
	p.send(path+"/add_customers", `{"ids":["1","2","3"]}`).wantAccepted()
	p.ask(path).want(200, `"name": "Beta"`, `"description": "Who tries it"`)
	p.ask(path+"/customer_count").want(200, `"count": 3`)
	if ids, next := p.ask(path + "/membership?limit=2").found(); ids != "3 2" || next == "" {
		t.Errorf("members %q, next %q", ids, next)
	} else if ids, next = p.ask(path + "/membership?limit=2&start=" + next).found(); ids != "1" || next != "" {
		t.Errorf("more members %q, next %q", ids, next)
	}
	p.ask("customers/1/segments").want(200, `"name": "Beta"`)
	p.ask("segments").want(200, `"name": "Beta"`)

	asks, err := s.store.CreateSegment(context.Background(), s.acme.ID, store.NewSegment{Name: "Asks", Condition: condition.Condition{Segment: &condition.Segment{ID: int64(made.Segment.ID)}}}, store.CommandLine)
	s.must(err)
	p.ask(path+"/used_by").want(200, `"campaigns": []`, fmt.Sprint(asks.ID))
	p.call("DELETE", "/v1/"+path, p.app, "").want(400, "is used by")
	p.send(fmt.Sprintf("segments/%d/add_customers", asks.ID), `{"ids":["1"]}`).want(400, "keeps itself by its condition")
	p.call("DELETE", fmt.Sprintf("/v1/segments/%d", asks.ID), p.app, "").want(204)

	for _, call := range []string{"", "/used_by", "/customer_count", "/membership"} {
		other.ask(path+call).want(404, "There is no segment with this id.")
	}
	other.call("DELETE", "/v1/"+path, other.app, "").want(404)
	p.call("DELETE", "/v1/"+path, p.app, "").want(204)
	p.ask(path).want(404)
	p.ask("segments").want(200, `"segments": []`)
	p.call("POST", "/v1/segments", p.app, `{}`).want(400, "segment must be an object")
	p.call("POST", "/v1/segments", p.app, `{"segment":{"name":" "}}`).want(400, "Name the segment.")
	p.ask("segments/beta").want(400, "segment id must be a number")
}

func TestActivitiesOverTheAppAPI(t *testing.T) {
	s := newSite(t)
	p, other := s.program(s.acme), s.program(s.other)
	for i := range 7 {
		p.send("customers/ada/events", fmt.Sprintf(`{"name":"n%d"}`, i%2)).wantAccepted()
	}
	p.put("ada", `{"plan":"x"}`).wantAccepted()
	p.send("customers/bo/events", `{"name":"n0","data":{"a":1}}`).wantAccepted()
	p.send("events", `{"name":"visit"}`).wantAccepted()
	list := func(path string) (names, next string) {
		t.Helper()
		var got struct {
			Activities []appActivity
			Next       string
		}
		s.must(json.Unmarshal(p.ask(path).want(200).Body.Bytes(), &got))
		var words []string
		for _, a := range got.Activities {
			words = append(words, strings.TrimSpace(string(a.Type)+" "+a.Name))
		}
		return strings.Join(words, ", "), got.Next
	}
	for path, want := range map[string]string{
		"customers/ada/activities?type=attribute_change": "attribute_change",
		"customers/ada/activities?type=event&name=n1":    "event n1, event n1, event n1",
		"customers/ada/activities?limit=2":               "attribute_change, event n0 …",
		"activities?limit=2":                             "event visit, event n0 …",
		"activities?customer_id=bo":                      "event n0",
		"activities?type=event&name=visit":               "event visit",
		"activities?type=page":                           "",
	} {
		got, next := list(path)
		if next != "" {
			got += " …"
		}
		if got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	_, next := list("customers/ada/activities?limit=5")
	if got, next := list("customers/ada/activities?limit=5&start=" + next); got != "event n1, event n0, event n1" && !strings.HasPrefix(got, "event") || next != "" {
		t.Errorf("then %q, next %q", got, next)
	}
	p.ask("activities?customer_id=bo").want(200, `"customer_id": "bo"`, `"cio_id"`, `"a": 1`)
	p.ask("activities?customer_id=nobody").want(404)
	p.ask("customers/nobody/activities").want(404, "Nobody in this workspace has this id.")
	other.ask("customers/ada/activities").want(404)
	p.ask("info/ip_addresses").want(200, `"ip_addresses": []`)
}

func TestMessagesOverTheAppAPI(t *testing.T) {
	s := newMailSite(t, "automatic")
	p := s.program(s.acme)
	d := s.signUp("ada", "Ada")
	p.call("POST", "/api/v1/metrics", "", fmt.Sprintf(`{"delivery_id":%q,"metric":"delivered","timestamp":1700000000}`, s.token(d))).wantAccepted()
	p.ask("customers/ada/messages").want(200, fmt.Sprintf(`"id": %q`, s.token(d)), `"recipient": "ada@x.test"`, `"subject": "Hi Ada"`, `"delivered": 1700000000`, `"sent": `, `"next": ""`)
	p.put("bo", `{}`).wantAccepted()
	p.ask("customers/bo/messages").want(200, `"messages": []`)
	p.ask("customers/"+p.person(identity.ID, "ada").ID.CioID()+"/messages?id_type=cio_id").want(200, `"Hi Ada"`)
}
