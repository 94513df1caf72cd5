package web

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/store"
)

// told reads a part of a JSON answer.
func told[T any](a answer, name string) (value T) {
	a.t.Helper()
	var all map[string]json.RawMessage
	if err := json.Unmarshal(a.Body.Bytes(), &all); err != nil {
		a.t.Fatal(err)
	}
	if err := json.Unmarshal(all[name], &value); err != nil {
		a.t.Fatalf("%s: %v in %s", name, err, a.Body.String())
	}
	return value
}

// A program writes a newsletter, in two languages, tests it and sends it.
func TestNewsletterByProgram(t *testing.T) {
	s := newSite(t)
	p, other := s.program(s.acme), s.program(s.other)
	for i, plan := range []string{"pro", "free", "pro"} {
		s.addPerson(s.acme, fmt.Sprintf("u%d", i), fmt.Sprintf("p%d@x.test", i), fmt.Sprintf(`{"plan":%q}`, plan))
	}
	s.topic("News", true)
	const pros = `{"attribute":{"field":"plan","operator":"eq","value":"pro"}}`
	made := p.call("POST", "/v1/newsletters", p.app, `{"name":"June","recipients":`+pros+`,"subscription_topic_id":1,"from":"a@x.test","subject":"Hello","body":"<p>{% unsubscribe %}</p>"}`).
		want(200, `"type": "newsletter"`, `"state": "draft"`, `"subscription_topic_id": 1`, `"created_by": null`)
	n := told[struct {
		ID       int64   `json:"id"`
		Contents []int64 `json:"content_ids"`
	}](made, "newsletter")
	path := fmt.Sprintf("/v1/newsletters/%d", n.ID)
	content := fmt.Sprintf("%s/contents/%d", path, n.Contents[0])
	p.call("GET", path, p.app, "").want(200, `"name": "June"`, `"plan"`)
	p.call("GET", path+"/contents", p.app, "").want(200, `"subject": "Hello"`, fmt.Sprintf(`"newsletter_id": %d`, n.ID))
	p.call("PUT", content, p.app, `{"subject":"Hi {{customer.plan}}"}`).want(200, `"content": {`, `"subject": "Hi {{customer.plan}}"`)
	p.call("GET", content, p.app, "").want(200, `"subject": "Hi {{customer.plan}}"`)
	p.call("GET", content+"/metrics", p.app, "").want(200, `"sent"`)
	p.call("GET", content+"/metrics/links", p.app, "").want(200, `"links": []`)

	p.call("POST", path+"/language", p.app, `{"language":"de","subject":"Hallo","body":"<p>{% unsubscribe %}</p>"}`).want(200)
	p.call("POST", path+"/language", p.app, `{"language":"DE","subject":"Hallo"}`).want(422, "this language is there already")
	p.call("POST", path+"/language", p.app, `{"subject":"Hallo"}`).want(422, `"/language"`)
	p.call("PUT", path+"/language/de", p.app, `{"subject":"Servus"}`).want(200)
	p.call("GET", path+"/language/de", p.app, "").want(200, `"subject": "Servus"`)
	p.call("GET", path+"/language/fr", p.app, "").want(404)

	p.call("GET", path+"/test_groups", p.app, "").want(200, `"test_groups": []`)
	tested := told[struct {
		Tests []struct {
			ID   int64  `json:"id"`
			Name string `json:"name"`
		} `json:"test_groups"`
	}](p.call("POST", path+"/test_groups", p.app, "").want(200), "newsletter")
	if len(tested.Tests) != 2 || tested.Tests[1].Name != "B" {
		t.Fatalf("%+v", tested)
	}
	group := fmt.Sprintf("%s/test_group/%d/language", path, tested.Tests[1].ID)
	p.call("GET", group+"/de", p.app, "").want(200, `"subject": "Servus"`)
	p.call("DELETE", group+"/de", p.app, "").want(200)
	p.call("GET", group+"/de", p.app, "").want(404)
	p.call("POST", group, p.app, `{"language":"fr","subject":"Bonjour","body":"<p>{% unsubscribe %}</p>"}`).want(200)
	p.call("GET", path+"/language/de", p.app, "").want(422, "2 emails: name a test group")
	p.call("POST", path+"/test_groups", p.app, "").want(200, `"name": "C"`)

	for body, want := range map[string]string{
		`{"send_at":"soon"}`: `"/send_at"`, `{}`: `"/send_at"`, `{"send_at":5}`: "This time is over", `{"send_at":5,"x":1}`: `"/x"`,
	} {
		p.call("POST", path+"/schedule", p.app, body).want(422, want)
	}
	later := time.Now().Add(time.Hour).Unix()
	p.call("POST", path+"/schedule", p.app, fmt.Sprintf(`{"send_at":%d,"timezone_match":true,"rate_limit_email_rate":1000,"rate_limit_time_period":"minute"}`, later)).want(200)
	planned, err := s.store.Campaign(t.Context(), s.acme.ID, store.CampaignID(n.ID))
	s.must(err)
	if planned.Schedule.StartAt.Unix() != later || !planned.InZones || planned.PerHour != 60_000 {
		t.Errorf("%+v, %d an hour", planned.Schedule, planned.PerHour)
	}
	p.call("POST", path+"/send", p.app, `{"rate_limit_email_rate":"x"}`).want(422, `"/rate_limit_email_rate"`)
	p.call("POST", path+"/send", p.app, `{"rate_limit_email_rate":5,"rate_limit_time_period":"week"}`).want(422, `"/rate_limit_time_period"`)
	p.call("POST", path+"/send", p.app, `{"rate_limit_email_rate":5000,"rate_limit_time_period":"second","timezone_match":false}`).want(200, `"state": "running"`)
	s.walk()
	if got := s.subjects(); len(got) != 2 || got["p0@x.test"] != "Hi pro;" {
		t.Errorf("%v", got)
	}
	p.call("POST", path+"/send", p.app, "").want(422)
	p.call("GET", "/v1/newsletters", p.app, "").want(200, `"name": "June"`)

	for _, method := range []string{"GET", "DELETE"} {
		other.call(method, path, other.app, "").want(404)
	}
	other.call("POST", path+"/send", other.app, "").want(404)
	other.call("POST", path+"/language", other.app, `{"language":"x"}`).want(404)
}

func TestNewsletterOfAProgramIsChecked(t *testing.T) {
	s := newSite(t)
	p := s.program(s.acme)
	for body, want := range map[string]string{
		`{}`:                                     `"/name"`,
		`{"name":"x","type":"in_app"}`:           `"/type"`,
		`{"name":"x","colour":"red"}`:            `"/colour"`,
		`{"name":"x","subject":5}`:               `"/subject"`,
		`{"name":"x","recipients":{"no":1}}`:     `"/recipients"`,
		`{"name":"x","recipient_segment_ids":3}`: `"/recipient_segment_ids"`,
		`{"name":"x","subscription_topic_id":9}`: `"/subscription_topic_id"`,
	} {
		p.call("POST", "/v1/newsletters", p.app, body).want(422, want)
	}
	p.call("GET", "/v1/newsletters", p.app, "").want(200, `"newsletters": []`)
	p.call("POST", "/v1/newsletters", p.app, `{"name":"Two","recipient_segment_ids":[4,5]}`).want(200, `"recipient_segment_ids": [`)
	n := told[struct{ ID int64 }](p.call("POST", "/v1/newsletters", p.app, `{"name":"Two","from":"a@x.test","subject":"S","body":"<p>{% unsubscribe %}</p>"}`).want(200, `"name": "Two 2"`), "newsletter")
	path := fmt.Sprintf("/v1/newsletters/%d", n.ID)
	p.call("POST", path+"/send", p.app, "").want(422, "Choose who gets this newsletter.")
	p.call("POST", path+"/schedule", p.app, fmt.Sprintf(`{"send_at":%d}`, time.Now().Add(time.Hour).Unix())).want(422)
	p.call("DELETE", path, p.app, "").want(204)
	p.call("GET", path, p.app, "").want(404)
	c := s.campaignOf("Welcome", `[]`)
	p.call("DELETE", fmt.Sprintf("/v1/newsletters/%d", c.ID), p.app, "").want(404)
	if made := s.newsletterOf("By hand"); !strings.Contains(p.call("GET", fmt.Sprintf("/v1/newsletters/%d", made.ID), p.app, "").want(200).Body.String(), `"created_by": "Alice Adams"`) {
		t.Error("it is not told who made it")
	}
}
